//! The page for what cannot, or must not, go back to the shop.

use askama::Template;

use super::{Frame, Href, Language, Page, STUDENT, Text, show};
use crate::base::Reference;

/// A dead end, with a way out.
#[derive(Clone, Debug)]
pub struct Problem {
    /// Header and footer.
    pub frame: Frame,
    /// What happened.
    pub kind: ProblemKind,
    /// The number under which the cause is in the log.
    pub reference: Reference,
    /// Where the person may go on, if that is known to be safe: the issuer's registered home page.
    pub onward: Option<Href>,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// No issuer with this `client_id`.
    UnknownClient,
    /// The redirect URI is none of the issuer's: going there would be an open redirect.
    WrongRedirectUri,
    /// The request of the issuer cannot be understood.
    BadRequest,
    /// The sealed state is too old, altered or from another browser.
    FlowExpired,
    /// No such page.
    NotFound,
    /// The browser does not keep our cookie.
    CookiesOff,
    /// More was sent than is read.
    TooLarge,
    /// Too many requests from here.
    TooMany,
    /// This network is none that anybody comes from.
    BlockedRegion,
    /// The link to try a connection is too old or altered.
    TrialOver,
    /// The account's page was open for too long, or belongs to another browser.
    AccountClosed,
    /// The login that leads to an account did not work.
    AccountLogin,
    /// Our fault.
    Internal,
}

impl ProblemKind {
    /// Every one.
    pub const ALL: [Self; 13] = [
        Self::UnknownClient,
        Self::WrongRedirectUri,
        Self::BadRequest,
        Self::FlowExpired,
        Self::NotFound,
        Self::CookiesOff,
        Self::TooLarge,
        Self::TooMany,
        Self::BlockedRegion,
        Self::TrialOver,
        Self::AccountClosed,
        Self::AccountLogin,
        Self::Internal,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::UnknownClient => "unknown-client",
            Self::WrongRedirectUri => "wrong-redirect-uri",
            Self::BadRequest => "bad-request",
            Self::FlowExpired => "flow-expired",
            Self::NotFound => "not-found",
            Self::CookiesOff => "cookies-off",
            Self::TooLarge => "too-large",
            Self::TooMany => "too-many",
            Self::BlockedRegion => "blocked-region",
            Self::TrialOver => "trial-over",
            Self::AccountClosed => "account-closed",
            Self::AccountLogin => "account-login",
            Self::Internal => "internal",
        }
    }

    fn key(self, sentence: &str) -> String {
        format!("problem-{}-{sentence}", self.name())
    }
}

#[derive(Template)]
#[template(path = "student/problem.html")]
struct View<'a> {
    page: &'a Problem,
    t: Text,
}

impl Page for Problem {
    fn render(&self, language: Language) -> String {
        show(&View { page: self, t: STUDENT.text(language) })
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let Some(reference) = Reference::parse("2M8V4-0ZQ7C") else { return vec![] };
        let problem = |kind, onward| Self { frame: Frame::sample(), kind, reference: reference.clone(), onward };
        let each = ProblemKind::ALL.into_iter().map(|kind| (kind.name(), problem(kind, None)));
        let onward = problem(ProblemKind::FlowExpired, Href::parse("https://shop.example/"));
        each.chain([("with-way-out", onward)]).collect()
    }
}
