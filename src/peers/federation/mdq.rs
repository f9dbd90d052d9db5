//! A metadata query service: one entity at a time, when it is needed (draft-young-md-query, its SAML profile).
//!
//! Only what universities' connections name is ever asked for, so nobody outside can have us ask. An answer is kept in
//! memory and on disk; once it is old, the next one that needs it gets it at once and a new one is fetched behind.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use reqwest::StatusCode;
use tokio::sync::Mutex as AsyncMutex;
use url::Url;

use super::{Idp, Source, SourceFault, SourceReport, Trouble, copies, fault::Age};
use crate::{
    base::{Clock, Timestamp, limits},
    peers::{
        download::metadata_headers,
        http::{Bounds, Http, HttpError},
    },
    protocol::saml::{
        Coded,
        aggregate::{AggregateRules, read_aggregate},
        metadata::MetadataFault,
    },
};

/// One service.
#[derive(Debug)]
pub(super) struct Mdq {
    source: Source,
    folder: PathBuf,
    slots: Mutex<HashMap<String, Arc<Slot>>>,
    trouble: Mutex<Option<Trouble>>,
}

/// What is known of one entity.
#[derive(Debug, Default)]
struct Slot {
    known: Mutex<Known>,
    /// One question at a time: a hundred students who come at once ask once.
    asking: Arc<AsyncMutex<()>>,
}

#[derive(Clone, Debug, Default)]
struct Known {
    idp: Option<Arc<Idp>>,
    /// How old the document is that `idp` was read from.
    age: Option<Age>,
    /// Until when `idp` is used at most.
    usable_until: Option<Timestamp>,
    /// Until when nobody asks again.
    settled_until: Option<Timestamp>,
}

impl Known {
    fn usable(&self, now: Timestamp) -> Option<Arc<Idp>> {
        self.idp.clone().filter(|_| self.usable_until.is_some_and(|until| until > now))
    }

    fn is_settled(&self, now: Timestamp) -> bool {
        self.settled_until.is_some_and(|until| until > now)
    }
}

impl Mdq {
    pub(super) fn new(source: Source, folder: &Path) -> Self {
        let folder = folder.join(format!("{}-mdq", source.name));
        Self { source, folder, slots: Mutex::default(), trouble: Mutex::default() }
    }

    /// What was asked for before.
    pub(super) fn find(&self, entity_id: &str, now: Timestamp) -> Option<Arc<Idp>> {
        let slot = self.slots.lock().unwrap_or_else(PoisonError::into_inner).get(entity_id).cloned()?;
        slot.known().usable(now)
    }

    pub(super) fn len(&self, now: Timestamp) -> usize {
        let slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.values().filter(|slot| slot.known().usable(now).is_some()).count()
    }

    pub(super) fn report(&self, now: Timestamp) -> SourceReport {
        SourceReport {
            name: self.source.name.clone(),
            url: self.source.url().to_string(),
            on_demand: true,
            identity_providers: self.len(now),
            fetched_at: None,
            valid_until: None,
            usable_until: None,
            trouble: self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        }
    }

    /// From memory, from disk, or from the service.
    pub(super) async fn look_up(self: &Arc<Self>, clock: &Clock, http: &Http, entity_id: &str) -> Option<Arc<Idp>> {
        let slot = self.slot(entity_id, clock.now());
        let known = slot.known();
        if known.is_settled(clock.now()) {
            return known.usable(clock.now());
        }
        if known.usable(clock.now()).is_some() {
            self.freshen(clock, http, entity_id);
            return known.usable(clock.now());
        }
        let _alone = slot.asking.lock().await;
        if !slot.known().is_settled(clock.now()) {
            self.ask(&slot, clock, http, entity_id).await;
        }
        slot.known().usable(clock.now())
    }

    /// Asks again in the background, if the answer is old.
    pub(super) fn freshen(self: &Arc<Self>, clock: &Clock, http: &Http, entity_id: &str) {
        let slot = self.slot(entity_id, clock.now());
        if slot.known().is_settled(clock.now()) {
            return;
        }
        let Ok(alone) = Arc::clone(&slot.asking).try_lock_owned() else { return };
        let (me, clock, http, entity_id) = (Arc::clone(self), clock.clone(), http.clone(), entity_id.to_owned());
        tokio::spawn(async move {
            let _alone = alone;
            me.ask(&slot, &clock, &http, &entity_id).await;
        });
    }

    /// The entity's place; a new one begins with the last good copy on disk.
    fn slot(&self, entity_id: &str, now: Timestamp) -> Arc<Slot> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = slots.get(entity_id) {
            return Arc::clone(slot);
        }
        if slots.len() >= limits::MDQ_ENTITIES {
            let oldest = slots.iter().min_by_key(|(_, slot)| slot.known().settled_until).map(|(id, _)| id.clone());
            if let Some(oldest) = oldest {
                slots.remove(&oldest);
                drop(fs::remove_file(self.file(&oldest)));
            }
        }
        let slot = Arc::new(Slot::default());
        let on_disk =
            fs::metadata(self.file(entity_id)).is_ok_and(|file| file.len() <= limits::OUTBOUND_ANSWER_BYTES as u64);
        if on_disk && let Ok(xml) = fs::read(self.file(entity_id)) {
            match read_entity(&xml, entity_id, &self.source.rules_on_return(now)) {
                Ok(read) => slot.keep(read, self.source.grace, None),
                Err(fault) => {
                    let (source, code) = (&self.source.name, fault.code());
                    tracing::error!(federation = source, entity_id, code, %fault, "a copy on disk is not used");
                }
            }
        }
        slots.insert(entity_id.to_owned(), Arc::clone(&slot));
        slot
    }

    /// Asks the service, and remembers what it says. Whoever calls holds `asking`.
    async fn ask(&self, slot: &Slot, clock: &Clock, http: &Http, entity_id: &str) {
        let answer = self.fetch(clock, http, entity_id).await.and_then(|(read, xml)| {
            let known = slot.known();
            let used = known.age.filter(|_| known.usable(clock.now()).is_some());
            used.map_or(Ok(()), |used| read.1.may_replace(used))?;
            Ok((read, xml))
        });
        let (now, federation) = (clock.now(), &self.source.name);
        match answer {
            Ok((read, xml)) => {
                slot.keep(read, self.source.grace, Some(now.plus(self.source.refresh)));
                *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = None;
                tracing::info!(federation, entity_id, "an identity provider is fresh");
                if let Err(error) = self.write(entity_id, &xml) {
                    tracing::error!(federation, entity_id, %error, "a copy cannot be written");
                }
            }
            Err(SourceFault::Absent) => {
                // Unsigned, so it takes nothing away before its time; but there is no grace after it.
                slot.settle(now.plus(limits::MDQ_ABSENT_TIME), true);
                tracing::warn!(federation, entity_id, "the service does not know this identity provider");
            }
            Err(fault) => {
                slot.settle(now.plus(limits::MDQ_FAILED_TIME), false);
                let mut trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
                let before = trouble.take();
                let times = before.as_ref().map_or(0, |trouble| trouble.times).saturating_add(1);
                let since = before.map_or(now, |trouble| trouble.since);
                *trouble = Some(Trouble { code: fault.code().to_owned(), since, times });
                let kept = slot.known().usable(now).is_some();
                tracing::error!(federation, entity_id, code = fault.code(), %fault, kept, "an identity provider's metadata is refused or cannot be had");
            }
        }
    }

    async fn fetch(&self, clock: &Clock, http: &Http, entity_id: &str) -> Result<((Idp, Age), Vec<u8>), SourceFault> {
        let url = address(self.source.url(), entity_id);
        let answer = http.fetch(url.as_str(), &metadata_headers(), Bounds::SMALL).await?;
        match answer.status {
            StatusCode::OK => {
                let read = read_entity(&answer.body, entity_id, &self.source.rules_on_arrival(clock.now()))?;
                Ok((read, answer.body))
            }
            StatusCode::NOT_FOUND => Err(SourceFault::Absent),
            status => Err(HttpError::Status { url: url.into(), status: status.as_u16() }.into()),
        }
    }

    fn write(&self, entity_id: &str, xml: &[u8]) -> std::io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        copies::write_whole(&self.file(entity_id), xml)
    }

    fn file(&self, entity_id: &str) -> PathBuf {
        self.folder.join(format!("{}.xml", sha1(entity_id)))
    }
}

impl Slot {
    fn known(&self) -> Known {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn keep(&self, (idp, age): (Idp, Age), grace: Duration, settled_until: Option<Timestamp>) {
        let usable_until = idp.descriptor.valid_until.map(|until| until.plus(grace));
        let known = Known { idp: Some(Arc::new(idp)), age: Some(age), usable_until, settled_until };
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = known;
    }

    fn settle(&self, until: Timestamp, without_grace: bool) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.settled_until = Some(until);
        if without_grace {
            let own = known.idp.as_ref().and_then(|idp| idp.descriptor.valid_until);
            known.usable_until = own;
        }
    }
}

/// The one identity provider of a signed answer, which must be the one that was asked for.
fn read_entity(xml: &[u8], entity_id: &str, rules: &AggregateRules) -> Result<(Idp, Age), SourceFault> {
    let aggregate = read_aggregate(xml, rules)?;
    let age = Age { created: aggregate.created, valid_until: aggregate.valid_until };
    if let Some((_, fault)) = aggregate.faulty.into_iter().next() {
        return Err(fault.into());
    }
    let mut providers = aggregate.providers.into_iter();
    match (providers.next(), providers.next()) {
        (Some(one), None) if one.entity_id == entity_id => Ok((Idp::new(one).ok_or(MetadataFault::NoSigningKey)?, age)),
        (None, _) => Err(MetadataFault::NoIdentityProvider.into()),
        _ => Err(SourceFault::OtherEntity),
    }
}

/// `{base}/entities/{sha1}…`: the transformed identifier (its SAML profile §2.1), which every character survives.
fn address(base: &Url, entity_id: &str) -> Url {
    let mut url = base.clone();
    let path = format!("{}/entities/%7Bsha1%7D{}", base.path().trim_end_matches('/'), sha1(entity_id));
    url.set_path(&path);
    url
}

fn sha1(entity_id: &str) -> String {
    copies::hex(digest(&SHA1_FOR_LEGACY_USE_ONLY, entity_id.as_bytes()).as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entity_is_asked_for_by_its_transformed_identifier() {
        for base in ["https://mdq.example/v1", "https://mdq.example/v1/"] {
            let url = address(&Url::parse(base).unwrap(), "http://example.org/service");
            assert_eq!(
                url.as_str(),
                "https://mdq.example/v1/entities/%7Bsha1%7D11d72e8cf351eb6c75c721e838f469677ab41bdb"
            );
        }
    }
}
