//! Accounts of staff. Who it is and what they prove it with are sealed elsewhere; a login name is found by its keyed hash.

use jiff::civil::Date;

use super::Control;
use crate::{
    base::{Timestamp, limits},
    domain::{
        staff::{OutletId, Rank, Rights, StaffId, StaffStatus},
        tenant::TenantId,
    },
    store::db::{StoreError, Tx},
    vault::Index,
};

/// An account as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredStaff {
    /// Which.
    pub id: StaffId,
    /// Whose.
    pub tenant: TenantId,
    /// Sealed: who.
    pub profile: Vec<u8>,
    /// Where in the hierarchy.
    pub rank: Rank,
    /// At which outlet.
    pub outlet: Option<OutletId>,
    /// What was given.
    pub rights: Rights,
    /// The last day on which it works.
    pub last_day: Option<Date>,
    /// How far it has come.
    pub status: StaffStatus,
    /// Sealed: the password's hash.
    pub password: Option<Vec<u8>>,
    /// Whether the password is the manager's.
    pub must_change: bool,
    /// When it was made.
    pub created_at: Timestamp,
}

#[derive(sqlx::FromRow)]
pub(super) struct Row {
    id: String,
    tenant: String,
    profile: Vec<u8>,
    rank: String,
    outlet: Option<String>,
    rights: String,
    last_day: Option<String>,
    status: String,
    password: Option<Vec<u8>>,
    must_change: i64,
    created_at: i64,
}

const STAFF: &str =
    "SELECT id, tenant, profile, rank, outlet, rights, last_day, status, password, must_change, created_at FROM @staff";

impl Control {
    /// A new account; whether its login name was free.
    pub async fn insert_staff(&self, tx: &mut Tx, staff: &StoredStaff, login: &Index) -> Result<bool, StoreError> {
        let inserted = tx
            .q("INSERT INTO @staff (id, tenant, login, profile, rank, outlet, rights, last_day, status, password,
                must_change, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
                ON CONFLICT (login) DO NOTHING")
            .bind(staff.id.as_str())
            .bind(staff.tenant.as_str())
            .bind(login.as_bytes())
            .bind(staff.profile.as_slice())
            .bind(staff.rank.name())
            .bind(staff.outlet.as_ref().map(OutletId::as_str))
            .bind(serde_json::json!(staff.rights).to_string())
            .bind(staff.last_day.map(|day| day.to_string()))
            .bind(staff.status.name())
            .bind(staff.password.as_deref())
            .bind(staff.must_change)
            .bind(staff.created_at)
            .execute()
            .await?;
        Ok(inserted == 1)
    }

    /// Changes what a manager can change of an account.
    pub async fn update_staff(&self, tx: &mut Tx, staff: &StoredStaff) -> Result<(), StoreError> {
        tx.q("UPDATE @staff SET profile = $2, rank = $3, outlet = $4, rights = $5, last_day = $6, status = $7
              WHERE id = $1")
            .bind(staff.id.as_str())
            .bind(staff.profile.as_slice())
            .bind(staff.rank.name())
            .bind(staff.outlet.as_ref().map(OutletId::as_str))
            .bind(serde_json::json!(staff.rights).to_string())
            .bind(staff.last_day.map(|day| day.to_string()))
            .bind(staff.status.name())
            .execute()
            .await?;
        Ok(())
    }

    /// Sets an account's password; one that was invited works from now on.
    pub async fn set_staff_password(
        &self,
        tx: &mut Tx,
        id: &StaffId,
        password: &[u8],
        must_change: bool,
    ) -> Result<(), StoreError> {
        tx.q("UPDATE @staff SET password = $2, must_change = $3,
              status = CASE WHEN status = 'invited' THEN 'active' ELSE status END WHERE id = $1")
            .bind(id.as_str())
            .bind(password)
            .bind(must_change)
            .execute()
            .await?;
        Ok(())
    }

    /// The account with this login name.
    pub async fn staff_by_login(&self, login: &Index) -> Result<Option<StoredStaff>, StoreError> {
        let row: Option<Row> =
            self.db.q(&format!("{STAFF} WHERE login = $1")).bind(login.as_bytes()).optional().await?;
        row.map(StoredStaff::try_from).transpose()
    }

    /// One account.
    pub async fn staff(&self, id: &StaffId) -> Result<Option<StoredStaff>, StoreError> {
        let row: Option<Row> = self.db.q(&format!("{STAFF} WHERE id = $1")).bind(id.as_str()).optional().await?;
        row.map(StoredStaff::try_from).transpose()
    }

    /// The same as this transaction sees it.
    pub async fn staff_in(&self, tx: &mut Tx, id: &StaffId) -> Result<Option<StoredStaff>, StoreError> {
        let row: Option<Row> = tx.q(&format!("{STAFF} WHERE id = $1")).bind(id.as_str()).optional().await?;
        row.map(StoredStaff::try_from).transpose()
    }

    /// The account as this transaction sees it, while nobody else changes its password or what proves its owner.
    pub async fn take_staff(&self, tx: &mut Tx, id: &StaffId) -> Result<Option<StoredStaff>, StoreError> {
        tx.q("UPDATE @staff SET status = status WHERE id = $1").bind(id.as_str()).execute().await?;
        self.staff_in(tx, id).await
    }

    /// A tenant's accounts, oldest first.
    pub async fn staff_of(&self, tenant: &TenantId) -> Result<Vec<StoredStaff>, StoreError> {
        let rows: Vec<Row> = self
            .db
            .q(&format!("{STAFF} WHERE tenant = $1 ORDER BY id LIMIT $2"))
            .bind(tenant.as_str())
            .bind(limits::STAFF_LISTED)
            .all()
            .await?;
        rows.into_iter().map(StoredStaff::try_from).collect()
    }

    /// How many others of this rank can log in today and any day, so that one can be spared.
    pub async fn others_who_stay(
        &self,
        tx: &mut Tx,
        tenant: &TenantId,
        rank: Rank,
        but: &StaffId,
    ) -> Result<i64, StoreError> {
        let (others,): (i64,) = tx
            .q("SELECT COUNT(*) FROM @staff
                WHERE tenant = $1 AND rank = $2 AND id <> $3 AND status = 'active' AND must_change = 0
                AND last_day IS NULL")
            .bind(tenant.as_str())
            .bind(rank.name())
            .bind(but.as_str())
            .one()
            .await?;
        Ok(others)
    }
}

impl TryFrom<Row> for StoredStaff {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let corrupt = |what| StoreError::Corrupt { table: "staff", what, row: row.id.clone() };
        let outlet = match &row.outlet {
            Some(id) => Some(OutletId::parse(id).ok_or_else(|| corrupt("outlet"))?),
            None => None,
        };
        let last_day = row.last_day.as_deref().map(str::parse).transpose().map_err(|_| corrupt("last_day"))?;
        Ok(Self {
            id: StaffId::parse(&row.id).ok_or_else(|| corrupt("id"))?,
            tenant: TenantId::parse(&row.tenant).ok_or_else(|| corrupt("tenant"))?,
            rank: Rank::parse(&row.rank).ok_or_else(|| corrupt("rank"))?,
            outlet,
            rights: serde_json::from_str(&row.rights).map_err(|_| corrupt("rights"))?,
            last_day,
            status: StaffStatus::parse(&row.status).ok_or_else(|| corrupt("status"))?,
            must_change: row.must_change != 0,
            created_at: Timestamp::from_millis(row.created_at),
            profile: row.profile,
            password: row.password,
        })
    }
}
