//! Failed guesses, counted per number and per address (as keyed hashes), in windows of fixed length.

use std::time::Duration;

use super::Tenant;
use crate::{
    base::Timestamp,
    store::db::{Query, StoreError, placeholders},
    vault::Index,
};

impl Tenant {
    /// Failures of each of them in the window that `now` lies in, in their order, and the window's end.
    pub async fn failures(
        &self,
        who: &[&Index],
        now: Timestamp,
        window: Duration,
    ) -> Result<(Vec<i64>, Timestamp), StoreError> {
        let end = window_end(now, window);
        let sql = format!(
            "SELECT who, failures FROM @attempts WHERE window_end = ${} AND who IN {}",
            who.len() + 1,
            placeholders(1, who.len())
        );
        let query = who.iter().fold(self.db.q(&sql), |query, who| query.bind(who.as_bytes()));
        Ok((in_order(who, &query.bind(end).all().await?), end))
    }

    /// Counts an attempt of each of them before its outcome is known, so that parallel guesses can't slip past the limit;
    /// gives the failures in this window including this one, in their order.
    pub async fn count_attempts(
        &self,
        who: &[&Index],
        now: Timestamp,
        window: Duration,
    ) -> Result<Vec<i64>, StoreError> {
        let counted = self.add(who, window_end(now, window), "1", "present.failures + 1").await?;
        Ok(in_order(who, &counted))
    }

    /// The same of one, in a window that ends then, and of which nobody has another; whoever counts must not mix the two.
    pub async fn count_until(&self, who: &Index, end: Timestamp) -> Result<i64, StoreError> {
        let counted = self.add(&[who], end, "1", "present.failures + 1").await?;
        Ok(in_order(&[who], &counted).first().copied().unwrap_or_default())
    }

    /// Takes an attempt of each of them back that turned out right.
    pub async fn uncount_attempts(&self, who: &[&Index], now: Timestamp, window: Duration) -> Result<(), StoreError> {
        let one_less = "CASE WHEN present.failures > 0 THEN present.failures - 1 ELSE 0 END";
        self.add(who, window_end(now, window), "0", one_less).await.map(|_| ())
    }

    /// One statement, its rows always in the same order: two of them that share rows wait for each other, and never both.
    async fn add(
        &self,
        who: &[&Index],
        end: Timestamp,
        at_first: &str,
        after: &str,
    ) -> Result<Vec<(Vec<u8>, i64)>, StoreError> {
        let mut rows: Vec<&[u8]> = who.iter().map(|who| who.as_bytes().as_slice()).collect();
        rows.sort_unstable();
        rows.dedup();
        let end_at = rows.len() + 1;
        let values: Vec<_> = (1..=rows.len()).map(|n| format!("(${n}, ${end_at}, {at_first})")).collect();
        let sql = format!(
            "INSERT INTO @attempts AS present (who, window_end, failures) VALUES {}
             ON CONFLICT (who, window_end) DO UPDATE SET failures = {after} RETURNING who, failures",
            values.join(", ")
        );
        rows.into_iter().fold(self.db.w(&sql), Query::bind).bind(end).all().await
    }
}

fn in_order(who: &[&Index], counted: &[(Vec<u8>, i64)]) -> Vec<i64> {
    let of = |who: &&Index| counted.iter().find(|(row, _)| row == who.as_bytes()).map_or(0, |(_, failures)| *failures);
    who.iter().map(of).collect()
}

fn window_end(now: Timestamp, window: Duration) -> Timestamp {
    let length = i64::try_from(window.as_millis()).unwrap_or(i64::MAX).max(1);
    Timestamp::from_millis(now.as_millis() - now.as_millis().rem_euclid(length) + length)
}
