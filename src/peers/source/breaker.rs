//! A circuit breaker: after [`limits::SOURCE_FAILURES`] failures in a row nobody asks for a while; then one question tries,
//! and its outcome decides. So a source that is down is spared, and whoever asks is told at once instead of after seconds.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::base::{Random, Timestamp, limits};

/// One source's. Its states are [`State`].
#[derive(Debug, Default)]
pub struct Breaker(Mutex<State>);

#[derive(Clone, Copy, Debug)]
enum State {
    /// Everybody may ask.
    Closed {
        /// In a row.
        failures: u32,
    },
    /// Nobody may.
    Open {
        /// From then on one may try.
        until: Timestamp,
        /// How long this rest is.
        rest: Duration,
    },
    /// One is trying; everybody else waits for what comes of it.
    Trial {
        /// When it began.
        since: Timestamp,
        /// How long the rest before it was.
        rest: Duration,
    },
}

impl Default for State {
    fn default() -> Self {
        Self::Closed { failures: 0 }
    }
}

/// The right to ask once. Whoever gives it back unused (because the student has left) leaves things as they were.
#[derive(Debug)]
pub struct Pass<'b> {
    breaker: &'b Breaker,
    is_trial: bool,
    reported: bool,
}

impl Breaker {
    /// Asks for the right to ask; `Err`: not before then.
    pub fn enter(&self, now: Timestamp) -> Result<Pass<'_>, Timestamp> {
        let mut state = self.state();
        let is_trial = match *state {
            State::Closed { .. } => false,
            State::Open { until, .. } if now < until => return Err(until),
            State::Open { rest, .. } => {
                *state = State::Trial { since: now, rest };
                true
            }
            State::Trial { since, .. } => return Err(since.plus(limits::SOURCE_REST)),
        };
        drop(state);
        Ok(Pass { breaker: self, is_trial, reported: false })
    }

    /// Until when nobody asks, if nobody does.
    pub fn resting_until(&self) -> Option<Timestamp> {
        match *self.state() {
            State::Closed { .. } => None,
            State::Open { until, .. } => Some(until),
            State::Trial { since, .. } => Some(since.plus(limits::SOURCE_REST)),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pass<'_> {
    /// Whether this question is the one that tries a source that failed before.
    pub fn is_trial(&self) -> bool {
        self.is_trial
    }

    /// The source answers. Whether that is news.
    pub fn succeeded(mut self) -> bool {
        self.reported = true;
        let mut state = self.breaker.state();
        match *state {
            State::Closed { .. } => *state = State::default(),
            State::Trial { .. } if self.is_trial => *state = State::default(),
            // An answer to a question from before: whoever tries now knows better.
            State::Open { .. } | State::Trial { .. } => return false,
        }
        self.is_trial
    }

    /// The source fails. Until when it is left alone, if that was decided by this failure.
    pub fn failed(mut self, now: Timestamp, random: &Random) -> Option<Timestamp> {
        self.reported = true;
        let mut state = self.breaker.state();
        let rest = match *state {
            State::Closed { failures } if failures + 1 < limits::SOURCE_FAILURES => {
                *state = State::Closed { failures: failures + 1 };
                return None;
            }
            State::Closed { .. } => limits::SOURCE_REST,
            State::Trial { rest, .. } if self.is_trial => (rest * 2).min(limits::SOURCE_REST_MOST),
            State::Open { .. } | State::Trial { .. } => return None,
        };
        // Nodes that share a university do not come back to it in the same moment.
        let until = now.plus(rest.mul_f64(super::retry::between(0.8, 1.0, random)));
        *state = State::Open { until, rest };
        Some(until)
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        if self.reported || !self.is_trial {
            return;
        }
        let mut state = self.breaker.state();
        if let State::Trial { since, rest } = *state {
            *state = State::Open { until: since, rest };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::from_seconds(1_000_000);

    fn after(seconds: u64) -> Timestamp {
        START.plus(Duration::from_secs(seconds))
    }

    fn open(breaker: &Breaker) -> Timestamp {
        let random = Random::seeded(1);
        let mut until = None;
        for _ in 0..limits::SOURCE_FAILURES {
            assert_eq!(until, None, "not before");
            until = breaker.enter(START).unwrap().failed(START, &random);
        }
        until.expect("that was enough")
    }

    #[test]
    fn it_opens_after_failures_in_a_row_and_an_answer_in_between_forgives_them() {
        let (breaker, random) = (Breaker::default(), Random::seeded(1));
        for _ in 0..10 {
            for _ in 1..limits::SOURCE_FAILURES {
                assert_eq!(breaker.enter(START).unwrap().failed(START, &random), None);
            }
            assert!(!breaker.enter(START).unwrap().succeeded(), "no news");
        }
        let until = open(&breaker);
        assert!(until > after(3) && until <= after(5), "{until}");
        assert_eq!(breaker.enter(START).unwrap_err(), until);
        assert_eq!(breaker.resting_until(), Some(until));
    }

    #[test]
    fn one_question_tries_and_closes_it() {
        let breaker = Breaker::default();
        open(&breaker);
        let trial = breaker.enter(after(6)).unwrap();
        assert!(trial.is_trial());
        assert!(breaker.enter(after(6)).is_err(), "one at a time");
        assert!(trial.succeeded(), "that is news");
        assert!(!breaker.enter(after(6)).unwrap().is_trial());
        assert_eq!(breaker.resting_until(), None);
    }

    #[test]
    fn a_failed_trial_doubles_the_rest_up_to_a_bound() {
        let (breaker, random) = (Breaker::default(), Random::seeded(1));
        let mut until = open(&breaker);
        let mut rests = Vec::new();
        for _ in 0..6 {
            let now = until;
            until = breaker.enter(now).unwrap().failed(now, &random).unwrap();
            rests.push(until.since(now));
        }
        assert!(rests[0] >= Duration::from_secs(8) && rests[0] <= Duration::from_secs(10), "{rests:?}");
        assert!(rests[1] >= Duration::from_secs(16), "{rests:?}");
        assert!(rests.iter().all(|rest| *rest <= limits::SOURCE_REST_MOST), "{rests:?}");
        assert!(rests[5] >= Duration::from_secs(24), "{rests:?}");
    }

    #[test]
    fn a_trial_that_is_given_up_lets_the_next_one_try() {
        let breaker = Breaker::default();
        open(&breaker);
        drop(breaker.enter(after(6)).unwrap());
        assert!(breaker.enter(after(6)).unwrap().is_trial());
    }

    #[test]
    fn late_outcomes_of_earlier_questions_change_nothing() {
        let (breaker, random) = (Breaker::default(), Random::seeded(1));
        let early = [breaker.enter(START).unwrap(), breaker.enter(START).unwrap()];
        let until = open(&breaker);
        let [first, second] = early;
        assert_eq!(first.failed(after(1), &random), None);
        assert!(!second.succeeded());
        assert_eq!(breaker.enter(after(1)).unwrap_err(), until);
    }
}
