//! The demonstration shop's pages: what a ticket issuer would show. View models, as in [`crate::web::page`].
//!
//! Templates in `templates/shop/`, sentences in `locales/shop/`. Looks different on purpose: a student should see where
//! the shop ends and Pedell begins.

use std::sync::LazyLock;

use askama::Template;
use jiff::civil::{Date, date};

use crate::{
    base::{Reference, Timestamp},
    web::{
        asset::{Asset, AssetSet},
        page::{Catalog, Href, Language, LanguageLink, Page, Text, roster_form::SemesterName, show},
    },
};

/// The shop's name, which is also its name as an issuer in the demonstration.
pub const SHOP: &str = "Verkehrsbetriebe Lindenstadt";

/// The files of the shop's pages.
pub static ASSETS: LazyLock<AssetSet> = LazyLock::new(|| {
    AssetSet::new(vec![
        Asset::new("shop", "css", include_bytes!("../../../assets/shop.css")),
        Asset::new("shop", "svg", include_bytes!("../../../assets/shop.svg")),
    ])
});

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| Catalog::new(messages));

fn messages(language: Language) -> &'static str {
    match language {
        Language::De => include_str!("../../../locales/shop/de.ftl"),
        Language::En => include_str!("../../../locales/shop/en.ftl"),
    }
}

/// The shop window: `POST /buy` with `name` and `ui_locales` begins a verification.
#[derive(Clone, Debug)]
pub struct Window {
    /// This page in each language.
    pub languages: Vec<LanguageLink>,
    /// Invented students to try, and what becomes of them.
    pub students: Vec<Student>,
}

/// An invented student.
#[derive(Clone, Debug)]
pub struct Student {
    /// As on the university's list.
    pub given_names: String,
    /// As on the university's list.
    pub family_name: String,
    /// What has to be typed: the matriculation number with leading zeros, and the day of birth. Nothing, where the
    /// university has a login.
    pub typed: Option<(String, Date)>,
    /// The university's name.
    pub university: String,
    /// What the shop will get: nothing wrong, or a reason code.
    pub refused_with: Option<String>,
}

/// A ticket, after the eligibility token was verified.
#[derive(Clone, Debug)]
pub struct Ticket {
    /// This page in each language, if it can be had by a link.
    pub languages: Vec<LanguageLink>,
    /// What the person typed in the shop.
    pub typed_name: String,
    /// The university's spelling.
    pub given_names: String,
    /// The university's spelling.
    pub family_name: String,
    /// Of birth, if the shop may know it.
    pub born: Option<Date>,
    /// The university's name.
    pub university: String,
    /// The semester's name.
    pub semester: SemesterName,
    /// First day of validity.
    pub first: Date,
    /// Last day of validity.
    pub last: Date,
    /// How enrollment was proven, e.g. `roster`.
    pub method: String,
    /// When the first token for the same student, product and semester was issued, if this is a later one.
    pub repeat_of: Option<Timestamp>,
    /// What the signature says.
    pub proof: Proof,
}

/// The token, verified with the keys alone.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the names of RFC 7515 and RFC 7519")]
pub struct Proof {
    pub alg: String,
    pub kid: String,
    pub iss: String,
    pub aud: String,
    pub jti: String,
    pub exp: Timestamp,
    /// The compact serialisation.
    pub token: String,
}

/// No ticket.
#[derive(Clone, Debug)]
pub struct NoTicket {
    /// This page in each language, if it can be had by a link.
    pub languages: Vec<LanguageLink>,
    /// The OAuth error, e.g. `access_denied`.
    pub error: String,
    /// The stable reason code, e.g. `not_enrolled`, if one was given.
    pub reason: Option<String>,
    /// The issuer-facing description, in English.
    pub description: String,
    /// The number of the verification.
    pub reference: Option<Reference>,
    /// Pedell's page that explains the number.
    pub why: Option<Href>,
}

impl Ticket {
    fn official_name(&self) -> String {
        format!("{} {}", self.given_names, self.family_name)
    }

    fn is_overwritten(&self) -> bool {
        !self.typed_name.trim().is_empty() && self.typed_name.trim() != self.official_name()
    }
}

#[derive(Template)]
#[template(path = "shop/window.html")]
struct WindowView<'a> {
    page: &'a Window,
    t: Text,
}

#[derive(Template)]
#[template(path = "shop/ticket.html")]
struct TicketView<'a> {
    page: &'a Ticket,
    t: Text,
}

#[derive(Template)]
#[template(path = "shop/no_ticket.html")]
struct NoTicketView<'a> {
    page: &'a NoTicket,
    t: Text,
}

/// Every sample, as in [`crate::web::page::gallery`].
pub fn gallery(language: Language) -> Vec<(String, String)> {
    let windows = Window::samples().into_iter().map(|(state, page)| (format!("shop-{state}"), page.render(language)));
    let tickets = Ticket::samples().into_iter().map(|(state, page)| (format!("shop-{state}"), page.render(language)));
    let none = NoTicket::samples().into_iter().map(|(state, page)| (format!("shop-{state}"), page.render(language)));
    windows.chain(tickets).chain(none).collect()
}

fn languages() -> Vec<LanguageLink> {
    Href::parse("/").iter().flat_map(LanguageLink::to_each).collect()
}

impl Page for Window {
    fn render(&self, language: Language) -> String {
        show(&WindowView { page: self, t: CATALOG.text(language) })
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let student = |given: &str, family: &str, typed: Option<(&str, Date)>, refused_with: Option<&str>| Student {
            given_names: given.into(),
            family_name: family.into(),
            typed: typed.map(|(number, born)| (number.into(), born)),
            university: "Fachhochschule Auental".into(),
            refused_with: refused_with.map(Into::into),
        };
        let students = vec![
            student("Zoë Anna-Luise", "Müller-Lüdenscheidt", Some(("00412345", date(2003, 12, 24))), None),
            student("Jonas", "Weiß", None, Some("not_entitled")),
        ];
        vec![
            ("window", Self { languages: languages(), students }),
            ("bare", Self { languages: languages(), students: vec![] }),
        ]
    }
}

impl Page for Ticket {
    fn render(&self, language: Language) -> String {
        show(&TicketView { page: self, t: CATALOG.text(language) })
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let first = Self {
            languages: vec![],
            typed_name: "zoe mueller".into(),
            given_names: "Zoë Anna-Luise".into(),
            family_name: "Müller-Lüdenscheidt".into(),
            born: Some(date(2003, 12, 24)),
            university: "Fachhochschule Auental".into(),
            semester: SemesterName::Winter(2026),
            first: date(2026, 9, 1),
            last: date(2027, 2, 28),
            method: "roster".into(),
            repeat_of: None,
            proof: Proof {
                alg: "ES256".into(),
                kid: "h1zGVyv0Qk2m".into(),
                iss: "http://127.0.0.1:8090".into(),
                aud: "demo-shop".into(),
                jti: "01KB0Q6ZC2M1V5T3N8R4XJ7WEY".into(),
                exp: Timestamp::from_seconds(1_795_410_600),
                token: format!("eyJhbGciOiJFUzI1NiJ9.{}.c2lnbmF0dXJl", "eyJzdWIiOiJwc2V1ZG9ueW0ifQ".repeat(12)),
            },
        };
        let repeat = Self {
            born: None,
            semester: SemesterName::Summer(2027),
            first: date(2027, 3, 1),
            last: date(2027, 8, 31),
            typed_name: first.official_name(),
            repeat_of: Some(Timestamp::from_seconds(1_795_400_000)),
            ..first.clone()
        };
        vec![("ticket", first), ("repeat", repeat)]
    }
}

impl Page for NoTicket {
    fn render(&self, language: Language) -> String {
        show(&NoTicketView { page: self, t: CATALOG.text(language) })
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let refused = Self {
            languages: vec![],
            error: "access_denied".into(),
            reason: Some("not_entitled".into()),
            description: "The university confirms enrollment, but no entitlement to this product.".into(),
            reference: Reference::parse("7K3QF-9XTR2"),
            why: Href::parse("http://127.0.0.1:8090/why?reference=7K3QF-9XTR2"),
        };
        let bare = Self { error: "server_error".into(), reason: None, reference: None, why: None, ..refused.clone() };
        vec![("no_ticket", refused), ("no_ticket_bare", bare)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::page::message::tests::assert_complete;

    #[test]
    fn every_page_of_the_shop_has_all_its_sentences_in_every_language() {
        assert_complete(messages, |language| gallery(language).into_iter().map(|(_, html)| html).collect());
    }

    #[test]
    fn the_ticket_bears_the_universitys_spelling_and_says_so() {
        let samples = Ticket::samples();
        let overwritten = samples[0].1.render(Language::En);
        assert!(overwritten.contains("Zoë Anna-Luise Müller-Lüdenscheidt") && overwritten.contains("zoe mueller"));
        let (_, same) = &samples[1];
        assert!(!same.is_overwritten());
    }

    #[test]
    fn what_was_typed_in_the_shop_is_text() {
        let mut ticket = Ticket::samples().remove(0).1;
        ticket.typed_name = "<script>alert(1)</script>".into();
        assert!(!ticket.render(Language::De).contains("<script>"));
    }
}
