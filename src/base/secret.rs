//! Secrets that cannot be printed, and tokens that exist as a plain and a hashed type.

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
pub use secrecy::{ExposeSecret, SecretBox, SecretString};
use subtle::ConstantTimeEq;

use super::Random;

/// A random secret handed out once, e.g. a client secret. `Debug` shows nothing.
#[derive(Clone, Debug)]
pub struct PlainToken(SecretString);

impl PlainToken {
    /// 256 random bits, URL-safe.
    pub fn fresh(random: &Random) -> Self {
        Self(BASE64_URL_SAFE_NO_PAD.encode(random.bytes::<32>()).into())
    }

    /// What somebody presented.
    pub fn presented(text: impl Into<String>) -> Self {
        Self(SecretString::from(text.into()))
    }

    /// The text, to be shown once or compared.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// What a database may know.
    pub fn hash(&self) -> TokenHash {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(digest(&SHA256, self.expose().as_bytes()).as_ref());
        TokenHash(bytes)
    }
}

/// SHA-256 of a [`PlainToken`]. Fast hashing is right here: the token has 256 bits of its own.
#[derive(Clone, Debug)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    /// From the database; `None` if it is not 32 bytes long.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// For the database.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Compares in constant time.
    pub fn matches(&self, presented: &PlainToken) -> bool {
        self.0.ct_eq(&presented.hash().0).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_never_printed_and_matches_only_itself() {
        let token = PlainToken::fresh(&Random::seeded(7));
        assert!(!format!("{token:?}").contains(token.expose()));
        let stored = TokenHash::from_bytes(token.hash().as_bytes()).unwrap();
        assert!(stored.matches(&PlainToken::presented(token.expose())));
        assert!(!stored.matches(&PlainToken::presented("guess")));
    }
}
