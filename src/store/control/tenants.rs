//! Tenants and their halves of the keys.

use serde_json::Value;

use super::Control;
use crate::{
    base::Timestamp,
    domain::{
        connection::{Changed, Connection, Stage},
        tenant::{Slug, TenantId, University, UniversityProfile},
    },
    store::db::{StoreError, Tx},
    vault::TenantToken,
};

/// A university and its connection at the stage that was asked for.
#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    slug: String,
    document: String,
    version: Option<i64>,
    settings: Option<String>,
    secrets: Option<Vec<u8>>,
    changed_at: Option<i64>,
    changed_by: Option<String>,
}

const UNIVERSITIES: &str = "SELECT t.id, t.slug, t.document, c.version, c.document AS settings, c.secrets,
    c.changed_at, c.changed_by
  FROM @tenants t LEFT JOIN @connections c ON c.tenant = t.id AND c.stage = $1
  WHERE t.kind = 'university' AND t.status = 'active'";

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

    /// Every active university with its live connection, by short name.
    pub async fn universities(&self) -> Result<Vec<University>, StoreError> {
        let live = Stage::Live;
        let query = format!("{UNIVERSITIES} ORDER BY t.slug");
        let rows: Vec<Row> = self.db.q(&query).bind(live.name()).all().await?;
        rows.into_iter().map(|row| row.university(live)).collect()
    }

    /// One university by its short name, with its live connection.
    pub async fn university(&self, slug: &Slug) -> Result<Option<University>, StoreError> {
        self.one_university("t.slug", slug.as_str(), Stage::Live).await
    }

    /// One university by its id, with its live connection.
    pub async fn university_by_id(&self, id: &TenantId) -> Result<Option<University>, StoreError> {
        self.university_at(id, Stage::Live).await
    }

    /// One university by its id, with its connection at this stage.
    pub async fn university_at(&self, id: &TenantId, stage: Stage) -> Result<Option<University>, StoreError> {
        self.one_university("t.id", id.as_str(), stage).await
    }

    async fn one_university(&self, by: &str, key: &str, stage: Stage) -> Result<Option<University>, StoreError> {
        let query = format!("{UNIVERSITIES} AND {by} = $2");
        let row: Option<Row> = self.db.q(&query).bind(stage.name()).bind(key).optional().await?;
        row.map(|row| row.university(stage)).transpose()
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

impl Row {
    fn university(self, stage: Stage) -> Result<University, StoreError> {
        let corrupt = |what| StoreError::Corrupt { table: "tenants", what, row: self.id.clone() };
        let mut document: Value = serde_json::from_str(&self.document).map_err(|_| corrupt("document"))?;
        // Before there were connections, a university's document said how its students prove their enrollment.
        let proof = document.as_object_mut().and_then(|document| document.remove("proof"));
        let mut connection = Connection::unset(stage);
        if let (Some(proof), Stage::Live) = (proof, stage) {
            connection.settings = serde_json::from_value(proof).map_err(|_| corrupt("proof"))?;
        }
        if let (Some(version), Some(settings)) = (self.version, self.settings.as_deref()) {
            connection.version = version;
            connection.settings = serde_json::from_str(settings).map_err(|_| corrupt("the connection"))?;
            connection.sealed_secrets = self.secrets.clone().unwrap_or_default();
            connection.changed = self
                .changed_at
                .zip(self.changed_by.clone())
                .map(|(at, by)| Changed { at: Timestamp::from_millis(at), by });
        }
        Ok(University {
            id: TenantId::parse(&self.id).ok_or_else(|| corrupt("id"))?,
            slug: Slug::parse(&self.slug).ok_or_else(|| corrupt("slug"))?,
            profile: serde_json::from_value(document).map_err(|_| corrupt("document"))?,
            connection,
        })
    }
}

fn document(profile: &UniversityProfile) -> String {
    serde_json::json!(profile).to_string()
}
