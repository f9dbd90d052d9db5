//! What there is to say of a source: for the log, `pedell doctor` and tests.

use serde::{Deserialize, Serialize};

use super::{Federation, Followed};
use crate::base::Timestamp;

/// What an attempt has brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A new copy with so many identity providers.
    New(usize),
    /// The last good copy is still the newest.
    Unchanged,
}

/// A source's state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceReport {
    /// Its name.
    pub name: String,
    /// Its address.
    pub url: String,
    /// Whether it is asked for one entity at a time.
    pub on_demand: bool,
    /// Identity providers of the copy in use.
    pub identity_providers: usize,
    /// When that copy came.
    pub fetched_at: Option<Timestamp>,
    /// Its `validUntil`; `None` if there is no copy.
    pub valid_until: Option<Timestamp>,
    /// Until when it is used at most.
    pub usable_until: Option<Timestamp>,
    /// What has been wrong since when.
    pub trouble: Option<Trouble>,
}

/// What is wrong with a source's answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// The code of the last fault, as in docs/saml.md.
    pub code: String,
    /// When the first attempt of this row failed.
    pub since: Timestamp,
    /// Attempts that have failed in a row.
    pub times: u32,
}

impl Federation {
    /// The state of every source, in the order of the configuration.
    pub fn reports(&self) -> Vec<SourceReport> {
        let now = self.0.clock.now();
        let sources = self.sources();
        let report = |source: &Followed| match source {
            Followed::Aggregate(aggregate) => aggregate.report(now),
            Followed::Mdq(mdq) => mdq.report(now),
        };
        sources.iter().map(report).collect()
    }
}
