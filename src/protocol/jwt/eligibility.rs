//! The eligibility token: an OpenID Connect ID token (Core §2) that says *this person is enrolled*.

use serde::{Deserialize, Serialize};

use super::{JwkSet, JwtError, verify};
use crate::{
    base::{Timestamp, limits},
    protocol::x509::Thumbprint,
};

/// The claims, as they stand in the token and in `docs/issuers.md`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EligibilityClaims {
    /// This Pedell.
    pub iss: String,
    /// The student, pairwise: another one for each issuer.
    pub sub: String,
    /// The ticket issuer's client id.
    pub aud: String,
    /// Seconds since the epoch.
    pub iat: i64,
    /// Seconds since the epoch; minutes after `iat`.
    pub exp: i64,
    /// When enrollment was proven, in seconds since the epoch.
    pub auth_time: i64,
    /// One-time identifier of this token.
    pub jti: String,
    /// What the issuer sent to `/authorize`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// The certificate that the token is bound to (RFC 8705 §3.1).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cnf: Option<Confirmation>,
    /// Where the student is enrolled.
    pub university: UniversityClaim,
    /// For which semester.
    pub semester: SemesterClaim,
    /// The issuer's product that the rule was applied for.
    pub product: String,
    /// How enrollment was proven: `roster`, `saml`, `oidc`, `oauth2`, `soap`.
    pub proof_method: String,
    /// When the source was last brought up to date (a roster's import), in seconds since the epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_updated_at: Option<i64>,
    /// Whether this student already had a token for this product and semester.
    pub repeat: bool,
    /// When the first of them was issued, in seconds since the epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_issued_at: Option<i64>,
    /// The verification's reference number.
    pub verification: String,
    /// The university's spelling, never what was typed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given_name: Option<String>,
    /// The university's spelling, never what was typed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family_name: Option<String>,
    /// `YYYY-MM-DD` (Core §5.1).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birthdate: Option<String>,
}

/// Who may use a token (RFC 7800 §3.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmation {
    /// The certificate's SHA-256.
    #[serde(rename = "x5t#S256")]
    pub x5t_s256: Thumbprint,
}

/// A university.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UniversityClaim {
    /// Stable short name.
    pub id: String,
    /// For people.
    pub name: String,
}

/// A semester and its days, both inclusive, in Europe/Berlin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SemesterClaim {
    /// E.g. `2026W`.
    pub key: String,
    /// `YYYY-MM-DD`.
    pub first_day: String,
    /// `YYYY-MM-DD`.
    pub last_day: String,
}

/// Verifies an eligibility token offline: signature, type, issuer, audience, times. `audience` may be left open.
pub fn verify_eligibility(
    token: &str,
    keys: &JwkSet,
    issuer: &str,
    audience: Option<&str>,
    now: Timestamp,
) -> Result<EligibilityClaims, JwtError> {
    let claims: EligibilityClaims = verify(token, keys, &["JWT"])?;
    if claims.iss != issuer {
        return Err(JwtError::Claim("iss is another issuer"));
    }
    if audience.is_some_and(|audience| audience != claims.aud) {
        return Err(JwtError::Claim("aud is another ticket issuer"));
    }
    if Timestamp::from_seconds(claims.iat) > now.plus(limits::CLOCK_SKEW) {
        return Err(JwtError::Claim("issued in the future"));
    }
    if Timestamp::from_seconds(claims.exp) <= now {
        return Err(JwtError::Claim("expired"));
    }
    Ok(claims)
}
