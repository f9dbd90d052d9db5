//! What stands around every page.

use super::{Href, Language};

/// Header and footer.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    /// This page in the other languages; empty where it cannot be had again by a link (the answer to a POST).
    pub languages: Vec<LanguageLink>,
    /// Whether the people and universities of this instance are invented.
    pub is_demo: bool,
    /// Who runs this instance; they answer for it by law.
    pub operator: String,
    /// Legal notice.
    pub imprint: Option<Href>,
    /// Privacy notice.
    pub privacy: Option<Href>,
    /// Accessibility statement.
    pub accessibility: Option<Href>,
}

/// The same page in another language.
#[derive(Clone, Debug)]
pub struct LanguageLink {
    /// The language it leads to.
    pub language: Language,
    /// The link, usually this page's with `?ui_locales=`.
    pub href: Href,
}

/// Who asks, and what for.
#[derive(Clone, Debug)]
pub struct Asking {
    /// The ticket issuer's name.
    pub issuer: String,
    /// What it sells.
    pub product: String,
}

impl LanguageLink {
    /// A link to each language of the page at `path`, which has no `ui_locales` of its own.
    pub fn to_each(path: &Href) -> Vec<Self> {
        Language::ALL.map(|language| Self { language, href: path.in_language(language) }).to_vec()
    }
}

impl Frame {
    /// A frame to look at.
    pub fn sample() -> Self {
        Self {
            languages: Href::parse("/").iter().flat_map(LanguageLink::to_each).collect(),
            is_demo: true,
            operator: "Verkehrsverbund Musterland GmbH".into(),
            imprint: Href::parse("https://verbund.example/impressum"),
            privacy: Href::parse("https://verbund.example/datenschutz"),
            accessibility: Href::parse("https://verbund.example/barrierefreiheit"),
        }
    }
}

impl Asking {
    /// Somebody who asks.
    pub fn sample() -> Self {
        Self { issuer: "Verkehrsbetriebe Lindenstadt".into(), product: "Deutschlandsemesterticket".into() }
    }
}
