//! `[tokens]`: how long eligibility tokens live and how they are signed.

use std::time::Duration;

use super::reader::Section;
use crate::vault::SigningAlgorithm;

/// `[tokens]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenSettings {
    /// From issue to expiry.
    pub life: Duration,
    /// What a new signing key is made for.
    pub signing_algorithm: SigningAlgorithm,
    /// How long a retired key stays in the JWKS, so that tokens and caches outlive it.
    pub retired_key_overlap: Duration,
}

impl TokenSettings {
    pub(super) fn read(section: &mut Section<'_>) -> Self {
        let algorithms = [("ES256", SigningAlgorithm::Es256), ("EdDSA", SigningAlgorithm::EdDsa)];
        Self {
            life: section.seconds("life_seconds", 300, 60..=900),
            signing_algorithm: section.choice("signing_algorithm", "ES256", &algorithms),
            // Never shorter than the longest life of a token.
            retired_key_overlap: section.seconds("retired_key_overlap_seconds", 86_400, 900..=31_536_000),
        }
    }
}
