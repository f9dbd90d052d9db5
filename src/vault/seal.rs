//! AES-256-GCM with a version byte in front and the place of the data bound in.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use thiserror::Error;

use crate::base::Random;

/// Where a sealed value stands. A value copied to another tenant, table, column or row does not open.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The table.
    pub table: &'a str,
    /// The column.
    pub column: &'a str,
    /// The row's key.
    pub row: &'a [u8],
}

/// Why a sealed value does not open. Says nothing about the content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum OpenError {
    /// Too short to be sealed data.
    #[error("not sealed data")]
    Malformed,
    /// The key of this version is not there: rotated away, deleted, or not yet known to this node.
    #[error("sealed with key version {0}, which is not at hand")]
    UnknownVersion(u8),
    /// Altered, moved from another place, or sealed with another key.
    #[error("sealed data do not open: altered, moved, or sealed with another key")]
    Refused,
}

/// One AES-256-GCM key and the version it writes.
pub(super) struct SealKey {
    version: u8,
    key: LessSafeKey,
}

impl SealKey {
    #[expect(clippy::expect_used, reason = "AES-256 refuses only keys that are not 32 bytes long")]
    pub(super) fn new(version: u8, key: &[u8; 32]) -> Self {
        let key = UnboundKey::new(&AES_256_GCM, key).expect("32 bytes are an AES-256 key");
        Self { version, key: LessSafeKey::new(key) }
    }

    /// Appends `version ‖ nonce ‖ ciphertext ‖ tag` to `out`. Nonces are random: 2³² values per key stay far below the
    /// bound of NIST SP 800-38D §8.3.
    #[expect(clippy::expect_used, reason = "AES-GCM refuses only plaintexts over 64 GiB")]
    pub(super) fn seal_into(&self, random: &Random, aad: &[u8], plain: &[u8], out: &mut Vec<u8>) {
        let nonce: [u8; NONCE_LEN] = random.bytes();
        out.reserve(1 + NONCE_LEN + plain.len() + 16);
        out.push(self.version);
        out.extend_from_slice(&nonce);
        let start = out.len();
        out.extend_from_slice(plain);
        let tag = self
            .key
            .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(aad), &mut out[start..])
            .expect("the plaintext is far below AES-GCM's limit");
        out.extend_from_slice(tag.as_ref());
    }

    pub(super) fn open(&self, aad: &[u8], sealed: &[u8]) -> Result<Vec<u8>, OpenError> {
        let version = *sealed.first().ok_or(OpenError::Malformed)?;
        if version != self.version {
            return Err(OpenError::UnknownVersion(version));
        }
        let (nonce, body) =
            sealed.get(1..).and_then(|rest| rest.split_first_chunk::<NONCE_LEN>()).ok_or(OpenError::Malformed)?;
        let mut buffer = body.to_vec();
        let length = self
            .key
            .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(aad), &mut buffer)
            .map_err(|_| OpenError::Refused)?
            .len();
        buffer.truncate(length);
        Ok(buffer)
    }
}

/// Joins parts unambiguously: each is preceded by its length.
pub(super) fn joined(parts: &[&[u8]]) -> Vec<u8> {
    let mut out = Vec::with_capacity(parts.iter().map(|part| part.len() + 4).sum());
    for part in parts {
        out.extend_from_slice(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
        out.extend_from_slice(part);
    }
    out
}
