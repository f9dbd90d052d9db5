//! Tenants of every kind, and agencies' outlets.

use super::Control;
use crate::{
    base::{Timestamp, limits},
    domain::{
        staff::{Organisation, Outlet, OutletId, TenantKind, rules::StaffRules},
        tenant::{Slug, TenantId},
    },
    store::db::{StoreError, Tx},
    vault::TenantToken,
};

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    slug: String,
    kind: String,
    document: String,
}

/// What every kind of tenant's document has.
#[derive(serde::Deserialize)]
struct Names {
    name_de: String,
    name_en: String,
}

const ORGANISATIONS: &str = "SELECT id, slug, kind, document FROM @tenants WHERE status = 'active'";

impl Control {
    /// A new agency or the operator's own tenant, with its first half of a key.
    pub async fn insert_organisation(
        &self,
        tx: &mut Tx,
        organisation: &Organisation,
        token: &TenantToken,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let names = serde_json::json!({ "name_de": organisation.name_de, "name_en": organisation.name_en });
        tx.q("INSERT INTO @tenants (id, slug, kind, document, status, created_at)
              VALUES ($1, $2, $3, $4, 'active', $5)")
            .bind(organisation.id.as_str())
            .bind(organisation.slug.as_str())
            .bind(organisation.kind.name())
            .bind(names.to_string())
            .bind(at)
            .execute()
            .await?;
        self.insert_tenant_token(tx, &organisation.id, 1, token, at).await
    }

    /// Every active tenant, by short name.
    pub async fn organisations(&self) -> Result<Vec<Organisation>, StoreError> {
        let rows: Vec<Row> = self.db.q(&format!("{ORGANISATIONS} ORDER BY slug")).all().await?;
        rows.into_iter().map(Organisation::try_from).collect()
    }

    /// One by its id.
    pub async fn organisation(&self, id: &TenantId) -> Result<Option<Organisation>, StoreError> {
        let row: Option<Row> = self.db.q(&format!("{ORGANISATIONS} AND id = $1")).bind(id.as_str()).optional().await?;
        row.map(Organisation::try_from).transpose()
    }

    /// One by its short name.
    pub async fn organisation_by_slug(&self, slug: &Slug) -> Result<Option<Organisation>, StoreError> {
        let row: Option<Row> =
            self.db.q(&format!("{ORGANISATIONS} AND slug = $1")).bind(slug.as_str()).optional().await?;
        row.map(Organisation::try_from).transpose()
    }

    /// The operator's own, once there is one.
    pub async fn operator(&self) -> Result<Option<Organisation>, StoreError> {
        let row: Option<Row> = self.db.q(&format!("{ORGANISATIONS} AND kind = 'operator'")).optional().await?;
        row.map(Organisation::try_from).transpose()
    }

    /// Takes a tenant's row: who changes its staff comes one after the other.
    pub async fn queue_for(&self, tx: &mut Tx, tenant: &TenantId) -> Result<(), StoreError> {
        tx.q("UPDATE @tenants SET status = status WHERE id = $1").bind(tenant.as_str()).execute().await?;
        Ok(())
    }

    /// A new outlet.
    pub async fn insert_outlet(
        &self,
        tx: &mut Tx,
        tenant: &TenantId,
        outlet: &Outlet,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        tx.q("INSERT INTO @outlets (id, tenant, name, created_at) VALUES ($1, $2, $3, $4)")
            .bind(outlet.id.as_str())
            .bind(tenant.as_str())
            .bind(&outlet.name)
            .bind(at)
            .execute()
            .await?;
        Ok(())
    }

    /// A tenant's outlets, by name.
    pub async fn outlets(&self, tenant: &TenantId) -> Result<Vec<Outlet>, StoreError> {
        let rows: Vec<(String, String)> = self
            .db
            .q("SELECT id, name FROM @outlets WHERE tenant = $1 ORDER BY name, id LIMIT $2")
            .bind(tenant.as_str())
            .bind(limits::STAFF_LISTED)
            .all()
            .await?;
        rows.into_iter()
            .map(|(id, name)| match OutletId::parse(&id) {
                Some(id) => Ok(Outlet { id, name }),
                None => Err(StoreError::Corrupt { table: "outlets", what: "id", row: id }),
            })
            .collect()
    }

    /// What a tenant asks of its staff.
    pub async fn staff_rules(&self, tenant: &TenantId) -> Result<StaffRules, StoreError> {
        let row: Option<(String,)> =
            self.db.q("SELECT document FROM @staff_rules WHERE tenant = $1").bind(tenant.as_str()).optional().await?;
        let Some((document,)) = row else { return Ok(StaffRules::default()) };
        serde_json::from_str(&document).map_err(|_| StoreError::Corrupt {
            table: "staff_rules",
            what: "document",
            row: tenant.to_string(),
        })
    }

    /// Changes it.
    pub async fn put_staff_rules(&self, tx: &mut Tx, tenant: &TenantId, rules: StaffRules) -> Result<(), StoreError> {
        tx.q("INSERT INTO @staff_rules (tenant, document) VALUES ($1, $2)
              ON CONFLICT (tenant) DO UPDATE SET document = excluded.document")
            .bind(tenant.as_str())
            .bind(serde_json::json!(rules).to_string())
            .execute()
            .await?;
        Ok(())
    }
}

impl TryFrom<Row> for Organisation {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let corrupt = |what| StoreError::Corrupt { table: "tenants", what, row: row.id.clone() };
        let names: Names = serde_json::from_str(&row.document).map_err(|_| corrupt("document"))?;
        Ok(Self {
            id: TenantId::parse(&row.id).ok_or_else(|| corrupt("id"))?,
            kind: TenantKind::parse(&row.kind).ok_or_else(|| corrupt("kind"))?,
            slug: Slug::parse(&row.slug).ok_or_else(|| corrupt("slug"))?,
            name_de: names.name_de,
            name_en: names.name_en,
        })
    }
}
