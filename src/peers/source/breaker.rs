//! A circuit breaker: after [`limits::SOURCE_FAILURES`] failures in a row nobody asks for a while; then one question tries,
//! and its outcome decides. So a source that is down is spared, and whoever asks is told at once instead of after seconds.
//!
//! A stranger who knows what makes a source fail must not close it to everybody: failures open it only if they happened to
//! [`limits::SOURCE_ASKERS`] different askers, and whoever failed last does not get the question that tries, as long as
//! somebody else may come.

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
        /// To whom: as many different ones as matter.
        askers: [Option<u64>; limits::SOURCE_ASKERS],
    },
    /// Nobody may.
    Open {
        /// From then on one may try.
        until: Timestamp,
        /// How long this rest is.
        rest: Duration,
        /// Who failed last: tries only if nobody else has for as long again.
        failed_last: u64,
    },
    /// One is trying; everybody else waits for what comes of it.
    Trial {
        /// When it began.
        since: Timestamp,
        /// How long the rest before it was.
        rest: Duration,
        /// Who failed before it.
        failed_last: u64,
    },
}

impl Default for State {
    fn default() -> Self {
        Self::Closed { failures: 0, askers: [None; limits::SOURCE_ASKERS] }
    }
}

/// The right to ask once. Whoever gives it back unused (because the student has left) leaves things as they were.
#[derive(Debug)]
pub struct Pass<'b> {
    breaker: &'b Breaker,
    asker: u64,
    is_trial: bool,
    reported: bool,
}

impl Breaker {
    /// Asks for the right to ask, for somebody; `Err`: not before then.
    pub fn enter(&self, asker: u64, now: Timestamp) -> Result<Pass<'_>, Timestamp> {
        let mut state = self.state();
        let is_trial = match *state {
            State::Closed { .. } => false,
            State::Open { until, .. } if now < until => return Err(until),
            State::Open { until, rest, failed_last } if asker == failed_last && now < until.plus(rest) => {
                return Err(until.plus(rest));
            }
            State::Open { rest, failed_last, .. } => {
                *state = State::Trial { since: now, rest, failed_last };
                true
            }
            State::Trial { since, .. } => return Err(since.plus(limits::SOURCE_REST)),
        };
        drop(state);
        Ok(Pass { breaker: self, asker, is_trial, reported: false })
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
            State::Closed { failures, mut askers } => {
                let place = askers.iter_mut().find(|place| place.is_none_or(|known| known == self.asker));
                if let Some(place) = place {
                    *place = Some(self.asker);
                }
                let failures = failures.saturating_add(1);
                if failures < limits::SOURCE_FAILURES || askers.contains(&None) {
                    *state = State::Closed { failures, askers };
                    return None;
                }
                limits::SOURCE_REST
            }
            State::Trial { rest, .. } if self.is_trial => (rest * 2).min(limits::SOURCE_REST_MOST),
            State::Open { .. } | State::Trial { .. } => return None,
        };
        // Nodes that share a university do not come back to it in the same moment.
        let until = now.plus(rest.mul_f64(super::retry::between(0.8, 1.0, random)));
        *state = State::Open { until, rest, failed_last: self.asker };
        Some(until)
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        if self.reported || !self.is_trial {
            return;
        }
        let mut state = self.breaker.state();
        if let State::Trial { since, rest, failed_last } = *state {
            *state = State::Open { until: since, rest, failed_last };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::from_seconds(1_000_000);
    const ME: u64 = 1_000;

    fn after(seconds: u64) -> Timestamp {
        START.plus(Duration::from_secs(seconds))
    }

    fn open(breaker: &Breaker) -> Timestamp {
        let random = Random::seeded(1);
        let mut until = None;
        for asker in 1..=u64::from(limits::SOURCE_FAILURES) {
            assert_eq!(until, None, "not before");
            until = breaker.enter(asker, START).unwrap().failed(START, &random);
        }
        until.expect("that was enough")
    }

    #[test]
    fn it_opens_after_failures_in_a_row_and_an_answer_in_between_forgives_them() {
        let (breaker, random) = (Breaker::default(), Random::seeded(1));
        for _ in 0..10 {
            for asker in 1..u64::from(limits::SOURCE_FAILURES) {
                assert_eq!(breaker.enter(asker, START).unwrap().failed(START, &random), None);
            }
            assert!(!breaker.enter(ME, START).unwrap().succeeded(), "no news");
        }
        let until = open(&breaker);
        assert!(until > after(3) && until <= after(5), "{until}");
        assert_eq!(breaker.enter(ME, START).unwrap_err(), until);
        assert_eq!(breaker.resting_until(), Some(until));
    }

    #[test]
    fn one_question_tries_and_closes_it() {
        let breaker = Breaker::default();
        open(&breaker);
        let trial = breaker.enter(ME, after(6)).unwrap();
        assert!(trial.is_trial());
        assert!(breaker.enter(ME, after(6)).is_err(), "one at a time");
        assert!(trial.succeeded(), "that is news");
        assert!(!breaker.enter(ME, after(6)).unwrap().is_trial());
        assert_eq!(breaker.resting_until(), None);
    }

    #[test]
    fn a_failed_trial_doubles_the_rest_up_to_a_bound() {
        let (breaker, random) = (Breaker::default(), Random::seeded(1));
        let mut until = open(&breaker);
        let mut rests = Vec::new();
        for asker in [20, 21, 22, 23, 24, 25] {
            let now = until;
            until = breaker.enter(asker, now).unwrap().failed(now, &random).unwrap();
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
        drop(breaker.enter(ME, after(6)).unwrap());
        assert!(breaker.enter(ME, after(6)).unwrap().is_trial());
    }

    #[test]
    fn nobody_opens_it_alone() {
        let (breaker, random) = (Breaker::default(), Random::seeded(1));
        for turn in 0..100 {
            let asker = turn % (limits::SOURCE_ASKERS as u64 - 1);
            assert_eq!(breaker.enter(asker, START).unwrap().failed(START, &random), None, "{turn}");
        }
        assert!(breaker.enter(ME, START).unwrap().failed(START, &random).is_some(), "one more, and it is the source");
    }

    #[test]
    fn whoever_failed_last_does_not_try_unless_nobody_else_comes() {
        let (breaker, random) = (Breaker::default(), Random::seeded(1));
        let until = open(&breaker);
        let last = u64::from(limits::SOURCE_FAILURES);
        let later = until.plus(limits::SOURCE_REST);
        assert_eq!(breaker.enter(last, until).unwrap_err(), later);
        drop(breaker.enter(ME, until).unwrap());
        assert!(breaker.enter(last, until).is_err(), "nor after somebody who left");
        let again = breaker.enter(last, later).unwrap().failed(later, &random).unwrap();
        assert!(breaker.enter(last, again).is_err());
        assert!(breaker.enter(ME, again).unwrap().succeeded());
        assert!(breaker.enter(last, again).is_ok());
    }

    #[test]
    fn late_outcomes_of_earlier_questions_change_nothing() {
        let (breaker, random) = (Breaker::default(), Random::seeded(1));
        let early = [breaker.enter(ME, START).unwrap(), breaker.enter(ME, START).unwrap()];
        let until = open(&breaker);
        let [first, second] = early;
        assert_eq!(first.failed(after(1), &random), None);
        assert!(!second.succeeded());
        assert_eq!(breaker.enter(ME, after(1)).unwrap_err(), until);
    }
}
