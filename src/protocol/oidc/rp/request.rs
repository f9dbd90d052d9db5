//! Sending a student to a provider (OpenID Connect Core §3.1.2.1, RFC 6749 §4.1.1, RFC 7636 §4.3).

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::{base::Random, protocol::oidc::challenge_of};

/// What binds the provider's answer to this one login. Made fresh for each; travels sealed.
#[derive(Clone, Serialize, Deserialize)]
pub struct Binding {
    /// `state`: which login an answer belongs to; 128 random bits.
    pub state: String,
    /// `nonce`: which login an ID token belongs to.
    pub nonce: String,
    /// PKCE: whoever redeems the code must know this.
    pub verifier: String,
}

impl Binding {
    /// A new one.
    pub fn fresh(random: &Random) -> Self {
        Self {
            state: BASE64_URL_SAFE_NO_PAD.encode(random.bytes::<16>()),
            nonce: BASE64_URL_SAFE_NO_PAD.encode(random.bytes::<16>()),
            verifier: BASE64_URL_SAFE_NO_PAD.encode(random.bytes::<32>()),
        }
    }
}

impl std::fmt::Debug for Binding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Binding({}, …)", self.state)
    }
}

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// Who we are there.
    pub client_id: &'a str,
    /// Where the answer goes.
    pub redirect_uri: &'a str,
    /// Separated by spaces.
    pub scope: &'a str,
    /// Whether an ID token is expected, which takes the nonce.
    pub is_openid: bool,
    /// How old the student's login may be, in seconds.
    pub max_age_seconds: Option<u32>,
    /// Kinds of login, best first.
    pub acr_values: &'a [String],
    /// The student's language (`ui_locales`).
    pub language: Option<&'a str>,
}

impl Request<'_> {
    /// The address for the browser. Nothing in it says who the student is.
    pub fn url(&self, authorization_endpoint: &Url, binding: &Binding) -> Url {
        let mut url = authorization_endpoint.clone();
        {
            let mut query = url.query_pairs_mut();
            query
                .append_pair("response_type", "code")
                .append_pair("client_id", self.client_id)
                .append_pair("redirect_uri", self.redirect_uri)
                .append_pair("scope", self.scope)
                .append_pair("state", &binding.state)
                .append_pair("code_challenge", &challenge_of(&binding.verifier))
                .append_pair("code_challenge_method", "S256");
            if self.is_openid {
                query.append_pair("nonce", &binding.nonce);
            }
            if let Some(seconds) = self.max_age_seconds {
                query.append_pair("max_age", &seconds.to_string());
            }
            // Some providers know no `max_age`; none at all, and the student has to log in again.
            if self.max_age_seconds == Some(0) {
                query.append_pair("prompt", "login");
            }
            if !self.acr_values.is_empty() {
                query.append_pair("acr_values", &self.acr_values.join(" "));
            }
            if let Some(language) = self.language {
                query.append_pair("ui_locales", language);
            }
        }
        url
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::protocol::oidc::CodeChallenge;

    #[test]
    fn the_request_carries_the_hash_of_the_verifier_and_not_the_verifier() {
        let binding = Binding::fresh(&Random::seeded(1));
        let other = Binding::fresh(&Random::seeded(2));
        assert!(binding.state != other.state && binding.nonce != other.nonce && binding.verifier != other.verifier);
        let request = Request {
            client_id: "pedell",
            redirect_uri: "https://pedell.example/verify/oidc/uni",
            scope: "openid profile",
            is_openid: true,
            max_age_seconds: Some(0),
            acr_values: &["https://refeds.org/profile/mfa".to_owned()],
            language: Some("de"),
        };
        let url = request.url(&Url::parse("https://op.example/auth?tenant=a").unwrap(), &binding);
        let sent: BTreeMap<String, String> = url.query_pairs().into_owned().collect();
        assert_eq!((sent["tenant"].as_str(), sent["prompt"].as_str(), sent["max_age"].as_str()), ("a", "login", "0"));
        assert_eq!((&sent["nonce"], &sent["state"]), (&binding.nonce, &binding.state));
        let challenge = CodeChallenge::parse(sent.get("code_challenge").map(String::as_str), Some("S256")).unwrap();
        assert!(challenge.is_met_by(&binding.verifier));
        assert!(!url.as_str().contains(&binding.verifier));
        let oauth = Request { is_openid: false, max_age_seconds: None, acr_values: &[], language: None, ..request };
        let url = oauth.url(&Url::parse("https://op.example/auth").unwrap(), &binding);
        for absent in ["nonce", "max_age", "prompt", "acr_values", "ui_locales"] {
            assert!(url.query_pairs().all(|(name, _)| name != absent), "{absent}");
        }
        assert!(!format!("{binding:?}").contains(&binding.verifier));
    }
}
