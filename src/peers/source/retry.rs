//! Pauses between attempts, of random length, so that many who failed in one moment do not come back in one moment.

use std::time::Duration;

use crate::base::{Random, limits};

/// What an attempt needs to be worth making.
pub const LEAST: Duration = Duration::from_millis(250);

/// How long to wait after so many attempts: between half of the pause and all of it, doubled with each attempt.
pub fn pause(attempts: u32, random: &Random) -> Duration {
    let whole = limits::SOURCE_RETRY_PAUSE * 2_u32.saturating_pow(attempts.saturating_sub(1).min(8));
    whole.mul_f64(between(0.5, 1.0, random))
}

/// A random number of that range.
pub(super) fn between(least: f64, most: f64, random: &Random) -> f64 {
    let fraction = f64::from(u32::from_be_bytes(random.bytes())) / f64::from(u32::MAX);
    least + (most - least) * fraction
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_differ() {
        let random = Random::seeded(5);
        let pauses: Vec<_> = (0..100).map(|_| pause(1, &random)).collect();
        let whole = limits::SOURCE_RETRY_PAUSE;
        assert!(pauses.iter().all(|pause| *pause >= whole / 2 && *pause <= whole), "{pauses:?}");
        assert!(pauses.iter().max() > pauses.iter().min());
        assert!(pause(3, &random) >= whole * 2);
        assert!(pause(u32::MAX, &random) <= whole * 256);
    }
}
