//! Certificates that our own authority has issued to people who work here: for whom, until when, and whether they were
//! taken back. The certificates themselves are not kept.

use super::Control;
use crate::{
    base::{Timestamp, limits},
    domain::{
        certificate::{RevocationReason, Serial, Validity},
        staff::StaffId,
        tenant::TenantId,
    },
    protocol::x509::Thumbprint,
    store::db::{StoreError, Tx},
    vault::Revoked,
};

/// A certificate as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredCertificate {
    /// Which.
    pub serial: Serial,
    /// By which it is known when it is shown.
    pub thumbprint: Thumbprint,
    /// Who issued it.
    pub authority: String,
    /// Whose staff it is for.
    pub tenant: TenantId,
    /// For whom.
    pub staff: StaffId,
    /// Sealed: for which machine.
    pub machine: Vec<u8>,
    /// When it is valid.
    pub validity: Validity,
    /// When it was taken back, and why.
    pub revoked: Option<(Timestamp, RevocationReason)>,
}

#[derive(sqlx::FromRow)]
struct Row {
    serial: String,
    thumbprint: String,
    authority: String,
    tenant: String,
    staff: String,
    machine: Vec<u8>,
    not_before: i64,
    not_after: i64,
    revoked_at: Option<i64>,
    reason: Option<String>,
}

const COLUMNS: &str = "SELECT serial, thumbprint, authority, tenant, staff, machine, not_before, not_after, revoked_at,
    reason FROM @certificates";

impl Control {
    /// A new one.
    pub async fn insert_certificate(&self, tx: &mut Tx, new: &StoredCertificate) -> Result<(), StoreError> {
        tx.q("INSERT INTO @certificates (serial, thumbprint, authority, tenant, staff, machine, not_before, not_after)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8)")
            .bind(new.serial.to_string())
            .bind(new.thumbprint.as_str())
            .bind(new.authority.as_str())
            .bind(new.tenant.as_str())
            .bind(new.staff.as_str())
            .bind(new.machine.as_slice())
            .bind(new.validity.not_before)
            .bind(new.validity.not_after)
            .execute()
            .await?;
        Ok(())
    }

    /// The one that was shown, if it is one of ours.
    pub async fn certificate_shown(&self, shown: &Thumbprint) -> Result<Option<StoredCertificate>, StoreError> {
        let row: Option<Row> =
            self.db.q(&format!("{COLUMNS} WHERE thumbprint = $1")).bind(shown.as_str()).optional().await?;
        row.map(StoredCertificate::try_from).transpose()
    }

    /// One by its number.
    pub async fn certificate(&self, serial: Serial) -> Result<Option<StoredCertificate>, StoreError> {
        let row: Option<Row> =
            self.db.q(&format!("{COLUMNS} WHERE serial = $1")).bind(serial.to_string()).optional().await?;
        row.map(StoredCertificate::try_from).transpose()
    }

    /// A tenant's, newest first.
    pub async fn certificates_of(&self, tenant: &TenantId) -> Result<Vec<StoredCertificate>, StoreError> {
        let rows: Vec<Row> = self
            .db
            .q(&format!("{COLUMNS} WHERE tenant = $1 ORDER BY not_before DESC, serial LIMIT $2"))
            .bind(tenant.as_str())
            .bind(limits::CERTIFICATES_LISTED)
            .all()
            .await?;
        rows.into_iter().map(StoredCertificate::try_from).collect()
    }

    /// Takes one back; whether it was good until then.
    pub async fn revoke_certificate(
        &self,
        tx: &mut Tx,
        serial: Serial,
        reason: RevocationReason,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let revoked = tx
            .q("UPDATE @certificates SET revoked_at = $2, reason = $3 WHERE serial = $1 AND revoked_at IS NULL")
            .bind(serial.to_string())
            .bind(at)
            .bind(reason.name())
            .execute()
            .await?;
        Ok(revoked == 1)
    }

    /// What an authority has taken back of what would still be valid.
    pub async fn revoked_of(&self, tx: &mut Tx, authority: &str, now: Timestamp) -> Result<Vec<Revoked>, StoreError> {
        let rows: Vec<Row> = tx
            .q(&format!(
                "{COLUMNS} WHERE authority = $1 AND revoked_at IS NOT NULL AND not_after >= $2
                 ORDER BY revoked_at, serial LIMIT $3"
            ))
            .bind(authority)
            .bind(now)
            .bind(limits::CERTIFICATES_REVOKED)
            .all()
            .await?;
        let mut revoked = Vec::new();
        for row in rows {
            let stored = StoredCertificate::try_from(row)?;
            if let Some((at, reason)) = stored.revoked {
                revoked.push(Revoked { serial: stored.serial, at, reason });
            }
        }
        Ok(revoked)
    }
}

impl TryFrom<Row> for StoredCertificate {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let corrupt = |what| StoreError::Corrupt { table: "certificates", what, row: row.serial.clone() };
        let reason = row.reason.as_deref().map_or(Some(RevocationReason::Unspecified), RevocationReason::parse);
        let reason = reason.ok_or_else(|| corrupt("reason"))?;
        Ok(Self {
            serial: Serial::parse(&row.serial).ok_or_else(|| corrupt("serial"))?,
            tenant: TenantId::parse(&row.tenant).ok_or_else(|| corrupt("tenant"))?,
            staff: StaffId::parse(&row.staff).ok_or_else(|| corrupt("staff"))?,
            validity: Validity {
                not_before: Timestamp::from_millis(row.not_before),
                not_after: Timestamp::from_millis(row.not_after),
            },
            revoked: row.revoked_at.map(|at| (Timestamp::from_millis(at), reason)),
            thumbprint: Thumbprint::stored(row.thumbprint),
            authority: row.authority,
            machine: row.machine,
        })
    }
}
