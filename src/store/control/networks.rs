//! Networks that staff may come from.

use super::Control;
use crate::{
    domain::{networks::AllowList, staff::StaffId, tenant::TenantId},
    store::db::{StoreError, Tx},
};

#[derive(sqlx::FromRow)]
struct Row {
    staff: String,
    networks: String,
}

const ONE: &str = "SELECT networks FROM @staff_networks WHERE tenant = $1 AND staff = $2";

impl Control {
    /// A tenant's list, and that of one of its accounts.
    pub async fn networks_for(&self, tenant: &TenantId, staff: &StaffId) -> Result<(AllowList, AllowList), StoreError> {
        let rows: Vec<Row> = self
            .db
            .q("SELECT staff, networks FROM @staff_networks WHERE tenant = $1 AND staff IN ('', $2)")
            .bind(tenant.as_str())
            .bind(staff.as_str())
            .all()
            .await?;
        let (mut all, mut own) = Default::default();
        for row in rows {
            let list = read(&row.networks, tenant)?;
            *(if row.staff.is_empty() { &mut all } else { &mut own }) = list;
        }
        Ok((all, own))
    }

    /// One list; `staff`: an account's, otherwise the tenant's own.
    pub async fn networks(&self, tenant: &TenantId, staff: Option<&StaffId>) -> Result<AllowList, StoreError> {
        let staff = staff.map_or("", StaffId::as_str);
        let row = self.db.q(ONE).bind(tenant.as_str()).bind(staff).optional().await?;
        one(row, tenant)
    }

    /// The same as this transaction sees it.
    pub async fn networks_in(
        &self,
        tx: &mut Tx,
        tenant: &TenantId,
        staff: Option<&StaffId>,
    ) -> Result<AllowList, StoreError> {
        let staff = staff.map_or("", StaffId::as_str);
        let row = tx.q(ONE).bind(tenant.as_str()).bind(staff).optional().await?;
        one(row, tenant)
    }

    /// Accounts of a tenant with a list of their own.
    pub async fn accounts_with_networks(&self, tenant: &TenantId) -> Result<Vec<StaffId>, StoreError> {
        let rows: Vec<(String,)> = self
            .db
            .q("SELECT staff FROM @staff_networks WHERE tenant = $1 AND staff <> ''")
            .bind(tenant.as_str())
            .all()
            .await?;
        Ok(rows.iter().filter_map(|(id,)| StaffId::parse(id)).collect())
    }

    /// Changes one list; an empty one is none.
    pub async fn put_networks(
        &self,
        tx: &mut Tx,
        tenant: &TenantId,
        staff: Option<&StaffId>,
        list: &AllowList,
    ) -> Result<(), StoreError> {
        let staff = staff.map_or("", StaffId::as_str);
        if list.is_empty() {
            let delete = tx.q("DELETE FROM @staff_networks WHERE tenant = $1 AND staff = $2");
            delete.bind(tenant.as_str()).bind(staff).execute().await?;
            return Ok(());
        }
        tx.q("INSERT INTO @staff_networks (tenant, staff, networks) VALUES ($1, $2, $3)
              ON CONFLICT (tenant, staff) DO UPDATE SET networks = excluded.networks")
            .bind(tenant.as_str())
            .bind(staff)
            .bind(serde_json::json!(list).to_string())
            .execute()
            .await?;
        Ok(())
    }

    /// Takes every list of a tenant away; how many there were.
    pub async fn delete_networks(&self, tx: &mut Tx, tenant: &TenantId) -> Result<u64, StoreError> {
        tx.q("DELETE FROM @staff_networks WHERE tenant = $1").bind(tenant.as_str()).execute().await
    }
}

fn one(row: Option<(String,)>, tenant: &TenantId) -> Result<AllowList, StoreError> {
    row.map_or_else(|| Ok(AllowList::default()), |(text,)| read(&text, tenant))
}

fn read(text: &str, tenant: &TenantId) -> Result<AllowList, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::Corrupt {
        table: "staff_networks",
        what: "networks",
        row: tenant.to_string(),
    })
}
