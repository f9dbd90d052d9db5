//! The business in types: semesters, people, rules, decisions. Pure: no I/O, no clock of its own.
