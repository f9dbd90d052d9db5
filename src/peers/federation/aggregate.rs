//! A federation's signed file: the last good copy in memory and on disk, and how a new one takes its place.

use std::{
    collections::HashMap,
    fs::{self, File},
    io::BufReader,
    path::Path,
    sync::{Arc, Mutex, OnceLock, PoisonError, RwLock},
    time::Duration,
};

use super::{
    Idp, Outcome, Source, SourceFault, SourceReport, Trouble,
    copies::{Copies, State},
    fault::Age,
    findable::findable,
};
use crate::{
    base::{Clock, Random, Timestamp, limits},
    domain::search::{Findable, Query},
    peers::{
        download::Downloaded,
        http::{Bounds, Http},
    },
    protocol::saml::{
        Coded, IdpDescriptor,
        aggregate::{AggregateRules, read_aggregate},
        metadata::MetadataFault,
    },
};

/// One federation.
#[derive(Debug)]
pub(super) struct Aggregate {
    source: Source,
    copies: Copies,
    good: RwLock<Option<Arc<Copy>>>,
    state: Mutex<State>,
    /// One attempt at a time.
    asking: tokio::sync::Mutex<()>,
}

/// A verified file's identity providers, by entity ID.
#[derive(Debug)]
struct Copy {
    valid_until: Timestamp,
    created: Option<Timestamp>,
    providers: HashMap<String, Arc<Provider>>,
}

/// One of them.
#[derive(Debug)]
pub(super) struct Provider {
    descriptor: IdpDescriptor,
    /// `None`: it is not to be found in a list.
    findable: Option<Findable>,
    /// With its keys, once somebody asks for it: most of thousands nobody ever asks for.
    idp: OnceLock<Option<Arc<Idp>>>,
}

impl Aggregate {
    /// With the last good copy, if there is one; it is verified again. Blocks.
    pub(super) fn read(source: Source, folder: &Path, now: Timestamp) -> Self {
        let copies = Copies::new(folder, &source.name, source.url().as_str());
        let path = copies.document();
        let read = path.exists().then(|| Copy::read(&path, &source.rules_on_return(now)));
        let mut state = copies.state();
        let good = match read {
            Some(Ok(copy)) => {
                let providers = copy.providers.len();
                tracing::info!(federation = source.name, providers, valid_until = %copy.valid_until, "a federation's last good copy is read");
                Some(Arc::new(copy))
            }
            Some(Err(fault)) => {
                tracing::error!(federation = source.name, code = fault.code(), %fault, "a federation's copy on disk is not used");
                None
            }
            None => None,
        };
        if good.is_none() {
            state = State { trouble: state.trouble, ..State::default() };
        }
        Self {
            source,
            copies,
            good: RwLock::new(good),
            state: Mutex::new(state),
            asking: tokio::sync::Mutex::default(),
        }
    }

    pub(super) fn source(&self) -> &Source {
        &self.source
    }

    pub(super) fn find(&self, entity_id: &str, now: Timestamp) -> Option<Arc<Idp>> {
        let copy = self.usable(now)?;
        let provider = copy.providers.get(entity_id)?;
        let until = provider.descriptor.valid_until.unwrap_or(copy.valid_until).plus(self.source.grace);
        let idp = || Idp::new(provider.descriptor.clone()).map(Arc::new);
        if until > now { provider.idp.get_or_init(idp).clone() } else { None }
    }

    /// Those that `query` finds, in no order.
    pub(super) fn search(&self, query: &Query, now: Timestamp) -> Vec<Arc<Provider>> {
        let Some(copy) = self.usable(now) else { return Vec::new() };
        let found = |provider: &&Arc<Provider>| provider.findable.as_ref().is_some_and(|text| query.finds(text));
        copy.providers.values().filter(found).cloned().collect()
    }

    pub(super) fn len(&self, now: Timestamp) -> usize {
        self.usable(now).map_or(0, |copy| copy.providers.len())
    }

    /// How long the copy needs no question: nothing if it came in an earlier life of this process and is old.
    pub(super) fn fresh_for(&self, now: Timestamp) -> Duration {
        let fetched_at = self.state().fetched_at;
        fetched_at.map_or(Duration::ZERO, |at| self.source.refresh.saturating_sub(now.since(at)))
    }

    /// Attempts that have failed in a row.
    pub(super) fn failures(&self) -> u32 {
        self.state().trouble.map_or(0, |trouble| trouble.times)
    }

    pub(super) fn tidy(&self) {
        self.copies.tidy();
    }

    pub(super) fn report(&self, now: Timestamp) -> SourceReport {
        let (good, state) = (self.good(), self.state());
        let valid_until = good.as_ref().map(|copy| copy.valid_until);
        SourceReport {
            name: self.source.name.clone(),
            url: self.source.url().to_string(),
            on_demand: false,
            identity_providers: self.len(now),
            fetched_at: state.fetched_at,
            valid_until,
            usable_until: valid_until.map(|until| until.plus(self.source.grace)),
            trouble: state.trouble,
        }
    }

    /// Asks for a newer file, and uses it if it is good. Whatever goes wrong, what was good stays.
    pub(super) async fn refresh(
        self: &Arc<Self>,
        clock: &Clock,
        random: &Random,
        http: &Http,
    ) -> Result<Outcome, SourceFault> {
        let _alone = self.asking.lock().await;
        let outcome = self.attempt(clock, random, http).await;
        let (me, now) = (Arc::clone(self), clock.now());
        let said = outcome.as_ref().map(|_| ()).map_err(|fault| (fault.code(), fault.to_string()));
        let recorded = tokio::task::spawn_blocking(move || me.record(said, now)).await;
        recorded.map_err(|_| SourceFault::Stopped)?;
        outcome
    }

    async fn attempt(self: &Arc<Self>, clock: &Clock, random: &Random, http: &Http) -> Result<Outcome, SourceFault> {
        let part = self.copies.part(random)?;
        let outcome = self.fetch(clock, http, &part).await;
        drop(fs::remove_file(&part)); // nothing is left of it if it became the document
        outcome
    }

    async fn fetch(self: &Arc<Self>, clock: &Clock, http: &Http, part: &Path) -> Result<Outcome, SourceFault> {
        let bounds = Bounds {
            first_byte: limits::SAML_AGGREGATE_TIME,
            total: limits::SAML_AGGREGATE_TIME,
            bytes: usize::try_from(self.source.max_bytes).unwrap_or(usize::MAX),
        };
        // Without a copy, "not modified" would be no answer.
        let have = self.good().map(|_| self.state().validators).unwrap_or_default();
        match http.download(self.source.url().as_str(), &have, part, bounds).await? {
            Downloaded::NotModified => {
                self.change_state(|state| state.fetched_at = Some(clock.now()));
                Ok(Outcome::Unchanged)
            }
            Downloaded::Whole(validators) => {
                let (me, part, now) = (Arc::clone(self), part.to_owned(), clock.now());
                let taken = tokio::task::spawn_blocking(move || me.take(&part, now)).await;
                let providers = taken.map_err(|_| SourceFault::Stopped)??;
                self.change_state(|state| *state = State { validators, fetched_at: Some(now), trouble: None });
                Ok(Outcome::New(providers))
            }
        }
    }

    /// Verifies a new file and puts it in the old one's place; how many providers it has.
    fn take(&self, part: &Path, now: Timestamp) -> Result<usize, SourceFault> {
        let copy = Copy::read(part, &self.source.rules_on_arrival(now))?;
        let (had, has) = (self.len(now), copy.providers.len());
        if has == 0 {
            return Err(MetadataFault::NoIdentityProvider.into());
        }
        if has * 100 < had * usize::from(self.source.smallest_share) {
            return Err(SourceFault::TooFew { had, has });
        }
        if let Some(used) = self.usable(now) {
            copy.age().may_replace(used.age())?;
        }
        self.copies.replace(part)?;
        *self.good.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(copy));
        Ok(has)
    }

    /// Says in the log what an attempt has brought, and remembers it for whoever asks later. Blocks.
    fn record(&self, said: Result<(), (&'static str, String)>, now: Timestamp) {
        let copy = self.good();
        let (federation, usable) = (&self.source.name, self.usable(now).is_some());
        let valid_until = copy.as_ref().map(|copy| copy.valid_until);
        match said {
            Ok(()) => {
                self.change_state(|state| state.trouble = None);
                let providers = copy.as_ref().map_or(0, |copy| copy.providers.len());
                tracing::info!(federation, providers, ?valid_until, "a federation's metadata is fresh");
            }
            Err((code, fault)) => {
                let mut times = 0;
                self.change_state(|state| {
                    let before = state.trouble.take();
                    times = before.as_ref().map_or(0, |trouble| trouble.times).saturating_add(1);
                    let since = before.map_or(now, |trouble| trouble.since);
                    state.trouble = Some(Trouble { code: code.to_owned(), since, times });
                });
                let until = valid_until.map(|until| until.plus(self.source.grace).to_string());
                tracing::error!(
                    federation,
                    code,
                    fault,
                    times,
                    kept = usable,
                    kept_until = until,
                    "a federation's metadata is refused or cannot be had"
                );
            }
        }
        if valid_until.is_some_and(|until| until <= now) {
            tracing::error!(federation, ?valid_until, usable, "a federation's last good copy has expired");
        }
        if let Err(error) = self.copies.write_state(&self.state()) {
            tracing::error!(federation, %error, "a federation's state cannot be written");
        }
    }

    fn good(&self) -> Option<Arc<Copy>> {
        self.good.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The copy, until its end and the grace after it.
    fn usable(&self, now: Timestamp) -> Option<Arc<Copy>> {
        self.good().filter(|copy| copy.valid_until.plus(self.source.grace) > now)
    }

    fn state(&self) -> State {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn change_state(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Provider {
    pub(super) fn descriptor(&self) -> &IdpDescriptor {
        &self.descriptor
    }

    pub(super) fn sort_key(&self) -> &str {
        self.findable.as_ref().map_or("", Findable::key)
    }
}

impl Copy {
    fn read(path: &Path, rules: &AggregateRules) -> Result<Self, MetadataFault> {
        let file = File::open(path).map_err(|_| MetadataFault::Read)?;
        let aggregate = read_aggregate(BufReader::new(file), rules)?;
        let mut providers = HashMap::with_capacity(aggregate.providers.len());
        for descriptor in aggregate.providers {
            // Of several with one ID, the first, as the file's readers do.
            let provider = providers.entry(descriptor.entity_id.clone());
            provider.or_insert_with(|| {
                let findable = findable(&descriptor);
                Arc::new(Provider { descriptor, findable, idp: OnceLock::new() })
            });
        }
        if aggregate.faulty_count > 0 {
            let first: Vec<_> =
                aggregate.faulty.iter().take(5).map(|(id, fault)| format!("{id} ({})", fault.code())).collect();
            tracing::warn!(count = aggregate.faulty_count, ?first, "identity providers of a federation cannot be used");
        }
        Ok(Self { valid_until: aggregate.valid_until, created: aggregate.created, providers })
    }

    fn age(&self) -> Age {
        Age { created: self.created, valid_until: self.valid_until }
    }
}
