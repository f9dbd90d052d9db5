//! PKCE (RFC 7636), S256 only.

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use thiserror::Error;

/// `code_challenge` with the method S256.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CodeChallenge(String);

/// Why a challenge or verifier is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PkceError {
    /// No challenge.
    #[error("code_challenge is missing (PKCE, RFC 7636, is required)")]
    Missing,
    /// `plain`, or no method (which means `plain`).
    #[error("code_challenge_method must be S256")]
    Method,
    /// Not a base64url SHA-256.
    #[error("code_challenge is not a base64url SHA-256 hash")]
    Malformed,
}

impl CodeChallenge {
    /// From the parameters of `/authorize`.
    pub fn parse(challenge: Option<&str>, method: Option<&str>) -> Result<Self, PkceError> {
        let challenge = challenge.ok_or(PkceError::Missing)?;
        if method != Some("S256") {
            return Err(PkceError::Method);
        }
        match BASE64_URL_SAFE_NO_PAD.decode(challenge) {
            Ok(hash) if hash.len() == 32 => Ok(Self(challenge.to_owned())),
            _ => Err(PkceError::Malformed),
        }
    }

    /// RFC 7636 §4.6: whether `verifier` hashes to this challenge. One outside of §4.1's grammar never does.
    pub fn is_met_by(&self, verifier: &str) -> bool {
        let well_formed = (43..=128).contains(&verifier.len())
            && verifier.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte));
        well_formed && bool::from(challenge_of(verifier).as_bytes().ct_eq(self.0.as_bytes()))
    }
}

/// RFC 7636 §4.2: the S256 challenge of a verifier of ours.
pub fn challenge_of(verifier: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_rfc_7636_appendix_b() {
        let challenge =
            CodeChallenge::parse(Some("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"), Some("S256")).unwrap();
        assert!(challenge.is_met_by("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"));
        assert!(!challenge.is_met_by("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXK"));
        assert!(!challenge.is_met_by(""));
    }

    #[test]
    fn plain_missing_and_malformed_challenges_are_refused() {
        let good = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        assert_eq!(CodeChallenge::parse(None, Some("S256")), Err(PkceError::Missing));
        assert_eq!(CodeChallenge::parse(Some(good), Some("plain")), Err(PkceError::Method));
        assert_eq!(CodeChallenge::parse(Some(good), None), Err(PkceError::Method));
        assert_eq!(CodeChallenge::parse(Some("short"), Some("S256")), Err(PkceError::Malformed));
    }
}
