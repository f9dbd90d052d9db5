//! Second factors: the secret of an authenticator app, and recovery codes. Each code counts once, on whichever node.

use super::Control;
use crate::{
    base::{Timestamp, secret::TokenHash},
    domain::staff::StaffId,
    store::db::{StoreError, Tx},
};

/// Somebody's second factor.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct StoredFactor {
    /// Sealed: the shared secret.
    pub secret: Vec<u8>,
    /// Codes of this step and before are used up.
    pub last_step: i64,
}

/// How many factors of each kind somebody has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Factors {
    /// Authenticator apps: one, or none.
    pub apps: i64,
    /// Passkeys.
    pub passkeys: i64,
}

impl Factors {
    /// Whether there is any.
    pub const fn any(self) -> bool {
        self.apps + self.passkeys > 0
    }
}

const FACTORS: &str = "SELECT (SELECT COUNT(*) FROM @staff_factors WHERE staff = $1) AS apps,
    (SELECT COUNT(*) FROM @passkeys WHERE staff = $1) AS passkeys";

impl Control {
    /// What somebody can prove themselves with.
    pub async fn factors(&self, staff: &StaffId) -> Result<Factors, StoreError> {
        self.db.q(FACTORS).bind(staff.as_str()).one().await
    }

    /// The same as this transaction sees it.
    pub async fn factors_in(&self, tx: &mut Tx, staff: &StaffId) -> Result<Factors, StoreError> {
        tx.q(FACTORS).bind(staff.as_str()).one().await
    }

    /// Takes somebody's authenticator app away; whether there was one.
    pub async fn delete_app(&self, tx: &mut Tx, staff: &StaffId) -> Result<bool, StoreError> {
        Ok(tx.q("DELETE FROM @staff_factors WHERE staff = $1").bind(staff.as_str()).execute().await? == 1)
    }

    /// Sets somebody's second factor, whose code of `step` was right; whatever there was is replaced.
    pub async fn put_factor(
        &self,
        tx: &mut Tx,
        staff: &StaffId,
        secret: &[u8],
        step: i64,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        tx.q("INSERT INTO @staff_factors (staff, secret, last_step, created_at) VALUES ($1, $2, $3, $4)
              ON CONFLICT (staff) DO UPDATE SET secret = excluded.secret, last_step = excluded.last_step,
                created_at = excluded.created_at")
            .bind(staff.as_str())
            .bind(secret)
            .bind(step)
            .bind(at)
            .execute()
            .await?;
        Ok(())
    }

    /// Somebody's second factor.
    pub async fn factor(&self, staff: &StaffId) -> Result<Option<StoredFactor>, StoreError> {
        self.db.q("SELECT secret, last_step FROM @staff_factors WHERE staff = $1").bind(staff.as_str()).optional().await
    }

    /// Uses a step up; `false` if it, or a later one, was used before.
    pub async fn use_step(&self, tx: &mut Tx, staff: &StaffId, step: i64) -> Result<bool, StoreError> {
        let used = tx
            .q("UPDATE @staff_factors SET last_step = $2 WHERE staff = $1 AND last_step < $2")
            .bind(staff.as_str())
            .bind(step)
            .execute()
            .await?;
        Ok(used == 1)
    }

    /// Takes all of somebody's second factors and recovery codes away.
    pub async fn delete_factor(&self, tx: &mut Tx, staff: &StaffId) -> Result<(), StoreError> {
        tx.q("DELETE FROM @staff_factors WHERE staff = $1").bind(staff.as_str()).execute().await?;
        tx.q("DELETE FROM @recovery_codes WHERE staff = $1").bind(staff.as_str()).execute().await?;
        tx.q("DELETE FROM @passkeys WHERE staff = $1").bind(staff.as_str()).execute().await?;
        Ok(())
    }

    /// New recovery codes; the old ones stop working.
    pub async fn put_recovery_codes(
        &self,
        tx: &mut Tx,
        staff: &StaffId,
        codes: &[TokenHash],
    ) -> Result<(), StoreError> {
        tx.q("DELETE FROM @recovery_codes WHERE staff = $1").bind(staff.as_str()).execute().await?;
        for code in codes {
            tx.q("INSERT INTO @recovery_codes (staff, code) VALUES ($1, $2)")
                .bind(staff.as_str())
                .bind(code.as_bytes())
                .execute()
                .await?;
        }
        Ok(())
    }

    /// Uses a recovery code; `false` if there is none such, or it was used before.
    pub async fn use_recovery_code(
        &self,
        tx: &mut Tx,
        staff: &StaffId,
        code: &TokenHash,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let used = tx
            .q("UPDATE @recovery_codes SET used_at = $3 WHERE staff = $1 AND code = $2 AND used_at IS NULL")
            .bind(staff.as_str())
            .bind(code.as_bytes())
            .bind(at)
            .execute()
            .await?;
        Ok(used == 1)
    }

    /// How many recovery codes somebody has left.
    pub async fn recovery_codes_left(&self, staff: &StaffId) -> Result<i64, StoreError> {
        let (left,): (i64,) = self
            .db
            .q("SELECT COUNT(*) FROM @recovery_codes WHERE staff = $1 AND used_at IS NULL")
            .bind(staff.as_str())
            .one()
            .await?;
        Ok(left)
    }
}
