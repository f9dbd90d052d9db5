//! The audit trail: appended in the transaction that it records, each entry hashed over the one before.

use aws_lc_rs::digest::{Context, SHA256};
use serde::Serialize;

use super::db::{Db, ROWS_AT_ONCE, StoreError, Tx, placeholders};
use crate::{
    base::Timestamp,
    domain::{audit::Event, policy::Actor},
};

/// One entry as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct AuditEntry {
    /// Its place, from 1, without gaps.
    pub seq: i64,
    /// When, in milliseconds since the epoch.
    pub at: i64,
    /// Who.
    pub actor: String,
    /// What.
    pub kind: String,
    /// To which object.
    pub object: String,
    /// Ids and codes, as JSON.
    pub detail: String,
    /// SHA-256 over the previous hash and this entry.
    #[serde(serialize_with = "as_hex")]
    pub hash: Vec<u8>,
}

impl AuditEntry {
    /// Its hash, in hex.
    pub fn hash_hex(&self) -> String {
        hex(&self.hash)
    }
}

fn as_hex<S: serde::Serializer>(hash: &[u8], to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&hex(hash))
}

/// A place of a chain that somebody vouches for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainPoint {
    /// Which checkpoint says so; 0: none, the beginning.
    pub checkpoint: i64,
    /// The entry.
    pub seq: i64,
    /// Its hash.
    pub hash: Vec<u8>,
}

impl ChainPoint {
    /// Its hash, in hex.
    pub fn hash_hex(&self) -> String {
        hex(&self.hash)
    }

    /// Before the first entry.
    pub fn start() -> Self {
        Self { checkpoint: 0, seq: 0, hash: START.to_vec() }
    }
}

/// What a check of the whole chain found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChainReport {
    /// Entries read.
    pub entries: i64,
    /// The last hash, in hex: compare it with one kept elsewhere to notice a cut-off end.
    pub head: String,
    /// The first thing that is wrong.
    pub fault: Option<ChainFault>,
}

/// Where a chain breaks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ChainFault {
    /// An entry is not there.
    Missing {
        /// Its number.
        seq: i64,
    },
    /// An entry, or one before it, was altered, or two were swapped.
    Altered {
        /// Its number.
        seq: i64,
    },
    /// Entries at the end were removed, or the head was altered.
    HeadDiffers {
        /// What the head says.
        expected_seq: i64,
    },
    /// Every hash is right, and yet it is not the trail that was signed.
    Rewritten {
        /// The first checkpoint that no longer fits.
        checkpoint: i64,
        /// The first entry that can be another one.
        from: i64,
        /// The entry that was signed.
        to: i64,
    },
    /// The trail ends before what was signed.
    CutOff {
        /// The first checkpoint that no longer fits.
        checkpoint: i64,
        /// The entry that was signed.
        to: i64,
        /// The last one that there is.
        end: i64,
    },
}

impl std::fmt::Display for ChainFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing { seq } => write!(f, "entry {seq} is missing"),
            Self::Altered { seq } => write!(f, "entry {seq} was altered, or swapped with another"),
            Self::HeadDiffers { expected_seq } => {
                write!(f, "the trail should end with entry {expected_seq}: entries were removed, or the head altered")
            }
            Self::Rewritten { checkpoint, from, to } => write!(
                f,
                "checkpoint {checkpoint} no longer fits: of entries {from} to {to} at least one was altered, removed or \
                 moved, and every hash since made anew"
            ),
            Self::CutOff { checkpoint, to, end } => write!(
                f,
                "checkpoint {checkpoint} no longer fits: it was made of entry {to}, and the trail ends with entry {end}"
            ),
        }
    }
}

const START: [u8; 32] = [0; 32];
const PAGE: i64 = 1_000;

/// Where the chain ends, held: nobody else appends before this transaction is over.
pub struct Head {
    seq: i64,
    hash: Vec<u8>,
}

/// Takes the head's row, making it if there is none: whoever appends waits here until the transactions before it are over,
/// so that the chain has one order on every engine.
pub(super) async fn queue(tx: &mut Tx) -> Result<Head, StoreError> {
    // Two first entries at once: the second waits on the key and then takes the row that the first made.
    let (seq, hash) = tx
        .q("INSERT INTO @audit_head AS head (one, seq, hash) VALUES (1, 0, $1)
            ON CONFLICT (one) DO UPDATE SET seq = head.seq RETURNING seq, hash")
        .bind(&START[..])
        .one()
        .await?;
    Ok(Head { seq, hash })
}

/// Appends an entry.
pub(super) async fn append(tx: &mut Tx, at: Timestamp, actor: &Actor, event: &Event) -> Result<(), StoreError> {
    let head = queue(tx).await?;
    append_each(tx, head, at, &[(actor, event)]).await
}

/// Appends entries in this order: a few statements, however many they are.
pub(super) async fn append_each(
    tx: &mut Tx,
    mut head: Head,
    at: Timestamp,
    events: &[(&Actor, &Event)],
) -> Result<(), StoreError> {
    for events in events.chunks(ROWS_AT_ONCE) {
        let rows = placeholders(events.len(), 7);
        let sql = format!("INSERT INTO @audit (seq, at, actor, kind, object, detail, hash) VALUES {rows}");
        let mut insert = tx.q(&sql);
        for (actor, event) in events {
            let entry = next_entry(&head, at, actor, event);
            head = Head { seq: entry.seq, hash: entry.hash.clone() };
            insert = insert
                .bind(entry.seq)
                .bind(entry.at)
                .bind(entry.actor)
                .bind(entry.kind)
                .bind(entry.object)
                .bind(entry.detail)
                .bind(entry.hash);
        }
        insert.execute().await?;
    }
    tx.q("UPDATE @audit_head SET seq = $1, hash = $2 WHERE one = 1").bind(head.seq).bind(head.hash).execute().await?;
    Ok(())
}

fn next_entry(head: &Head, at: Timestamp, actor: &Actor, event: &Event) -> AuditEntry {
    let mut entry = AuditEntry {
        seq: head.seq + 1,
        at: at.as_millis(),
        actor: actor.to_string(),
        kind: event.kind.name().to_owned(),
        object: event.object.clone(),
        detail: event.detail.to_string(),
        hash: Vec::new(),
    };
    entry.hash = hash_after(&head.hash, &entry);
    entry
}

/// Entries after `seq`, oldest first, at most a thousand.
pub(super) async fn page_after(db: &Db, seq: i64) -> Result<Vec<AuditEntry>, StoreError> {
    db.q("SELECT seq, at, actor, kind, object, detail, hash FROM @audit WHERE seq > $1 ORDER BY seq LIMIT $2")
        .bind(seq)
        .bind(PAGE)
        .all()
        .await
}

/// The last entry, if there is one.
pub(super) async fn head(db: &Db) -> Result<Option<ChainPoint>, StoreError> {
    let head: Option<(i64, Vec<u8>)> =
        db.q("SELECT seq, hash FROM @audit_head WHERE one = 1 AND seq > 0").optional().await?;
    Ok(head.map(|(seq, hash)| ChainPoint { checkpoint: 0, seq, hash }))
}

/// One entry.
pub(super) async fn entry(db: &Db, seq: i64) -> Result<Option<AuditEntry>, StoreError> {
    db.q("SELECT seq, at, actor, kind, object, detail, hash FROM @audit WHERE seq = $1").bind(seq).optional().await
}

/// Reads the chain from a place that is vouched for to its head, and says where it breaks, or which of the signed places,
/// in order, it no longer goes through.
pub(super) async fn verify(db: &Db, from: &ChainPoint, signed: &[ChainPoint]) -> Result<ChainReport, StoreError> {
    let (head_seq, head_hash) = head(db).await?.map_or((0, START.to_vec()), |head| (head.seq, head.hash));
    let (mut seq, mut previous) = (from.seq, from.hash.clone());
    let (mut fitting, mut signed) = (from.seq, &signed[signed.partition_point(|point| point.seq <= from.seq)..]);
    let report = |entries: i64, head: &[u8], fault| ChainReport { entries, head: hex(head), fault };
    'pages: loop {
        let page = page_after(db, seq).await?;
        if page.is_empty() {
            break;
        }
        for entry in page {
            if entry.seq > head_seq {
                break 'pages; // written since the head was read
            }
            if entry.seq != seq + 1 {
                return Ok(report(seq, &previous, Some(ChainFault::Missing { seq: seq + 1 })));
            }
            if hash_after(&previous, &entry) != entry.hash {
                return Ok(report(seq, &previous, Some(ChainFault::Altered { seq: entry.seq })));
            }
            while let Some((point, later)) = signed.split_first()
                && point.seq == entry.seq
            {
                if point.hash != entry.hash {
                    let (checkpoint, to) = (point.checkpoint, point.seq);
                    let fault = ChainFault::Rewritten { checkpoint, from: fitting + 1, to };
                    return Ok(report(seq, &previous, Some(fault)));
                }
                (fitting, signed) = (point.seq, later);
            }
            seq = entry.seq;
            previous = entry.hash;
        }
    }
    let fault = if seq != head_seq || previous != head_hash {
        Some(ChainFault::HeadDiffers { expected_seq: head_seq })
    } else {
        signed.first().map(|point| ChainFault::CutOff { checkpoint: point.checkpoint, to: point.seq, end: seq })
    };
    Ok(report(seq, &previous, fault))
}

/// SHA-256(previous ‖ each field preceded by its length): no two entries have the same bytes.
fn hash_after(previous: &[u8], entry: &AuditEntry) -> Vec<u8> {
    let mut context = Context::new(&SHA256);
    context.update(previous);
    context.update(&entry.seq.to_be_bytes());
    context.update(&entry.at.to_be_bytes());
    for field in [&entry.actor, &entry.kind, &entry.object, &entry.detail] {
        context.update(&(field.len() as u64).to_be_bytes());
        context.update(field.as_bytes());
    }
    context.finish().as_ref().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// What is looked for in a trail; an empty text is anything.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    /// Part of who did it.
    pub actor: String,
    /// The beginning of the kind: `staff.`, `roster.imported`.
    pub kind: String,
    /// The object, whole.
    pub object: String,
    /// What concerns this tenant, in the instance's own trail.
    pub tenant: String,
    /// Not before this, in milliseconds.
    pub from: i64,
    /// Before this, in milliseconds.
    pub to: i64,
    /// Entries before this one; 0: the newest.
    pub before: i64,
}

/// The newest entries that fit, newest first, at most so many.
pub(super) async fn search(db: &Db, filter: &AuditFilter, most: i64) -> Result<Vec<AuditEntry>, StoreError> {
    let before = if filter.before > 0 { filter.before } else { i64::MAX };
    // A text of its own, so that the index is used; only the instance's trail has that column.
    let concerning = if filter.tenant.is_empty() { "$8 = ''" } else { "concerns = $8" };
    db.q(&format!(
        "SELECT seq, at, actor, kind, object, detail, hash FROM @audit
         WHERE {concerning} AND seq < $1 AND at >= $2 AND at < $3
           AND ($4 = '' OR actor LIKE '%' || $4 || '%')
           AND ($5 = '' OR kind LIKE $5 || '%')
           AND ($6 = '' OR object = $6)
         ORDER BY seq DESC LIMIT $7"
    ))
    .bind(before)
    .bind(filter.from)
    .bind(filter.to)
    .bind(&filter.actor)
    .bind(&filter.kind)
    .bind(&filter.object)
    .bind(most)
    .bind(&filter.tenant)
    .all()
    .await
}
