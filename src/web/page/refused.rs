//! The outcome for a person who does not get a token: why, what to do next, and the number to tell support.

use askama::Template;

use super::{Asking, Frame, Href, Language, Page, Reason, STUDENT, Text, roster_form::SemesterName, show};
use crate::{
    base::{Reference, Timestamp},
    domain::eligibility::Detail,
};

/// A refusal.
#[derive(Clone, Debug)]
pub struct Refused {
    /// Header and footer.
    pub frame: Frame,
    /// Who asked.
    pub asking: Asking,
    /// Why.
    pub reason: Reason,
    /// What the university did not send, if that is why.
    pub missing: Vec<Detail>,
    /// The number of this verification.
    pub reference: Reference,
    /// The university, if one was chosen.
    pub university: Option<University>,
    /// The semester that was asked about, if known.
    pub semester: Option<SemesterName>,
    /// When it was decided.
    pub when: Timestamp,
    /// In how many minutes trying again is worth it, if that can be told.
    pub retry_in_minutes: Option<u32>,
    /// To the beginning of this verification, while its request lives.
    pub again: Option<Href>,
    /// To the shop, with the standard error.
    pub back: Href,
}

/// A university and whom to ask there.
#[derive(Clone, Debug)]
pub struct University {
    /// Its name, in its own words.
    pub name: String,
    /// Its offices for such questions; may be empty.
    pub contacts: Vec<Contact>,
}

/// Somebody at the university who can help.
#[derive(Clone, Debug)]
pub struct Contact {
    /// What is shown: an office's name, an address or a number.
    pub label: String,
    /// Where it leads.
    pub href: Href,
}

#[derive(Template)]
#[template(path = "student/refused.html")]
struct View<'a> {
    page: &'a Refused,
    t: Text,
}

impl Page for Refused {
    fn render(&self, language: Language) -> String {
        show(&View { page: self, t: STUDENT.text(language) })
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let parts =
            Reference::parse("7K3QF9XTR2").zip(Href::parse("https://shop.example/callback?error=access_denied"));
        let Some((reference, back)) = parts else { return vec![] };
        let contact = |label: &str, href: Option<Href>| href.map(|href| Contact { label: label.into(), href });
        let mail = "studierendensekretariat@fh-auental.example";
        let contacts = [contact(mail, Href::mail(mail)), contact("+49 123 456789", Href::parse("tel:+49123456789"))];
        let contacts = contacts.into_iter().flatten().collect();
        let full = Self {
            frame: Frame::sample(),
            asking: Asking::sample(),
            reason: Reason::NotEnrolled,
            missing: Vec::new(),
            reference,
            university: Some(University { name: "Fachhochschule Auental".into(), contacts }),
            semester: Some(SemesterName::Winter(2026)),
            when: Timestamp::from_seconds(1_795_410_600),
            retry_in_minutes: None,
            again: Href::parse("/verify/choose"),
            back,
        };
        let bare = Self { university: None, semester: None, again: None, ..full.clone() };
        let missing = |reason| match reason {
            Reason::AttributeMissing => Detail::ALL.to_vec(),
            _ => Vec::new(),
        };
        let each = Reason::ALL.map(|reason| (reason.code(), Self { reason, missing: missing(reason), ..full.clone() }));
        let later =
            |minutes| Self { reason: Reason::SourceUnavailable, retry_in_minutes: Some(minutes), ..full.clone() };
        let others =
            [("later", later(2)), ("soon", later(1)), ("bare", Self { reason: Reason::ConsentDenied, ..bare })];
        each.into_iter().chain(others).collect()
    }
}
