//! Verifications, and why one was refused.

use super::{Nav, Section, staff_page};
use crate::{
    base::Timestamp,
    web::page::{Frame, Href, Reason},
};

/// The page: `GET /staff/verifications` with `reference`, or with `outcome`, `reason`, `from`, `to`.
#[derive(Clone, Debug)]
pub struct Verifications {
    /// Header and footer.
    pub frame: Frame,
    /// Who, where to, and the way out.
    pub nav: Nav,
    /// Whose.
    pub university: String,
    /// Its id, for forms.
    pub tenant_id: String,
    /// What was typed.
    pub typed: TypedSearch,
    /// What is found.
    pub rows: Vec<VerificationRow>,
    /// The next ones.
    pub older: Option<Href>,
    /// Whether a number was asked for that is nobody's here.
    pub is_unknown: bool,
}

/// What was looked for.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "the names of the form's fields")]
pub struct TypedSearch {
    pub reference: String,
    pub outcome: String,
    pub reason: String,
    pub from: String,
    pub to: String,
}

/// A verification.
#[derive(Clone, Debug)]
pub struct VerificationRow {
    /// The number for support.
    pub reference: String,
    /// When.
    pub at: Timestamp,
    /// Who asked.
    pub issuer: String,
    /// What for.
    pub product: String,
    /// For which semester.
    pub semester: String,
    /// How it was proven.
    pub method: String,
    /// Where it was typed, if at a counter: the agency; in an agency's list, who typed it.
    pub counter: Option<String>,
    /// Whose students, in an agency's list.
    pub university: Option<String>,
    /// Eligible, or why not.
    pub decision: Result<(), Reason>,
}

staff_page!(Verifications, "staff/verifications.html", || {
    let row = |decision| VerificationRow {
        reference: "7K3QF-9XTR2".into(),
        at: Timestamp::parse("2026-11-24T09:00:00Z").unwrap_or(Timestamp::from_seconds(0)),
        issuer: "Verkehrsbetriebe Lindenstadt".into(),
        product: "deutschlandsemesterticket".into(),
        semester: "2026W".into(),
        method: "roster".into(),
        counter: None,
        university: None,
        decision,
    };
    let list = Verifications {
        frame: Frame::sample(),
        nav: Nav::sample(Section::Verifications),
        university: "Universität Lindenstadt".into(),
        tenant_id: "01ARZ3NDEKTSV4RRFFQ69G5FAV".into(),
        typed: TypedSearch { outcome: "refused".into(), ..TypedSearch::default() },
        rows: vec![row(Ok(())), row(Err(Reason::NotEnrolled)), row(Err(Reason::AttributeMissing))],
        older: Href::parse("/staff/verifications?before=1"),
        is_unknown: false,
    };
    let none = Verifications { rows: Vec::new(), older: None, ..list.clone() };
    let one = Verifications {
        rows: vec![row(Err(Reason::WrongSemester))],
        typed: TypedSearch { reference: "7K3QF-9XTR2".into(), ..TypedSearch::default() },
        ..none.clone()
    };
    let typed = VerificationRow { counter: Some("Vorverkauf Lindenstadt".into()), ..row(Ok(())) };
    let theirs = VerificationRow {
        counter: Some("Kim Nguyen".into()),
        university: Some("Universität Lindenstadt".into()),
        ..row(Err(Reason::NotEnrolled))
    };
    let counter = Verifications { rows: vec![typed, theirs], ..none.clone() };
    let unknown = Verifications { is_unknown: true, ..none.clone() };
    vec![("counter", counter), ("list", list), ("none", none), ("one", one), ("unknown", unknown)]
});
