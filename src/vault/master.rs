//! The operator's half of every key: 32 bytes in a file (or the environment), never in a database.

use std::{fs, io, path::Path};

use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};
use base64::{Engine, prelude::BASE64_STANDARD};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::base::Random;

/// The operator's master key.
pub struct MasterKey(Zeroizing<[u8; 32]>);

/// Why there is no master key.
#[derive(Debug, Error)]
pub enum MasterKeyError {
    /// The file cannot be read or written.
    #[error("the master key file {path}: {source}")]
    File {
        /// Which file.
        path: String,
        /// What the system said.
        source: io::Error,
    },
    /// Other users of the machine may read the file.
    #[error("the master key file {0} may be read by others: `chmod 600` it")]
    Readable(String),
    /// Not 32 bytes in base 64.
    #[error("a master key is 32 bytes in base 64 (`pedell keys init` makes one)")]
    Malformed,
}

impl MasterKey {
    /// From 32 bytes in base 64.
    pub fn parse(text: &str) -> Result<Self, MasterKeyError> {
        let bytes = Zeroizing::new(BASE64_STANDARD.decode(text.trim()).map_err(|_| MasterKeyError::Malformed)?);
        let key: [u8; 32] = bytes.as_slice().try_into().map_err(|_| MasterKeyError::Malformed)?;
        Ok(Self(Zeroizing::new(key)))
    }

    /// Reads the key file; one that others may read is refused.
    pub fn read(path: &Path) -> Result<Self, MasterKeyError> {
        let file_error = |source| MasterKeyError::File { path: path.display().to_string(), source };
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(path).map_err(file_error)?.permissions().mode();
            if mode & 0o077 != 0 {
                return Err(MasterKeyError::Readable(path.display().to_string()));
            }
        }
        Self::parse(&Zeroizing::new(fs::read_to_string(path).map_err(file_error)?))
    }

    /// Makes a new key file, readable by its owner only; an existing one is never overwritten.
    pub fn create(path: &Path, random: &Random) -> Result<Self, MasterKeyError> {
        use std::io::Write;
        let file_error = |source| MasterKeyError::File { path: path.display().to_string(), source };
        let key = Self(Zeroizing::new(random.bytes()));
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(file_error)?;
        }
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path).map_err(file_error)?;
        let text = Zeroizing::new(BASE64_STANDARD.encode(*key.0));
        writeln!(file, "{}", text.as_str()).and_then(|()| file.sync_all()).map_err(file_error)?;
        Ok(key)
    }

    /// A key of test instances and the demo, drawn from `random`.
    pub fn fresh(random: &Random) -> Self {
        Self(Zeroizing::new(random.bytes()))
    }

    /// HKDF-SHA-256 (RFC 5869): the master key as input, the other half as salt, the purpose as info.
    pub(super) fn derive(&self, other_half: &[u8], purpose: &[&[u8]]) -> Zeroizing<[u8; 32]> {
        let prk = Salt::new(HKDF_SHA256, other_half).extract(self.0.as_slice());
        expand(&prk, purpose)
    }
}

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MasterKey(…)")
    }
}

struct ThirtyTwo;

impl KeyType for ThirtyTwo {
    fn len(&self) -> usize {
        32
    }
}

#[expect(clippy::expect_used, reason = "HKDF-SHA-256 refuses only lengths over 8,160 bytes; this is 32")]
fn expand(prk: &Prk, purpose: &[&[u8]]) -> Zeroizing<[u8; 32]> {
    let mut key = Zeroizing::new([0; 32]);
    prk.expand(purpose, ThirtyTwo)
        .and_then(|okm| okm.fill(key.as_mut_slice()))
        .expect("32 bytes are within HKDF's length");
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_file_is_for_its_owner_only_and_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys/master.key");
        let made = MasterKey::create(&path, &Random::default()).unwrap();
        assert_eq!(*MasterKey::read(&path).unwrap().0, *made.0);
        assert!(matches!(MasterKey::create(&path, &Random::default()), Err(MasterKeyError::File { .. })));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
            assert!(matches!(MasterKey::read(&path), Err(MasterKeyError::Readable(_))));
        }
    }

    #[test]
    fn half_a_key_is_malformed() {
        assert!(matches!(MasterKey::parse("AAAA"), Err(MasterKeyError::Malformed)));
        assert!(matches!(MasterKey::parse("not base 64!"), Err(MasterKeyError::Malformed)));
    }

    #[test]
    fn hkdf_agrees_with_rfc_5869_test_case_1() {
        let prk = Salt::new(HKDF_SHA256, &(0..=0x0c).collect::<Vec<u8>>()).extract(&[0x0b; 22]);
        let info: Vec<u8> = (0xf0..=0xf9).collect();
        let expected = [
            0x3c, 0xb2, 0x5f, 0x25, 0xfa, 0xac, 0xd5, 0x7a, 0x90, 0x43, 0x4f, 0x64, 0xd0, 0x36, 0x2f, 0x2a, 0x2d, 0x2d,
            0x0a, 0x90, 0xcf, 0x1a, 0x5a, 0x4c, 0x5d, 0xb0, 0x2d, 0x56, 0xec, 0xc4, 0xc5, 0xbf,
        ];
        assert_eq!(*expand(&prk, &[&info]), expected);
    }
}
