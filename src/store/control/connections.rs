//! Connections to universities, and who made which one live. [`super::tenants`] reads them with their university.

use super::Control;
use crate::{
    base::Timestamp,
    domain::{
        connection::{Changed, Connection, Promotion, PromotionId},
        tenant::TenantId,
    },
    store::db::{StoreError, Tx},
};

/// How a promotion ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PromotionOutcome {
    /// The connection is live.
    Approved,
    /// Somebody said no.
    Rejected,
    /// The test connection was changed, or the promotion was asked for anew.
    Overtaken,
}

impl PromotionOutcome {
    /// As stored.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Overtaken => "overtaken",
        }
    }
}

#[derive(sqlx::FromRow)]
struct PromotionRow {
    id: String,
    version: i64,
    requested_at: i64,
    requested_by: String,
}

impl Control {
    /// The number of a university's next version. Within the transaction that writes it, concurrent changes collide on
    /// the row of their university.
    pub async fn next_connection_version(&self, tx: &mut Tx, tenant: &TenantId) -> Result<i64, StoreError> {
        // The row lock: who changes this university's connections comes one after the other.
        tx.q("UPDATE @tenants SET status = status WHERE id = $1").bind(tenant.as_str()).execute().await?;
        let (newest,): (i64,) = tx
            .q("SELECT COALESCE(MAX(version), 0) FROM @connections WHERE tenant = $1")
            .bind(tenant.as_str())
            .one()
            .await?;
        Ok(newest + 1)
    }

    /// Sets a university's connection at its stage.
    pub async fn put_connection(
        &self,
        tx: &mut Tx,
        tenant: &TenantId,
        connection: &Connection,
        changed: &Changed,
    ) -> Result<(), StoreError> {
        let document = serde_json::json!(connection.settings).to_string();
        tx.q("INSERT INTO @connections (tenant, stage, version, document, secrets, changed_at, changed_by)
              VALUES ($1, $2, $3, $4, $5, $6, $7)
              ON CONFLICT (tenant, stage) DO UPDATE SET version = excluded.version, document = excluded.document,
                secrets = excluded.secrets, changed_at = excluded.changed_at, changed_by = excluded.changed_by")
            .bind(tenant.as_str())
            .bind(connection.stage.name())
            .bind(connection.version)
            .bind(document)
            .bind(connection.sealed_secrets.as_slice())
            .bind(changed.at)
            .bind(changed.by.as_str())
            .execute()
            .await?;
        Ok(())
    }

    /// The version of the test connection as this transaction sees it; none if nobody has set one.
    pub async fn test_version(&self, tx: &mut Tx, tenant: &TenantId) -> Result<Option<i64>, StoreError> {
        let found: Option<(i64,)> = tx
            .q("SELECT version FROM @connections WHERE tenant = $1 AND stage = 'test'")
            .bind(tenant.as_str())
            .optional()
            .await?;
        Ok(found.map(|(version,)| version))
    }

    /// Records that somebody asks for a promotion. There is one open at a time: end the earlier one first.
    pub async fn insert_promotion(
        &self,
        tx: &mut Tx,
        tenant: &TenantId,
        promotion: &Promotion,
    ) -> Result<(), StoreError> {
        tx.q("INSERT INTO @promotions (id, tenant, version, requested_at, requested_by, outcome)
              VALUES ($1, $2, $3, $4, $5, 'open')")
            .bind(promotion.id.as_str())
            .bind(tenant.as_str())
            .bind(promotion.version)
            .bind(promotion.requested.at)
            .bind(promotion.requested.by.as_str())
            .execute()
            .await?;
        Ok(())
    }

    /// The promotion that waits for a second person.
    pub async fn open_promotion(&self, tenant: &TenantId) -> Result<Option<Promotion>, StoreError> {
        let row: Option<PromotionRow> = self
            .db
            .q("SELECT id, version, requested_at, requested_by FROM @promotions WHERE tenant = $1 AND outcome = 'open'")
            .bind(tenant.as_str())
            .optional()
            .await?;
        row.map(Promotion::try_from).transpose()
    }

    /// Ends the open promotion; whether there was one with this id, or any if none is named.
    pub async fn end_promotion(
        &self,
        tx: &mut Tx,
        tenant: &TenantId,
        which: Option<&PromotionId>,
        decided: &Changed,
        outcome: PromotionOutcome,
    ) -> Result<bool, StoreError> {
        let ended = tx
            .q("UPDATE @promotions SET outcome = $1, decided_at = $2, decided_by = $3
                WHERE tenant = $4 AND outcome = 'open' AND ($5 = '' OR id = $5)")
            .bind(outcome.name())
            .bind(decided.at)
            .bind(decided.by.as_str())
            .bind(tenant.as_str())
            .bind(which.map_or("", PromotionId::as_str))
            .execute()
            .await?;
        Ok(ended > 0)
    }
}

impl TryFrom<PromotionRow> for Promotion {
    type Error = StoreError;

    fn try_from(row: PromotionRow) -> Result<Self, StoreError> {
        let corrupt = || StoreError::Corrupt { table: "promotions", what: "id", row: row.id.clone() };
        Ok(Self {
            id: PromotionId::parse(&row.id).ok_or_else(corrupt)?,
            version: row.version,
            requested: Changed { at: Timestamp::from_millis(row.requested_at), by: row.requested_by },
        })
    }
}
