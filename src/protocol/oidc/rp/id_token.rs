//! Checking an ID token (OpenID Connect Core §3.1.3.7), each check with its own reason.

use aws_lc_rs::digest::{Algorithm, SHA256, SHA384, digest};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;
use subtle::ConstantTimeEq;

use super::{ProviderKeys, Refusal};
use crate::{
    base::{Timestamp, limits},
    protocol::jwt::{JwtError, JwtHeader},
};

/// What a token must be, to belong to this login.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// Which provider was asked.
    pub issuer: &'a str,
    /// Who we are there.
    pub client_id: &'a str,
    /// As it was sent.
    pub nonce: &'a str,
    /// What came with it.
    pub access_token: &'a SecretString,
    /// When the student left.
    pub departed: Timestamp,
    /// How old the login may be, in seconds, if that was asked for.
    pub max_age_seconds: Option<u32>,
    /// Kinds of login that are good enough; empty: any.
    pub acr_values: &'a [String],
    /// The present.
    pub now: Timestamp,
}

/// A token that is believed.
#[derive(Clone, Debug)]
pub struct IdToken {
    /// Who it is, at this provider.
    pub subject: String,
    /// When the student logged in; if the provider does not say, when it made the token.
    pub proven_at: Timestamp,
    /// Everything that it says.
    pub claims: Value,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: Option<String>,
    aud: Audience,
    azp: Option<String>,
    exp: f64,
    iat: f64,
    nbf: Option<f64>,
    nonce: Option<String>,
    at_hash: Option<String>,
    auth_time: Option<f64>,
    acr: Option<String>,
}

/// `aud`: one, or a list.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Audience {
    One(String),
    Many(Vec<String>),
}

impl Audience {
    pub(super) fn names(&self, client_id: &str) -> bool {
        match self {
            Self::One(audience) => audience == client_id,
            Self::Many(audiences) => audiences.iter().any(|audience| audience == client_id),
        }
    }

    fn is_several(&self) -> bool {
        matches!(self, Self::Many(audiences) if audiences.len() > 1)
    }
}

impl IdToken {
    /// Verifies and checks. [`Refusal::UnknownKey`] and [`Refusal::Signature`] may mean that the provider has changed its
    /// keys: they are worth one more try with fresh ones.
    pub fn check(token: &str, keys: &ProviderKeys, expected: &Expected<'_>) -> Result<Self, Refusal> {
        let document: Value = keys.verify(token, &["JWT"]).map_err(|error| refusal_of(&error))?;
        let claims: Claims = serde_json::from_value(document.clone()).map_err(|_| Refusal::IdToken)?;
        if claims.iss != expected.issuer {
            return Err(Refusal::Issuer);
        }
        if !claims.aud.names(expected.client_id) {
            return Err(Refusal::Audience);
        }
        // Several audiences: only if it says that it was issued to us.
        match &claims.azp {
            Some(azp) if azp != expected.client_id => return Err(Refusal::AuthorizedParty),
            None if claims.aud.is_several() => return Err(Refusal::AuthorizedParty),
            _ => {}
        }
        check_times(&claims, expected)?;
        let nonce = claims.nonce.as_deref().unwrap_or_default();
        if !bool::from(nonce.as_bytes().ct_eq(expected.nonce.as_bytes())) {
            return Err(Refusal::Nonce);
        }
        if let Some(at_hash) = &claims.at_hash {
            let header = JwtHeader::read(token, &["JWT"]).map_err(|error| refusal_of(&error))?;
            if !is_hash_of(at_hash, expected.access_token, &header.alg) {
                return Err(Refusal::AtHash);
            }
        }
        let proven_at = check_login(&claims, expected)?;
        let subject = claims.sub.filter(|sub| is_subject(sub)).ok_or(Refusal::Subject)?;
        Ok(Self { subject, proven_at, claims: document })
    }
}

/// Whether it can stand for a person. Core §2: at most 255 characters of ASCII; what is beyond ASCII is let through, since it is only ever compared.
pub fn is_subject(sub: &str) -> bool {
    !sub.is_empty() && sub.len() <= limits::SUBJECT_BYTES && !sub.chars().any(char::is_control)
}

fn check_times(claims: &Claims, expected: &Expected<'_>) -> Result<(), Refusal> {
    let (now, skew) = (expected.now, limits::CLOCK_SKEW);
    if moment(claims.exp).plus(skew) <= now {
        return Err(Refusal::Expired);
    }
    let issued = moment(claims.iat);
    if issued > now.plus(skew) || claims.nbf.is_some_and(|nbf| moment(nbf) > now.plus(skew)) {
        return Err(Refusal::NotYet);
    }
    if issued.plus(skew) < expected.departed {
        return Err(Refusal::Stale);
    }
    Ok(())
}

/// When the student logged in, and whether that and how is good enough.
fn check_login(claims: &Claims, expected: &Expected<'_>) -> Result<Timestamp, Refusal> {
    let (now, skew) = (expected.now, limits::CLOCK_SKEW);
    let logged_in = claims.auth_time.map(moment);
    if logged_in.is_some_and(|at| at > now.plus(skew)) {
        return Err(Refusal::AuthTimeFuture);
    }
    if let Some(oldest) = expected.max_age_seconds {
        let at = logged_in.ok_or(Refusal::AuthTimeMissing)?;
        // Counted from the departure: whoever had just logged in by then had, however long the way back takes.
        if at.plus(std::time::Duration::from_secs(u64::from(oldest)) + skew) < expected.departed {
            return Err(Refusal::AuthTimeOld);
        }
    }
    if !expected.acr_values.is_empty() && !claims.acr.as_ref().is_some_and(|acr| expected.acr_values.contains(acr)) {
        return Err(Refusal::Acr);
    }
    // A clock ahead of ours must not make a proof that is younger than now.
    Ok(logged_in.unwrap_or_else(|| moment(claims.iat)).min(now))
}

/// Core §3.1.3.6: the left half of the access token's hash, by the algorithm that the ID token is signed with.
fn is_hash_of(at_hash: &str, access_token: &SecretString, alg: &str) -> bool {
    let algorithm: &Algorithm = if alg.ends_with("384") { &SHA384 } else { &SHA256 };
    let hash = digest(algorithm, access_token.expose_secret().as_bytes());
    // RFC 8037 names no hash for EdDSA, and Ed25519's own, SHA-512, is what providers take.
    let hash = if alg.starts_with("Ed") {
        digest(&aws_lc_rs::digest::SHA512, access_token.expose_secret().as_bytes())
    } else {
        hash
    };
    let half = &hash.as_ref()[..hash.as_ref().len() / 2];
    bool::from(BASE64_URL_SAFE_NO_PAD.encode(half).as_bytes().ct_eq(at_hash.as_bytes()))
}

/// A `NumericDate` (RFC 7519 §2), which may have a fraction.
#[expect(clippy::cast_possible_truncation, reason = "as casts saturate, and no moment that matters is that far away")]
fn moment(seconds: f64) -> Timestamp {
    Timestamp::from_millis((seconds * 1000.0) as i64)
}

fn refusal_of(error: &JwtError) -> Refusal {
    match error {
        JwtError::UnknownKey(_) => Refusal::UnknownKey,
        JwtError::Algorithm(_) => Refusal::Algorithm,
        JwtError::Type(_) => Refusal::Type,
        JwtError::Signature => Refusal::Signature,
        JwtError::TooLong | JwtError::Malformed | JwtError::Claim(_) => Refusal::IdToken,
    }
}
