//! Verifying a JWT with keys we already hold.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::Validation;
use serde::{Deserialize, de::DeserializeOwned};
use thiserror::Error;

use super::JwkSet;
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

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    crit: Option<serde_json::Value>,
}

/// Verifies the signature with one of `keys` and reads the claims. Times and audience are the caller's to check.
///
/// `typ`: the accepted values of the header's `typ`, compared without case; an absent `typ` is accepted if `"JWT"` is.
pub fn verify<T: DeserializeOwned>(token: &str, keys: &JwkSet, typ: &[&str]) -> Result<T, JwtError> {
    if token.len() > limits::JWT_BYTES {
        return Err(JwtError::TooLong);
    }
    let header: Header = part(token, 0)?;
    if header.crit.is_some() {
        return Err(JwtError::Claim("the header has critical extensions (RFC 7515 §4.1.11)"));
    }
    let named = header.typ.as_deref().unwrap_or("JWT");
    if !typ.iter().any(|accepted| accepted.eq_ignore_ascii_case(named)) {
        return Err(JwtError::Type(header.typ));
    }
    let key = keys.find(header.kid.as_deref()).ok_or_else(|| JwtError::UnknownKey(header.kid.clone()))?;
    let algorithm = header
        .alg
        .parse()
        .ok()
        .filter(|algorithm| key.algorithms().contains(algorithm))
        .ok_or(JwtError::Algorithm(header.alg))?;
    let mut validation = Validation::new(algorithm);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_aud = false;
    let decoding_key = key.decoding_key().map_err(|_| JwtError::Malformed)?;
    jsonwebtoken::decode::<T>(token, &decoding_key, &validation).map(|data| data.claims).map_err(|error| {
        match error.kind() {
            jsonwebtoken::errors::ErrorKind::Json(_) => JwtError::Claim("a claim is missing or of the wrong type"),
            _ => JwtError::Signature,
        }
    })
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
    let parts: Vec<&str> = token.split('.').take(4).collect();
    let [_, _, _] = parts.as_slice() else { return Err(JwtError::Malformed) };
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(parts[index]).map_err(|_| JwtError::Malformed)?;
    serde_json::from_slice(&bytes).map_err(|_| JwtError::Malformed)
}
