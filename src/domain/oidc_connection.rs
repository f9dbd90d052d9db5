//! A university's OpenID provider: where its students log in, and which claim means what.

use serde::{Deserialize, Serialize};
use url::Url;

use super::{claim_map::ClaimMap, connection_fault::ConnectionFault};

/// Where students log in, and how what it says is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OidcConnection {
    /// The provider's issuer identifier, by the letter: its discovery document is below it.
    pub issuer: String,
    /// Who we are there.
    pub client_id: String,
    /// How we prove it.
    #[serde(default)]
    pub client_authentication: ClientAuthentication,
    /// How the provider knows our public key (`kid`), for `private_key_jwt`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_id: Option<String>,
    /// Whom our assertion names as its audience; the token endpoint, as OpenID Connect Core §9 has it, unless it is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assertion_audience: Option<String>,
    /// What is asked for.
    #[serde(default = "openid_profile")]
    pub scopes: Vec<String>,
    /// Whether the userinfo endpoint is asked too, where there is one.
    #[serde(default = "yes")]
    pub userinfo: bool,
    /// How old a student's login there may be, in seconds; 0: everybody logs in anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age_seconds: Option<u32>,
    /// Kinds of login of which one is needed (`acr`), e.g. `https://refeds.org/profile/mfa`. Empty: any.
    #[serde(default)]
    pub acr_values: Vec<String>,
    /// Which claim means what.
    #[serde(default)]
    pub claims: ClaimMap,
}

/// How we prove at a token endpoint that it is us (OpenID Connect Core §9).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientAuthentication {
    /// The secret in a header.
    #[default]
    ClientSecretBasic,
    /// The secret in the form.
    ClientSecretPost,
    /// A JWT signed with a key of our own (RFC 7523).
    PrivateKeyJwt,
}

/// The secret's name for the two kinds that have one.
pub const CLIENT_SECRET: &str = "client_secret";
/// The private key's name: PEM, PKCS#8.
pub const PRIVATE_KEY: &str = "private_key";

impl ClientAuthentication {
    /// As providers call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ClientSecretBasic => "client_secret_basic",
            Self::ClientSecretPost => "client_secret_post",
            Self::PrivateKeyJwt => "private_key_jwt",
        }
    }

    /// The names of the secrets it takes.
    pub const fn secret_names(self) -> &'static [&'static str] {
        match self {
            Self::ClientSecretBasic | Self::ClientSecretPost => &[CLIENT_SECRET],
            Self::PrivateKeyJwt => &[PRIVATE_KEY],
        }
    }
}

fn openid_profile() -> Vec<String> {
    vec!["openid".to_owned(), "profile".to_owned()]
}

const fn yes() -> bool {
    true
}

impl OidcConnection {
    /// What its settings alone show to be wrong.
    pub fn check(&self) -> Vec<ConnectionFault> {
        let mut faults = Vec::new();
        if !is_web_address(&self.issuer) || self.issuer.contains(['?', '#']) {
            let text = "issuer is the provider's https address as its discovery document says it, without query";
            faults.push(ConnectionFault::blocking("oidc_issuer", text));
        }
        if !self.scopes.iter().any(|scope| scope == "openid") {
            let text = "scopes must hold openid: without it there is no ID token";
            faults.push(ConnectionFault::blocking("oidc_scope_openid", text));
        }
        faults.extend(check_client(&self.client_id, &self.scopes));
        faults.extend(check_claims(&self.claims));
        faults
    }
}

/// Whether an address may be called or shown to a browser: `https`, or `http` for a provider on this very machine, as in a
/// demonstration; nothing with credentials in it.
pub fn is_web_address(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else { return false };
    let is_here = || match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    };
    let is_safe = url.scheme() == "https" || (url.scheme() == "http" && is_here());
    is_safe && url.has_host() && url.username().is_empty() && url.password().is_none()
}

pub(super) fn check_client(client_id: &str, scopes: &[String]) -> Vec<ConnectionFault> {
    let mut faults = Vec::new();
    if client_id.is_empty() || client_id.chars().any(char::is_control) {
        faults.push(ConnectionFault::blocking("client_id", "client_id is what the provider calls us: it is missing"));
    }
    // RFC 6749 §3.3
    let is_scope =
        |scope: &String| !scope.is_empty() && scope.bytes().all(|b| matches!(b, 0x21 | 0x23..=0x5b | 0x5d..=0x7e));
    if !scopes.iter().all(is_scope) {
        faults.push(ConnectionFault::blocking("scopes", "scopes is a list of words without spaces or quotes"));
    }
    faults
}

pub(super) fn check_claims(claims: &ClaimMap) -> Vec<ConnectionFault> {
    let mut faults: Vec<_> = claims.fault().map(|text| ConnectionFault::blocking("claims", text)).into_iter().collect();
    if claims.semester.is_none() {
        let text = "claims.semester is not set: only products that ask for an entitlement can be decided";
        faults.push(ConnectionFault::warning("claims_no_semester", text));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connection(own: &str) -> OidcConnection {
        let document = format!(
            r#"{{"issuer": "https://op.uni.example", "client_id": "pedell", "claims": {{"affiliation_scopes": ["uni.example"],
               "semester": "/semester"}} {own}}}"#
        );
        serde_json::from_str(&document).unwrap()
    }

    fn codes(connection: &OidcConnection) -> Vec<&'static str> {
        connection.check().iter().map(|fault| fault.code).collect()
    }

    #[test]
    fn little_has_to_be_said_and_nothing_unknown_may() {
        let little = connection("");
        assert_eq!(codes(&little), [""; 0]);
        assert_eq!(little.scopes, ["openid", "profile"]);
        assert_eq!(little.client_authentication.secret_names(), ["client_secret"]);
        let key = connection(r#", "client_authentication": "private_key_jwt""#);
        assert_eq!(key.client_authentication.secret_names(), ["private_key"]);
        assert!(
            serde_json::from_str::<OidcConnection>(r#"{"issuer": "https://a", "client_id": "b", "secret": "c"}"#)
                .is_err()
        );
        assert!(toml::to_string(&little).is_ok(), "it can be shown");
    }

    #[test]
    fn each_fault_has_its_code() {
        for (issuer, code) in [
            ("http://op.uni.example", "oidc_issuer"),
            ("https://u:p@op.uni.example", "oidc_issuer"),
            ("https://op.uni.example/?tenant=a", "oidc_issuer"),
            ("op.uni.example", "oidc_issuer"),
        ] {
            assert_eq!(codes(&OidcConnection { issuer: issuer.to_owned(), ..connection("") }), [code], "{issuer}");
        }
        assert_eq!(codes(&OidcConnection { issuer: "http://127.0.0.1:9".to_owned(), ..connection("") }), [""; 0]);
        assert_eq!(codes(&OidcConnection { client_id: String::new(), ..connection("") }), ["client_id"]);
        assert_eq!(codes(&OidcConnection { scopes: vec!["profile".into()], ..connection("") }), ["oidc_scope_openid"]);
        assert_eq!(
            codes(&OidcConnection { scopes: vec!["openid".into(), "a b".into()], ..connection("") }),
            ["scopes"]
        );
        assert_eq!(
            codes(&OidcConnection { claims: ClaimMap::default(), ..connection("") }),
            ["claims", "claims_no_semester"]
        );
    }
}
