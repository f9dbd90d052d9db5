//! Names in the language of a page.

use crate::{domain::staff::Organisation, web::page::Language};

/// A tenant's name.
pub(super) fn name_of(organisation: &Organisation, language: Language) -> String {
    match language {
        Language::De => organisation.name_de.clone(),
        Language::En => organisation.name_en.clone(),
    }
}
