//! Where it does not go on.

use super::{Nav, Section, staff_page};
use crate::{base::Reference, domain::certificate::CertificateRefusal, web::page::Frame};

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
    /// Their certificate does not let them in.
    Certificate(CertificateRefusal),
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
    NoAuthority,
    CertificateRequest,
    LockOut,
    Company,
    ExternalName,
}

impl ProblemKind {
    /// Every one.
    pub const ALL: [Self; 27] = [
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
        Self::Refused(Refusal::NoAuthority),
        Self::Refused(Refusal::CertificateRequest),
        Self::Refused(Refusal::LockOut),
        Self::Refused(Refusal::Company),
        Self::Refused(Refusal::ExternalName),
        Self::Certificate(CertificateRefusal::Missing),
        Self::Certificate(CertificateRefusal::Another),
        Self::Certificate(CertificateRefusal::NotTheirs),
        Self::Certificate(CertificateRefusal::Revoked),
        Self::Certificate(CertificateRefusal::Expired),
        Self::Certificate(CertificateRefusal::Foreign),
        Self::Certificate(CertificateRefusal::CrlUnknown),
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
            Self::Refused(Refusal::NoAuthority) => "no-authority",
            Self::Refused(Refusal::CertificateRequest) => "certificate-request",
            Self::Refused(Refusal::LockOut) => "lock-out",
            Self::Refused(Refusal::Company) => "company",
            Self::Refused(Refusal::ExternalName) => "external-name",
            Self::Certificate(CertificateRefusal::Missing) => "certificate-missing",
            Self::Certificate(CertificateRefusal::Another) => "certificate-another",
            Self::Certificate(CertificateRefusal::NotTheirs) => "certificate-not-theirs",
            Self::Certificate(CertificateRefusal::Revoked) => "certificate-revoked",
            Self::Certificate(CertificateRefusal::Expired) => "certificate-expired",
            Self::Certificate(CertificateRefusal::Foreign) => "certificate-foreign",
            Self::Certificate(CertificateRefusal::CrlUnknown) => "certificate-crl-unknown",
        }
    }

    /// Where the page leads: not to where it would only be shown again.
    pub(crate) const fn way_out(&self) -> &'static str {
        match self {
            Self::Certificate(_) => "/staff/login",
            _ => "/staff",
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
