//! When the operator took a tenant's view, why, and until when.

use super::Control;
use crate::{
    base::Timestamp,
    domain::{staff::StaffId, tenant::TenantId},
    store::db::{StoreError, Tx},
};

/// A view that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elevation {
    /// To name it by.
    pub id: String,
    /// By whom.
    pub staff: StaffId,
    /// Whose.
    pub tenant: TenantId,
    /// Why.
    pub reason: String,
    /// Since when.
    pub since: Timestamp,
    /// Until when.
    pub until: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    staff: String,
    tenant: String,
    reason: String,
    since: i64,
    until: i64,
}

const ELEVATIONS: &str = "SELECT id, staff, tenant, reason, since, until FROM @elevations";

impl Control {
    /// Records that a view is taken.
    pub async fn insert_elevation(&self, tx: &mut Tx, elevation: &Elevation) -> Result<(), StoreError> {
        tx.q("INSERT INTO @elevations (id, staff, tenant, reason, since, until) VALUES ($1, $2, $3, $4, $5, $6)")
            .bind(&elevation.id)
            .bind(elevation.staff.as_str())
            .bind(elevation.tenant.as_str())
            .bind(&elevation.reason)
            .bind(elevation.since)
            .bind(elevation.until)
            .execute()
            .await?;
        Ok(())
    }

    /// The views that somebody has now.
    pub async fn elevations_by(&self, staff: &StaffId, now: Timestamp) -> Result<Vec<Elevation>, StoreError> {
        let rows: Vec<Row> = self
            .db
            .q(&format!("{ELEVATIONS} WHERE staff = $1 AND until > $2 ORDER BY since DESC LIMIT 100"))
            .bind(staff.as_str())
            .bind(now)
            .all()
            .await?;
        rows.into_iter().map(Elevation::try_from).collect()
    }

    /// The newest views that were taken of a tenant.
    pub async fn elevations_of(&self, tenant: &TenantId) -> Result<Vec<Elevation>, StoreError> {
        let rows: Vec<Row> = self
            .db
            .q(&format!("{ELEVATIONS} WHERE tenant = $1 ORDER BY since DESC, id DESC LIMIT 100"))
            .bind(tenant.as_str())
            .all()
            .await?;
        rows.into_iter().map(Elevation::try_from).collect()
    }

    /// Gives a view back before its time; whether there was one.
    pub async fn end_elevations(
        &self,
        tx: &mut Tx,
        staff: &StaffId,
        tenant: &TenantId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let ended = tx
            .q("UPDATE @elevations SET until = $3 WHERE staff = $1 AND tenant = $2 AND until > $3")
            .bind(staff.as_str())
            .bind(tenant.as_str())
            .bind(now)
            .execute()
            .await?;
        Ok(ended > 0)
    }
}

impl TryFrom<Row> for Elevation {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let corrupt = |what| StoreError::Corrupt { table: "elevations", what, row: row.id.clone() };
        Ok(Self {
            staff: StaffId::parse(&row.staff).ok_or_else(|| corrupt("staff"))?,
            tenant: TenantId::parse(&row.tenant).ok_or_else(|| corrupt("tenant"))?,
            reason: row.reason,
            since: Timestamp::from_millis(row.since),
            until: Timestamp::from_millis(row.until),
            id: row.id,
        })
    }
}
