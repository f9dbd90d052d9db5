//! Names in the language of a page.

use crate::{domain::staff::Organisation, web::page::Language};

/// A tenant's name.
pub(super) fn name_of(organisation: &Organisation, language: Language) -> String {
    name_in(language, &organisation.name_de, &organisation.name_en)
}

/// The one of two names that fits a page.
pub(super) fn name_in(language: Language, german: &str, english: &str) -> String {
    match language {
        Language::De => german.to_owned(),
        Language::En => english.to_owned(),
    }
}
