//! "Why was I refused?": a reference number in, the reason in plain words out. Nothing about the person.

use askama::Template;

use super::{Frame, Href, Language, Page, Reason, STUDENT, Text, lookup, show};
use crate::base::{Reference, Timestamp};

/// The page: `GET /why` with `reference` and `ui_locales`.
#[derive(Clone, Debug)]
pub struct Lookup {
    /// Header and footer.
    pub frame: Frame,
    /// What was typed, as it was.
    pub typed: String,
    /// What it led to.
    pub answer: Answer,
}

/// What is known under the number.
#[derive(Clone, Debug)]
pub enum Answer {
    /// Nothing was asked yet.
    NotAsked,
    /// What was typed is not a reference number.
    Unreadable,
    /// No verification has this number (or it is too old to be told).
    NotFound,
    /// Too many questions from here.
    TooMany,
    /// A refusal.
    Refused(Past, Reason),
    /// A verification that went well.
    Verified(Past),
}

/// A verification, without the person.
#[derive(Clone, Debug)]
pub struct Past {
    /// Its number.
    pub reference: Reference,
    /// When it was decided.
    pub when: Timestamp,
    /// The university, if one was chosen.
    pub university: Option<String>,
    /// Who asked.
    pub issuer: String,
    /// Where the university answers questions.
    pub help: Option<Href>,
}

#[derive(Template)]
#[template(path = "student/lookup.html")]
struct View<'a> {
    page: &'a Lookup,
    t: Text,
}

impl View<'_> {
    fn is_unreadable(&self) -> bool {
        matches!(self.page.answer, Answer::Unreadable)
    }
}

impl Page for Lookup {
    fn render(&self, language: Language) -> String {
        show(&View { page: self, t: STUDENT.text(language) })
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let Some(reference) = Reference::parse("7K3QF-9XTR2") else { return vec![] };
        let page = |typed: &str, answer| Self { frame: Frame::sample(), typed: typed.into(), answer };
        let past = Past {
            reference,
            when: Timestamp::from_seconds(1_795_410_600),
            university: Some("Technische Universität Groß-Möhringen".into()),
            issuer: "Verkehrsbetriebe Lindenstadt".into(),
            help: Href::mail("studierendensekretariat@tu-moehringen.example"),
        };
        let bare = Past { university: None, help: None, ..past.clone() };
        vec![
            ("empty", page("", Answer::NotAsked)),
            ("unreadable", page("7K3QF", Answer::Unreadable)),
            ("not_found", page("7k3qf 9xtr3", Answer::NotFound)),
            ("too_many", page("7k3qf 9xtr3", Answer::TooMany)),
            ("refused", page("7k3qf 9xtr2", Answer::Refused(past.clone(), Reason::NotEntitled))),
            ("cancelled", page("7k3qf 9xtr2", Answer::Refused(bare, Reason::ConsentDenied))),
            ("verified", page("7k3qf 9xtr2", Answer::Verified(past))),
        ]
    }
}
