//! Keys of the SAML service provider: like signing keys, one waits, one is in use, some still open or verify.

use super::{Control, KeyStage};
use crate::{
    base::Timestamp,
    store::db::{StoreError, Tx},
};

/// A key as stored: the private part is sealed.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct StoredSamlKey {
    /// ULID.
    pub id: String,
    /// [`SamlPurpose`] by name.
    pub purpose: String,
    /// PKCS#8, sealed.
    pub private_key: Vec<u8>,
    /// DER.
    pub certificate: Vec<u8>,
    /// [`KeyStage`] by name.
    pub stage: String,
    /// Milliseconds since the epoch.
    pub created_at: i64,
    /// When it is forgotten, in milliseconds since the epoch.
    pub withdraw_at: Option<i64>,
}

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SamlPurpose {
    /// Signs requests and metadata.
    Signing,
    /// Opens assertions.
    Encryption,
}

impl SamlPurpose {
    /// As stored.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Signing => "signing",
            Self::Encryption => "encryption",
        }
    }
}

const COLUMNS: &str = "SELECT id, purpose, private_key, certificate, stage, created_at, withdraw_at FROM @saml_keys";

impl Control {
    /// Keys that are not withdrawn at `now`, newest first.
    pub async fn saml_keys(&self, now: Timestamp) -> Result<Vec<StoredSamlKey>, StoreError> {
        self.db
            .q(&format!("{COLUMNS} WHERE withdraw_at IS NULL OR withdraw_at > $1 ORDER BY created_at DESC, id DESC"))
            .bind(now)
            .all()
            .await
    }

    /// Keys that are not retired, within a transaction. On PostgreSQL two rotations wait for each other here.
    pub async fn saml_keys_for_rotation(&self, tx: &mut Tx) -> Result<Vec<StoredSamlKey>, StoreError> {
        // Locks every row on both engines without FOR UPDATE, which SQLite does not have.
        tx.q("UPDATE @saml_keys SET stage = stage WHERE withdraw_at IS NULL").execute().await?;
        tx.q(&format!("{COLUMNS} WHERE withdraw_at IS NULL ORDER BY created_at, id")).all().await
    }

    /// A new key; does nothing if it is to be active and another node has made that one in the meantime.
    pub async fn insert_saml_key(&self, tx: &mut Tx, key: &StoredSamlKey) -> Result<(), StoreError> {
        tx.q("INSERT INTO @saml_keys (id, purpose, private_key, certificate, stage, created_at, withdraw_at)
              VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING")
            .bind(key.id.as_str())
            .bind(key.purpose.as_str())
            .bind(key.private_key.as_slice())
            .bind(key.certificate.as_slice())
            .bind(key.stage.as_str())
            .bind(key.created_at)
            .bind(key.withdraw_at)
            .execute()
            .await?;
        Ok(())
    }

    /// Moves a key to another stage.
    pub async fn set_saml_key_stage(
        &self,
        tx: &mut Tx,
        id: &str,
        stage: KeyStage,
        withdraw_at: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        tx.q("UPDATE @saml_keys SET stage = $2, withdraw_at = $3 WHERE id = $1")
            .bind(id)
            .bind(stage.name())
            .bind(withdraw_at)
            .execute()
            .await?;
        Ok(())
    }
}
