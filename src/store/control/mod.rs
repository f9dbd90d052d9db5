//! What belongs to the instance. One file per family of tables.

mod authorities;
mod certificate_rules;
mod certificates;
mod checkpoints;
mod clients;
mod connections;
mod counters;
mod elevations;
mod invitations;
mod networks;
mod organisations;
mod passkeys;
mod saml_keys;
mod signing_keys;
mod staff;
mod staff_factors;
mod staff_sessions;
mod tenants;
mod throttles;
mod used_once;

pub use authorities::{AuthorityStage, StoredAuthority};
pub use certificates::StoredCertificate;
pub use checkpoints::StoredCheckpoint;
pub use connections::PromotionOutcome;
pub use elevations::Elevation;
pub use passkeys::StoredPasskey;
pub use saml_keys::{SamlPurpose, StoredSamlKey};
pub use signing_keys::{KeyStage, StoredSigningKey};
pub use staff::StoredStaff;
pub use staff_factors::{Factors, StoredFactor};
pub use staff_sessions::{SessionStage, StoredSession};
pub use throttles::{Admission, Slowing};

use super::{
    audit_chain::{self, AuditEntry, AuditFilter, ChainPoint, ChainReport},
    db::{Db, StoreError, Tx},
};
use crate::{
    base::Timestamp,
    domain::{audit::Event, policy::Actor},
};

/// The control database.
#[derive(Clone, Debug)]
pub struct Control {
    db: Db,
}

impl Control {
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

    /// Records an event in the instance's own trail.
    pub async fn audit(&self, tx: &mut Tx, at: Timestamp, actor: &Actor, event: &Event) -> Result<(), StoreError> {
        audit_chain::append(tx, at, actor, event).await
    }

    /// Checks the instance's own trail.
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

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.db.q("SELECT 1").one::<(i32,)>().await.map(|_| ())
    }
}
