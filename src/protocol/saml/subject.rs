//! The key by which a student is known again: pseudonymous, and only ever together with the provider that gave it.

use super::{affiliation::split_scoped, assertion::NameId};
use crate::base::limits;

/// Which identifier the key is made of, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// SAML subject identifier attributes §3.4.
    PairwiseId,
    /// SAML subject identifier attributes §3.3.
    SubjectId,
    /// SAML core §8.3.7.
    PersistentNameId,
}

/// A student's key, namespaced by the identity provider: two universities may use the same value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PseudonymousKey {
    idp: String,
    kind: KeyKind,
    value: String,
}

impl PseudonymousKey {
    /// From a `pairwise-id`, compared without case.
    pub(super) fn pairwise(idp: &str, value: &str) -> Option<Self> {
        Self::identifier(idp, value, KeyKind::PairwiseId)
    }

    /// From a `subject-id`, compared without case.
    pub(super) fn subject(idp: &str, value: &str) -> Option<Self> {
        Self::identifier(idp, value, KeyKind::SubjectId)
    }

    /// From a persistent `NameID`, compared exactly, together with the qualifiers that make it unique.
    pub(super) fn persistent(idp: &str, id: &NameId) -> Option<Self> {
        let qualifier = id.sp_name_qualifier.as_deref().unwrap_or_default();
        let is_own = id.name_qualifier.as_deref().is_none_or(|qualifier| qualifier == idp);
        if id.value.is_empty() || id.value.chars().count() > limits::NAME_CHARS || qualifier.len() > 1024 || !is_own {
            return None;
        }
        Some(Self { idp: idp.to_owned(), kind: KeyKind::PersistentNameId, value: format!("{qualifier}!{}", id.value) })
    }

    /// `[A-Za-z0-9][A-Za-z0-9=-]{0,126}@[A-Za-z0-9][A-Za-z0-9.-]{0,126}` (§3.3.1).
    fn identifier(idp: &str, value: &str, kind: KeyKind) -> Option<Self> {
        let fits = |part: &str, also: &[u8]| {
            part.len() <= 127
                && part.as_bytes()[0].is_ascii_alphanumeric()
                && part.bytes().all(|b| b.is_ascii_alphanumeric() || also.contains(&b))
        };
        let (id, scope) = split_scoped(value)?;
        (fits(id, b"=-") && fits(scope, b".-")).then(|| Self {
            idp: idp.to_owned(),
            kind,
            value: value.to_ascii_lowercase(),
        })
    }

    /// The identity provider's entity ID.
    pub fn idp(&self) -> &str {
        &self.idp
    }

    /// What the key is made of.
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The identifier itself, normalised for comparison.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// One text for a keyed index: no two keys have the same, since an entity ID and a value hold no line feed.
    pub fn to_index_text(&self) -> String {
        let kind = match self.kind {
            KeyKind::PairwiseId => "pairwise-id",
            KeyKind::SubjectId => "subject-id",
            KeyKind::PersistentNameId => "persistent",
        };
        format!("{kind}\n{}\n{}", self.idp, self.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_is_the_same_in_any_case_but_not_at_another_provider() {
        let key = PseudonymousKey::pairwise("urn:a", "AbC=-1@Uni.Example").unwrap();
        assert_eq!(key, PseudonymousKey::pairwise("urn:a", "abc=-1@uni.example").unwrap());
        assert_ne!(
            key.to_index_text(),
            PseudonymousKey::pairwise("urn:b", "abc=-1@uni.example").unwrap().to_index_text()
        );
        assert_ne!(
            key.to_index_text(),
            PseudonymousKey::subject("urn:a", "abc=-1@uni.example").unwrap().to_index_text()
        );
    }

    #[test]
    fn an_identifier_of_another_form_is_refused() {
        let long = format!("{}@b", "a".repeat(128));
        for bad in ["", "a", "a@", "@b", "=a@b", "a_b@c", "a@b@c", "a@-b", "ä@b", "a b@c", &long] {
            assert_eq!(PseudonymousKey::pairwise("urn:a", bad), None, "{bad}");
        }
        assert!(PseudonymousKey::pairwise("urn:a", &long[1..]).is_some());
    }

    #[test]
    fn a_persistent_name_is_case_exact_and_bound_to_its_qualifiers() {
        let id = |value: &str, idp: Option<&str>, sp: Option<&str>| NameId {
            value: value.into(),
            format: None,
            name_qualifier: idp.map(Into::into),
            sp_name_qualifier: sp.map(Into::into),
        };
        let key = |id: &NameId| PseudonymousKey::persistent("urn:a", id);
        assert_ne!(key(&id("Ab", None, None)), key(&id("ab", None, None)));
        assert_ne!(key(&id("ab", None, Some("urn:sp"))), key(&id("ab", None, Some("urn:other"))));
        assert_eq!(key(&id("ab", Some("urn:b"), None)), None, "another provider's identifier");
        assert_eq!(key(&id("", None, None)), None);
    }
}
