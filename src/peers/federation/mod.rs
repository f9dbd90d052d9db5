//! Identity providers that we know: from files of the operator's, from federations' signed files, and from services that
//! answer for one entity at a time (MDQ). What is found first counts, in this order.
//!
//! What is broken, unsigned or expired never replaces what was good; what was good is used until its `validUntil` and a
//! stated grace, and survives a restart (docs/decisions/0011). Nothing here waits for the network but
//! [`Federation::look_up`], and that only for an entity nobody has told us of.

mod aggregate;
mod copies;
mod fault;
pub mod findable;
mod folder;
mod keeper;
mod mdq;
mod report;
pub mod search;
mod source;

use std::{
    io,
    path::Path,
    sync::{Arc, PoisonError, RwLock},
};

use self::{aggregate::Aggregate, folder::Folder, mdq::Mdq};
pub use self::{
    fault::SourceFault,
    report::{Outcome, SourceReport, Trouble},
    source::{Place, Source},
};
use super::http::Http;
use crate::{
    base::{Clock, Random, Timestamp},
    protocol::saml::{IdpDescriptor, keys::VerifyingKey},
};

/// An identity provider with its keys parsed once.
#[derive(Debug)]
pub struct Idp {
    /// What its metadata says.
    pub descriptor: IdpDescriptor,
    /// Its signing keys; at least one.
    pub keys: Vec<VerifyingKey>,
}

impl Idp {
    /// `None` if none of its keys can be used.
    fn new(descriptor: IdpDescriptor) -> Option<Self> {
        let keys = descriptor.verifying_keys();
        (!keys.is_empty()).then_some(Self { descriptor, keys })
    }
}

/// The known identity providers. Cheap to clone; clones share what they know.
#[derive(Clone, Debug)]
pub struct Federation(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    clock: Clock,
    random: Random,
    http: Http,
    folder: RwLock<Folder>,
    sources: RwLock<Vec<Followed>>,
}

/// A source with what we have of it.
#[derive(Clone, Debug)]
enum Followed {
    Aggregate(Arc<Aggregate>),
    Mdq(Arc<Mdq>),
}

impl Federation {
    /// Knows nobody yet.
    pub fn new(clock: Clock, random: Random, http: Http) -> Self {
        Self(Arc::new(Inner { clock, random, http, folder: RwLock::default(), sources: RwLock::default() }))
    }

    /// The provider with this entity ID, if we have been told of it; of several files that claim it, the first by name.
    pub fn find(&self, entity_id: &str) -> Option<Arc<Idp>> {
        let now = self.0.clock.now();
        let in_folder = self.0.folder.read().unwrap_or_else(PoisonError::into_inner).find(entity_id, now);
        in_folder.or_else(|| {
            self.sources().iter().find_map(|source| match source {
                Followed::Aggregate(aggregate) => aggregate.find(entity_id, now),
                Followed::Mdq(mdq) => mdq.find(entity_id, now),
            })
        })
    }

    /// The same, asking the MDQ services if nobody has told us of it yet.
    pub async fn look_up(&self, entity_id: &str) -> Option<Arc<Idp>> {
        let known = self.find(entity_id);
        for source in self.sources() {
            let Followed::Mdq(mdq) = source else { continue };
            if known.is_none() {
                if let Some(found) = mdq.look_up(&self.0.clock, &self.0.http, entity_id).await {
                    return Some(found);
                }
            } else if mdq.find(entity_id, self.0.clock.now()).is_some() {
                mdq.freshen(&self.0.clock, &self.0.http, entity_id);
            }
        }
        known
    }

    /// How many providers are known.
    pub fn len(&self) -> usize {
        let now = self.0.clock.now();
        let in_folder = self.0.folder.read().unwrap_or_else(PoisonError::into_inner).len(now);
        let of_source = |source: &Followed| match source {
            Followed::Aggregate(aggregate) => aggregate.len(now),
            Followed::Mdq(mdq) => mdq.len(now),
        };
        in_folder + self.sources().iter().map(of_source).sum::<usize>()
    }

    /// Whether there are federations whose other members can be searched.
    pub fn knows_federations(&self) -> bool {
        let now = self.0.clock.now();
        self.sources().iter().any(|source| matches!(source, Followed::Aggregate(aggregate) if aggregate.len(now) > 0))
    }

    /// Whether none is known.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Reads what has changed among the folder's `*.xml`. Blocks; a folder that does not exist holds no files.
    pub fn refresh(&self, folder: &Path, now: Timestamp) -> io::Result<()> {
        let mut next = self.0.folder.read().unwrap_or_else(PoisonError::into_inner).clone();
        next.refresh(folder, now)?;
        *self.0.folder.write().unwrap_or_else(PoisonError::into_inner) = next;
        Ok(())
    }

    /// Follows these sources from now on, beginning with the last good copies in `folder`. Blocks while it reads them;
    /// [`Self::keep`] then asks the network.
    pub fn follow(&self, sources: Vec<Source>, folder: &Path) {
        let now = self.0.clock.now();
        let followed = sources.into_iter().map(|source| match source.place {
            Place::Aggregate(_) => Followed::Aggregate(Arc::new(Aggregate::read(source, folder, now))),
            Place::Mdq(_) => Followed::Mdq(Arc::new(Mdq::new(source, folder))),
        });
        let followed = followed.collect();
        *self.0.sources.write().unwrap_or_else(PoisonError::into_inner) = followed;
    }

    fn sources(&self) -> Vec<Followed> {
        self.0.sources.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
