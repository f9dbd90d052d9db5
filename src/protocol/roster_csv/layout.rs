//! What a column can mean, and where a file says so.

use serde::{Deserialize, Serialize};

/// What a column means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The number under which students are looked up.
    MatriculationNumber,
    /// The family name.
    FamilyName,
    /// The given names.
    GivenNames,
    /// Family name and given names in one cell, apart by a comma.
    FullName,
    /// The birth date.
    BirthDate,
    /// The postal code.
    PostalCode,
    /// The semester, which must be the list's.
    Semester,
    /// Whether the student is still enrolled.
    Status,
    /// Anything else.
    Ignored,
}

impl Field {
    /// Without these there is no roster; [`Self::FullName`] stands for both names.
    pub const OBLIGATORY: [Self; 3] = [Self::MatriculationNumber, Self::FamilyName, Self::GivenNames];

    /// English, with the header that German universities use most.
    pub const fn label(self) -> &'static str {
        match self {
            Self::MatriculationNumber => "matriculation number (Matrikelnummer)",
            Self::FamilyName => "family name (Nachname)",
            Self::GivenNames => "given names (Vorname)",
            Self::FullName => "family name and given names (Name, Vorname)",
            Self::BirthDate => "birth date (Geburtsdatum)",
            Self::PostalCode => "postal code (PLZ)",
            Self::Semester => "semester (Semester)",
            Self::Status => "status (Status)",
            Self::Ignored => "other",
        }
    }
}

/// Where the meaning of columns comes from: the file's header, unless configured.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout(Option<Vec<Field>>);

/// Configured columns that lack one that is needed, or have one twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the configured columns have none or more than one for {}", .0.label())]
pub struct LayoutError(pub Field);

impl Layout {
    /// From the file's header.
    pub fn header() -> Self {
        Self(None)
    }

    /// The file has no header; these are its columns from left to right. Refused if an obligatory one is missing or one
    /// is there twice.
    pub fn columns(fields: Vec<Field>) -> Result<Self, LayoutError> {
        match missing(&fields).first().copied().or_else(|| doubled(&fields)) {
            Some(field) => Err(LayoutError(field)),
            None => Ok(Self(Some(fields))),
        }
    }

    /// The configured columns.
    pub(super) fn configured(&self) -> Option<&[Field]> {
        self.0.as_deref()
    }
}

/// The obligatory fields that are not among these.
pub(super) fn missing(fields: &[Field]) -> Vec<Field> {
    let has = |field| fields.contains(&field);
    Field::OBLIGATORY
        .into_iter()
        .filter(|&field| !has(field) && (field == Field::MatriculationNumber || !has(Field::FullName)))
        .collect()
}

fn doubled(fields: &[Field]) -> Option<Field> {
    let meant = |field: &Field| *field != Field::Ignored;
    fields.iter().enumerate().find(|(i, field)| meant(field) && fields[..*i].contains(field)).map(|(_, field)| *field)
}
