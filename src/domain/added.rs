//! What a student says where the university says nothing: *self-asserted*, and marked so wherever it goes.

use serde::{Deserialize, Serialize};

use super::{person::BirthDate, rule::Field};
use crate::{base::Timestamp, typed_id};

typed_id!(
    /// Which photo; a new one has a new id.
    PhotoId
);

/// What the student has added to their account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Added {
    /// When they say that they were born.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_date: Option<Own<BirthDate>>,
    /// A photo that they uploaded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<Own<PhotoId>>,
}

/// Something that the student added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Own<T> {
    /// What.
    pub value: T,
    /// When.
    pub at: Timestamp,
}

impl Added {
    /// Whether it has this field.
    pub const fn has(&self, field: Field) -> bool {
        match field {
            Field::GivenName | Field::FamilyName => false,
            Field::Birthdate => self.birth_date.is_some(),
            Field::Picture => self.picture.is_some(),
        }
    }
}
