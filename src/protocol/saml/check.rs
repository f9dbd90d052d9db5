//! Support's question: why was this response refused, or what did it say? Nothing is decided here and nothing stored.

use super::{
    algorithms::Sha1,
    assertion::VerifiedAssertion,
    attributes::{self, AttributeNames, StudentFacts},
    expectations::{Expectations, RequestId},
    keys::DecryptionKey,
    metadata::{IdpDescriptor, MetadataFault},
    reason::Coded,
    refusal::Refusal,
    response::verify_response,
};
use crate::base::Timestamp;

/// What support knows about a login.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The response, decoded from base64.
    pub response: &'a [u8],
    /// The provider that should have answered.
    pub idp: Provider<'a>,
    /// Our entity ID.
    pub sp_entity_id: &'a str,
    /// Where the response was posted.
    pub acs_url: &'a str,
    /// Our decryption keys.
    pub decryption_keys: &'a [DecryptionKey],
    /// The request, if support knows it.
    pub in_response_to: Option<&'a str>,
    /// The moment of the login.
    pub at: Timestamp,
    /// Whether this university may still use SHA-1.
    pub sha1: Sha1,
    /// What attributes mean at this university.
    pub names: &'a AttributeNames,
}

/// A provider, as far as support has it.
#[derive(Clone, Copy, Debug)]
pub enum Provider<'a> {
    /// Its metadata: one `EntityDescriptor`.
    Metadata(&'a [u8]),
    /// Its metadata, read before.
    Known(&'a IdpDescriptor),
}

/// What came out.
#[derive(Clone, Debug)]
pub struct Report {
    /// The verified assertion and what it says, or why there is none.
    pub outcome: Result<Accepted, Refused>,
}

/// A response that would have been accepted, had it not been used before.
#[derive(Clone, Debug)]
pub struct Accepted {
    /// All that arrived.
    pub assertion: VerifiedAssertion,
    /// What was understood of it.
    pub facts: StudentFacts,
}

/// Why there is nothing to see.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The metadata given cannot be used.
    #[error("the identity provider's metadata: {0}")]
    Metadata(#[from] MetadataFault),
    /// The response is not believed.
    #[error(transparent)]
    Response(#[from] Refusal),
}

impl Coded for Refused {
    fn code(&self) -> &'static str {
        match self {
            Self::Metadata(fault) => fault.code(),
            Self::Response(refusal) => refusal.code(),
        }
    }
}

impl Report {
    /// The stable reason code; `accepted` if it was.
    pub fn code(&self) -> &'static str {
        self.outcome.as_ref().map_or_else(Coded::code, |_| "accepted")
    }
}

/// Answers it.
pub fn check(question: &Question) -> Report {
    Report { outcome: examine(question) }
}

fn examine(question: &Question) -> Result<Accepted, Refused> {
    let read;
    let idp = match question.idp {
        Provider::Known(idp) => idp,
        Provider::Metadata(xml) => {
            read = IdpDescriptor::parse(xml, question.at)?;
            &read
        }
    };
    let keys = idp.verifying_keys();
    let assertion = verify_response(
        question.response,
        &Expectations {
            sp_entity_id: question.sp_entity_id,
            acs_url: question.acs_url,
            idp_entity_id: &idp.entity_id,
            idp_keys: &keys,
            decryption_keys: question.decryption_keys,
            request: question.in_response_to.map_or(RequestId::UnknownForDiagnosis, RequestId::Asked),
            sha1: question.sha1,
            now: question.at,
        },
    )?;
    let facts = attributes::read(&assertion, &idp.scopes, question.names);
    Ok(Accepted { assertion, facts })
}
