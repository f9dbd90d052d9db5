//! A test connection's settings, as a document to be changed.

use super::{Nav, Section, connection_edit, staff_page};
use crate::{flow::connection_document::BEGINNINGS, web::page::Frame};

/// The page: `GET /staff/connection/edit` with `tenant`, `kind`; `POST` with `tenant`, `version`, `document`, `forget` and
/// `secret_{name}`.
#[derive(Clone, Debug)]
pub struct ConnectionEdit {
    /// Header and footer.
    pub frame: Frame,
    /// Who, where to, and the way out.
    pub nav: Nav,
    /// Whose.
    pub university: String,
    /// Its id.
    pub tenant_id: String,
    /// The version that is being changed.
    pub version: i64,
    /// What was typed, or what there is.
    pub document: String,
    /// The secrets that this kind can take, and whether there is one. What it is, is never shown.
    pub secrets: Vec<(&'static str, bool)>,
    /// What is wrong, in words for IT.
    pub faults: Vec<FaultRow>,
    /// Why nothing was saved, or that it was.
    pub outcome: EditOutcome,
}

/// Something that is wrong.
#[derive(Clone, Debug)]
pub struct FaultRow {
    /// Where: the number of the line, and what stands there.
    pub line: Option<(usize, String)>,
    /// What.
    pub text: String,
}

/// What came of saving.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EditOutcome {
    /// It is shown for the first time.
    Asked,
    /// The document has faults: nothing was saved.
    Faulty,
    /// Somebody else has saved meanwhile.
    Overtaken,
    /// Secrets were given for another address.
    OtherAddressee,
    /// A secret that it does not take, or too large a one.
    Secret,
    /// Saved, and something keeps it from working.
    Saved,
}

impl EditOutcome {
    const ALL: [Self; 6] =
        [Self::Asked, Self::Faulty, Self::Overtaken, Self::OtherAddressee, Self::Secret, Self::Saved];

    /// The sentence's key, and the key of what to do, where there is something to say.
    pub(crate) const fn keys(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Asked => None,
            Self::Faulty => Some(("edit-faulty", "edit-faulty-next")),
            Self::Overtaken => Some(("edit-overtaken", "edit-overtaken-next")),
            Self::OtherAddressee => Some(("edit-other-addressee", "edit-other-addressee-next")),
            Self::Secret => Some(("edit-secret", "edit-secret-next")),
            Self::Saved => Some(("edit-saved", "edit-saved-next")),
        }
    }
}

/// The kinds to begin with.
pub(crate) fn kinds() -> [&'static str; 5] {
    BEGINNINGS.map(|(kind, _)| kind)
}

/// Whether a secret has lines.
pub(crate) fn is_long(name: &str) -> bool {
    name.ends_with("_key")
}

staff_page!(ConnectionEdit, "staff/connection_edit.html", || {
    let fault = |line, text: &str| FaultRow { line, text: text.into() };
    let page = ConnectionEdit {
        frame: Frame::sample(),
        nav: Nav::sample(Section::Connection),
        university: "Universität Lindenstadt".into(),
        tenant_id: "01ARZ3NDEKTSV4RRFFQ69G5FAV".into(),
        version: 4,
        document: BEGINNINGS[4].1.into(),
        secrets: vec![("password", true), ("token", false), ("client_key", false)],
        faults: Vec::new(),
        outcome: EditOutcome::Asked,
    };
    let states = EditOutcome::ALL.map(|outcome| {
        let faults = vec![
            fault(Some((3, "feilds = [\"matriculation_number\"]".into())), "unknown field `feilds`"),
            fault(None, "missing field `issuer`"),
        ];
        let has_faults = matches!(outcome, EditOutcome::Faulty | EditOutcome::Saved);
        let faults = if has_faults { faults } else { Vec::new() };
        (outcome.keys().map_or("asked", |(key, _)| key), ConnectionEdit { faults, outcome, ..page.clone() })
    });
    let bare = ConnectionEdit { document: BEGINNINGS[0].1.into(), version: 0, secrets: Vec::new(), ..page.clone() };
    states.into_iter().chain([("bare", bare)]).collect()
});
