//! Failed attempts, and how long the next one has to wait.

use std::time::Duration;

use super::Control;
use crate::{
    base::{Timestamp, limits},
    store::db::{StoreError, Tx},
    vault::Index,
};

/// How failures slow down whoever makes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slowing {
    /// So many cost nothing.
    pub free: u32,
    /// The longest wait. It grows from a second, twofold with each failure.
    pub most: Duration,
}

impl Slowing {
    /// The wait after so many failures.
    pub fn wait(self, failures: i64) -> Duration {
        let beyond = failures.saturating_sub(i64::from(self.free));
        if beyond <= 0 {
            return Duration::ZERO;
        }
        let doublings = u32::try_from(beyond - 1).unwrap_or(u32::MAX);
        Duration::from_secs(1_u64.checked_shl(doublings).unwrap_or(u64::MAX)).min(self.most)
    }
}

/// Whether an attempt may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// It may, and is counted as a failure until it is known to be none.
    Admitted,
    /// Not before this moment.
    NotBefore(Timestamp),
}

impl Control {
    /// Counts an attempt before its outcome is known, so that parallel guesses can't slip past each other.
    pub async fn admit(
        &self,
        tx: &mut Tx,
        who: &Index,
        slowing: Slowing,
        now: Timestamp,
    ) -> Result<Admission, StoreError> {
        // The row is taken by the first statement, so that attempts at one moment come one after the other.
        let counted: Option<(i64,)> = tx
            .q("INSERT INTO @throttles AS present (who, failures, last_at, free_at) VALUES ($1, 1, $2, 0)
                ON CONFLICT (who) DO UPDATE SET
                  failures = CASE WHEN present.last_at < $3 THEN 1 ELSE present.failures + 1 END, last_at = $2
                WHERE present.free_at <= $2 RETURNING failures")
            .bind(who.as_bytes())
            .bind(now)
            .bind(now.minus(limits::THROTTLE_MEMORY))
            .optional()
            .await?;
        let Some((failures,)) = counted else {
            let (free_at,): (i64,) =
                tx.q("SELECT free_at FROM @throttles WHERE who = $1").bind(who.as_bytes()).one().await?;
            return Ok(Admission::NotBefore(Timestamp::from_millis(free_at)));
        };
        tx.q("UPDATE @throttles SET free_at = $2 WHERE who = $1")
            .bind(who.as_bytes())
            .bind(now.plus(slowing.wait(failures)))
            .execute()
            .await?;
        Ok(Admission::Admitted)
    }

    /// It was no failure: what was counted before is forgotten.
    pub async fn forgive(&self, tx: &mut Tx, who: &Index) -> Result<(), StoreError> {
        tx.q("DELETE FROM @throttles WHERE who = $1").bind(who.as_bytes()).execute().await?;
        Ok(())
    }

    /// It was no failure, but others' may have been: this one is taken back.
    pub async fn take_back(&self, tx: &mut Tx, who: &Index) -> Result<(), StoreError> {
        tx.q("UPDATE @throttles SET failures = failures - 1, free_at = 0 WHERE who = $1 AND failures > 0")
            .bind(who.as_bytes())
            .execute()
            .await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_failures_are_free_and_then_each_waits_twice_as_long_up_to_a_bound() {
        let slowing = Slowing { free: 3, most: Duration::from_secs(60) };
        let waits: Vec<u64> = (0..12).map(|failures| slowing.wait(failures).as_secs()).collect();
        assert_eq!(waits, [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(slowing.wait(i64::MAX), Duration::from_secs(60));
        assert_eq!(slowing.wait(200).as_secs(), 60);
    }
}
