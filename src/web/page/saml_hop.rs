//! The page between the university's login and our own check: it goes on by itself, or by a button without script.

use askama::Template;

use super::{Frame, Language, Page, STUDENT, Text, show};

/// "One moment."
#[derive(Clone, Debug)]
pub struct SamlHop {
    /// Header and footer.
    pub frame: Frame,
    /// `SAMLResponse`, as it came.
    pub response: String,
    /// `RelayState`, as it came.
    pub relay: String,
}

#[derive(Template)]
#[template(path = "student/saml_hop.html")]
struct View<'a> {
    page: &'a SamlHop,
    t: Text,
}

impl Page for SamlHop {
    fn render(&self, language: Language) -> String {
        show(&View { page: self, t: STUDENT.text(language) })
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let frame = Frame { languages: vec![], ..Frame::sample() };
        vec![("hop", Self { frame, response: "PHNhbWxwOlJlc3BvbnNlLz4=".into(), relay: "q7".into() })]
    }
}
