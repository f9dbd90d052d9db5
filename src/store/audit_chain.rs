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
    #[serde(skip)]
    pub hash: Vec<u8>,
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
}

impl std::fmt::Display for ChainFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing { seq } => write!(f, "entry {seq} is missing"),
            Self::Altered { seq } => write!(f, "entry {seq} was altered, or swapped with another"),
            Self::HeadDiffers { expected_seq } => {
                write!(f, "the trail should end with entry {expected_seq}: entries were removed, or the head altered")
            }
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

/// Reads the whole chain and says where it breaks, if it does.
pub(super) async fn verify(db: &Db) -> Result<ChainReport, StoreError> {
    let head: Option<(i64, Vec<u8>)> = db.q("SELECT seq, hash FROM @audit_head WHERE one = 1").optional().await?;
    let (head_seq, head_hash) = head.unwrap_or((0, START.to_vec()));
    let (mut seq, mut previous) = (0, START.to_vec());
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
            seq = entry.seq;
            previous = entry.hash;
        }
    }
    let fault =
        (seq != head_seq || previous != head_hash).then_some(ChainFault::HeadDiffers { expected_seq: head_seq });
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
    db.q("SELECT seq, at, actor, kind, object, detail, hash FROM @audit
          WHERE seq < $1 AND at >= $2 AND at < $3
            AND ($4 = '' OR actor LIKE '%' || $4 || '%')
            AND ($5 = '' OR kind LIKE $5 || '%')
            AND ($6 = '' OR object = $6)
            AND ($7 = '' OR object = $7 OR detail LIKE '%\"tenant\":\"' || $7 || '\"%')
          ORDER BY seq DESC LIMIT $8")
        .bind(before)
        .bind(filter.from)
        .bind(filter.to)
        .bind(&filter.actor)
        .bind(&filter.kind)
        .bind(&filter.object)
        .bind(&filter.tenant)
        .bind(most)
        .all()
        .await
}
