//! How a university's remote source is asked, whatever its protocol: so that one that fails harms nobody but itself.
//!
//! Every question goes through [`Source::ask`]:
//!
//! 1. [`breaker`]: a source that failed several times in a row, for several people, is left alone for a while, by those
//!    to whom it failed; then one question tries it.
//! 2. [`bulkhead`]: so many questions at a time and no more, so that a slow source ties up its own places only.
//! 3. [`retry`]: what failed in passing is asked again, after a pause of random length, inside the student's patience.
//! 4. [`figures`]: what came of it, for the operator.
//!
//! "We could not ask" is a [`Trouble`], never an answer. Nothing is shared between two universities but the processor.

pub mod breaker;
pub mod bulkhead;
pub mod figures;
pub mod retry;

use std::{
    collections::HashMap,
    future::Future,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

pub use self::breaker::Asker;
use self::{breaker::Breaker, bulkhead::Bulkhead, figures::Figures};
use crate::base::{Clock, Random, Timestamp, limits};

/// What a failure says about the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failing {
    /// Nothing was answered and it may be different in a moment: a connection refused or broken, a 503. Asked again.
    Passing,
    /// It hangs, or fails by itself. Asking again at once would only make it worse.
    Sick,
    /// It answers, and what it says is no answer to our question: wrong credentials, a fault, another document. Somebody
    /// has to look; leaving it alone helps nobody.
    Wrong,
}

/// An error of a remote source's client.
pub trait SourceError {
    /// What it says about the source.
    fn failing(&self) -> Failing;
    /// Stable, for figures and for support.
    fn code(&self) -> &'static str;
}

/// Why there is no answer. Says nothing about whoever was asked about.
#[derive(Debug)]
pub enum Trouble<E> {
    /// It failed before and is left alone until then.
    Resting(Timestamp),
    /// All places are taken.
    Busy,
    /// It was asked.
    Failed(E),
}

impl<E: SourceError> Trouble<E> {
    /// Stable, for figures and for support.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Resting(_) => "source_resting",
            Self::Busy => "source_busy",
            Self::Failed(error) => error.code(),
        }
    }
}

/// Every remote source that was asked since the process began. Cheap to clone; clones share what they know.
#[derive(Clone, Debug)]
pub struct Sources(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    clock: Clock,
    random: Random,
    known: Mutex<HashMap<String, Known>>,
    trials: Mutex<HashMap<String, Arc<Bulkhead>>>,
}

#[derive(Debug)]
struct Known {
    version: i64,
    source: Source,
}

impl Sources {
    /// None is known yet.
    pub fn new(clock: Clock, random: Random) -> Self {
        Self(Arc::new(Shared { clock, random, known: Mutex::default(), trials: Mutex::default() }))
    }

    /// The source of that name (the university's short name). With another version of its settings it is a new one: what
    /// its predecessor did is not held against it.
    pub fn source(&self, name: &str, version: i64) -> Source {
        let mut known = self.0.known.lock().unwrap_or_else(PoisonError::into_inner);
        match known.get(name) {
            Some(found) if found.version == version => found.source.clone(),
            before => {
                let figures = before.map_or_else(Default::default, |before| Arc::clone(&before.source.0.figures));
                let source = Source::new(name, figures, self.0.clock.clone(), self.0.random.clone());
                known.insert(name.to_owned(), Known { version, source: source.clone() });
                source
            }
        }
    }

    /// The places of those who try that university's connection: few, and not the students'.
    pub fn trial_places(&self, name: &str) -> Arc<Bulkhead> {
        let mut trials = self.0.trials.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || Arc::new(Bulkhead::new(limits::TRIAL_PLACES, limits::SOURCE_QUEUE_TIME));
        Arc::clone(trials.entry(name.to_owned()).or_insert_with(new))
    }

    /// Every source by name, with its figures and since when and until when it is left alone.
    pub fn each(&self) -> Vec<(String, Arc<Figures>, Option<Timestamp>)> {
        let known = self.0.known.lock().unwrap_or_else(PoisonError::into_inner);
        let mut each: Vec<_> = known
            .iter()
            .map(|(name, known)| (name.clone(), Arc::clone(&known.source.0.figures), known.source.resting_until()))
            .collect();
        each.sort_by(|a, b| a.0.cmp(&b.0));
        each
    }
}

/// One remote source. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Source(Arc<SourceState>);

#[derive(Debug)]
struct SourceState {
    name: String,
    breaker: Breaker,
    bulkhead: Bulkhead,
    figures: Arc<Figures>,
    clock: Clock,
    random: Random,
}

impl Source {
    fn new(name: &str, figures: Arc<Figures>, clock: Clock, random: Random) -> Self {
        Self(Arc::new(SourceState {
            name: name.to_owned(),
            breaker: Breaker::default(),
            bulkhead: Bulkhead::new(limits::SOURCE_PLACES, limits::SOURCE_QUEUE_TIME),
            figures,
            clock,
            random,
        }))
    }

    /// Until when it is left alone, if it is.
    pub fn resting_until(&self) -> Option<Timestamp> {
        self.0.breaker.resting_until()
    }

    /// What came of its questions.
    pub fn figures(&self) -> &Figures {
        &self.0.figures
    }

    /// Asks, within `patience` altogether. `who` tells those who ask apart (keyed hashes), so that nobody opens the
    /// breaker alone. `once` gets what is left of the time, and must neither take longer nor change anything at the
    /// source: it may be called again.
    pub async fn ask<T, E, F>(
        &self,
        who: Asker,
        patience: Duration,
        once: impl Fn(Duration) -> F,
    ) -> Result<T, Trouble<E>>
    where
        E: SourceError,
        F: Future<Output = Result<T, E>>,
    {
        let began = Instant::now();
        let asked = self.ask_within(who, began + patience, once).await;
        let code = asked.as_ref().map_or_else(Trouble::code, |_| "answered");
        self.0.figures.count(code, began.elapsed());
        if let Err(Trouble::Failed(error)) = &asked
            && error.failing() == Failing::Wrong
            && self.0.figures.is_news(code, self.0.clock.now())
        {
            let university = self.0.name.as_str();
            tracing::error!(alarm = "source_wrong", university, code, "a university's source gives no usable answer");
        }
        asked
    }

    async fn ask_within<T, E, F>(
        &self,
        who: Asker,
        deadline: Instant,
        once: impl Fn(Duration) -> F,
    ) -> Result<T, Trouble<E>>
    where
        E: SourceError,
        F: Future<Output = Result<T, E>>,
    {
        let state = &self.0;
        let pass = state.breaker.enter(who, state.clock.now()).map_err(Trouble::Resting)?;
        let Some(_place) = state.bulkhead.enter(deadline).await else {
            // Says nothing about the source: whoever is inside reports.
            return Err(Trouble::Busy);
        };
        let mut attempt = 1;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let error = match once(left).await {
                Ok(answer) => {
                    if pass.succeeded() {
                        let university = state.name.as_str();
                        tracing::info!(alarm_over = "source_down", university, "a university's source answers again");
                    }
                    return Ok(answer);
                }
                Err(error) => error,
            };
            let pause = retry::pause(attempt, &state.random);
            let left = deadline.saturating_duration_since(Instant::now());
            let again = error.failing() == Failing::Passing
                && !pass.is_trial()
                && attempt < limits::SOURCE_ATTEMPTS
                && left > pause + retry::LEAST;
            if !again {
                if error.failing() == Failing::Wrong {
                    pass.succeeded();
                } else if let Some((until, to)) = pass.failed(state.clock.now(), &state.random) {
                    let (university, code, to) = (state.name.as_str(), error.code(), to.name());
                    tracing::error!(
                        alarm = "source_down", university, code, to, %until,
                        "a university's source fails and is left alone"
                    );
                }
                return Err(Trouble::Failed(error));
            }
            tokio::time::sleep(pause).await;
            attempt += 1;
        }
    }
}

#[cfg(test)]
mod tests;
