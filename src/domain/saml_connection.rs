//! A university's SAML identity provider, and what its attributes are called where they differ from the standards.

use serde::{Deserialize, Serialize};

/// Where students log in, and how what it says is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SamlConnection {
    /// The identity provider's entity ID, as in its metadata.
    pub entity_id: String,
    /// The attribute that holds the semester's key. No standard names one.
    #[serde(default)]
    pub semester_attribute: Option<String>,
    /// Instead of `urn:oid:2.5.4.42`.
    #[serde(default)]
    pub given_name_attribute: Option<String>,
    /// Instead of `urn:oid:2.5.4.4`.
    #[serde(default)]
    pub family_name_attribute: Option<String>,
    /// Instead of schacDateOfBirth.
    #[serde(default)]
    pub birth_date_attribute: Option<String>,
    /// The domains for which this university speaks, where its provider speaks for others too: affiliations with other
    /// scopes do not count. Empty: all that the metadata name.
    #[serde(default)]
    pub affiliation_scopes: Vec<String>,
    /// An exception for an identity provider that still signs with SHA-1.
    #[serde(default)]
    pub accept_sha1: bool,
    /// Whether students must log in again although they have a session there.
    #[serde(default)]
    pub force_authn: bool,
}
