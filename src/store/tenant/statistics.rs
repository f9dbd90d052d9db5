//! Counts of verifications and tokens, by day. Nobody is in them.

use super::Tenant;
use crate::{base::Timestamp, store::db::StoreError};

/// Verifications of one day with one outcome.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct DayCount {
    /// Days since the epoch, in UTC.
    pub day: i64,
    /// Canonical key.
    pub semester: String,
    /// Reason code; empty: eligible.
    pub reason: String,
    /// How many.
    pub count: i64,
}

/// Tokens of a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct TokenCounts {
    /// Issued.
    pub issued: i64,
    /// Of which repeats.
    pub repeats: i64,
    /// Of which redeemed.
    pub redeemed: i64,
    /// Of which cancelled.
    pub cancelled: i64,
}

impl Tenant {
    /// Verifications from one moment until before another.
    pub async fn verification_counts(&self, from: Timestamp, to: Timestamp) -> Result<Vec<DayCount>, StoreError> {
        self.db
            .q("SELECT at / 86400000 AS day, semester, COALESCE(reason, '') AS reason, COUNT(*) AS count
                FROM @verifications WHERE at >= $1 AND at < $2
                GROUP BY at / 86400000, semester, COALESCE(reason, '') ORDER BY day, semester, reason LIMIT 100000")
            .bind(from)
            .bind(to)
            .all()
            .await
    }

    /// Tokens that were issued in that time.
    pub async fn token_counts(&self, from: Timestamp, to: Timestamp) -> Result<TokenCounts, StoreError> {
        self.db
            .q("SELECT COUNT(*) AS issued, COUNT(first_issued_at) AS repeats, COUNT(redeemed_at) AS redeemed,
                COUNT(cancelled_at) AS cancelled FROM @tokens WHERE issued_at >= $1 AND issued_at < $2")
            .bind(from)
            .bind(to)
            .one()
            .await
    }
}
