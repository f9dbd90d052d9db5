//! Organisations with their own data and keys: universities (and, later, agencies).

use serde::{Deserialize, Serialize};

use super::{
    connection::{Connection, ConnectionSettings},
    person::TypedField,
    semester::{Calendar, KeyForm},
};
use crate::typed_id;

typed_id!(
    /// Which tenant.
    TenantId
);

/// A university, as the picker shows it and the flows use it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct University {
    /// Which tenant it is.
    pub id: TenantId,
    /// Stable short name in addresses and tokens: `[a-z0-9-]{2,40}`.
    pub slug: Slug,
    /// Everything else, as the control database holds it.
    pub profile: UniversityProfile,
    /// How its students prove their enrollment: the live connection, unless something is being tried.
    pub connection: Connection,
}

impl University {
    /// What its students type, in the order of the form; nothing where they log in at the university.
    pub fn typed_fields(&self) -> Vec<TypedField> {
        let asks = |field: &TypedField| match &self.connection.settings {
            ConnectionSettings::Roster(_) => match field {
                TypedField::PostalCode => false,
                TypedField::BirthDate => self.profile.ask_birth_date,
                _ => true,
            },
            ConnectionSettings::Soap(soap) => soap.asks(*field),
            ConnectionSettings::Saml(_) | ConnectionSettings::Oidc(_) | ConnectionSettings::OAuth(_) => false,
        };
        TypedField::ALL.into_iter().filter(asks).collect()
    }
}

/// A university's settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UniversityProfile {
    /// In German.
    pub name_de: String,
    /// In English.
    pub name_en: String,
    /// City or cities, as the picker shows them.
    #[serde(default)]
    pub place: String,
    /// Other words to find it by: abbreviations, former names.
    #[serde(default)]
    pub keywords: Vec<String>,
    /// When its semesters begin and end.
    pub calendar: Calendar,
    /// How it writes semester keys; empty: every form that is known.
    #[serde(default)]
    pub semester_keys: Vec<KeyForm>,
    /// Whether the student form asks for the birth date, and the list must have it.
    #[serde(default = "yes")]
    pub ask_birth_date: bool,
    /// Whether its matriculation numbers are digits only (a phone then shows its number pad).
    #[serde(default = "yes")]
    pub numbers_are_digits: bool,
    /// Where students turn to: an address or a telephone number.
    #[serde(default)]
    pub contact: Option<String>,
}

impl UniversityProfile {
    /// How it writes semester keys.
    pub fn semester_forms(&self) -> &[KeyForm] {
        match self.semester_keys.as_slice() {
            [] => KeyForm::ALL,
            own => own,
        }
    }
}

const fn yes() -> bool {
    true
}

/// A tenant's short name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Slug(String);

impl Slug {
    /// `[a-z0-9-]{2,40}`, not beginning or ending with a hyphen.
    pub fn parse(text: &str) -> Option<Self> {
        let well_formed = (2..=40).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
            && !text.starts_with('-')
            && !text.ends_with('-');
        well_formed.then(|| Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Slug {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Slug {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| format!("{text:?} is no short name: 2 to 40 of a-z, 0-9 and -"))
    }
}

impl From<Slug> for String {
    fn from(slug: Slug) -> String {
        slug.0
    }
}
