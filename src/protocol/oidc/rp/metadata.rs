//! The discovery document (OpenID Connect Discovery §3, RFC 8414, RFC 9207 §3).

use serde::Deserialize;
use url::Url;

use super::Refusal;
use crate::domain::oidc_connection::is_web_address;

/// What a provider says of itself, as far as we use it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderMetadata {
    /// Exactly as it was asked for.
    pub issuer: String,
    /// Where students log in.
    pub authorization_endpoint: Url,
    /// Where codes become tokens.
    pub token_endpoint: Url,
    /// Where more is said about a student, if anywhere.
    pub userinfo_endpoint: Option<Url>,
    /// Where its keys are.
    pub jwks_uri: Url,
    /// Whether every answer names its issuer (RFC 9207).
    pub names_itself: bool,
    /// How clients may prove themselves, if it says so.
    pub client_authentication: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    userinfo_endpoint: Option<String>,
    jwks_uri: String,
    response_types_supported: Option<Vec<String>>,
    code_challenge_methods_supported: Option<Vec<String>>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

/// Where an issuer's document is (Discovery §4).
pub fn discovery_url(issuer: &str) -> String {
    format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'))
}

/// An address that may be called or shown to a browser: [`is_web_address`], without fragment.
pub fn endpoint(text: &str) -> Option<Url> {
    Url::parse(text).ok().filter(|url| is_web_address(text) && url.fragment().is_none())
}

impl ProviderMetadata {
    /// Reads the document of `issuer`.
    pub fn parse(json: &[u8], issuer: &str) -> Result<Self, Refusal> {
        let document: Document = serde_json::from_slice(json).map_err(|_| Refusal::Discovery)?;
        if document.issuer != issuer {
            return Err(Refusal::DiscoveryIssuer);
        }
        // What is not said is not held against it: RFC 8414 has defaults, and many providers leave PKCE out.
        let lacks = |list: &Option<Vec<String>>, wanted| {
            list.as_ref().is_some_and(|list| !list.iter().any(|has| has == wanted))
        };
        if lacks(&document.response_types_supported, "code")
            || lacks(&document.code_challenge_methods_supported, "S256")
        {
            return Err(Refusal::DiscoveryUnsupported);
        }
        // A provider that is reached over TLS may not hand us on to one that is not.
        let is_https = issuer.starts_with("https:");
        let url = |text: &str| {
            endpoint(text).filter(|url| !is_https || url.scheme() == "https").ok_or(Refusal::DiscoveryEndpoint)
        };
        Ok(Self {
            authorization_endpoint: url(&document.authorization_endpoint)?,
            token_endpoint: url(&document.token_endpoint)?,
            userinfo_endpoint: document.userinfo_endpoint.as_deref().map(url).transpose()?,
            jwks_uri: url(&document.jwks_uri)?,
            names_itself: document.authorization_response_iss_parameter_supported,
            client_authentication: document.token_endpoint_auth_methods_supported,
            issuer: document.issuer,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const ISSUER: &str = "https://op.uni.example/oidc";

    fn document() -> Value {
        json!({
            "issuer": ISSUER, "authorization_endpoint": "https://op.uni.example/auth",
            "token_endpoint": "https://op.uni.example/token", "userinfo_endpoint": "https://op.uni.example/me",
            "jwks_uri": "https://keys.uni.example/jwks", "response_types_supported": ["code", "id_token"],
            "code_challenge_methods_supported": ["plain", "S256"], "authorization_response_iss_parameter_supported": true,
            "something_else": [1, { "x": null }],
        })
    }

    fn with(name: &str, value: Value) -> Result<ProviderMetadata, Refusal> {
        let mut document = document();
        document[name] = value;
        ProviderMetadata::parse(document.to_string().as_bytes(), ISSUER)
    }

    #[test]
    fn a_document_is_read_and_what_it_does_not_say_is_not_held_against_it() {
        let read = with("x", json!(1)).unwrap();
        assert!(read.names_itself && read.userinfo_endpoint.is_some());
        let bare = json!({
            "issuer": ISSUER, "authorization_endpoint": "https://a.example/a", "token_endpoint": "https://a.example/t",
            "jwks_uri": "https://a.example/k",
        });
        let bare = ProviderMetadata::parse(bare.to_string().as_bytes(), ISSUER).unwrap();
        assert!(!bare.names_itself && bare.userinfo_endpoint.is_none() && bare.client_authentication.is_none());
        assert_eq!(discovery_url(ISSUER), "https://op.uni.example/oidc/.well-known/openid-configuration");
        assert_eq!(discovery_url("https://a.example/"), "https://a.example/.well-known/openid-configuration");
    }

    #[test]
    fn another_issuers_document_is_refused_by_the_letter() {
        for other in ["https://op.uni.example/oidc/", "https://OP.uni.example/oidc", "https://evil.example"] {
            assert_eq!(with("issuer", json!(other)), Err(Refusal::DiscoveryIssuer), "{other}");
        }
    }

    #[test]
    fn endpoints_are_https_unless_the_provider_is_on_this_machine() {
        for bad in [
            "http://op.uni.example/x",
            "http://127.0.0.1/x",
            "ftp://a/x",
            "https://u:p@a.example/",
            "https://a.example/#f",
            "x",
            "",
        ] {
            for name in ["authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"] {
                assert_eq!(with(name, json!(bad)), Err(Refusal::DiscoveryEndpoint), "{name} {bad}");
            }
        }
        for here in ["http://127.0.0.1:5/x", "http://localhost/x", "http://[::1]/x"] {
            assert!(endpoint(here).is_some(), "{here}");
        }
        for elsewhere in ["http://127.0.0.1.evil.example/", "http://localhost.evil.example/", "http://10.0.0.1/"] {
            assert!(endpoint(elsewhere).is_none(), "{elsewhere}");
        }
    }

    #[test]
    fn a_provider_without_code_flow_or_s256_and_garbage_are_refused() {
        assert_eq!(with("response_types_supported", json!(["id_token"])), Err(Refusal::DiscoveryUnsupported));
        assert_eq!(with("code_challenge_methods_supported", json!(["plain"])), Err(Refusal::DiscoveryUnsupported));
        for garbage in ["", "[]", "{}", "<html>", "{\"issuer\": 1}"] {
            assert_eq!(ProviderMetadata::parse(garbage.as_bytes(), ISSUER), Err(Refusal::Discovery), "{garbage}");
        }
    }
}
