//! A person as universities know one, and as a student types it.
//!
//! Everything here is personal data: no type prints its value, and [`StudentRecord::to_bytes`] gives bytes that are
//! wiped when dropped. Start with [`StudentRecord`]; what counts as the same person is [`crate::domain::matching`].

mod birth_date;
mod matriculation_number;
mod name;
mod packing;
mod postal_code;
mod record;
mod typed;

pub use birth_date::{BirthDate, BirthDateError};
pub use matriculation_number::{MatriculationNumber, MatriculationNumberError};
pub use name::{NameError, PersonName};
pub use packing::RecordError;
pub use postal_code::{PostalCode, PostalCodeError};
pub use record::StudentRecord;
pub use typed::{TypedClaim, TypedField, TypedFields};
