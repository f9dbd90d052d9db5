//! A university's lists: which there are, what a file would change, what was wrong with it.

use super::{Nav, Section, rosters, staff_page};
use crate::{base::Timestamp, web::page::Frame};

/// The page: `POST /staff/rosters` (a form with a file), `POST /staff/rosters/roll-back` with `tenant`, `semester`.
#[derive(Clone, Debug)]
pub struct Rosters {
    /// Header and footer.
    pub frame: Frame,
    /// Who, where to, and the way out.
    pub nav: Nav,
    /// Whose.
    pub university: String,
    /// Its id, for forms.
    pub tenant_id: String,
    /// The lists, newest first.
    pub lists: Vec<ListRow>,
    /// The semester that is offered.
    pub semester: String,
    /// Whether they may import.
    pub may_import: bool,
    /// What came of a file.
    pub report: Option<Report>,
    /// Why there is no report.
    pub trouble: Option<RosterTrouble>,
}

/// A list.
#[derive(Clone, Debug)]
pub struct ListRow {
    /// For which semester.
    pub semester: String,
    /// Whether students are checked against it; otherwise it is the one before.
    pub is_current: bool,
    /// How many students.
    pub rows: i64,
    /// When it came.
    pub at: Timestamp,
    /// Who imported it.
    pub by: String,
    /// Whether the one before can come back.
    pub can_roll_back: bool,
}

/// What came of a file.
#[derive(Clone, Debug)]
pub struct Report {
    /// `imported`, `preview` or `refused`.
    pub outcome: ReportOutcome,
    /// Why it is refused, or would be.
    pub refusal: Option<RosterRefusal>,
    /// Rows read, students, new, changed, the same, gone, twice.
    pub counts: [u64; 7],
    /// Faults altogether.
    pub fault_count: u64,
    /// The first of them: line, column, code, in plain English.
    pub faults: Vec<(u64, String, &'static str, String)>,
}

/// What became of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the sentences say it")]
pub enum ReportOutcome {
    Imported,
    Preview,
    Refused,
}

/// Why a list is refused as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RosterRefusal {
    /// Rows are faulty.
    FaultyRows,
    /// There is nobody on it.
    Empty,
    /// So many per cent would go.
    Shrinks(u64),
}

/// Why there is no report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RosterTrouble {
    /// No such semester.
    Semester,
    /// No file was chosen.
    NoFile,
    /// The file is no list: why, in plain English.
    Unreadable(String),
    /// Another import was finished meanwhile.
    Overtaken,
    /// Others are being imported.
    Busy,
    /// There is no list before.
    NothingBefore,
}

impl Report {
    pub(crate) const fn key(&self) -> &'static str {
        match self.outcome {
            ReportOutcome::Imported => "rosters-imported",
            ReportOutcome::Preview => "rosters-preview",
            ReportOutcome::Refused => "rosters-refused",
        }
    }
}

impl RosterTrouble {
    pub(crate) const fn key(&self) -> &'static str {
        match self {
            Self::Semester => "rosters-no-semester",
            Self::NoFile => "rosters-no-file",
            Self::Unreadable(_) => "rosters-unreadable",
            Self::Overtaken => "rosters-overtaken",
            Self::Busy => "rosters-busy",
            Self::NothingBefore => "rosters-nothing-before",
        }
    }
}

staff_page!(Rosters, "staff/rosters.html", || {
    let at = Timestamp::parse("2026-11-24T09:00:00Z").unwrap_or(Timestamp::from_seconds(0));
    let row = |is_current| ListRow {
        semester: "2026W".into(),
        is_current,
        rows: 30_211,
        at,
        by: "Ayşe Yılmaz".into(),
        can_roll_back: is_current,
    };
    let list = Rosters {
        frame: Frame::sample(),
        nav: Nav::sample(Section::Rosters),
        university: "Universität Lindenstadt".into(),
        tenant_id: "01ARZ3NDEKTSV4RRFFQ69G5FAV".into(),
        lists: vec![row(true), row(false)],
        semester: "2026W".into(),
        may_import: true,
        report: None,
        trouble: None,
    };
    let report = |outcome, refusal, fault_count| Report {
        outcome,
        refusal,
        counts: [30_220, 30_211, 412, 31, 29_768, 205, 3],
        fault_count,
        faults: vec![(7, "Geburtsdatum".into(), "unreadable_date", "The birth date is no date.".into())],
    };
    let with = |report| Rosters { report: Some(report), ..list.clone() };
    let faultless = Report { faults: Vec::new(), ..report(ReportOutcome::Imported, None, 0) };
    let troubles = [
        RosterTrouble::Semester,
        RosterTrouble::NoFile,
        RosterTrouble::Unreadable("the file has no column for the matriculation number".into()),
        RosterTrouble::Overtaken,
        RosterTrouble::Busy,
        RosterTrouble::NothingBefore,
    ];
    let refusals = troubles.map(|trouble| (trouble.key(), Rosters { trouble: Some(trouble), ..list.clone() }));
    let states = [
        ("imported", with(faultless)),
        ("preview", with(report(ReportOutcome::Preview, Some(RosterRefusal::Shrinks(63)), 1))),
        ("refused", with(report(ReportOutcome::Refused, Some(RosterRefusal::FaultyRows), 1204))),
        ("empty_file", with(report(ReportOutcome::Refused, Some(RosterRefusal::Empty), 0))),
        ("none", Rosters { lists: Vec::new(), may_import: false, ..list.clone() }),
        ("list", list.clone()),
    ];
    refusals.into_iter().chain(states).collect()
});
