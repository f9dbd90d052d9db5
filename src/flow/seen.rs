//! What a decision was made on, sealed beside it.

use serde::{Deserialize, Serialize};

use crate::{
    domain::{added::Added, eligibility::Evidence, rule::Field},
    vault::Place,
};

/// What a decision was made on, as it is sealed beside it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Seen {
    /// What the source said.
    #[serde(flatten)]
    pub(super) evidence: Evidence,
    /// What the student said where it said nothing, as far as the rule took it.
    #[serde(default)]
    pub(super) added: Added,
}

impl Seen {
    /// Whether the source said this field.
    pub(super) const fn says(&self, field: Field) -> bool {
        match field {
            Field::GivenName => self.evidence.given_names.is_some(),
            Field::FamilyName => self.evidence.family_name.is_some(),
            Field::Birthdate => self.evidence.birth_date.is_some(),
            Field::Picture => false,
        }
    }
}

/// The sealed evidence's place.
pub(super) fn evidence_place(verification: &str) -> Place<'_> {
    Place { table: "verifications", column: "evidence", row: verification.as_bytes() }
}
