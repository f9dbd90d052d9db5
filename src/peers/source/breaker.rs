//! A circuit breaker: after [`limits::SOURCE_FAILURES`] failures in a row nobody asks for a while; then one question tries,
//! and its outcome decides. So a source that is down is spared, and whoever asks is told at once instead of after seconds.
//!
//! A stranger who knows what makes a source fail must not close it to others. So it opens to those to whom it failed: to one
//! address after failures of several numbers there (a residence at the beginning of the semester is one address), and to
//! everybody only after failures at [`limits::SOURCE_ASKERS`] different addresses in a row. Whoever rotates numbers at one
//! address closes it to that address. And whoever failed last does not get the question that tries, as long as somebody
//! else may come.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::base::{Random, Timestamp, limits};

/// One source's.
#[derive(Debug, Default)]
pub struct Breaker(Mutex<Switches>);

/// Who asks, as keyed hashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asker {
    /// From which address.
    pub address: u64,
    /// About which number.
    pub number: u64,
}

impl Asker {
    /// Somebody of whose address nothing is known: as if each had their own.
    pub const fn somewhere(who: u64) -> Self {
        Self { address: who, number: who }
    }
}

/// To whom a source is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClosedTo {
    /// To one address.
    Address,
    /// To everybody.
    Everybody,
}

impl ClosedTo {
    /// For the log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Address => "one_address",
            Self::Everybody => "everybody",
        }
    }
}

/// Everybody's, whose askers are addresses; and one for each address with failures, whose askers are numbers.
#[derive(Debug, Default)]
struct Switches {
    everybody: Switch,
    addresses: HashMap<u64, Switch>,
}

#[derive(Clone, Copy, Debug)]
enum Switch {
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

impl Default for Switch {
    fn default() -> Self {
        Self::Closed { failures: 0, askers: [None; limits::SOURCE_ASKERS] }
    }
}

/// The right to ask once. Whoever gives it back unused (because the student has left) leaves things as they were.
#[derive(Debug)]
pub struct Pass<'b> {
    breaker: &'b Breaker,
    asker: Asker,
    /// Whether it tries for everybody.
    tries_for_all: bool,
    /// Whether it tries for its address.
    tries_for_address: bool,
    reported: bool,
}

impl Breaker {
    /// Asks for the right to ask, for somebody; `Err`: not before then.
    pub fn enter(&self, asker: Asker, now: Timestamp) -> Result<Pass<'_>, Timestamp> {
        let mut switches = self.switches();
        let tries_for_all = switches.everybody.enter(asker.address, now)?;
        let at_home = switches.addresses.get_mut(&asker.address).map_or(Ok(false), |own| own.enter(asker.number, now));
        let tries_for_address = at_home.inspect_err(|_| {
            if tries_for_all {
                switches.everybody.give_back();
            }
        })?;
        drop(switches);
        Ok(Pass { breaker: self, asker, tries_for_all, tries_for_address, reported: false })
    }

    /// Until when nobody asks, or nobody of some address, if that is so.
    pub fn resting_until(&self) -> Option<Timestamp> {
        let switches = self.switches();
        let addresses = switches.addresses.values().filter_map(Switch::resting_until).max();
        switches.everybody.resting_until().or(addresses)
    }

    fn switches(&self) -> MutexGuard<'_, Switches> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pass<'_> {
    /// Whether this question is the one that tries a source that failed before.
    pub fn is_trial(&self) -> bool {
        self.tries_for_all || self.tries_for_address
    }

    /// The source answers. Whether that is news.
    pub fn succeeded(mut self) -> bool {
        self.reported = true;
        let mut switches = self.breaker.switches();
        let news = switches.everybody.succeeded(self.tries_for_all);
        let own = switches.addresses.get_mut(&self.asker.address);
        let news_there = own.is_some_and(|own| own.succeeded(self.tries_for_address));
        if matches!(switches.addresses.get(&self.asker.address), Some(Switch::Closed { .. })) {
            switches.addresses.remove(&self.asker.address);
        }
        news || news_there
    }

    /// The source fails. Until when it is left alone and by whom, if that was decided by this failure.
    pub fn failed(mut self, now: Timestamp, random: &Random) -> Option<(Timestamp, ClosedTo)> {
        self.reported = true;
        let mut switches = self.breaker.switches();
        let Asker { address, number } = self.asker;
        let there = switches.own(address).failed(number, self.tries_for_address, now, random);
        let everywhere = switches.everybody.failed(address, self.tries_for_all, now, random);
        everywhere.map(|until| (until, ClosedTo::Everybody)).or(there.map(|until| (until, ClosedTo::Address)))
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        if self.reported || !self.is_trial() {
            return;
        }
        let mut switches = self.breaker.switches();
        if self.tries_for_all {
            switches.everybody.give_back();
        }
        if let Some(own) = switches.addresses.get_mut(&self.asker.address).filter(|_| self.tries_for_address) {
            own.give_back();
        }
    }
}

impl Switches {
    /// An address's own.
    fn own(&mut self, address: u64) -> &mut Switch {
        if self.addresses.len() >= limits::SOURCE_ADDRESSES && !self.addresses.contains_key(&address) {
            self.addresses.retain(|_, own| !matches!(own, Switch::Closed { .. }));
            if self.addresses.len() >= limits::SOURCE_ADDRESSES {
                self.addresses.clear(); // so many addresses have closed it to everybody by now
            }
        }
        self.addresses.entry(address).or_default()
    }
}

impl Switch {
    /// Whether this question tries; `Err`: not before then.
    fn enter(&mut self, asker: u64, now: Timestamp) -> Result<bool, Timestamp> {
        match *self {
            Self::Closed { .. } => Ok(false),
            Self::Open { until, .. } if now < until => Err(until),
            Self::Open { until, rest, failed_last } if asker == failed_last && now < until.plus(rest) => {
                Err(until.plus(rest))
            }
            Self::Open { rest, failed_last, .. } => {
                *self = Self::Trial { since: now, rest, failed_last };
                Ok(true)
            }
            Self::Trial { since, .. } => Err(since.plus(limits::SOURCE_REST)),
        }
    }

    fn resting_until(&self) -> Option<Timestamp> {
        match *self {
            Self::Closed { .. } => None,
            Self::Open { until, .. } => Some(until),
            Self::Trial { since, .. } => Some(since.plus(limits::SOURCE_REST)),
        }
    }

    /// Whether it was closed by this answer.
    fn succeeded(&mut self, is_trial: bool) -> bool {
        match *self {
            Self::Closed { .. } => *self = Self::default(),
            Self::Trial { .. } if is_trial => *self = Self::default(),
            // An answer to a question from before: whoever tries now knows better.
            Self::Open { .. } | Self::Trial { .. } => return false,
        }
        is_trial
    }

    /// Until when it is open, if this failure decided it.
    fn failed(&mut self, asker: u64, is_trial: bool, now: Timestamp, random: &Random) -> Option<Timestamp> {
        let rest = match *self {
            Self::Closed { failures, mut askers } => {
                let place = askers.iter_mut().find(|place| place.is_none_or(|known| known == asker));
                if let Some(place) = place {
                    *place = Some(asker);
                }
                let failures = failures.saturating_add(1);
                if failures < limits::SOURCE_FAILURES || askers.contains(&None) {
                    *self = Self::Closed { failures, askers };
                    return None;
                }
                limits::SOURCE_REST
            }
            Self::Trial { rest, .. } if is_trial => (rest * 2).min(limits::SOURCE_REST_MOST),
            Self::Open { .. } | Self::Trial { .. } => return None,
        };
        // Nodes that share a university do not come back to it in the same moment.
        let until = now.plus(rest.mul_f64(super::retry::between(0.8, 1.0, random)));
        *self = Self::Open { until, rest, failed_last: asker };
        Some(until)
    }

    /// The right to try comes back unused.
    fn give_back(&mut self) {
        if let Self::Trial { since, rest, failed_last } = *self {
            *self = Self::Open { until: since, rest, failed_last };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::from_seconds(1_000_000);
    const ME: Asker = from(1_000);

    /// Somebody at an address of their own.
    const fn from(address: u64) -> Asker {
        Asker { address, number: address }
    }

    /// Somebody in a house of many.
    const fn at_home(number: u64) -> Asker {
        Asker { address: 7, number }
    }

    fn after(seconds: u64) -> Timestamp {
        START.plus(Duration::from_secs(seconds))
    }

    fn open(breaker: &Breaker) -> Timestamp {
        let random = Random::seeded(1);
        let mut until = None;
        for asker in 1..=u64::from(limits::SOURCE_FAILURES) {
            assert_eq!(until, None, "not before");
            until = breaker.enter(from(asker), START).unwrap().failed(START, &random);
        }
        let (until, to) = until.expect("that was enough");
        assert_eq!(to, ClosedTo::Everybody);
        until
    }

    #[test]
    fn it_opens_after_failures_in_a_row_and_an_answer_in_between_forgives_them() {
        let (breaker, random) = (Breaker::default(), Random::seeded(1));
        for _ in 0..10 {
            for asker in 1..u64::from(limits::SOURCE_FAILURES) {
                assert_eq!(breaker.enter(from(asker), START).unwrap().failed(START, &random), None);
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
            until = breaker.enter(from(asker), now).unwrap().failed(now, &random).unwrap().0;
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
            assert_eq!(breaker.enter(from(asker), START).unwrap().failed(START, &random), None, "{turn}");
        }
        assert!(breaker.enter(ME, START).unwrap().failed(START, &random).is_some(), "one more, and it is the source");
    }

    #[test]
    fn whoever_failed_last_does_not_try_unless_nobody_else_comes() {
        let (breaker, random) = (Breaker::default(), Random::seeded(1));
        let until = open(&breaker);
        let last = from(u64::from(limits::SOURCE_FAILURES));
        let later = until.plus(limits::SOURCE_REST);
        assert_eq!(breaker.enter(last, until).unwrap_err(), later);
        drop(breaker.enter(ME, until).unwrap());
        assert!(breaker.enter(last, until).is_err(), "nor after somebody who left");
        let (again, _) = breaker.enter(last, later).unwrap().failed(later, &random).unwrap();
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

    #[test]
    fn one_address_that_rotates_numbers_closes_it_to_itself_and_to_nobody_else() {
        let (breaker, random) = (Breaker::default(), Random::seeded(1));
        let mut closed = None;
        for number in 0..100 {
            let Ok(pass) = breaker.enter(at_home(number), START) else { continue };
            closed = closed.or(pass.failed(START, &random));
        }
        let (until, to) = closed.expect("a house whose questions all fail is told at once");
        assert_eq!(to, ClosedTo::Address);
        assert_eq!(breaker.enter(at_home(1_000), START).unwrap_err(), until);
        for address in [20, 21, 22] {
            assert!(
                !breaker.enter(from(address), START).unwrap().succeeded(),
                "others ask as before, and it is no news"
            );
        }
        assert!(
            breaker.enter(at_home(1_000), START).is_err(),
            "whose answers say nothing about that house's questions"
        );
        // Nor do two.
        for number in 0..100 {
            if let Ok(pass) = breaker.enter(Asker { address: 8, number }, START) {
                assert_ne!(pass.failed(START, &random).map(|(_, to)| to), Some(ClosedTo::Everybody));
            }
        }
        assert!(breaker.enter(ME, START).is_ok());
    }

    #[test]
    fn a_house_tries_by_itself_and_is_let_in_again() {
        let (breaker, random) = (Breaker::default(), Random::seeded(1));
        let mut until = None;
        for number in 0..u64::from(limits::SOURCE_FAILURES) {
            until = breaker.enter(at_home(number), START).unwrap().failed(START, &random);
        }
        let (until, _) = until.unwrap();
        assert_eq!(breaker.resting_until(), Some(until));
        let trial = breaker.enter(at_home(50), until).unwrap();
        assert!(trial.is_trial() && breaker.enter(at_home(51), until).is_err(), "one at a time");
        assert!(!breaker.enter(ME, until).unwrap().is_trial(), "others are not concerned");
        drop(trial);
        assert!(breaker.enter(at_home(51), until).unwrap().succeeded(), "that is news");
        assert!(breaker.enter(at_home(52), until).is_ok());
        assert_eq!(breaker.resting_until(), None);
    }

    #[test]
    fn a_house_that_waits_does_not_take_everybodys_trial() {
        let (breaker, random) = (Breaker::default(), Random::seeded(1));
        for number in 0..u64::from(limits::SOURCE_FAILURES) {
            breaker.enter(at_home(number), START).unwrap().failed(START, &random);
        }
        let again = breaker.enter(at_home(50), after(6)).unwrap().failed(after(6), &random).unwrap();
        assert!(again.0 > after(13) && again.1 == ClosedTo::Address, "a longer rest: {again:?}");
        assert_eq!(breaker.enter(from(20), after(6)).unwrap().failed(after(6), &random), None);
        let all = breaker.enter(from(21), after(6)).unwrap().failed(after(6), &random).unwrap();
        assert!(all.0 < after(12) && all.1 == ClosedTo::Everybody, "three addresses, and it is the source: {all:?}");
        assert!(breaker.enter(at_home(60), after(12)).is_err(), "it still rests");
        assert!(breaker.enter(ME, after(12)).unwrap().succeeded(), "somebody else tries");
    }

    #[test]
    fn what_is_remembered_of_addresses_is_bounded() {
        let (breaker, random) = (Breaker::default(), Random::seeded(1));
        for address in 0..3 * limits::SOURCE_ADDRESSES as u64 {
            let mut switches = breaker.switches();
            switches.own(address).failed(address, false, START, &random);
            assert!(switches.addresses.len() <= limits::SOURCE_ADDRESSES);
        }
    }
}
