//! One-time values of clients: a client assertion's `jti` counts once, on whichever node it arrives.

use super::Control;
use crate::{
    base::{Timestamp, secret::PlainToken},
    domain::client::ClientId,
    store::db::StoreError,
};

impl Control {
    /// Uses a client's one-time value; `false` if it was used before.
    pub async fn use_once(&self, client: &ClientId, value: &str, expires_at: Timestamp) -> Result<bool, StoreError> {
        let inserted = self
            .db
            .w("INSERT INTO @used_once (client, value_hash, expires_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
            .bind(client.as_str())
            .bind(PlainToken::presented(value).hash().as_bytes())
            .bind(expires_at)
            .execute()
            .await?;
        Ok(inserted == 1)
    }

    /// Forgets values that have expired anyway.
    pub async fn forget_expired(&self, now: Timestamp) -> Result<u64, StoreError> {
        self.db.w("DELETE FROM @used_once WHERE expires_at < $1").bind(now).execute().await
    }
}
