//! "Which university are you at?": the first page of a student on the way from the shop.

use askama::Template;

use super::{Asking, Frame, Language, Page, STUDENT, Text, show};

/// The picker. Search: `GET /verify/choose` with `flow`, `q`, `ui_locales`. Choice: `POST /verify/choose` with `flow`,
/// `ui_locales` and `university` (a [`Choice::id`]) or `cancel`.
#[derive(Clone, Debug)]
pub struct Picker {
    /// Header and footer.
    pub frame: Frame,
    /// Who asks.
    pub asking: Asking,
    /// Sealed state, carried along as it is.
    pub flow: String,
    /// What was searched for; empty means that `universities` is the whole list.
    pub query: String,
    /// The university chosen last time in this browser.
    pub remembered: Option<Choice>,
    /// What `query` finds, in the order of their names.
    pub universities: Vec<Choice>,
}

/// One university.
#[derive(Clone, Debug)]
pub struct Choice {
    /// What the button sends.
    pub id: String,
    /// Its name, in its own words.
    pub name: String,
    /// City or cities.
    pub place: String,
    /// Other names that people type, e.g. abbreviations; not shown.
    pub also: String,
}

#[derive(Template)]
#[template(path = "student/picker.html")]
struct View<'a> {
    page: &'a Picker,
    t: Text,
}

impl Page for Picker {
    fn render(&self, language: Language) -> String {
        show(&View { page: self, t: STUDENT.text(language) })
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let university = |id: &str, name: &str, place: &str, also: &str| Choice {
            id: id.into(),
            name: name.into(),
            place: place.into(),
            also: also.into(),
        };
        let universities = vec![
            university("fh-auental", "Fachhochschule Auental", "Auental, Bad Rohr", "FHA"),
            university("hs-lindenstadt", "Hochschule für Angewandte Wissenschaften Lindenstadt", "Lindenstadt", "HAW"),
            university("kunst", "Kunstakademie Seeburg", "Seeburg", ""),
            university("tu-moehringen", "Technische Universität Groß-Möhringen", "Groß-Möhringen", "TU GM"),
            university("uni-lindenstadt", "Universität Lindenstadt", "Lindenstadt", "UL"),
        ];
        let whole = Self {
            frame: Frame::sample(),
            asking: Asking::sample(),
            flow: "c2VhbGVk".repeat(100),
            query: String::new(),
            remembered: None,
            universities: universities.clone(),
        };
        let remembered = Self { remembered: universities.last().cloned(), ..whole.clone() };
        let found = Self { query: "linden".into(), universities: vec![universities[1].clone()], ..whole.clone() };
        let nothing = Self { query: "Hogwarts".into(), universities: vec![], ..whole.clone() };
        vec![("whole", whole), ("remembered", remembered), ("found", found), ("nothing", nothing)]
    }
}
