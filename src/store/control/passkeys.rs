//! Passkeys: public keys, and counters that only go forward. A challenge counts once, on whichever node it is answered.

use super::Control;
use crate::{
    base::{Timestamp, limits, secret::TokenHash},
    domain::staff::StaffId,
    store::db::{StoreError, Tx},
};

/// A passkey as it stands.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct StoredPasskey {
    /// The credential's id.
    pub id: Vec<u8>,
    /// To name it by in forms.
    pub handle: String,
    /// Its public key, as COSE.
    pub public_key: Vec<u8>,
    /// Where its counter stands.
    pub sign_count: i64,
    /// Not zero: it may live on several devices.
    pub backup_eligible: i64,
    /// Sealed: what its owner calls it.
    pub name: Vec<u8>,
    /// When it was made, in milliseconds.
    pub created_at: i64,
    /// When it was last used, in milliseconds.
    pub used_at: Option<i64>,
}

const PASSKEYS: &str =
    "SELECT id, handle, public_key, sign_count, backup_eligible, name, created_at, used_at FROM @passkeys";

impl Control {
    /// A new passkey; `false` if its credential is somebody's already.
    pub async fn insert_passkey(
        &self,
        tx: &mut Tx,
        staff: &StaffId,
        passkey: &StoredPasskey,
    ) -> Result<bool, StoreError> {
        let inserted = tx
            .q("INSERT INTO @passkeys (id, handle, staff, public_key, sign_count, backup_eligible, name, created_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING")
            .bind(passkey.id.as_slice())
            .bind(&passkey.handle)
            .bind(staff.as_str())
            .bind(passkey.public_key.as_slice())
            .bind(passkey.sign_count)
            .bind(passkey.backup_eligible)
            .bind(passkey.name.as_slice())
            .bind(passkey.created_at)
            .execute()
            .await?;
        Ok(inserted == 1)
    }

    /// Somebody's passkeys, oldest first.
    pub async fn passkeys_of(&self, staff: &StaffId) -> Result<Vec<StoredPasskey>, StoreError> {
        self.db
            .q(&format!("{PASSKEYS} WHERE staff = $1 ORDER BY created_at, handle LIMIT $2"))
            .bind(staff.as_str())
            .bind(i64::try_from(limits::PASSKEYS).unwrap_or(i64::MAX))
            .all()
            .await
    }

    /// One of somebody's passkeys.
    pub async fn passkey(&self, staff: &StaffId, id: &[u8]) -> Result<Option<StoredPasskey>, StoreError> {
        self.db.q(&format!("{PASSKEYS} WHERE staff = $1 AND id = $2")).bind(staff.as_str()).bind(id).optional().await
    }

    /// Uses a passkey; `false` if it is gone, or its counter has not gone forward since it was read.
    pub async fn use_passkey(
        &self,
        tx: &mut Tx,
        staff: &StaffId,
        id: &[u8],
        sign_count: i64,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let used = tx
            .q("UPDATE @passkeys SET sign_count = $3, used_at = $4 WHERE id = $1 AND staff = $2
                AND (sign_count < $3 OR (sign_count = 0 AND $3 = 0))")
            .bind(id)
            .bind(staff.as_str())
            .bind(sign_count)
            .bind(at)
            .execute()
            .await?;
        Ok(used == 1)
    }

    /// Takes one of somebody's passkeys away; whether there was one.
    pub async fn delete_passkey(&self, tx: &mut Tx, staff: &StaffId, handle: &str) -> Result<bool, StoreError> {
        let deleted = tx
            .q("DELETE FROM @passkeys WHERE staff = $1 AND handle = $2")
            .bind(staff.as_str())
            .bind(handle)
            .execute()
            .await?;
        Ok(deleted == 1)
    }

    /// Uses a challenge up; `false` if it was answered before.
    pub async fn use_challenge(
        &self,
        tx: &mut Tx,
        challenge: &TokenHash,
        expires_at: Timestamp,
    ) -> Result<bool, StoreError> {
        let inserted = tx
            .q("INSERT INTO @passkey_challenges (challenge, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING")
            .bind(challenge.as_bytes())
            .bind(expires_at)
            .execute()
            .await?;
        Ok(inserted == 1)
    }
}
