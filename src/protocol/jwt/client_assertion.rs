//! `private_key_jwt` (OpenID Connect Core §9, RFC 7523): a client proves itself with a JWT signed by its own key.

use serde::Deserialize;

use super::{JwkSet, JwtError, verify};
use crate::base::{Timestamp, limits};

/// `client_assertion_type` (RFC 7523 §2.2).
pub const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A verified assertion: what is left to do is to remember its `jti` until it expires.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientAssertion {
    /// One-time identifier.
    pub jti: String,
    /// When it stops being acceptable.
    pub expires_at: Timestamp,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    exp: i64,
    iat: Option<i64>,
    nbf: Option<i64>,
    jti: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

impl Audience {
    fn names(&self, accepted: &[&str]) -> bool {
        match self {
            Self::One(audience) => accepted.contains(&audience.as_str()),
            // Ours only: one that is good at another server too was got out of the client by that one, or will be used there.
            Self::Many(audiences) => {
                !audiences.is_empty() && audiences.iter().all(|audience| accepted.contains(&audience.as_str()))
            }
        }
    }
}

/// Verifies `assertion` as coming from `client_id`. `audiences`: our issuer identifier and our endpoints' addresses.
pub fn verify_client_assertion(
    assertion: &str,
    client_id: &str,
    keys: &JwkSet,
    audiences: &[&str],
    now: Timestamp,
) -> Result<ClientAssertion, JwtError> {
    let claims: Claims = verify(assertion, keys, &["JWT", "client-authentication+jwt"])?;
    if claims.iss != client_id || claims.sub != client_id {
        return Err(JwtError::Claim("iss and sub are not the client's id"));
    }
    if !claims.aud.names(audiences) {
        return Err(JwtError::Claim("aud is not this server"));
    }
    let expires_at = Timestamp::from_seconds(claims.exp);
    if expires_at.plus(limits::CLOCK_SKEW) <= now {
        return Err(JwtError::Claim("expired"));
    }
    if expires_at > now.plus(limits::CLIENT_ASSERTION_LIFE + limits::CLOCK_SKEW) {
        return Err(JwtError::Claim("valid for too long: at most one hour"));
    }
    if [claims.iat, claims.nbf].into_iter().flatten().any(|t| Timestamp::from_seconds(t) > now.plus(limits::CLOCK_SKEW))
    {
        return Err(JwtError::Claim("issued in the future"));
    }
    match claims.jti {
        Some(jti) if !jti.is_empty() && jti.len() <= limits::OPAQUE_PARAMETER_BYTES => {
            Ok(ClientAssertion { jti, expires_at: expires_at.plus(limits::CLOCK_SKEW) })
        }
        _ => Err(JwtError::Claim("jti is missing")),
    }
}
