//! `[database]`: SQLite files in a folder, or PostgreSQL.

use std::{fmt, num::NonZeroU32, path::PathBuf};

use url::Url;

use super::reader::Section;
use crate::base::secret::{ExposeSecret, SecretString};

/// `[database]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseSettings {
    /// Which engine, and where.
    pub url: Database,
    /// Connections at most, per database.
    pub max_connections: NonZeroU32,
}

/// Which engine, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Database {
    /// A folder that holds the control database and one file per tenant.
    Sqlite(PathBuf),
    /// One PostgreSQL database with a schema per tenant.
    Postgres(PostgresUrl),
}

/// A `postgres://` address; it may hold a password, so `Debug` shows nothing of it.
#[derive(Clone)]
pub struct PostgresUrl(SecretString);

impl DatabaseSettings {
    pub(super) fn read(section: &mut Section<'_>) -> Self {
        Self {
            url: section.parsed("url", "sqlite:var/data", Database::parse),
            max_connections: section.count("max_connections", 10, 1_000),
        }
    }
}

impl Database {
    fn parse(text: &str) -> Result<Self, String> {
        if let Some(folder) = text.strip_prefix("sqlite:") {
            let folder = folder.strip_prefix("//").unwrap_or(folder);
            if folder.is_empty() || folder.starts_with(':') || folder.contains('?') {
                return Err("must name a folder after `sqlite:`, like sqlite:var/data".to_owned());
            }
            return Ok(Self::Sqlite(folder.into()));
        }
        // The text is never repeated: it may hold a password.
        let url = Url::parse(text).map_err(|_| FORMS.to_owned())?;
        if !matches!(url.scheme(), "postgres" | "postgresql") {
            return Err(FORMS.to_owned());
        }
        if url.path().len() < 2 {
            return Err("must name a database, like postgres://user@host/pedell".to_owned());
        }
        Ok(Self::Postgres(PostgresUrl(text.into())))
    }
}

const FORMS: &str = "must be `sqlite:FOLDER` or `postgres://USER@HOST/DATABASE`";

impl PostgresUrl {
    /// The address with its password, to connect with.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PostgresUrl(hidden)")
    }
}

impl PartialEq for PostgresUrl {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

impl Eq for PostgresUrl {}
