//! What people see: one file per page, each a view model and nothing else.
//!
//! A view model knows no HTTP, no store and no flow: a handler fills it in and calls [`Page::render`]. Its template has
//! the same stem in `templates/student/`, its sentences are in `locales/*.ftl`, and its [`Page::samples`] show every
//! state it can be in: `cargo run --example pages` serves them to look at, and the tests here render each in every
//! language and fail on a message that is missing or that nobody says.
//!
//! May import `base` and `domain`. Start with [`picker`].

pub mod account;
pub mod account_login;
pub mod consent;
pub mod frame;
pub mod handing_over;
pub mod home;
mod href;
mod language;
pub mod lookup;
pub mod message;
pub mod picker;
pub mod problem;
pub mod reason;
pub mod refused;
pub mod roster_form;
pub mod saml_hop;
pub mod staff;
#[cfg(test)]
mod tests;
pub mod trial;
pub mod trial_report;

use std::sync::LazyLock;

use askama::Template;

pub use self::{
    frame::{Asking, Frame, LanguageLink},
    href::Href,
    language::Language,
    message::{Catalog, Text},
    reason::Reason,
};

/// A page that can be shown in any language.
pub trait Page: Sized {
    /// The HTML document.
    fn render(&self, language: Language) -> String;

    /// Every state worth looking at, each with its name.
    fn samples() -> Vec<(&'static str, Self)>;
}

static STUDENT: LazyLock<Catalog> = LazyLock::new(|| Catalog::new(student_messages));

fn student_messages(language: Language) -> &'static str {
    match language {
        Language::De => include_str!("../../../locales/de.ftl"),
        Language::En => include_str!("../../../locales/en.ftl"),
    }
}

/// Every sample of every page: page and state as a name, and how to render it.
pub fn gallery(language: Language) -> Vec<(String, String)> {
    fn all<P: Page>(page: &str, language: Language) -> impl Iterator<Item = (String, String)> {
        P::samples()
            .into_iter()
            .map(move |(state, page_model)| (format!("{page}-{state}"), page_model.render(language)))
    }
    all::<picker::Picker>("picker", language)
        .chain(all::<roster_form::RosterForm>("roster_form", language))
        .chain(all::<refused::Refused>("refused", language))
        .chain(all::<problem::Problem>("problem", language))
        .chain(all::<handing_over::HandingOver>("handing_over", language))
        .chain(all::<consent::Consent>("consent", language))
        .chain(all::<account_login::AccountLogin>("account_login", language))
        .chain(all::<account::AccountPage>("account", language))
        .chain(all::<saml_hop::SamlHop>("saml_hop", language))
        .chain(all::<trial::Trial>("trial", language))
        .chain(all::<trial_report::TrialReport>("trial_report", language))
        .chain(all::<lookup::Lookup>("lookup", language))
        .chain(all::<home::Home>("home", language))
        .chain(staff::gallery(language))
        .collect()
}

/// A template's text.
#[expect(clippy::expect_used, reason = "a template fails only if the formatter does, and a String's does not")]
pub(crate) fn show(template: &impl Template) -> String {
    template.render().expect("formatting into a String")
}
