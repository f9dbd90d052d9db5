//! The audit trail: searched, and taken out.

use super::{Nav, Section, staff_page};
use crate::{
    base::Timestamp,
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
    let list = Audit {
        frame: Frame::sample(),
        nav: Nav::sample(Section::Audit),
        tenant: "Universität Lindenstadt".into(),
        tenant_id: "01ARZ3NDEKTSV4RRFFQ69G5FAV".into(),
        typed: TypedAudit { kind: "roster.".into(), ..TypedAudit::default() },
        entries: vec![row],
        older: Href::parse("/staff/audit?before=4711"),
    };
    let typed = TypedAudit { house: true, ..TypedAudit::default() };
    let empty = Audit { entries: Vec::new(), older: None, typed, ..list.clone() };
    vec![("list", list), ("empty", empty)]
});
