//! The root page of an instance.

use askama::Template;

use super::{Frame, Href, Language, Page, STUDENT, Text, show};

/// What this is, for whoever finds the address.
#[derive(Clone, Debug)]
pub struct Home {
    /// Header and footer.
    pub frame: Frame,
    /// The demonstration shop, on an instance that has one.
    pub shop: Option<Href>,
    /// Pedell's version, e.g. `0.1.0`; empty if the operator does not show it.
    pub version: String,
}

#[derive(Template)]
#[template(path = "student/home.html")]
struct View<'a> {
    page: &'a Home,
    t: Text,
}

impl Page for Home {
    fn render(&self, language: Language) -> String {
        show(&View { page: self, t: STUDENT.text(language) })
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let demo =
            Self { frame: Frame::sample(), shop: Href::parse("http://127.0.0.1:8091/"), version: "0.1.0".into() };
        let live = Self {
            frame: Frame { is_demo: false, imprint: None, privacy: None, accessibility: None, ..Frame::sample() },
            shop: None,
            version: String::new(),
        };
        vec![("demo", demo), ("live", live)]
    }
}
