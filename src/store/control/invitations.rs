//! Invitations: links by which somebody sets their own password, once.

use super::Control;
use crate::{
    base::{Timestamp, secret::TokenHash},
    domain::staff::StaffId,
    store::db::{StoreError, Tx},
};

impl Control {
    /// A new invitation; earlier ones of the same person stop working.
    pub async fn insert_invitation(
        &self,
        tx: &mut Tx,
        staff: &StaffId,
        code: &TokenHash,
        expires_at: Timestamp,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.revoke_invitations(tx, staff).await?;
        tx.q("INSERT INTO @invitations (code, staff, expires_at, created_at, state) VALUES ($1, $2, $3, $4, 'open')")
            .bind(code.as_bytes())
            .bind(staff.as_str())
            .bind(expires_at)
            .bind(at)
            .execute()
            .await?;
        Ok(())
    }

    /// Takes back what is open; how many.
    pub async fn revoke_invitations(&self, tx: &mut Tx, staff: &StaffId) -> Result<u64, StoreError> {
        tx.q("UPDATE @invitations SET state = 'revoked' WHERE staff = $1 AND state = 'open'")
            .bind(staff.as_str())
            .execute()
            .await
    }

    /// Whom an open invitation is for.
    pub async fn invitation(&self, code: &TokenHash, now: Timestamp) -> Result<Option<StaffId>, StoreError> {
        let found: Option<(String,)> = self
            .db
            .q("SELECT staff FROM @invitations WHERE code = $1 AND state = 'open' AND expires_at > $2")
            .bind(code.as_bytes())
            .bind(now)
            .optional()
            .await?;
        found.map(|(staff,)| read(staff)).transpose()
    }

    /// Until when somebody's open invitation works.
    pub async fn open_invitation(&self, staff: &StaffId, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let found: Option<(i64,)> = self
            .db
            .q("SELECT expires_at FROM @invitations WHERE staff = $1 AND state = 'open' AND expires_at > $2")
            .bind(staff.as_str())
            .bind(now)
            .optional()
            .await?;
        Ok(found.map(|(millis,)| Timestamp::from_millis(millis)))
    }

    /// Uses an invitation up; none if it is not open any more.
    pub async fn use_invitation(
        &self,
        tx: &mut Tx,
        code: &TokenHash,
        now: Timestamp,
    ) -> Result<Option<StaffId>, StoreError> {
        let found: Option<(String,)> = tx
            .q("UPDATE @invitations SET state = 'used' WHERE code = $1 AND state = 'open' AND expires_at > $2
                RETURNING staff")
            .bind(code.as_bytes())
            .bind(now)
            .optional()
            .await?;
        found.map(|(staff,)| read(staff)).transpose()
    }
}

fn read(staff: String) -> Result<StaffId, StoreError> {
    StaffId::parse(&staff).ok_or(StoreError::Corrupt { table: "invitations", what: "staff", row: staff })
}
