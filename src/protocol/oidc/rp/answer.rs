//! What comes back: the browser with a code or an error (RFC 6749 §4.1.2, RFC 9207), and the token endpoint's answer (§5).

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::Refusal;
use crate::base::limits;

/// The parameters of the browser's return.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Answer {
    /// Which login it belongs to.
    pub state: Option<String>,
    code: Option<SecretString>,
    error: Option<String>,
    iss: Option<String>,
}

impl Answer {
    /// The code, if the answer is the asked provider's. `names_itself`: it says that every answer of it names its issuer.
    /// An issuer that is named must be the right one in any case (RFC 9207 §2.4), also beside an error.
    pub fn code(&self, issuer: Option<&str>, names_itself: bool) -> Result<SecretString, Refusal> {
        match (&self.iss, issuer) {
            (Some(iss), Some(issuer)) if iss != issuer => return Err(Refusal::MixUp),
            (None, _) if names_itself => return Err(Refusal::AnswerIssuerMissing),
            _ => {}
        }
        match self.error.as_deref() {
            None => {}
            Some("access_denied") => return Err(Refusal::AccessDenied),
            Some("temporarily_unavailable" | "server_error") => return Err(Refusal::ProviderTrouble),
            Some(_) => return Err(Refusal::ProviderError),
        }
        let is_code = |code: &&SecretString| {
            let code = code.expose_secret();
            !code.is_empty() && code.len() <= limits::PROVIDER_TOKEN_BYTES
        };
        self.code.as_ref().filter(is_code).cloned().ok_or(Refusal::CodeMissing)
    }
}

/// What a code was exchanged for.
#[derive(Debug)]
pub struct Tokens {
    /// For the userinfo or user endpoint; used once, then forgotten.
    pub access_token: SecretString,
    /// Who it is, if the provider speaks OpenID Connect.
    pub id_token: Option<String>,
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: SecretString,
    token_type: String,
    id_token: Option<String>,
}

#[derive(Deserialize)]
struct TokenError {
    error: String,
}

impl Tokens {
    /// Reads the answer to a token request.
    pub fn parse(status: u16, json: &[u8]) -> Result<Self, Refusal> {
        if status != 200 {
            let error: Option<TokenError> = serde_json::from_slice(json).ok();
            return Err(match error.as_ref().map(|error| error.error.as_str()) {
                Some("invalid_grant") => Refusal::CodeRefused,
                Some("invalid_client" | "unauthorized_client") => Refusal::ClientRefused,
                Some(_) => Refusal::TokenError,
                None if status == 401 => Refusal::ClientRefused,
                None => Refusal::Status,
            });
        }
        let answer: TokenAnswer = serde_json::from_slice(json).map_err(|_| Refusal::TokenAnswer)?;
        if !answer.token_type.eq_ignore_ascii_case("bearer") {
            return Err(Refusal::TokenType);
        }
        let token = answer.access_token.expose_secret();
        // RFC 6750 §2.1: what may stand in a header.
        let is_sound = !token.is_empty()
            && token.len() <= limits::PROVIDER_TOKEN_BYTES
            && token.bytes().all(|byte| (0x21..=0x7e).contains(&byte));
        if !is_sound {
            return Err(Refusal::TokenAnswer);
        }
        Ok(Self { access_token: answer.access_token, id_token: answer.id_token })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OP: Option<&str> = Some("https://op.example");

    fn answer(code: Option<&str>, error: Option<&str>, iss: Option<&str>) -> Answer {
        let text = |text: Option<&str>| text.map(str::to_owned);
        Answer { state: None, code: code.map(Into::into), error: text(error), iss: text(iss) }
    }

    #[test]
    fn an_answer_of_another_provider_is_refused_whatever_it_says() {
        for (code, error) in [(Some("c"), None), (None, Some("access_denied")), (None, None)] {
            let evil = answer(code, error, Some("https://evil.example"));
            assert_eq!(evil.code(OP, false).unwrap_err(), Refusal::MixUp);
            assert_eq!(answer(code, error, None).code(OP, true).unwrap_err(), Refusal::AnswerIssuerMissing);
        }
        assert_eq!(answer(Some("c"), None, OP).code(OP, true).unwrap().expose_secret(), "c");
        assert!(answer(Some("c"), None, None).code(OP, false).is_ok());
    }

    #[test]
    fn errors_are_told_apart_and_no_code_is_an_error() {
        for (error, refusal) in [
            ("access_denied", Refusal::AccessDenied),
            ("temporarily_unavailable", Refusal::ProviderTrouble),
            ("server_error", Refusal::ProviderTrouble),
            ("login_required", Refusal::ProviderError),
            ("<script>", Refusal::ProviderError),
        ] {
            assert_eq!(answer(Some("c"), Some(error), None).code(OP, false).unwrap_err(), refusal, "{error}");
        }
        let huge = "c".repeat(limits::PROVIDER_TOKEN_BYTES + 1);
        for none in [None, Some(""), Some(huge.as_str())] {
            assert_eq!(answer(none, None, None).code(OP, false).unwrap_err(), Refusal::CodeMissing);
        }
    }

    #[test]
    fn a_token_answer_is_a_bearer_token() {
        let read = |status, json: &str| Tokens::parse(status, json.as_bytes()).map(|tokens| tokens.id_token);
        assert_eq!(read(200, r#"{"access_token":"a","token_type":"bearer","id_token":"i"}"#), Ok(Some("i".to_owned())));
        assert_eq!(read(200, r#"{"access_token":"a","token_type":"Bearer"}"#), Ok(None));
        for (status, json, refusal) in [
            (200, r#"{"access_token":"a","token_type":"DPoP"}"#, Refusal::TokenType),
            (200, r#"{"access_token":"","token_type":"Bearer"}"#, Refusal::TokenAnswer),
            (200, r#"{"access_token":"a\nb","token_type":"Bearer"}"#, Refusal::TokenAnswer),
            (200, r#"{"token_type":"Bearer"}"#, Refusal::TokenAnswer),
            (200, "<html>", Refusal::TokenAnswer),
            (400, r#"{"error":"invalid_grant"}"#, Refusal::CodeRefused),
            (401, r#"{"error":"invalid_client"}"#, Refusal::ClientRefused),
            (401, "", Refusal::ClientRefused),
            (400, r#"{"error":"invalid_request"}"#, Refusal::TokenError),
            (500, "oops", Refusal::Status),
            // A token beside an error is no token.
            (400, r#"{"access_token":"a","token_type":"Bearer","id_token":"i"}"#, Refusal::Status),
        ] {
            assert_eq!(read(status, json), Err(refusal), "{status} {json}");
        }
    }

    #[test]
    fn tokens_are_not_printed() {
        let tokens = Tokens::parse(200, br#"{"access_token":"topsecret","token_type":"Bearer"}"#).unwrap();
        assert!(!format!("{tokens:?}").contains("topsecret"));
        assert!(!format!("{:?}", answer(Some("topsecret"), None, None)).contains("topsecret"));
    }
}
