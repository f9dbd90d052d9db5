//! `[keys]`: the operator's half of every key.

use std::{fmt, path::PathBuf};

use super::reader::Section;
use crate::{
    base::secret::{ExposeSecret, SecretString},
    vault::{MasterKey, MasterKeyError},
};

/// `[keys]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeySettings {
    /// Where the master key comes from.
    pub master_key: MasterKeySource,
}

/// Where the master key comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MasterKeySource {
    /// A file with 32 bytes in base 64.
    File(PathBuf),
    /// The variable `PEDELL_MASTER_KEY`; it outranks the file.
    Environment(EnvironmentKey),
}

/// 32 bytes in base 64, checked; `Debug` shows nothing of them.
#[derive(Clone)]
pub struct EnvironmentKey(SecretString);

impl KeySettings {
    pub(super) fn read(section: &mut Section<'_>) -> Self {
        let file = section.parsed("master_key_file", "var/keys/master.key", |text| match text {
            "" => Err("must name a file".to_owned()),
            path => Ok(PathBuf::from(path)),
        });
        let key = section.variable("PEDELL_MASTER_KEY", |text| match MasterKey::parse(&text) {
            Ok(_) => Ok(EnvironmentKey(text.into())),
            Err(error) => Err(error.to_string()),
        });
        Self { master_key: key.map_or(MasterKeySource::File(file), MasterKeySource::Environment) }
    }
}

impl EnvironmentKey {
    /// The key; its text was checked when it was read.
    pub fn master_key(&self) -> Result<MasterKey, MasterKeyError> {
        MasterKey::parse(self.expose())
    }

    fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for EnvironmentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EnvironmentKey(hidden)")
    }
}

impl PartialEq for EnvironmentKey {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

impl Eq for EnvironmentKey {}
