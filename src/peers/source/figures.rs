//! What came of a source's questions: counts by outcome and times, for `/metrics` and for alarms.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::base::Timestamp;

/// The upper bounds of the histogram's buckets, in seconds.
pub const BUCKETS_SECONDS: [f64; 9] = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 8.0];
/// An alarm is repeated after this while its cause lasts.
const ALARM_EVERY: Duration = Duration::from_mins(5);

/// One source's figures since the process began.
#[derive(Debug, Default)]
pub struct Figures(Mutex<Counts>);

/// The figures at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Counts {
    /// Questions by outcome: `answered`, or why not.
    pub questions: BTreeMap<&'static str, u64>,
    /// Of them, those that took at most as long as the bucket says; the last one is for all that took longer.
    pub buckets: [u64; BUCKETS_SECONDS.len() + 1],
    /// Together, in seconds.
    pub seconds: f64,
    /// Answers that were remembered, so that nobody was asked.
    pub remembered: u64,
    /// Answers from the imported list instead.
    pub fallen_back: u64,
    alarms: BTreeMap<&'static str, Timestamp>,
}

impl Figures {
    /// A question is over.
    pub fn count(&self, outcome: &'static str, took: Duration) {
        let mut counts = self.counts();
        *counts.questions.entry(outcome).or_default() += 1;
        let seconds = took.as_secs_f64();
        let bucket = BUCKETS_SECONDS.iter().position(|bound| seconds <= *bound).unwrap_or(BUCKETS_SECONDS.len());
        counts.buckets[bucket] += 1;
        counts.seconds += seconds;
    }

    /// An answer was remembered.
    pub fn remembered(&self) {
        self.counts().remembered += 1;
    }

    /// The list answered instead.
    pub fn fell_back(&self) {
        self.counts().fallen_back += 1;
    }

    /// Whether an alarm about this should be raised: the first time, and now and then while it lasts.
    pub fn is_news(&self, code: &'static str, now: Timestamp) -> bool {
        let mut counts = self.counts();
        let is_news = counts.alarms.get(code).is_none_or(|last| now.since(*last) >= ALARM_EVERY);
        if is_news {
            counts.alarms.insert(code, now);
        }
        is_news
    }

    /// As they are now.
    pub fn read(&self) -> Counts {
        self.counts().clone()
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_and_times_are_counted() {
        let figures = Figures::default();
        figures.count("answered", Duration::from_millis(20));
        figures.count("answered", Duration::from_secs(20));
        figures.count("source_busy", Duration::ZERO);
        let counts = figures.read();
        assert_eq!(counts.questions, BTreeMap::from([("answered", 2), ("source_busy", 1)]));
        assert_eq!((counts.buckets[0], counts.buckets[1], counts.buckets[9]), (1, 1, 1));
    }

    #[test]
    fn an_alarm_is_raised_once_and_repeated_while_it_lasts() {
        let figures = Figures::default();
        let now = Timestamp::from_seconds(0);
        assert!(figures.is_news("a", now));
        assert!(!figures.is_news("a", now.plus(Duration::from_secs(299))));
        assert!(figures.is_news("b", now));
        assert!(figures.is_news("a", now.plus(Duration::from_secs(300))));
    }
}
