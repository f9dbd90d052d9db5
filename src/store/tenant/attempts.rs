//! Failed guesses, counted per number and per address (as keyed hashes), in windows of fixed length.

use std::time::Duration;

use super::Tenant;
use crate::{base::Timestamp, store::db::StoreError, vault::Index};

impl Tenant {
    /// Failures of `who` in the window that `now` lies in, and the window's end.
    pub async fn failures(
        &self,
        who: &Index,
        now: Timestamp,
        window: Duration,
    ) -> Result<(i64, Timestamp), StoreError> {
        let end = window_end(now, window);
        let row: Option<(i64,)> = self
            .db
            .q("SELECT failures FROM @attempts WHERE who = $1 AND window_end = $2")
            .bind(who.as_bytes())
            .bind(end)
            .optional()
            .await?;
        Ok((row.map_or(0, |(failures,)| failures), end))
    }

    /// Counts an attempt before its outcome is known, so that parallel guesses can't slip past the limit; returns the
    /// failures in this window including this one.
    pub async fn count_attempt(&self, who: &Index, now: Timestamp, window: Duration) -> Result<i64, StoreError> {
        self.count_until(who, window_end(now, window)).await
    }

    /// The same in a window that ends then, and of which nobody has another; whoever counts must not mix the two.
    pub async fn count_until(&self, who: &Index, end: Timestamp) -> Result<i64, StoreError> {
        let (failures,): (i64,) = self
            .db
            .w("INSERT INTO @attempts AS present (who, window_end, failures) VALUES ($1, $2, 1)
                ON CONFLICT (who, window_end) DO UPDATE SET failures = present.failures + 1 RETURNING failures")
            .bind(who.as_bytes())
            .bind(end)
            .one()
            .await?;
        Ok(failures)
    }

    /// Takes an attempt back that turned out right.
    pub async fn uncount_attempt(&self, who: &Index, now: Timestamp, window: Duration) -> Result<(), StoreError> {
        self.db
            .w("UPDATE @attempts SET failures = failures - 1 WHERE who = $1 AND window_end = $2 AND failures > 0")
            .bind(who.as_bytes())
            .bind(window_end(now, window))
            .execute()
            .await?;
        Ok(())
    }
}

fn window_end(now: Timestamp, window: Duration) -> Timestamp {
    let length = i64::try_from(window.as_millis()).unwrap_or(i64::MAX).max(1);
    Timestamp::from_millis(now.as_millis() - now.as_millis().rem_euclid(length) + length)
}
