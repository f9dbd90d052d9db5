//! Ticket issuers and universities' uploaders.

use super::Control;
use crate::{
    base::{Timestamp, secret::TokenHash},
    domain::{
        client::{Client, ClientId},
        tenant::TenantId,
    },
    store::db::{StoreError, Tx},
};

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    tenant: Option<String>,
    document: String,
    secret_hash: Option<Vec<u8>>,
    status: String,
}

impl Control {
    /// A new client; `secret` if it proves itself with one.
    pub async fn insert_client(
        &self,
        tx: &mut Tx,
        client: &Client,
        secret: Option<&TokenHash>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        tx.q("INSERT INTO @clients (id, tenant, document, secret_hash, status, created_at)
              VALUES ($1, $2, $3, $4, $5, $6)")
            .bind(client.id.as_str())
            .bind(client.tenant.as_ref().map(TenantId::as_str))
            .bind(serde_json::json!(client.profile).to_string())
            .bind(secret.map(TokenHash::as_bytes))
            .bind(status(client.active))
            .bind(at)
            .execute()
            .await?;
        Ok(())
    }

    /// Changes a client's settings or blocks it; a new secret replaces the old.
    pub async fn update_client(
        &self,
        tx: &mut Tx,
        client: &Client,
        new_secret: Option<&TokenHash>,
    ) -> Result<(), StoreError> {
        tx.q("UPDATE @clients SET document = $2, status = $3, secret_hash = COALESCE($4, secret_hash) WHERE id = $1")
            .bind(client.id.as_str())
            .bind(serde_json::json!(client.profile).to_string())
            .bind(status(client.active))
            .bind(new_secret.map(TokenHash::as_bytes))
            .execute()
            .await?;
        Ok(())
    }

    /// No secret of this client works any more.
    pub async fn drop_client_secret(&self, tx: &mut Tx, id: &ClientId) -> Result<(), StoreError> {
        tx.q("UPDATE @clients SET secret_hash = NULL WHERE id = $1").bind(id.as_str()).execute().await?;
        Ok(())
    }

    /// A client as this transaction sees it, while nobody else changes it.
    pub async fn taken_client(&self, tx: &mut Tx, id: &ClientId) -> Result<Option<Client>, StoreError> {
        tx.q("UPDATE @clients SET status = status WHERE id = $1").bind(id.as_str()).execute().await?;
        let row: Option<Row> = tx
            .q("SELECT id, tenant, document, secret_hash, status FROM @clients WHERE id = $1")
            .bind(id.as_str())
            .optional()
            .await?;
        Ok(row.map(Row::read).transpose()?.map(|(client, _)| client))
    }

    /// A client with the hash of its secret.
    pub async fn client(&self, id: &ClientId) -> Result<Option<(Client, Option<TokenHash>)>, StoreError> {
        let row: Option<Row> = self
            .db
            .q("SELECT id, tenant, document, secret_hash, status FROM @clients WHERE id = $1")
            .bind(id.as_str())
            .optional()
            .await?;
        row.map(Row::read).transpose()
    }

    /// Every client, by id.
    pub async fn clients(&self) -> Result<Vec<Client>, StoreError> {
        let rows: Vec<Row> =
            self.db.q("SELECT id, tenant, document, secret_hash, status FROM @clients ORDER BY id").all().await?;
        rows.into_iter().map(|row| row.read().map(|(client, _)| client)).collect()
    }
}

impl Row {
    fn read(self) -> Result<(Client, Option<TokenHash>), StoreError> {
        let corrupt = |what| StoreError::Corrupt { table: "clients", what, row: self.id.clone() };
        let tenant = match &self.tenant {
            Some(id) => Some(TenantId::parse(id).ok_or_else(|| corrupt("tenant"))?),
            None => None,
        };
        let secret = match &self.secret_hash {
            Some(hash) => Some(TokenHash::from_bytes(hash).ok_or_else(|| corrupt("secret_hash"))?),
            None => None,
        };
        let client = Client {
            id: ClientId::parse(&self.id).ok_or_else(|| corrupt("id"))?,
            profile: serde_json::from_str(&self.document).map_err(|_| corrupt("document"))?,
            tenant,
            active: self.status == status(true),
        };
        Ok((client, secret))
    }
}

const fn status(active: bool) -> &'static str {
    if active { "active" } else { "blocked" }
}
