//! The heads of audit trails are signed as they grow, so that a trail that was rewritten with every hash made anew no
//! longer fits what was signed. A trail is only signed if it goes on from the last checkpoint.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Mutex, PoisonError},
};

use thiserror::Error;

use super::{Failure, Pedell};
use crate::{
    base::{Timestamp, limits},
    domain::{
        checkpoint::{Checkpoint, TrailOf},
        policy::{self, Scope},
        staff::TenantKind,
        tenant::TenantId,
    },
    protocol::jwt::JwtError,
    store::{AuditEntry, ChainFault, ChainPoint, ChainReport, StoreError, control::StoredCheckpoint, tenant::Tenant},
};

/// The newest checkpoint of each trail that this process has seen: one that is no longer there was removed.
#[derive(Default)]
pub(super) struct Witness(Mutex<HashMap<String, Checkpoint>>);

/// What a check of a trail against its checkpoints found.
#[derive(Debug)]
pub struct TrailReport {
    /// The chain itself, and whether it goes through everything that was signed.
    pub chain: ChainReport,
    /// What is wrong with the checkpoints.
    pub faults: Vec<CheckpointFault>,
    /// The newest one that this instance has signed.
    pub last: Option<Checkpoint>,
}

impl TrailReport {
    /// Whether nothing is wrong.
    pub fn is_whole(&self) -> bool {
        self.chain.fault.is_none() && self.faults.is_empty()
    }
}

/// What is wrong with a checkpoint itself.
#[derive(Debug, Error)]
pub enum CheckpointFault {
    /// It is in the database, and is not ours.
    #[error("checkpoint {number} is not one that this instance has signed: {cause}")]
    Forged {
        /// As the database has it.
        number: i64,
        /// What the signature says.
        cause: JwtError,
    },
    /// It is signed, and stands at another's place.
    #[error("checkpoint {number} is another one, moved to this place")]
    Moved {
        /// As the database has it.
        number: i64,
    },
    /// There are later ones, or somebody has kept it.
    #[error("checkpoint {number} was removed{}", seq.map(|seq| format!("; it was made of entry {seq}")).unwrap_or_default())]
    Removed {
        /// Its number.
        number: i64,
        /// The entry that it was made of, if somebody has kept it.
        seq: Option<i64>,
    },
    /// What somebody has kept is not what is in the database.
    #[error("checkpoint {number} is not the one that was kept: {kept} of entry {seq}")]
    Exchanged {
        /// Its number.
        number: i64,
        /// The entry that the kept one was made of.
        seq: i64,
        /// That entry's hash.
        kept: String,
    },
}

/// Why a trail is not signed.
#[derive(Debug, Error)]
enum NotSigned {
    /// Signing it would cover up for somebody.
    #[error("{0}")]
    Broken(ChainFault),
    /// There was a newer one.
    #[error("checkpoint {0} was removed or exchanged")]
    Removed(i64),
    /// What is there as the newest one is not ours.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointFault),
    /// Ours.
    #[error(transparent)]
    Failure(#[from] Failure),
}

impl From<StoreError> for NotSigned {
    fn from(error: StoreError) -> Self {
        Self::Failure(error.into())
    }
}

/// How a trail stands, at a glance.
#[derive(Clone, Debug)]
pub struct CheckpointState {
    /// The newest ones, newest first.
    pub newest: Vec<Checkpoint>,
    /// Entries since the newest one.
    pub unsigned: i64,
    /// What somebody has to look into.
    pub trouble: Option<CheckpointTrouble>,
}

/// What is wrong, at a glance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckpointTrouble {
    /// The newest checkpoint does not fit the trail, or is not ours: `pedell audit verify` says what.
    DoesNotFit,
    /// Entries wait for longer than they should.
    Overdue,
}

impl Pedell {
    /// Signs every trail that has grown by enough, or for long enough; `now` signs each one that has grown at all. Returns
    /// what was signed. A trail that can't be is an alarm in the log, and keeps no other from being signed.
    pub async fn sign_trails(&self, now: bool) -> Result<Vec<(TrailOf, Checkpoint)>, Failure> {
        let mut signed = Vec::new();
        for trail in self.trails().await? {
            match self.sign_trail(&trail, now).await {
                Ok(Some(checkpoint)) => signed.push((trail, checkpoint)),
                Ok(None) => {}
                Err(NotSigned::Failure(error)) => {
                    tracing::error!(trail = trail.name(), %error, "an audit trail could not be signed");
                }
                Err(why) => {
                    tracing::error!(trail = trail.name(), %why, "AN AUDIT TRAIL DOES NOT FIT ITS CHECKPOINTS: not signed");
                }
            }
        }
        Ok(signed)
    }

    /// Every trail: the instance's, and each tenant's that can have one.
    pub async fn trails(&self) -> Result<Vec<TrailOf>, Failure> {
        let tenants = self.stores().control().organisations().await?;
        let tenants = tenants.into_iter().filter(|tenant| tenant.kind != TenantKind::Operator);
        Ok([TrailOf::Instance].into_iter().chain(tenants.map(|tenant| TrailOf::Tenant(tenant.id))).collect())
    }

    /// Checks a trail against what was signed, and against checkpoints that somebody has kept elsewhere.
    pub async fn verify_trail(&self, trail: &TrailOf, kept: &[Checkpoint]) -> Result<TrailReport, Failure> {
        let mut faults = Vec::new();
        let mut known: BTreeMap<i64, Checkpoint> = BTreeMap::new();
        let mut number = 0;
        loop {
            let page = self.stores().control().checkpoints_after(trail, number, limits::AUDIT_EXPORT_ROWS).await?;
            if page.is_empty() {
                break;
            }
            for stored in page {
                faults.extend((number + 1..stored.number).map(|number| CheckpointFault::Removed { number, seq: None }));
                number = stored.number;
                match self.opened(trail, &stored) {
                    Ok(checkpoint) => drop(known.insert(number, checkpoint)),
                    Err(fault) => faults.push(fault),
                }
            }
        }
        let last = known.last_key_value().map(|(_, checkpoint)| checkpoint.clone());
        for kept in kept.iter().filter(|kept| kept.trail == trail.name()) {
            let (number, seq) = (kept.number, kept.seq);
            match known.get(&number) {
                Some(stored) if stored == kept => {}
                Some(_) => faults.push(CheckpointFault::Exchanged { number, seq, kept: kept.hash.clone() }),
                None => faults.push(CheckpointFault::Removed { number, seq: Some(seq) }),
            }
            known.insert(number, kept.clone());
        }
        let mut signed: Vec<ChainPoint> = known.values().map(point).collect();
        signed.sort_by_key(|point| point.seq);
        let chain = self.verified(trail, &ChainPoint::start(), &signed).await?;
        Ok(TrailReport { chain, faults, last })
    }

    /// Reads a checkpoint that somebody has kept: `None` if it is none.
    pub fn kept_checkpoint(&self, text: &str) -> Option<Result<Checkpoint, JwtError>> {
        match self.audit_key().open(text) {
            Err(JwtError::Type(_) | JwtError::Malformed | JwtError::TooLong) => None,
            read => Some(read),
        }
    }

    /// A trail's checkpoints as they are stored, oldest first, up to the limit of an export.
    pub async fn signed_checkpoints(&self, trail: &TrailOf) -> Result<Vec<StoredCheckpoint>, Failure> {
        Ok(self.stores().control().checkpoints_after(trail, 0, limits::AUDIT_EXPORT_ROWS).await?)
    }

    /// How a trail stands, without reading all of it.
    pub async fn checkpoint_state(&self, trail: &TrailOf, many: i64) -> Result<CheckpointState, Failure> {
        let control = self.stores().control();
        let last = control.last_checkpoint(trail).await?;
        let from = last.as_ref().map_or(0, |last| last.number - many);
        let mut newest = Vec::new();
        let mut fits = true;
        for stored in control.checkpoints_after(trail, from, many).await?.into_iter().rev() {
            match self.opened(trail, &stored) {
                Ok(checkpoint) => newest.push(checkpoint),
                Err(_) => fits = false,
            }
        }
        if let Some(checkpoint) = newest.first() {
            let entry = self.entry_of(trail, checkpoint.seq).await?;
            fits &= entry.is_some_and(|entry| entry.hash_hex() == checkpoint.hash);
        }
        let signed_until = last.as_ref().map_or(0, |last| last.seq);
        let unsigned = self.head_of(trail).await?.map_or(0, |head| head.seq - signed_until).max(0);
        let overdue = match self.entry_of(trail, signed_until + 1).await? {
            Some(first) => {
                let waits = self.clock().now().since(Timestamp::from_millis(first.at));
                waits > limits::AUDIT_CHECKPOINT_OVERDUE
            }
            None => false,
        };
        let trouble = match (fits, overdue) {
            (false, _) => Some(CheckpointTrouble::DoesNotFit),
            (true, true) => Some(CheckpointTrouble::Overdue),
            (true, false) => None,
        };
        Ok(CheckpointState { newest, unsigned, trouble })
    }

    async fn sign_trail(&self, trail: &TrailOf, now: bool) -> Result<Option<Checkpoint>, NotSigned> {
        let control = self.stores().control();
        let last = match control.last_checkpoint(trail).await? {
            Some(stored) => Some(self.opened(trail, &stored)?),
            None => None,
        };
        self.still_there(trail, last.as_ref())?;
        let Some(head) = self.head_of(trail).await? else { return Ok(None) };
        let from = last.as_ref().map_or_else(ChainPoint::start, point);
        if head.seq == from.seq && head.hash == from.hash {
            return Ok(None);
        }
        let at = self.clock().now();
        let is_due = last.as_ref().is_none_or(|last| {
            head.seq - last.seq >= limits::AUDIT_CHECKPOINT_ENTRIES
                || at.since(last.at()) >= limits::AUDIT_CHECKPOINT_AFTER
        });
        if !(now || is_due) {
            return Ok(None);
        }
        // The head was read before: entries that come meanwhile are for the next one.
        let report = self.verified(trail, &from, std::slice::from_ref(&head)).await?;
        if let Some(fault) = report.fault {
            return Err(NotSigned::Broken(fault));
        }
        let checkpoint = Checkpoint {
            trail: trail.name().to_owned(),
            number: from.checkpoint + 1,
            seq: head.seq,
            hash: head.hash_hex(),
            iat: at.as_seconds(),
        };
        let signed = self.audit_key().sign(&checkpoint).map_err(Failure::from)?;
        if !control.insert_checkpoint(trail, &checkpoint, at, &signed).await? {
            return Ok(None); // another node was faster
        }
        // The log is one of the places where it is kept.
        tracing::info!(trail = trail.name(), number = checkpoint.number, seq = checkpoint.seq, %signed, "audit checkpoint");
        self.still_there(trail, Some(&checkpoint))?;
        Ok(Some(checkpoint))
    }

    /// Whether the newest checkpoint is not older than one that this process has seen, nor another one.
    fn still_there(&self, trail: &TrailOf, last: Option<&Checkpoint>) -> Result<(), NotSigned> {
        let mut seen = self.0.witness.0.lock().unwrap_or_else(PoisonError::into_inner);
        match (seen.get(trail.name()), last) {
            (Some(seen), None) => Err(NotSigned::Removed(seen.number)),
            (Some(seen), Some(last)) if last.number < seen.number => Err(NotSigned::Removed(seen.number)),
            (Some(seen), Some(last)) if last.number == seen.number && last != seen => {
                Err(NotSigned::Removed(seen.number))
            }
            (_, Some(last)) => {
                seen.insert(trail.name().to_owned(), last.clone());
                Ok(())
            }
            (None, None) => Ok(()),
        }
    }

    /// A stored checkpoint, if we have signed it for this place.
    fn opened(&self, trail: &TrailOf, stored: &StoredCheckpoint) -> Result<Checkpoint, CheckpointFault> {
        let number = stored.number;
        let opened = self.audit_key().open(&stored.signed);
        let checkpoint = opened.map_err(|cause| CheckpointFault::Forged { number, cause })?;
        let is_here =
            (checkpoint.trail.as_str(), checkpoint.number, checkpoint.seq) == (trail.name(), number, stored.seq);
        if is_here { Ok(checkpoint) } else { Err(CheckpointFault::Moved { number }) }
    }

    async fn verified(
        &self,
        trail: &TrailOf,
        from: &ChainPoint,
        signed: &[ChainPoint],
    ) -> Result<ChainReport, Failure> {
        Ok(match trail {
            TrailOf::Instance => self.stores().control().verify_audit_from(from, signed).await?,
            TrailOf::Tenant(tenant) => self.books(tenant).await?.verify_audit_from(from, signed).await?,
        })
    }

    async fn head_of(&self, trail: &TrailOf) -> Result<Option<ChainPoint>, Failure> {
        Ok(match trail {
            TrailOf::Instance => self.stores().control().audit_head().await?,
            TrailOf::Tenant(tenant) => self.books(tenant).await?.audit_head().await?,
        })
    }

    async fn entry_of(&self, trail: &TrailOf, seq: i64) -> Result<Option<AuditEntry>, Failure> {
        Ok(match trail {
            TrailOf::Instance => self.stores().control().audit_entry(seq).await?,
            TrailOf::Tenant(tenant) => self.books(tenant).await?.audit_entry(seq).await?,
        })
    }

    /// Hashes are read here, and nobody's data.
    async fn books(&self, tenant: &TenantId) -> Result<Tenant, Failure> {
        let scope: Scope = policy::system(tenant);
        Ok(self.stores().tenant(&scope).await?)
    }
}

/// The place that a checkpoint vouches for. What is no hex is no entry's hash either.
fn point(checkpoint: &Checkpoint) -> ChainPoint {
    let text = checkpoint.hash.as_bytes();
    let byte = |pair: &[u8]| std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok());
    let hash = text.chunks(2).map(|pair| byte(pair).unwrap_or_default()).collect();
    ChainPoint { checkpoint: checkpoint.number, seq: checkpoint.seq, hash }
}
