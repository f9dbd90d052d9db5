//! What somebody types: by a student, a shop's form or a clerk.

use serde::{Deserialize, Serialize};

use super::{BirthDate, MatriculationNumber, PersonName, PostalCode};

/// Something that a university compares with what it knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TypedField {
    /// Always asked for: students are told apart by it.
    MatriculationNumber,
    /// All of them.
    GivenNames,
    /// With its particles.
    FamilyName,
    /// A day.
    BirthDate,
    /// Of the home address. Is in no token.
    PostalCode,
}

impl TypedField {
    /// Every one, in the order of the form.
    pub const ALL: [Self; 5] =
        [Self::MatriculationNumber, Self::GivenNames, Self::FamilyName, Self::BirthDate, Self::PostalCode];

    /// As in forms, in settings and in a direct check's request.
    pub const fn name(self) -> &'static str {
        match self {
            Self::MatriculationNumber => "matriculation_number",
            Self::GivenNames => "given_names",
            Self::FamilyName => "family_name",
            Self::BirthDate => "birth_date",
            Self::PostalCode => "postal_code",
        }
    }
}

/// What was typed; what the university does not ask for is `None`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypedFields {
    /// As typed.
    pub matriculation_number: MatriculationNumber,
    /// As typed.
    pub given_names: Option<PersonName>,
    /// As typed.
    pub family_name: Option<PersonName>,
    /// As typed.
    pub birth_date: Option<BirthDate>,
    /// As typed.
    pub postal_code: Option<PostalCode>,
}

impl TypedFields {
    /// Whether this was typed.
    pub fn has(&self, field: TypedField) -> bool {
        match field {
            TypedField::MatriculationNumber => true,
            TypedField::GivenNames => self.given_names.is_some(),
            TypedField::FamilyName => self.family_name.is_some(),
            TypedField::BirthDate => self.birth_date.is_some(),
            TypedField::PostalCode => self.postal_code.is_some(),
        }
    }

    /// What a list is searched with; `None` without names.
    pub fn claim(&self) -> Option<TypedClaim> {
        Some(TypedClaim {
            matriculation_number: self.matriculation_number.clone(),
            given_names: self.given_names.clone()?,
            family_name: self.family_name.clone()?,
            birth_date: self.birth_date,
        })
    }
}

/// What a list is searched with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypedClaim {
    /// Under which the list is searched.
    pub matriculation_number: MatriculationNumber,
    /// As typed.
    pub given_names: PersonName,
    /// As typed.
    pub family_name: PersonName,
    /// If it was asked for.
    pub birth_date: Option<BirthDate>,
}
