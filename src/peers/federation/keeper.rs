//! Asks every source again and again, in the background.

use std::time::Duration;

use futures_util::future::join_all;

use super::{Aggregate, Federation, Followed, Outcome, SourceFault};
use crate::base::Random;

/// The pause after a first failure; it doubles from there up to the usual one.
const FIRST_PAUSE: Duration = Duration::from_mins(1);

impl Federation {
    /// Keeps all sources fresh for as long as it is polled.
    pub async fn keep(&self) {
        let sources = self.sources();
        let aggregates = sources.iter().filter_map(|source| match source {
            Followed::Aggregate(aggregate) => Some(self.keep_one(aggregate)),
            Followed::Mdq(_) => None, // asked when somebody needs an answer
        });
        join_all(aggregates).await;
    }

    /// Asks every aggregate once, one after the other.
    pub async fn ask_now(&self) -> Vec<Result<Outcome, SourceFault>> {
        let mut outcomes = Vec::new();
        for source in self.sources() {
            if let Followed::Aggregate(aggregate) = source {
                outcomes.push(self.ask(&aggregate).await);
            }
        }
        outcomes
    }

    async fn keep_one(&self, aggregate: &std::sync::Arc<Aggregate>) {
        aggregate.tidy();
        tokio::time::sleep(aggregate.fresh_for(self.0.clock.now())).await;
        loop {
            let failures = match self.ask(aggregate).await {
                Ok(_) => 0,
                Err(_) => aggregate.failures(),
            };
            tokio::time::sleep(pause(aggregate.source().refresh, failures, &self.0.random)).await;
        }
    }

    async fn ask(&self, aggregate: &std::sync::Arc<Aggregate>) -> Result<Outcome, SourceFault> {
        aggregate.refresh(&self.0.clock, &self.0.random, &self.0.http).await
    }
}

/// How long to wait: as configured, give or take a tenth; after failures from a minute, doubling, with the half of it
/// left to chance, so that the nodes and instances of a federation do not come back all at once.
fn pause(refresh: Duration, failures: u32, random: &Random) -> Duration {
    let chance = f64::from(u16::from_le_bytes(random.bytes())) / f64::from(u16::MAX);
    if failures == 0 {
        return refresh.mul_f64(0.9 + 0.2 * chance);
    }
    let doubled = FIRST_PAUSE.saturating_mul(1 << (failures - 1).min(10));
    doubled.min(refresh).mul_f64(0.5 + 0.5 * chance)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_with_failures_and_differ() {
        let (random, hour) = (Random::seeded(7), Duration::from_hours(1));
        let within = |failures, from: u64, to: u64| {
            let pauses: Vec<_> = (0..50).map(|_| pause(hour, failures, &random).as_secs()).collect();
            assert!(pauses.iter().all(|pause| (from..=to).contains(pause)), "{failures}: {pauses:?}");
            assert!(pauses.iter().any(|pause| *pause != pauses[0]), "{failures}: no jitter");
        };
        within(0, 54 * 60, 66 * 60);
        within(1, 30, 60);
        within(2, 60, 120);
        within(5, 8 * 60, 16 * 60);
        within(7, 30 * 60, 60 * 60);
        within(u32::MAX, 30 * 60, 60 * 60);
    }
}
