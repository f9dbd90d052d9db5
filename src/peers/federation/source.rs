//! Where a federation's metadata is, and what it must be like.

use std::time::Duration;

use url::Url;

use crate::{
    base::{Timestamp, limits},
    protocol::saml::{aggregate::AggregateRules, keys::VerifyingKey},
};

/// A federation, as the operator has configured it.
#[derive(Clone, Debug)]
pub struct Source {
    /// For people and file names: `[a-z0-9-]`.
    pub name: String,
    /// Where it is.
    pub place: Place,
    /// Whose signatures count, and nobody else's.
    pub keys: Vec<VerifyingKey>,
    /// How often it is asked.
    pub refresh: Duration,
    /// How far away `validUntil` may be.
    pub longest_validity: Duration,
    /// How long the last good copy is used after its `validUntil`, as long as nothing better comes.
    pub grace: Duration,
    /// A new file with fewer providers than this share of the last one is refused; percent.
    pub smallest_share: u8,
    /// A file's size.
    pub max_bytes: u64,
}

/// Which kind of source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// One signed file of all entities.
    Aggregate(Url),
    /// A metadata query service: the address before `/entities/` (draft-young-md-query).
    Mdq(Url),
}

impl Source {
    /// With the defaults of docs/configuration.md.
    pub fn new(name: impl Into<String>, place: Place, keys: Vec<VerifyingKey>) -> Self {
        const DAY: Duration = Duration::from_hours(24);
        Self {
            name: name.into(),
            place,
            keys,
            refresh: Duration::from_hours(1),
            longest_validity: DAY * 14,
            grace: DAY * 3,
            smallest_share: 50,
            max_bytes: limits::SAML_AGGREGATE_BYTES,
        }
    }

    /// Its address.
    pub fn url(&self) -> &Url {
        match &self.place {
            Place::Aggregate(url) | Place::Mdq(url) => url,
        }
    }

    /// For something that has just arrived.
    pub(super) fn rules_on_arrival(&self, now: Timestamp) -> AggregateRules<'_> {
        AggregateRules { keys: &self.keys, now, longest_validity: self.longest_validity, grace: Duration::ZERO }
    }

    /// For something that was good when it arrived.
    pub(super) fn rules_on_return(&self, now: Timestamp) -> AggregateRules<'_> {
        AggregateRules { grace: self.grace, ..self.rules_on_arrival(now) }
    }
}
