//! A university's OAuth 2.0 server that speaks no OpenID Connect: students log in there, and a user endpoint says who it is.

use serde::{Deserialize, Serialize};
use url::Url;

use super::{
    claim_map::ClaimMap,
    connection_fault::ConnectionFault,
    json_pointer::JsonPointer,
    oidc_connection::{ClientAuthentication, check_claims, check_client, is_web_address},
};

/// Where students log in, where it says who they are, and how that is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OAuthConnection {
    /// Where students log in.
    pub authorization_endpoint: String,
    /// Where codes become tokens.
    pub token_endpoint: String,
    /// What says who it is, as JSON, to whoever has the access token.
    pub user_endpoint: String,
    /// What the server calls itself in its answers (`iss`, RFC 9207), if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// Who we are there.
    pub client_id: String,
    /// How we prove it.
    #[serde(default)]
    pub client_authentication: ClientAuthentication,
    /// How the server knows our public key (`kid`), for `private_key_jwt`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_id: Option<String>,
    /// Whom our assertion names as its audience; the token endpoint unless it is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assertion_audience: Option<String>,
    /// What is asked for.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// What stands for the student, always the same and nobody else's, e.g. `/id`.
    pub subject: JsonPointer,
    /// Which member means what.
    #[serde(default)]
    pub claims: ClaimMap,
}

impl OAuthConnection {
    /// What its students' identifiers are unique within: its own name, or the place that tells them.
    pub fn namespace(&self) -> String {
        let origin = || Url::parse(&self.user_endpoint).map(|url| url.origin().ascii_serialization()).ok();
        self.issuer.clone().or_else(origin).unwrap_or_else(|| self.user_endpoint.clone())
    }

    /// What its settings alone show to be wrong.
    pub fn check(&self) -> Vec<ConnectionFault> {
        let mut faults = Vec::new();
        for (name, address) in [
            ("authorization_endpoint", &self.authorization_endpoint),
            ("token_endpoint", &self.token_endpoint),
            ("user_endpoint", &self.user_endpoint),
        ] {
            if !is_web_address(address) || address.contains('#') {
                faults.push(ConnectionFault::blocking("oauth_endpoint", format!("{name} is no https address")));
            }
        }
        faults.extend(check_client(&self.client_id, &self.scopes));
        faults.extend(check_claims(&self.claims));
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connection() -> OAuthConnection {
        serde_json::from_str(
            r#"{"authorization_endpoint": "https://login.uni.example/authorize", "token_endpoint": "https://login.uni.example/token",
                "user_endpoint": "https://api.uni.example/v1/me?x=1", "client_id": "pedell", "subject": "/id",
                "claims": {"affiliation": "/enrolled", "student_values": ["true"], "semester": "/semester"}}"#,
        )
        .unwrap()
    }

    #[test]
    fn identifiers_are_namespaced_by_the_server() {
        assert_eq!(connection().namespace(), "https://api.uni.example");
        let named = OAuthConnection { issuer: Some("https://login.uni.example".to_owned()), ..connection() };
        assert_eq!(named.namespace(), "https://login.uni.example");
    }

    #[test]
    fn addresses_are_https_and_the_subject_has_a_place() {
        assert!(connection().check().is_empty());
        let bare = OAuthConnection { user_endpoint: "http://api.uni.example/me".to_owned(), ..connection() };
        assert_eq!(bare.check()[0].code, "oauth_endpoint");
        assert!(serde_json::from_str::<OAuthConnection>(r#"{"subject": "id"}"#).is_err());
    }
}
