//! Where it does not go on.

use super::{Nav, Section, staff_page};
use crate::{base::Reference, web::page::Frame};

/// A dead end, with a way out.
#[derive(Clone, Debug)]
pub struct Problem {
    /// Header and footer.
    pub frame: Frame,
    /// Who, if anybody is logged in.
    pub nav: Option<Nav>,
    /// What happened.
    pub kind: ProblemKind,
    /// The number under which the cause is in the log.
    pub reference: Reference,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// There is no such page, or not for them.
    NotFound,
    /// The invitation is used, revoked or too old.
    InvitationOver,
    /// The form was too old, another browser's or another site's.
    FormOver,
    /// The account can't be used from this network.
    Elsewhere,
    /// This network is none that anybody comes from.
    BlockedRegion,
    /// What was sent can't be read.
    BadRequest,
    /// It does not go together with how things are: the reason is said.
    Refused(Refusal),
    /// Our fault.
    Internal,
}

/// Why something was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the sentences say it")]
pub enum Refusal {
    LastManager,
    LastFactor,
    NoPasskey,
    SamePerson,
    NothingAsked,
    Overtaken,
    Faulty,
    NoTestConnection,
}

impl ProblemKind {
    /// Every one.
    pub const ALL: [Self; 15] = [
        Self::NotFound,
        Self::InvitationOver,
        Self::FormOver,
        Self::Elsewhere,
        Self::BlockedRegion,
        Self::BadRequest,
        Self::Internal,
        Self::Refused(Refusal::LastManager),
        Self::Refused(Refusal::LastFactor),
        Self::Refused(Refusal::NoPasskey),
        Self::Refused(Refusal::SamePerson),
        Self::Refused(Refusal::NothingAsked),
        Self::Refused(Refusal::Overtaken),
        Self::Refused(Refusal::Faulty),
        Self::Refused(Refusal::NoTestConnection),
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::NotFound => "not-found",
            Self::InvitationOver => "invitation-over",
            Self::FormOver => "form-over",
            Self::Elsewhere => "elsewhere",
            Self::BlockedRegion => "blocked-region",
            Self::BadRequest => "bad-request",
            Self::Internal => "internal",
            Self::Refused(Refusal::LastManager) => "last-manager",
            Self::Refused(Refusal::LastFactor) => "last-factor",
            Self::Refused(Refusal::NoPasskey) => "no-passkey",
            Self::Refused(Refusal::SamePerson) => "same-person",
            Self::Refused(Refusal::NothingAsked) => "nothing-asked",
            Self::Refused(Refusal::Overtaken) => "overtaken",
            Self::Refused(Refusal::Faulty) => "faulty",
            Self::Refused(Refusal::NoTestConnection) => "no-test-connection",
        }
    }

    pub(crate) fn key(&self, sentence: &str) -> String {
        format!("staff-problem-{}-{sentence}", self.name())
    }
}

staff_page!(Problem, "staff/problem.html", || {
    let Some(reference) = Reference::parse("2M8V4-0ZQ7C") else { return vec![] };
    let problem = |kind, nav| Problem { frame: Frame::sample(), nav, kind, reference: reference.clone() };
    let each = ProblemKind::ALL.into_iter().map(|kind| (kind.name(), problem(kind, None)));
    each.chain([("logged-in", problem(ProblemKind::NotFound, Some(Nav::sample(Section::Overview))))]).collect()
});
