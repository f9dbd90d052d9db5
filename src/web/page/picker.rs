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
    /// Whether a search also finds universities that take no part.
    pub knows_others: bool,
    /// What `query` finds of those: names, to be read only.
    pub others: Vec<String>,
    /// Whether there are more of them than are shown.
    pub more_others: bool,
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
    /// Its logo at `/logos/…`, if we have one.
    pub logo: Option<String>,
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
            logo: None,
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
            knows_others: true,
            others: Vec::new(),
            more_others: false,
        };
        let remembered = Self { remembered: universities.last().cloned(), ..whole.clone() };
        let found = Self { query: "linden".into(), universities: vec![universities[1].clone()], ..whole.clone() };
        let nothing = Self { query: "Hogwarts".into(), universities: vec![], ..whole.clone() };
        let others = vec!["Hochschule Lindau".into(), "Lindenhof-Universität für Musik und Darstellende Kunst".into()];
        let also_others = Self { query: "lind".into(), others: others.clone(), more_others: true, ..found.clone() };
        let only_others = Self { query: "lindau".into(), universities: vec![], others, ..whole.clone() };
        vec![
            ("whole", whole),
            ("remembered", remembered),
            ("found", found),
            ("nothing", nothing),
            ("also-others", also_others),
            ("only-others", only_others),
        ]
    }
}
