//! Signed checkpoints of every audit trail; written once, and never changed.

use super::Control;
use crate::{
    base::Timestamp,
    domain::checkpoint::{Checkpoint, TrailOf},
    store::db::StoreError,
};

/// A checkpoint as stored: what counts is what was signed.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct StoredCheckpoint {
    /// Its place among the trail's, from 1.
    pub number: i64,
    /// The entry that was the last one.
    pub seq: i64,
    /// When, in milliseconds since the epoch.
    pub at: i64,
    /// The JWS.
    pub signed: String,
}

const COLUMNS: &str = "SELECT number, seq, at, signed FROM @audit_checkpoints";

impl Control {
    /// A trail's newest checkpoint.
    pub async fn last_checkpoint(&self, trail: &TrailOf) -> Result<Option<StoredCheckpoint>, StoreError> {
        self.db
            .q(&format!("{COLUMNS} WHERE trail = $1 ORDER BY number DESC LIMIT 1"))
            .bind(trail.name())
            .optional()
            .await
    }

    /// A trail's checkpoints after this one, oldest first, at most so many.
    pub async fn checkpoints_after(
        &self,
        trail: &TrailOf,
        number: i64,
        most: i64,
    ) -> Result<Vec<StoredCheckpoint>, StoreError> {
        self.db
            .q(&format!("{COLUMNS} WHERE trail = $1 AND number > $2 ORDER BY number LIMIT $3"))
            .bind(trail.name())
            .bind(number)
            .bind(most)
            .all()
            .await
    }

    /// Keeps a new one; `false` if another node has made the one with this number meanwhile.
    pub async fn insert_checkpoint(
        &self,
        trail: &TrailOf,
        checkpoint: &Checkpoint,
        at: Timestamp,
        signed: &str,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let inserted = tx
            .q("INSERT INTO @audit_checkpoints (trail, number, seq, at, signed) VALUES ($1, $2, $3, $4, $5)
                ON CONFLICT DO NOTHING")
            .bind(trail.name())
            .bind(checkpoint.number)
            .bind(checkpoint.seq)
            .bind(at)
            .bind(signed)
            .execute()
            .await?;
        tx.commit().await?;
        Ok(inserted > 0)
    }
}
