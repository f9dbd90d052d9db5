//! The page on which a university's IT tries its test connection.

use askama::Template;

use super::{Frame, Language, Page, STUDENT, Text, show};

/// The page: `GET /try` with `trial` and `ui_locales`.
#[derive(Clone, Debug)]
pub struct Trial {
    /// Header and footer.
    pub frame: Frame,
    /// Whose connection, in its own words.
    pub university: String,
    /// The version that is tried; 0 if nobody has set one.
    pub version: i64,
    /// Who is asked: a provider's identifier or address. None if there is nobody to log in at.
    pub provider: Option<String>,
    /// The sealed leave to try.
    pub trial: String,
    /// What keeps the connection from working, in words for its IT.
    pub faults: Vec<String>,
}

#[derive(Template)]
#[template(path = "student/trial.html")]
struct View<'a> {
    page: &'a Trial,
    t: Text,
}

impl Page for Trial {
    fn render(&self, language: Language) -> String {
        show(&View { page: self, t: STUDENT.text(language) })
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let good = Self {
            frame: Frame::sample(),
            university: "Technische Universität Groß-Möhringen".into(),
            version: 7,
            provider: Some("https://idp.tu-moehringen.example/idp/shibboleth".into()),
            trial: "sealed".into(),
            faults: Vec::new(),
        };
        let fault =
            "fault saml_no_metadata: there is no metadata of \"https://idp.tu-moehringen.example/idp/shibboleth\"";
        let faulty = Self { faults: vec![fault.into()], ..good.clone() };
        let list = Self { provider: None, version: 0, ..good.clone() };
        vec![("good", good), ("faulty", faulty), ("list", list)]
    }
}
