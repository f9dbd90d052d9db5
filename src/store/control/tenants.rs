//! Tenants and their halves of the keys.

use super::Control;
use crate::{
    base::Timestamp,
    domain::tenant::{Slug, TenantId, University, UniversityProfile},
    store::db::{StoreError, Tx},
    vault::TenantToken,
};

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    slug: String,
    document: String,
}

const COLUMNS: &str = "SELECT id, slug, document FROM @tenants WHERE kind = 'university' AND status = 'active'";

impl Control {
    /// A new university with its first half of a key.
    pub async fn insert_university(
        &self,
        tx: &mut Tx,
        university: &University,
        token: &TenantToken,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        tx.q("INSERT INTO @tenants (id, slug, kind, document, status, created_at)
              VALUES ($1, $2, 'university', $3, 'active', $4)")
            .bind(university.id.as_str())
            .bind(university.slug.as_str())
            .bind(document(&university.profile))
            .bind(at)
            .execute()
            .await?;
        self.insert_tenant_token(tx, &university.id, 1, token, at).await
    }

    /// Changes a university's settings.
    pub async fn update_university(&self, tx: &mut Tx, university: &University) -> Result<(), StoreError> {
        tx.q("UPDATE @tenants SET document = $2 WHERE id = $1")
            .bind(university.id.as_str())
            .bind(document(&university.profile))
            .execute()
            .await?;
        Ok(())
    }

    /// Every active university, by short name.
    pub async fn universities(&self) -> Result<Vec<University>, StoreError> {
        let rows: Vec<Row> = self.db.q(&format!("{COLUMNS} ORDER BY slug")).all().await?;
        rows.into_iter().map(University::try_from).collect()
    }

    /// One university by its short name.
    pub async fn university(&self, slug: &Slug) -> Result<Option<University>, StoreError> {
        let row: Option<Row> = self.db.q(&format!("{COLUMNS} AND slug = $1")).bind(slug.as_str()).optional().await?;
        row.map(University::try_from).transpose()
    }

    /// One university by its id.
    pub async fn university_by_id(&self, id: &TenantId) -> Result<Option<University>, StoreError> {
        let row: Option<Row> = self.db.q(&format!("{COLUMNS} AND id = $1")).bind(id.as_str()).optional().await?;
        row.map(University::try_from).transpose()
    }

    /// All versions of a tenant's half; none if they were deleted.
    pub async fn tenant_tokens(&self, tenant: &TenantId) -> Result<Vec<(u8, TenantToken)>, StoreError> {
        let rows: Vec<(i64, Vec<u8>)> = self
            .db
            .q("SELECT version, token FROM @tenant_tokens WHERE tenant = $1 ORDER BY version")
            .bind(tenant.as_str())
            .all()
            .await?;
        rows.into_iter()
            .map(|(version, token)| {
                u8::try_from(version).ok().zip(TenantToken::from_bytes(&token)).ok_or_else(|| StoreError::Corrupt {
                    table: "tenant_tokens",
                    what: "token",
                    row: tenant.to_string(),
                })
            })
            .collect()
    }

    /// Adds a version of a tenant's half.
    pub async fn insert_tenant_token(
        &self,
        tx: &mut Tx,
        tenant: &TenantId,
        version: u8,
        token: &TenantToken,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        tx.q("INSERT INTO @tenant_tokens (tenant, version, token, created_at) VALUES ($1, $2, $3, $4)")
            .bind(tenant.as_str())
            .bind(version)
            .bind(token.as_bytes())
            .bind(at)
            .execute()
            .await?;
        Ok(())
    }

    /// Deletes every version: the tenant's data become unreadable.
    pub async fn delete_tenant_tokens(&self, tx: &mut Tx, tenant: &TenantId) -> Result<u64, StoreError> {
        tx.q("DELETE FROM @tenant_tokens WHERE tenant = $1").bind(tenant.as_str()).execute().await
    }
}

impl TryFrom<Row> for University {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let corrupt = |what| StoreError::Corrupt { table: "tenants", what, row: row.id.clone() };
        Ok(Self {
            id: TenantId::parse(&row.id).ok_or_else(|| corrupt("id"))?,
            slug: Slug::parse(&row.slug).ok_or_else(|| corrupt("slug"))?,
            profile: serde_json::from_str(&row.document).map_err(|_| corrupt("document"))?,
        })
    }
}

fn document(profile: &UniversityProfile) -> String {
    serde_json::json!(profile).to_string()
}
