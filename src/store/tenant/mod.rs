//! What belongs to one university, in a database of its own. One file per family of tables.

mod accounts;
mod attempts;
mod counter_checks;
mod remembered_answers;
mod roster_change;
mod rosters;
mod statistics;
mod token_batch;
mod tokens;
mod verifications;

pub use accounts::{Overwritten, StoredAccount, StoredPhoto};
pub use counter_checks::CounterCount;
pub use roster_change::{RosterChange, Swap};
pub use rosters::{RosterInfo, RosterStage};
pub use statistics::{DayCount, TokenCounts};
pub use token_batch::{FirstToken, OneTime};
pub use tokens::{Cancelled, Redeemed, StoredToken};
pub use verifications::{StoredVerification, Used, VerificationFilter};

use super::{
    audit_chain::{self, AuditEntry, AuditFilter, ChainPoint, ChainReport, Head as AuditHead},
    db::{Db, StoreError, Tx},
};
use crate::{
    base::Timestamp,
    domain::{audit::Event, policy::Scope},
};

/// One tenant's database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Tenant {
    db: Db,
}

impl Tenant {
    pub(super) fn new(db: Db) -> Self {
        Self { db }
    }

    pub(super) fn db(&self) -> &Db {
        &self.db
    }

    /// Begins a transaction.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        self.db.begin().await
    }

    /// Records an event in the tenant's trail, by whoever holds the scope.
    pub async fn audit(&self, tx: &mut Tx, at: Timestamp, scope: &Scope, event: &Event) -> Result<(), StoreError> {
        audit_chain::append(tx, at, scope.actor(), event).await
    }

    /// Waits until every other transaction that records an event is over; the rest of this one sees what they wrote.
    pub async fn queue(&self, tx: &mut Tx) -> Result<AuditHead, StoreError> {
        audit_chain::queue(tx).await
    }

    /// Records events in this order, by whoever holds each one's scope.
    pub async fn audit_each(
        &self,
        tx: &mut Tx,
        head: AuditHead,
        at: Timestamp,
        events: &[(&Scope, &Event)],
    ) -> Result<(), StoreError> {
        let events: Vec<_> = events.iter().map(|(scope, event)| (scope.actor(), *event)).collect();
        audit_chain::append_each(tx, head, at, &events).await
    }

    /// Checks the tenant's trail.
    pub async fn verify_audit(&self) -> Result<ChainReport, StoreError> {
        self.verify_audit_from(&ChainPoint::start(), &[]).await
    }

    /// Checks it from a place that is vouched for, and whether it goes through these signed places, in order.
    pub async fn verify_audit_from(&self, from: &ChainPoint, signed: &[ChainPoint]) -> Result<ChainReport, StoreError> {
        audit_chain::verify(&self.db, from, signed).await
    }

    /// The trail's last entry, if there is one.
    pub async fn audit_head(&self) -> Result<Option<ChainPoint>, StoreError> {
        audit_chain::head(&self.db).await
    }

    /// One entry of the trail.
    pub async fn audit_entry(&self, seq: i64) -> Result<Option<AuditEntry>, StoreError> {
        audit_chain::entry(&self.db, seq).await
    }

    /// The newest entries that fit, newest first, at most so many.
    pub async fn search_audit(&self, filter: &AuditFilter, most: i64) -> Result<Vec<AuditEntry>, StoreError> {
        audit_chain::search(&self.db, filter, most).await
    }

    /// Entries after `seq`, oldest first, at most a thousand.
    pub async fn audit_after(&self, seq: i64) -> Result<Vec<AuditEntry>, StoreError> {
        audit_chain::page_after(&self.db, seq).await
    }
}
