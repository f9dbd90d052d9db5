//! Signing keys: one waits in the JWKS (`next`), one signs (`active`), some are still verified with (`retired`).

use super::Control;
use crate::{
    base::Timestamp,
    store::db::{StoreError, Tx},
};

/// A signing key as stored: the private part is sealed.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct StoredSigningKey {
    /// Key id.
    pub kid: String,
    /// `alg`.
    pub algorithm: String,
    /// PKCS#8, sealed.
    pub private_key: Vec<u8>,
    /// [`KeyStage`] by name.
    pub stage: String,
    /// Milliseconds since the epoch.
    pub created_at: i64,
    /// When it leaves the JWKS, in milliseconds since the epoch.
    pub withdraw_at: Option<i64>,
}

/// A key's stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyStage {
    /// Published, not yet used: caches have it before it signs.
    Next,
    /// Signs.
    Active,
    /// Published until its last tokens are over.
    Retired,
}

impl KeyStage {
    /// As stored.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Next => "next",
            Self::Active => "active",
            Self::Retired => "retired",
        }
    }
}

const COLUMNS: &str = "SELECT kid, algorithm, private_key, stage, created_at, withdraw_at FROM @signing_keys";

impl Control {
    /// Keys that are to be in the JWKS at `now`, oldest first.
    pub async fn signing_keys(&self, now: Timestamp) -> Result<Vec<StoredSigningKey>, StoreError> {
        self.db
            .q(&format!("{COLUMNS} WHERE withdraw_at IS NULL OR withdraw_at > $1 ORDER BY created_at, kid"))
            .bind(now)
            .all()
            .await
    }

    /// The same within a transaction, seeing what it wrote. On PostgreSQL two rotations wait for each other here.
    pub async fn signing_keys_for_rotation(&self, tx: &mut Tx) -> Result<Vec<StoredSigningKey>, StoreError> {
        // Locks every row on both engines without FOR UPDATE, which SQLite does not have.
        tx.q("UPDATE @signing_keys SET stage = stage WHERE withdraw_at IS NULL").execute().await?;
        tx.q(&format!("{COLUMNS} WHERE withdraw_at IS NULL ORDER BY created_at, kid")).all().await
    }

    /// A new key.
    pub async fn insert_signing_key(&self, tx: &mut Tx, key: &StoredSigningKey) -> Result<(), StoreError> {
        tx.q("INSERT INTO @signing_keys (kid, algorithm, private_key, stage, created_at, withdraw_at)
              VALUES ($1, $2, $3, $4, $5, $6)")
            .bind(key.kid.as_str())
            .bind(key.algorithm.as_str())
            .bind(key.private_key.as_slice())
            .bind(key.stage.as_str())
            .bind(key.created_at)
            .bind(key.withdraw_at)
            .execute()
            .await?;
        Ok(())
    }

    /// Moves a key to another stage.
    pub async fn set_key_stage(
        &self,
        tx: &mut Tx,
        kid: &str,
        stage: KeyStage,
        withdraw_at: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        tx.q("UPDATE @signing_keys SET stage = $2, withdraw_at = $3 WHERE kid = $1")
            .bind(kid)
            .bind(stage.name())
            .bind(withdraw_at)
            .execute()
            .await?;
        Ok(())
    }
}
