//! "May this shop know this?": asked before the first hand-over, and when more is wanted.

use askama::Template;

use super::{Asking, Frame, Href, Language, Page, STUDENT, Text, roster_form::PassedOn, show};

/// The page: `GET /verify/consent`; `POST /verify/consent` with `flow`, `ui_locales` and `agree` or `cancel`.
#[derive(Clone, Debug)]
pub struct Consent {
    /// Header and footer.
    pub frame: Frame,
    /// Who wants it.
    pub asking: Asking,
    /// The university that confirmed it.
    pub university: String,
    /// Sealed state, carried along as it is.
    pub flow: String,
    /// What the issuer gets, in the order in which it is told; and whether it is the student's own word.
    pub passed_on: Vec<(PassedOn, bool)>,
    /// To the student's account.
    pub account: Option<Href>,
}

#[derive(Template)]
#[template(path = "student/consent.html")]
struct View<'a> {
    page: &'a Consent,
    t: Text,
}

impl Page for Consent {
    fn render(&self, language: Language) -> String {
        show(&View { page: self, t: STUDENT.text(language) })
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let whole = Self {
            frame: Frame::sample(),
            asking: Asking::sample(),
            university: "Technische Universität Groß-Möhringen".into(),
            flow: "c2VhbGVk".repeat(100),
            passed_on: vec![
                (PassedOn::Enrollment, false),
                (PassedOn::GivenNames, false),
                (PassedOn::FamilyName, false),
                (PassedOn::BirthDate, true),
                (PassedOn::Picture, true),
                (PassedOn::Pseudonym, false),
            ],
            account: Href::parse("/account"),
        };
        let bare =
            Self { passed_on: vec![(PassedOn::Enrollment, false), (PassedOn::Pseudonym, false)], ..whole.clone() };
        vec![("whole", whole), ("bare", bare)]
    }
}
