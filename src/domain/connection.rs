//! How a university's students prove their enrollment: one model for every kind.
//!
//! A university has a *test* connection, which its IT changes and tries, and a *live* one, which students use. What was
//! tried becomes live by a [`Promotion`], which one person asks for and another decides.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

pub use super::{
    connection_fault::ConnectionFault, oauth_connection::OAuthConnection, oidc_connection::OidcConnection,
    saml_connection::SamlConnection, soap_connection::SoapConnection,
};
use super::{eligibility::Method, soap_connection::SoapSettingsFault};
use crate::{
    base::{
        Timestamp,
        secret::{ExposeSecret, SecretString},
    },
    typed_id,
};

typed_id!(
    /// Which promotion.
    PromotionId
);

/// Who uses it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The university's IT.
    Test,
    /// Students.
    Live,
}

impl Stage {
    /// As stored.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Test => "test",
            Self::Live => "live",
        }
    }
}

/// A university's connection at one stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// Who uses it.
    pub stage: Stage,
    /// Counts up with each change at the university; a promoted connection keeps its number. 0: nobody has set it.
    pub version: i64,
    /// Where to, and how it is read.
    pub settings: ConnectionSettings,
    /// Its [`ConnectionSecrets`], sealed with the tenant's keys; empty if there are none.
    pub sealed_secrets: Vec<u8>,
    /// When and by whom.
    pub changed: Option<Changed>,
}

/// A change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// When.
    pub at: Timestamp,
    /// By whom, as in the audit trail.
    pub by: String,
}

impl Changed {
    /// Whether one person made both; somebody of the staff is the same person after their rank was changed.
    pub fn is_by_the_same_person_as(&self, other: &Self) -> bool {
        fn person(by: &str) -> &str {
            by.strip_prefix("staff ").and_then(|rest| rest.split(' ').next()).unwrap_or(by)
        }
        person(&self.by) == person(&other.by)
    }
}

impl Connection {
    /// What a university has before anybody sets something: students type what its list knows.
    pub fn unset(stage: Stage) -> Self {
        let settings = ConnectionSettings::default();
        Self { stage, version: 0, settings, sealed_secrets: Vec::new(), changed: None }
    }
}

/// Where students prove their enrollment, and how it is read. Holds no secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ConnectionSettings {
    /// They type what the university's imported list knows.
    Roster(RosterConnection),
    /// They log in at the university's SAML identity provider.
    Saml(SamlConnection),
    /// They log in at the university's OpenID provider.
    Oidc(OidcConnection),
    /// They log in at the university's OAuth 2.0 server.
    #[serde(rename = "oauth2")]
    OAuth(OAuthConnection),
    /// They type what the university's web service knows.
    Soap(Box<SoapConnection>),
}

/// A list needs no settings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RosterConnection {}

impl Default for ConnectionSettings {
    fn default() -> Self {
        Self::Roster(RosterConnection {})
    }
}

impl ConnectionSettings {
    /// What verifications by it are recorded as.
    pub const fn method(&self) -> Method {
        match self {
            Self::Roster(_) => Method::Roster,
            Self::Saml(_) => Method::Saml,
            Self::Oidc(_) => Method::Oidc,
            Self::OAuth(_) => Method::OAuth2,
            Self::Soap(_) => Method::Soap,
        }
    }

    /// The names of the secrets it takes.
    pub const fn secret_names(&self) -> &'static [&'static str] {
        match self {
            Self::Roster(_) | Self::Saml(_) => &[],
            Self::Oidc(connection) => connection.client_authentication.secret_names(),
            Self::OAuth(connection) => connection.client_authentication.secret_names(),
            Self::Soap(_) => SoapConnection::SECRETS,
        }
    }

    /// Where its secrets are sent, and the document that may say so.
    pub fn addressees(&self) -> Vec<&str> {
        match self {
            Self::Roster(_) | Self::Saml(_) => Vec::new(),
            Self::Oidc(connection) => vec![&connection.issuer],
            Self::OAuth(connection) => vec![&connection.token_endpoint, &connection.user_endpoint],
            Self::Soap(connection) => {
                let places = [&connection.endpoint, &connection.wsdl_url, &connection.wsdl];
                places.into_iter().map(|place| place.as_deref().unwrap_or_default()).collect()
            }
        }
    }

    /// Whether students leave for somebody else's site.
    pub const fn leaves_for_a_provider(&self) -> bool {
        match self {
            Self::Roster(_) | Self::Soap(_) => false,
            Self::Saml(_) | Self::Oidc(_) | Self::OAuth(_) => true,
        }
    }
}

impl From<SoapSettingsFault> for ConnectionFault {
    fn from(fault: SoapSettingsFault) -> Self {
        Self::blocking(fault.code(), fault.to_string())
    }
}

/// What a connection must not show: passwords, client secrets, private keys, by name.
#[derive(Clone, Default)]
pub struct ConnectionSecrets(BTreeMap<String, SecretString>);

impl ConnectionSecrets {
    /// One by its name.
    pub fn get(&self, name: &str) -> Option<&SecretString> {
        self.0.get(name)
    }

    /// Sets one.
    pub fn set(&mut self, name: impl Into<String>, secret: SecretString) {
        self.0.insert(name.into(), secret);
    }

    /// Takes over what `newer` has.
    pub fn merge(&mut self, newer: Self) {
        self.0.extend(newer.0);
    }

    /// Forgets all but these.
    pub fn retain(&mut self, names: &[&str]) {
        self.0.retain(|name, _| names.contains(&name.as_str()));
    }

    /// Which there are.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// To be sealed.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let plain: BTreeMap<&str, &str> =
            self.0.iter().map(|(name, secret)| (name.as_str(), secret.expose_secret())).collect();
        Zeroizing::new(serde_json::to_vec(&plain).unwrap_or_default())
    }

    /// As it was opened; `None` if that is not what [`Self::to_bytes`] made.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice::<BTreeMap<String, SecretString>>(bytes).ok().map(Self)
    }
}

impl std::fmt::Debug for ConnectionSecrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// Somebody asks that what was tried be what students use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promotion {
    /// Which.
    pub id: PromotionId,
    /// The version of the test connection that is meant.
    pub version: i64,
    /// When, and who asks.
    pub requested: Changed,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_the_same_after_a_change_of_rank() {
        let by = |by: &str| Changed { at: Timestamp::from_seconds(0), by: by.to_owned() };
        for (a, b, is_same) in [
            ("staff 01A organizer_manager", "staff 01A operator", true),
            ("staff 01A organizer_manager", "staff 01B organizer_manager", false),
            ("operator ada", "operator ada", true),
            ("operator ada", "operator grace", false),
        ] {
            assert_eq!(by(a).is_by_the_same_person_as(&by(b)), is_same, "{a}, {b}");
        }
    }

    #[test]
    fn secrets_are_kept_and_never_printed() {
        let mut secrets = ConnectionSecrets::default();
        secrets.set("password", "hunter2".into());
        secrets.set("token", "abc".into());
        assert_eq!(format!("{secrets:?}"), r#"{"password", "token"}"#);
        let again = ConnectionSecrets::from_bytes(&secrets.to_bytes()).unwrap();
        assert_eq!(again.get("password").unwrap().expose_secret(), "hunter2");
        secrets.retain(&["token"]);
        assert_eq!(secrets.names().collect::<Vec<_>>(), ["token"]);
        assert!(ConnectionSecrets::from_bytes(b"[]").is_none());
    }

    #[test]
    fn a_document_names_its_kind_and_nothing_unknown() {
        let read = |text: &str| serde_json::from_str::<ConnectionSettings>(text);
        assert_eq!(read(r#"{"kind":"roster"}"#).unwrap(), ConnectionSettings::default());
        assert!(read(r#"{"kind":"saml","entity_id":"https://idp.example"}"#).is_ok());
        assert!(read(r#"{"kind":"saml","entity_id":"https://idp.example","entityid":"x"}"#).is_err());
        assert!(read(r#"{"kind":"telepathy"}"#).is_err());
    }
}
