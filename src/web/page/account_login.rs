//! The way to one's own account: which university?

use askama::Template;

use super::{Frame, Language, Page, STUDENT, Text, picker::Choice, show};

/// The page: `GET /account` with `q` and `ui_locales`. Choice: `POST /account/login` with `flow`, `ui_locales` and
/// `university` (a [`Choice::id`]).
#[derive(Clone, Debug)]
pub struct AccountLogin {
    /// Header and footer.
    pub frame: Frame,
    /// Sealed: which browser.
    pub flow: String,
    /// What was searched for; empty means that `universities` is the whole list.
    pub query: String,
    /// What `query` finds, in the order of their names.
    pub universities: Vec<Choice>,
}

#[derive(Template)]
#[template(path = "student/account_login.html")]
struct View<'a> {
    page: &'a AccountLogin,
    t: Text,
}

impl Page for AccountLogin {
    fn render(&self, language: Language) -> String {
        show(&View { page: self, t: STUDENT.text(language) })
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let university = |id: &str, name: &str, place: &str| Choice {
            id: id.into(),
            name: name.into(),
            place: place.into(),
            also: String::new(),
            logo: None,
        };
        let whole = Self {
            frame: Frame::sample(),
            flow: "c2VhbGVk".repeat(20),
            query: String::new(),
            universities: vec![
                university("tu-moehringen", "Technische Universität Groß-Möhringen", "Groß-Möhringen"),
                university("uni-lindenstadt", "Universität Lindenstadt", "Lindenstadt"),
            ],
        };
        let nothing = Self { query: "Hogwarts".into(), universities: vec![], ..whole.clone() };
        vec![("whole", whole), ("nothing", nothing)]
    }
}
