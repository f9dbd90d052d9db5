//! Machines that may ask us something: ticket issuers, and universities' uploaders.

use std::net::IpAddr;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use url::Url;

use super::{
    networks,
    rule::{Field, Rule},
    tenant::{Slug, TenantId},
};
use crate::base::limits;

/// A registered machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// `client_id`.
    pub id: ClientId,
    /// What it may do.
    pub profile: ClientProfile,
    /// The one university of an uploader.
    pub tenant: Option<TenantId>,
    /// Blocked clients are refused like unknown ones.
    pub active: bool,
}

/// A client's settings, as the control database holds them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientProfile {
    /// For people: the shop's name on the student's page.
    pub name: String,
    /// How it proves itself.
    pub authentication: Authentication,
    /// Addresses it may come from; empty: any.
    #[serde(default)]
    pub networks: Vec<IpNet>,
    /// The certificate that it has to show; none: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<CertificateRule>,
    /// Whether its tokens are good only together with the certificate that they were asked for with (RFC 8705 §3).
    #[serde(default)]
    pub certificate_bound_tokens: bool,
    /// What it is.
    pub kind: ClientKind,
}

impl ClientProfile {
    /// What does not fit together.
    pub fn contradiction(&self) -> Option<&'static str> {
        match (&self.authentication, &self.certificate) {
            (Authentication::TlsClientAuth, Some(CertificateRule::Issued { .. }))
            | (Authentication::SelfSignedTlsClientAuth, Some(CertificateRule::Registered(_))) => None,
            (Authentication::TlsClientAuth, _) => Some("tls_client_auth needs certificate.issued"),
            (Authentication::SelfSignedTlsClientAuth, _) => {
                Some("self_signed_tls_client_auth needs certificate.registered")
            }
            _ => None,
        }
    }
}

/// How a client proves itself at `/token` and the other endpoints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Authentication {
    /// A 256-bit secret of ours; the database has its hash.
    ClientSecretBasic,
    /// A JWT signed with one of its own keys: the JWKS, as JSON.
    PrivateKeyJwt(String),
    /// Its certificate, issued by an authority (RFC 8705 §2.1): [`ClientProfile::certificate`] says which.
    TlsClientAuth,
    /// Its certificate, which we know (RFC 8705 §2.2): [`ClientProfile::certificate`] holds it.
    SelfSignedTlsClientAuth,
}

/// Which certificate a client has to show, on top of a secret or an assertion or by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum CertificateRule {
    /// One of these, in PEM.
    Registered(String),
    /// One that is valid, for this DNS name, by one of these authorities, in PEM.
    Issued {
        /// The authorities' certificates.
        authorities: String,
        /// `subjectAltName`, `dNSName`.
        dns_name: String,
    },
}

/// What kind of machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientKind {
    /// A ticket issuer: an OpenID relying party.
    Issuer(IssuerProfile),
    /// Uploads rosters of the one university it belongs to.
    RosterUploader,
}

/// What a ticket issuer may ask.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IssuerProfile {
    /// Where students may be sent back to, compared character by character (RFC 9700 §2.1).
    pub redirect_uris: Vec<RedirectUri>,
    /// Universities whose students it may ask about; empty: all.
    #[serde(default)]
    pub universities: Vec<Slug>,
    /// Fields it may get.
    #[serde(default)]
    pub claims: Vec<Field>,
    /// What it sells.
    pub products: Vec<Product>,
    /// Whether it may send typed data itself (`POST /v1/checks`).
    #[serde(default)]
    pub direct_checks: bool,
}

/// Something an issuer sells, with its rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Product {
    /// The issuer's name for it in requests.
    pub key: String,
    /// For students, in German.
    pub name_de: String,
    /// For students, in English.
    pub name_en: String,
    /// Who is eligible.
    pub rule: Rule,
}

impl IssuerProfile {
    /// The product asked for; an issuer with one product need not name it.
    pub fn product(&self, asked: Option<&str>) -> Option<&Product> {
        match (asked, self.products.as_slice()) {
            (None, [only]) => Some(only),
            (None, _) => None,
            (Some(key), products) => products.iter().find(|product| product.key == key),
        }
    }

    /// Whether it may ask about students of this university.
    pub fn may_ask_about(&self, university: &Slug) -> bool {
        self.universities.is_empty() || self.universities.contains(university)
    }
}

impl Client {
    /// The issuer's profile, if it is one.
    pub fn issuer(&self) -> Option<&IssuerProfile> {
        match &self.profile.kind {
            ClientKind::Issuer(issuer) => Some(issuer),
            ClientKind::RosterUploader => None,
        }
    }

    /// Whether it may come from this address.
    pub fn may_come_from(&self, address: IpAddr) -> bool {
        self.profile.networks.is_empty() || networks::contains(&self.profile.networks, address)
    }
}

/// A `client_id`: 1 to 64 of `A-Z a-z 0-9 - . _`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClientId(String);

impl ClientId {
    /// Parses one.
    pub fn parse(text: &str) -> Option<Self> {
        let well_formed = (1..=64).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte));
        well_formed.then(|| Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for ClientId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for ClientId {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| format!("{text:?} is no client id: 1 to 64 of A-Z a-z 0-9 - . _"))
    }
}

impl From<ClientId> for String {
    fn from(id: ClientId) -> String {
        id.0
    }
}

/// An address a student may be sent back to: `https`, or `http` on this very machine; no fragment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RedirectUri(String);

/// Why an address is not one to send students to.
#[derive(Debug, Error)]
pub enum RedirectUriError {
    /// Not a URL, or too long.
    #[error("not an absolute URL of at most {} bytes", limits::REDIRECT_URI_BYTES)]
    Malformed,
    /// Neither `https` nor `http` on the loopback.
    #[error("must be https (or http on 127.0.0.1, [::1] or localhost)")]
    Scheme,
    /// RFC 6749 §3.1.2.
    #[error("must not have a fragment or a user name")]
    Fragment,
}

impl RedirectUri {
    /// Parses one.
    pub fn parse(text: &str) -> Result<Self, RedirectUriError> {
        if text.len() > limits::REDIRECT_URI_BYTES {
            return Err(RedirectUriError::Malformed);
        }
        let url = Url::parse(text).map_err(|_| RedirectUriError::Malformed)?;
        let on_this_machine = matches!(url.host_str(), Some("127.0.0.1" | "[::1]" | "localhost"));
        if !(url.scheme() == "https" || url.scheme() == "http" && on_this_machine) {
            return Err(RedirectUriError::Scheme);
        }
        if url.fragment().is_some() || !url.username().is_empty() || url.password().is_some() {
            return Err(RedirectUriError::Fragment);
        }
        Ok(Self(text.to_owned()))
    }

    /// The text, as registered.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for RedirectUri {
    type Error = RedirectUriError;
    fn try_from(text: String) -> Result<Self, RedirectUriError> {
        Self::parse(&text)
    }
}

impl From<RedirectUri> for String {
    fn from(uri: RedirectUri) -> String {
        uri.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn students_are_sent_to_https_or_to_this_machine_only() {
        for good in ["https://shop.example/cb", "http://127.0.0.1:9/cb?x=1", "http://localhost/cb"] {
            assert!(RedirectUri::parse(good).is_ok(), "{good}");
        }
        for bad in ["http://shop.example/", "javascript:alert(1)", "//x", "https://a@b/", "https://a/#f", "data:,x", ""]
        {
            assert!(RedirectUri::parse(bad).is_err(), "{bad}");
        }
    }
}
