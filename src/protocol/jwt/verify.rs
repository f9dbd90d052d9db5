//! Verifying a JWT with keys we already hold.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, crypto};
use serde::{Deserialize, de::DeserializeOwned};
use thiserror::Error;

use super::{Jwk, JwkSet};
use crate::base::limits;

/// Why a JWT is refused.
#[derive(Debug, Error)]
pub enum JwtError {
    /// Over the size limit.
    #[error("longer than {} bytes", limits::JWT_BYTES)]
    TooLong,
    /// Not three base64url parts with JSON in them.
    #[error("not a signed JWT")]
    Malformed,
    /// The `kid` names no key at hand.
    #[error("signed with a key that is not at hand (kid {0:?})")]
    UnknownKey(Option<String>),
    /// The header's `alg` does not fit the key: `none`, HMAC with a public key, RSA with an EC key …
    #[error("the algorithm {0:?} does not fit the key")]
    Algorithm(String),
    /// Another kind of token.
    #[error("the type is {0:?}")]
    Type(Option<String>),
    /// The signature does not verify.
    #[error("the signature does not verify")]
    Signature,
    /// A claim is missing, of the wrong type, or says something else than it must.
    #[error("{0}")]
    Claim(&'static str),
}

/// A header, which decides nothing: it names a key, and says what the token claims to be.
#[derive(Clone, Debug, Deserialize)]
pub struct JwtHeader {
    /// RFC 7515 §4.1.1.
    pub alg: String,
    /// RFC 7515 §4.1.4.
    pub kid: Option<String>,
    typ: Option<String>,
    crit: Option<serde_json::Value>,
}

impl JwtHeader {
    /// Reads it. `typ`: the accepted values of the header's `typ`, compared without case; an absent `typ` is accepted if
    /// `"JWT"` is.
    pub fn read(token: &str, typ: &[&str]) -> Result<Self, JwtError> {
        if token.len() > limits::JWT_BYTES {
            return Err(JwtError::TooLong);
        }
        let header: Self = part(token, 0)?;
        if header.crit.is_some() {
            return Err(JwtError::Claim("the header has critical extensions (RFC 7515 §4.1.11)"));
        }
        let named = header.typ.as_deref().unwrap_or("JWT");
        if !typ.iter().any(|accepted| accepted.eq_ignore_ascii_case(named)) {
            return Err(JwtError::Type(header.typ));
        }
        Ok(header)
    }
}

/// Verifies the signature with one of `keys` and reads the claims. Times and audience are the caller's to check. `typ` as
/// in [`JwtHeader::read`].
pub fn verify<T: DeserializeOwned>(token: &str, keys: &JwkSet, typ: &[&str]) -> Result<T, JwtError> {
    let header = JwtHeader::read(token, typ)?;
    let key = keys.find(header.kid.as_deref()).ok_or_else(|| JwtError::UnknownKey(header.kid.clone()))?;
    verify_with(token, &header, key)
}

/// The same with one key that was chosen already.
pub fn verify_with<T: DeserializeOwned>(token: &str, header: &JwtHeader, key: &Jwk) -> Result<T, JwtError> {
    let algorithm = algorithm(&header.alg)
        .filter(|algorithm| key.algorithms().contains(algorithm))
        .ok_or_else(|| JwtError::Algorithm(header.alg.clone()))?;
    let decoding_key = key.decoding_key().map_err(|_| JwtError::Malformed)?;
    let (message, signature) = token.rsplit_once('.').ok_or(JwtError::Malformed)?;
    match crypto::verify(signature, message.as_bytes(), &decoding_key, algorithm) {
        Ok(true) => {}
        Ok(false) | Err(_) => return Err(JwtError::Signature),
    }
    serde_json::from_slice(&bytes_of(token, 1)?).map_err(|_| JwtError::Claim("a claim is missing or of the wrong type"))
}

/// By its name in RFC 7518 §3.1 and RFC 8037 §3.1, or the newer name of Ed25519 in RFC 9864 §2.2.
fn algorithm(name: &str) -> Option<Algorithm> {
    if name == "Ed25519" { Some(Algorithm::EdDSA) } else { name.parse().ok() }
}

/// The claims of a token that nobody has verified: one may ask who it *says* it is from, and nothing else.
#[derive(Deserialize)]
pub struct Unverified {
    iss: String,
}

impl Unverified {
    /// Reads the token's `iss` without believing it.
    pub fn read(token: &str) -> Result<Self, JwtError> {
        if token.len() > limits::JWT_BYTES {
            return Err(JwtError::TooLong);
        }
        part(token, 1)
    }

    /// Who the token says it is from: good for looking up a key, for nothing else.
    pub fn claimed_issuer(&self) -> &str {
        &self.iss
    }
}

fn part<T: DeserializeOwned>(token: &str, index: usize) -> Result<T, JwtError> {
    serde_json::from_slice(&bytes_of(token, index)?).map_err(|_| JwtError::Malformed)
}

fn bytes_of(token: &str, index: usize) -> Result<Vec<u8>, JwtError> {
    let parts: Vec<&str> = token.split('.').take(4).collect();
    let [_, _, _] = parts.as_slice() else { return Err(JwtError::Malformed) };
    BASE64_URL_SAFE_NO_PAD.decode(parts[index]).map_err(|_| JwtError::Malformed)
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::{
        rand::SystemRandom,
        signature::{Ed25519KeyPair, KeyPair},
    };
    use jsonwebtoken::EncodingKey;
    use serde_json::{Value, json};

    use super::{super::Jwk, *};

    /// A key, and a way to sign with it under any header.
    fn ed25519() -> (JwkSet, impl Fn(&Value) -> String) {
        let pkcs8 = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
        let public = Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).unwrap();
        let keys = JwkSet { keys: vec![Jwk::ed25519(BASE64_URL_SAFE_NO_PAD.encode(public.public_key().as_ref()))] };
        let private = EncodingKey::from_ed_der(pkcs8.as_ref());
        let sign = move |header: &Value| {
            let encode = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
            let message = format!("{}.{}", encode(header), encode(&json!({ "iss": "shop" })));
            let signature = crypto::sign(message.as_bytes(), &private, Algorithm::EdDSA).unwrap();
            format!("{message}.{signature}")
        };
        (keys, sign)
    }

    #[test]
    fn ed25519_may_be_called_by_its_old_and_its_new_name() {
        let (keys, sign) = ed25519();
        for name in ["EdDSA", "Ed25519"] {
            let claims: Value = verify(&sign(&json!({ "alg": name })), &keys, &["JWT"]).unwrap();
            assert_eq!(claims["iss"], "shop");
        }
    }

    #[test]
    fn the_header_decides_nothing() {
        let (keys, sign) = ed25519();
        let refused = |header: Value| verify::<Value>(&sign(&header), &keys, &["JWT"]).unwrap_err();
        for name in ["none", "HS256", "ES256", "RS256", "ed25519", ""] {
            assert!(matches!(refused(json!({ "alg": name })), JwtError::Algorithm(_)), "{name}");
        }
        assert!(matches!(refused(json!({ "alg": "EdDSA", "crit": ["exp"] })), JwtError::Claim(_)));
        assert!(matches!(refused(json!({ "alg": "EdDSA", "typ": "at+jwt" })), JwtError::Type(_)));
        assert!(matches!(refused(json!({ "alg": "EdDSA", "kid": "another" })), JwtError::UnknownKey(_)));
    }

    #[test]
    fn an_altered_token_and_another_keys_token_are_refused() {
        let (keys, sign) = ed25519();
        let (others, _) = ed25519();
        let token = sign(&json!({ "alg": "EdDSA" }));
        assert!(matches!(verify::<Value>(&token, &others, &["JWT"]), Err(JwtError::Signature)));
        let claims = BASE64_URL_SAFE_NO_PAD.encode(json!({ "iss": "another shop" }).to_string());
        let [header, _, signature] = token.split('.').collect::<Vec<_>>()[..] else { panic!() };
        for altered in [format!("{header}.{claims}.{signature}"), format!("{token}A"), format!("{header}.{claims}.")] {
            assert!(matches!(verify::<Value>(&altered, &keys, &["JWT"]), Err(JwtError::Signature)), "{altered}");
        }
        assert!(matches!(verify::<Value>(&format!("{token}.x"), &keys, &["JWT"]), Err(JwtError::Malformed)));
    }
}
