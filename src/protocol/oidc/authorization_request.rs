//! What a ticket issuer asks at `/authorize` or `/par` (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2.1, RFC 9126 §2.1).
//!
//! Two steps, because an error may be sent back to the issuer only after the client and its redirect URI are known to
//! belong together: [`Parameters`] is what came, [`AuthorizationRequest`] is what it means.

use serde::{Deserialize, Serialize};

use super::{CodeChallenge, OAuthError, OAuthErrorCode};
use crate::{base::limits, domain::rule::Field};

/// The parameters as they came. A parameter given twice does not parse (RFC 6749 §3.1).
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Parameters {
    /// Who asks.
    pub client_id: Option<String>,
    /// Where to go back to.
    pub redirect_uri: Option<String>,
    /// Must be `code`.
    pub response_type: Option<String>,
    /// Must be `query` or absent.
    pub response_mode: Option<String>,
    /// Space-separated; must contain `openid`.
    pub scope: Option<String>,
    /// Given back as it is.
    pub state: Option<String>,
    /// Stands in the token.
    pub nonce: Option<String>,
    /// PKCE.
    pub code_challenge: Option<String>,
    /// PKCE: `S256`.
    pub code_challenge_method: Option<String>,
    /// `none` or `login`.
    pub prompt: Option<String>,
    /// How old the proof may be, in seconds.
    pub max_age: Option<String>,
    /// Preferred languages of the pages.
    pub ui_locales: Option<String>,
    /// Not supported: request objects by value.
    pub request: Option<String>,
    /// From `/par` only.
    pub request_uri: Option<String>,
    /// Ours: the issuer's product; may be left out by an issuer that has only one.
    pub product: Option<String>,
    /// Ours: the university's short name, if the issuer already knows it.
    pub university: Option<String>,
    /// Ours: `current` (default), `next`, or a key such as `2026W`.
    pub semester: Option<String>,
}

/// A request that makes sense by itself. Whether the client may ask it is for the flow to say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorizationRequest {
    /// Who asks.
    pub client_id: String,
    /// Where to go back to.
    pub redirect_uri: String,
    /// Given back as it is.
    pub state: Option<String>,
    /// Stands in the token.
    pub nonce: Option<String>,
    /// PKCE.
    pub challenge: CodeChallenge,
    /// Which claims are asked for.
    pub scope: Scope,
    /// `prompt=none`.
    pub silent: bool,
    /// How old the proof may be, in seconds.
    pub max_age_seconds: Option<u32>,
    /// Preferred languages of the pages.
    pub ui_locales: Option<String>,
    /// The issuer's product.
    pub product: Option<String>,
    /// The university's short name.
    pub university: Option<String>,
    /// Which semester, in the issuer's words.
    pub semester: Option<String>,
}

/// The scopes that change something here; unknown ones are ignored (OpenID Connect Core §3.1.2.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// `given_name` and `family_name`.
    pub profile: bool,
    /// `birthdate`.
    pub birthdate: bool,
    /// `picture`.
    #[serde(default)]
    pub picture: bool,
}

impl Scope {
    /// The scope's text, as the token response gives it back.
    pub fn to_text(self) -> String {
        let mut text = String::from("openid");
        for (asked, name) in [(self.profile, " profile"), (self.birthdate, " birthdate"), (self.picture, " picture")] {
            if asked {
                text.push_str(name);
            }
        }
        text
    }

    /// From a space-separated list.
    pub fn parse(text: &str) -> Self {
        let has = |name: &str| text.split(' ').any(|scope| scope == name);
        Self { profile: has("profile"), birthdate: has("birthdate"), picture: has("picture") }
    }

    /// Whether this field is asked for.
    pub const fn asks_for(self, field: Field) -> bool {
        match field {
            Field::GivenName | Field::FamilyName => self.profile,
            Field::Birthdate => self.birthdate,
            Field::Picture => self.picture,
        }
    }
}

impl Parameters {
    /// What the parameters mean, or the error for the issuer.
    pub fn understand(self) -> Result<AuthorizationRequest, OAuthError> {
        let invalid = |text: &str| OAuthError::new(OAuthErrorCode::InvalidRequest, text);
        if self.request.is_some() {
            return Err(OAuthError::new(OAuthErrorCode::RequestNotSupported, "request objects are not supported"));
        }
        if self.response_type.as_deref() != Some("code") {
            return Err(OAuthError::new(OAuthErrorCode::UnsupportedResponseType, "response_type must be code"));
        }
        if self.response_mode.as_deref().is_some_and(|mode| mode != "query") {
            return Err(invalid("response_mode must be query"));
        }
        let scope = self.scope.as_deref().unwrap_or_default();
        if !scope.split(' ').any(|name| name == "openid") {
            return Err(OAuthError::new(OAuthErrorCode::InvalidScope, "scope must contain openid"));
        }
        let challenge = CodeChallenge::parse(self.code_challenge.as_deref(), self.code_challenge_method.as_deref())
            .map_err(|error| invalid(&error.to_string()))?;
        for (name, value) in [("state", &self.state), ("nonce", &self.nonce), ("ui_locales", &self.ui_locales)] {
            if value.as_ref().is_some_and(|value| value.len() > limits::OPAQUE_PARAMETER_BYTES) {
                return Err(invalid(&format!("{name} is longer than {} bytes", limits::OPAQUE_PARAMETER_BYTES)));
            }
        }
        for (name, value) in
            [("product", &self.product), ("university", &self.university), ("semester", &self.semester)]
        {
            if value.as_ref().is_some_and(|value| value.len() > 64) {
                return Err(invalid(&format!("{name} is longer than 64 bytes")));
            }
        }
        // OpenID Connect Core §3.1.2.1. Consent and university are asked for anyway, wherever there is something to choose.
        let prompts: Vec<&str> = self.prompt.as_deref().map(|prompt| prompt.split(' ').collect()).unwrap_or_default();
        let silent = prompts == ["none"];
        if !silent && !prompts.iter().all(|prompt| matches!(*prompt, "login" | "consent" | "select_account")) {
            return Err(invalid("prompt must be none by itself, or login, consent, select_account"));
        }
        let max_age_seconds = match self.max_age.as_deref().map(str::parse) {
            // The same wish in other words: a login of now.
            _ if prompts.contains(&"login") => Some(0),
            None => None,
            Some(Ok(seconds)) => Some(seconds),
            Some(Err(_)) => return Err(invalid("max_age must be a number of seconds")),
        };
        Ok(AuthorizationRequest {
            client_id: self.client_id.ok_or_else(|| invalid("client_id is missing"))?,
            redirect_uri: self.redirect_uri.ok_or_else(|| invalid("redirect_uri is missing"))?,
            state: self.state,
            nonce: self.nonce,
            challenge,
            scope: Scope::parse(scope),
            silent,
            max_age_seconds,
            ui_locales: self.ui_locales,
            product: self.product,
            university: self.university,
            semester: self.semester,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> Parameters {
        Parameters {
            client_id: Some("shop".into()),
            redirect_uri: Some("https://shop.example/cb".into()),
            response_type: Some("code".into()),
            scope: Some("openid profile".into()),
            code_challenge: Some("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM".into()),
            code_challenge_method: Some("S256".into()),
            ..Parameters::default()
        }
    }

    #[test]
    fn a_new_login_is_wished_for_in_two_ways() {
        let asked = |prompt: &str, max_age: Option<&str>| {
            Parameters { prompt: Some(prompt.into()), max_age: max_age.map(str::to_owned), ..good() }.understand()
        };
        for prompt in ["login", "consent login", "login select_account consent"] {
            assert_eq!(asked(prompt, Some("3600")).unwrap().max_age_seconds, Some(0), "{prompt}");
        }
        assert_eq!(asked("consent", None).unwrap().max_age_seconds, None);
        assert!(asked("none", None).unwrap().silent);
        for bad in ["none login", "login  consent", "", "create"] {
            assert!(asked(bad, None).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_complete_request_is_understood() {
        let request = good().understand().unwrap();
        assert_eq!(request.scope, Scope { profile: true, ..Scope::default() });
        assert!(!request.silent);
    }

    #[test]
    fn each_fault_has_its_error() {
        use OAuthErrorCode as E;
        type Change = fn(&mut Parameters);
        let cases: [(Change, E); 9] = [
            (|p| p.response_type = Some("token".into()), E::UnsupportedResponseType),
            (|p| p.response_type = None, E::UnsupportedResponseType),
            (|p| p.scope = Some("profile".into()), E::InvalidScope),
            (|p| p.code_challenge = None, E::InvalidRequest),
            (|p| p.code_challenge_method = Some("plain".into()), E::InvalidRequest),
            (|p| p.request = Some("eyJ".into()), E::RequestNotSupported),
            (|p| p.prompt = Some("maybe".into()), E::InvalidRequest),
            (|p| p.max_age = Some("-1".into()), E::InvalidRequest),
            (|p| p.state = Some("x".repeat(2000)), E::InvalidRequest),
        ];
        for (change, code) in cases {
            let mut parameters = good();
            change(&mut parameters);
            assert_eq!(parameters.clone().understand().unwrap_err().code, code, "{parameters:?}");
        }
    }
}
