//! The audit trail: searched, and taken out.

use super::{Nav, Section, staff_page};
use crate::{
    base::Timestamp,
    flow::checkpoints::CheckpointTrouble,
    web::page::{Frame, Href},
};

/// The page: `GET /staff/audit` with `trail`, `kind`, `object`, `actor`, `from`, `to`; `POST /staff/audit/export` with
/// the same and `format`.
#[derive(Clone, Debug)]
pub struct Audit {
    /// Header and footer.
    pub frame: Frame,
    /// Who, where to, and the way out.
    pub nav: Nav,
    /// Whose.
    pub tenant: String,
    /// Its id, for forms.
    pub tenant_id: String,
    /// What was typed.
    pub typed: TypedAudit,
    /// What is found.
    pub entries: Vec<EntryRow>,
    /// The next ones.
    pub older: Option<Href>,
    /// What vouches for the chain in which they stand.
    pub checkpoints: Checkpoints,
}

/// Checkpoints of a chain.
#[derive(Clone, Debug)]
pub struct Checkpoints {
    /// The newest ones, newest first.
    pub newest: Vec<CheckpointRow>,
    /// Entries since.
    pub unsigned: i64,
    /// What is wrong.
    pub trouble: Option<CheckpointTrouble>,
}

/// A checkpoint.
#[derive(Clone, Debug)]
pub struct CheckpointRow {
    /// Its place among the chain's.
    pub number: i64,
    /// When.
    pub at: Timestamp,
    /// The entry that was the last one.
    pub seq: i64,
    /// That entry's hash, in hex.
    pub hash: String,
}

impl Checkpoints {
    /// The sentence about what is wrong.
    pub fn trouble_key(&self) -> Option<&'static str> {
        self.trouble.map(|trouble| match trouble {
            CheckpointTrouble::DoesNotFit => "audit-checkpoint-broken",
            CheckpointTrouble::Overdue => "audit-checkpoint-overdue",
        })
    }
}

/// What was looked for.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "the names of the form's fields")]
pub struct TypedAudit {
    pub house: bool,
    pub kind: String,
    pub object: String,
    pub actor: String,
    pub from: String,
    pub to: String,
}

/// An entry.
#[derive(Clone, Debug)]
pub struct EntryRow {
    /// Its place.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// Who: a name where there is one to see, with the id.
    pub actor: String,
    /// What.
    pub kind: String,
    /// To which object.
    pub object: String,
    /// Ids and codes, as JSON.
    pub detail: String,
}

staff_page!(Audit, "staff/audit.html", || {
    let row = EntryRow {
        seq: 4711,
        at: Timestamp::parse("2026-11-24T09:00:00Z").unwrap_or(Timestamp::from_seconds(0)),
        actor: "Bo Li · staff 01ARZ3NDEKTSV4RRFFQ69G5FAV organizer_manager".into(),
        kind: "roster.imported".into(),
        object: "01ARZ3NDEKTSV4RRFFQ69G5FAV".into(),
        detail: "{\"rows\":30211,\"semester\":\"2026W\"}".into(),
    };
    let at = row.at;
    let signed = |trouble| Checkpoints {
        newest: vec![CheckpointRow { number: 12, at, seq: 4700, hash: "7d0f".repeat(16) }],
        unsigned: 11,
        trouble,
    };
    let list = Audit {
        frame: Frame::sample(),
        nav: Nav::sample(Section::Audit),
        tenant: "Universität Lindenstadt".into(),
        tenant_id: "01ARZ3NDEKTSV4RRFFQ69G5FAV".into(),
        typed: TypedAudit { kind: "roster.".into(), ..TypedAudit::default() },
        entries: vec![row],
        older: Href::parse("/staff/audit?before=4711"),
        checkpoints: signed(None),
    };
    let typed = TypedAudit { house: true, ..TypedAudit::default() };
    let none = Checkpoints { newest: Vec::new(), unsigned: 0, trouble: None };
    let empty = Audit { entries: Vec::new(), older: None, typed, checkpoints: none, ..list.clone() };
    let broken = Audit { checkpoints: signed(Some(CheckpointTrouble::DoesNotFit)), ..list.clone() };
    let overdue = Audit { checkpoints: signed(Some(CheckpointTrouble::Overdue)), ..list.clone() };
    vec![("list", list), ("empty", empty), ("broken", broken), ("overdue", overdue)]
});
