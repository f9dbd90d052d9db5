//! Semesters: what one is ([`Semester`]), how universities write it ([`KeyForm`]) and on which days it begins and ends
//! ([`Calendar`]).
//!
//! Inside Pedell a semester is always a [`Semester`]; the many spellings exist only at the edge, where
//! [`parse_key`] reads them and [`KeyForm::format`] writes them.

mod calendar;
mod key;
mod key_form;
mod term;
mod years;

pub use calendar::{Calendar, CalendarError, Days, Period};
pub use key::parse_key;
pub use key_form::KeyForm;
pub use term::{Semester, Term};
pub use years::SemesterKeyError;
