//! One row of a roster.

use super::{BirthDate, MatriculationNumber, PersonName, PostalCode};

/// A student as the university's list has them. [`StudentRecord::to_bytes`] is what rosters seal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StudentRecord {
    /// The key of the list.
    pub matriculation_number: MatriculationNumber,
    /// All given names that the list has.
    pub given_names: PersonName,
    /// The family name, with its particles.
    pub family_name: PersonName,
    /// If the list has it.
    pub birth_date: Option<BirthDate>,
    /// If the list has it.
    pub postal_code: Option<PostalCode>,
}
