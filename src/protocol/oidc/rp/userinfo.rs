//! What the userinfo endpoint says beyond the ID token (OpenID Connect Core §5.3), plain or signed.

use serde::Deserialize;
use serde_json::Value;

use super::{ProviderKeys, Refusal, id_token::Audience};
use crate::protocol::jwt::JwtError;

/// Whose claims these must be.
#[derive(Clone, Copy, Debug)]
pub struct Whose<'a> {
    /// Which provider was asked.
    pub issuer: &'a str,
    /// Who we are there.
    pub client_id: &'a str,
    /// `sub` of the ID token.
    pub subject: &'a str,
}

#[derive(Deserialize)]
struct Signed {
    iss: Option<String>,
    aud: Option<Audience>,
}

/// Reads the claims of an answer whose content type is JSON.
pub fn plain(json: &[u8], whose: &Whose<'_>) -> Result<Value, Refusal> {
    of_subject(serde_json::from_slice(json).map_err(|_| Refusal::Userinfo)?, whose)
}

/// Reads the claims of an answer that is a JWT. Providers are seen that leave `iss` and `aud` out although Core §5.3.2 says
/// SHOULD; what is there must be right, and the signature must be the provider's in any case.
pub fn signed(token: &str, keys: &ProviderKeys, whose: &Whose<'_>) -> Result<Value, Refusal> {
    let claims: Value = keys.verify(token.trim(), &["JWT", "userinfo+jwt"]).map_err(|error| match error {
        // Worth a second look at the provider's keys.
        JwtError::UnknownKey(_) => Refusal::UnknownKey,
        JwtError::Signature | JwtError::Algorithm(_) => Refusal::UserinfoSignature,
        _ => Refusal::Userinfo,
    })?;
    let signed: Signed = serde_json::from_value(claims.clone()).map_err(|_| Refusal::Userinfo)?;
    if signed.iss.is_some_and(|iss| iss != whose.issuer) {
        return Err(Refusal::UserinfoIssuer);
    }
    if signed.aud.is_some_and(|aud| !aud.names(whose.client_id)) {
        return Err(Refusal::UserinfoAudience);
    }
    of_subject(claims, whose)
}

/// Core §5.3.2: `sub` is always there and is the ID token's, or nothing of it is used.
fn of_subject(claims: Value, whose: &Whose<'_>) -> Result<Value, Refusal> {
    let sub = claims.as_object().ok_or(Refusal::Userinfo)?.get("sub").and_then(Value::as_str);
    if sub == Some(whose.subject) { Ok(claims) } else { Err(Refusal::UserinfoSubject) }
}

/// The claims of both: what the userinfo says stands over the ID token's, except for what makes a token a token.
pub fn merged(id_token: &Value, userinfo: Option<Value>) -> Value {
    let mut claims = id_token.as_object().cloned().unwrap_or_default();
    if let Some(Value::Object(more)) = userinfo {
        for (name, value) in more {
            if !matches!(
                name.as_str(),
                "iss" | "aud" | "exp" | "iat" | "nbf" | "auth_time" | "nonce" | "acr" | "amr" | "azp"
            ) {
                claims.insert(name, value);
            }
        }
    }
    Value::Object(claims)
}
