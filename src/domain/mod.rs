//! The business in types: semesters, people, rules, decisions. Pure: no I/O, no clock of its own.
//!
//! Imports only from [`crate::base`]. Start with [`semester`] (what a ticket is valid for) and [`person`] (whom it is
//! for).

pub mod semester;
