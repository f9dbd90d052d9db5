//! What a response must fit: our side of the login, and the identity provider that was asked.

use roxmltree::Node;

use super::{
    algorithms::Sha1,
    keys::{DecryptionKey, VerifyingKey},
    names,
    refusal::Check,
    xml::tree::{self, attribute},
};
use crate::base::Timestamp;

/// What a response must fit: our side of the login, and the identity provider that was asked.
#[derive(Clone, Copy, Debug)]
pub struct Expectations<'a> {
    /// Our entity ID, which must be in the audience.
    pub sp_entity_id: &'a str,
    /// The URL that the response was posted to.
    pub acs_url: &'a str,
    /// The entity ID of the identity provider that was asked.
    pub idp_entity_id: &'a str,
    /// Its signing keys, from its metadata.
    pub idp_keys: &'a [VerifyingKey],
    /// Our keys that assertions may be encrypted to.
    pub decryption_keys: &'a [DecryptionKey],
    /// The request that must be answered.
    pub request: RequestId<'a>,
    /// This university's exception, if it has one.
    pub sha1: Sha1,
    /// The present.
    pub now: Timestamp,
}

/// Which request a response must answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestId<'a> {
    /// This one.
    Asked(&'a str),
    /// Support looks at a response whose request is unknown. Never for a login.
    UnknownForDiagnosis,
}

impl RequestId<'_> {
    fn is(self, answered: Option<&str>) -> bool {
        match self {
            Self::Asked(id) => answered == Some(id),
            Self::UnknownForDiagnosis => true,
        }
    }

    pub(super) fn check(self, answered: Option<&str>, otherwise: Check) -> Result<(), Check> {
        if self.is(answered) { Ok(()) } else { Err(otherwise) }
    }
}

/// Whether an `Issuer` names this entity (SAML core §2.2.5).
pub(super) fn is_entity(issuer: Node, entity_id: &str) -> bool {
    attribute(issuer, "Format").is_none_or(|format| format == names::ENTITY) && tree::text(issuer) == entity_id
}
