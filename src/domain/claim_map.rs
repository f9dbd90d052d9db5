//! Which claim means what at one university: names of the standards unless its IT says otherwise.

use serde::{Deserialize, Serialize};

use super::json_pointer::JsonPointer;

/// Where in what the provider sends each fact stands. Every list of values is read whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ClaimMap {
    /// Given names.
    pub given_name: JsonPointer,
    /// Family name.
    pub family_name: JsonPointer,
    /// `YYYY-MM-DD` or `DD.MM.YYYY`.
    pub birth_date: JsonPointer,
    /// What the person is at the university, e.g. `student@uni.example`, or `true` under `/enrolled`.
    pub affiliation: JsonPointer,
    /// The domains for which the university may say so. Empty: its values have no `@domain`, and are its own words.
    pub affiliation_scopes: Vec<String>,
    /// The words that mean: a student.
    pub student_values: Vec<String>,
    /// The semester's key. No standard names one.
    pub semester: Option<JsonPointer>,
    /// Ticket entitlements, as URIs.
    pub entitlement: JsonPointer,
}

/// The claim of REFEDS' `OIDCre` white paper for eduPersonScopedAffiliation.
pub const SCOPED_AFFILIATION: &str = "/eduperson_scoped_affiliation";

impl Default for ClaimMap {
    /// OpenID Connect Core §5.1, and REFEDS' `OIDCre` white paper for what eduPerson names.
    fn default() -> Self {
        Self {
            given_name: standard("/given_name"),
            family_name: standard("/family_name"),
            birth_date: standard("/birthdate"),
            affiliation: standard(SCOPED_AFFILIATION),
            affiliation_scopes: Vec::new(),
            student_values: vec!["student".to_owned()],
            semester: None,
            entitlement: standard("/eduperson_entitlement"),
        }
    }
}

#[expect(clippy::expect_used, reason = "literals of this file, each of which a test reads")]
fn standard(pointer: &str) -> JsonPointer {
    JsonPointer::parse(pointer).expect("a pointer")
}

impl ClaimMap {
    /// Every place that is looked at.
    pub fn pointers(&self) -> impl Iterator<Item = &JsonPointer> {
        [&self.given_name, &self.family_name, &self.birth_date, &self.affiliation, &self.entitlement]
            .into_iter()
            .chain(&self.semester)
    }

    /// What keeps it from ever calling anybody a student; a sentence for the university's IT.
    pub fn fault(&self) -> Option<&'static str> {
        if self.student_values.is_empty() {
            return Some("student_values is empty: nobody would be a student");
        }
        if self.affiliation_scopes.is_empty() && self.affiliation.as_str() == SCOPED_AFFILIATION {
            return Some(
                "eduperson_scoped_affiliation is student@your.domain: say in affiliation_scopes for which domains the \
                 university speaks",
            );
        }
        let is_scope = |scope: &String| !scope.is_empty() && !scope.contains(['@', ' ', '*']);
        if !self.affiliation_scopes.iter().all(is_scope) {
            return Some("affiliation_scopes are domains such as uni.example, without @ and without *");
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_says_only_what_differs() {
        let map: ClaimMap =
            serde_json::from_str(r#"{"semester": "/studySemester", "affiliation_scopes": ["uni.example"]}"#).unwrap();
        assert_eq!(map.given_name.as_str(), "/given_name");
        assert_eq!(map.semester.as_ref().map(JsonPointer::as_str), Some("/studySemester"));
        assert_eq!(map.fault(), None);
        assert!(serde_json::from_str::<ClaimMap>(r#"{"semster": "/x"}"#).is_err());
        assert!(serde_json::from_str::<ClaimMap>(r#"{"semester": "x"}"#).is_err());
    }

    #[test]
    fn a_map_by_which_nobody_could_be_a_student_is_at_fault() {
        assert!(ClaimMap::default().fault().is_some(), "no scopes for a scoped claim");
        let own = ClaimMap { affiliation: standard("/roles"), ..ClaimMap::default() };
        assert_eq!(own.fault(), None);
        assert!(ClaimMap { student_values: vec![], ..own.clone() }.fault().is_some());
        for scope in ["", "*.example", "a@b", "a b"] {
            assert!(
                ClaimMap { affiliation_scopes: vec![scope.to_owned()], ..own.clone() }.fault().is_some(),
                "{scope}"
            );
        }
    }
}
