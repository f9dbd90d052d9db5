//! The OpenID provider's pages. View models, as in [`crate::web::page`]; they look like the other university's login.

use std::sync::LazyLock;

use askama::Template;

use super::{
    WIESENTAL,
    accounts::{Member, members},
};
use crate::web::{
    asset::{Asset, AssetSet},
    page::{Catalog, Href, Language, LanguageLink, Page, Text, show},
};

/// The university's name, for the layout.
const UNIVERSITY: &str = WIESENTAL.1;

/// The files of these pages.
pub static ASSETS: LazyLock<AssetSet> = LazyLock::new(|| {
    AssetSet::new(vec![
        Asset::new("idp", "css", include_bytes!("../../../../assets/idp.css")),
        Asset::new("idp", "svg", include_bytes!("../../../../assets/idp.svg")),
    ])
});

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| Catalog::new(messages));

fn messages(language: Language) -> &'static str {
    match language {
        Language::De => include_str!("../../../../locales/op/de.ftl"),
        Language::En => include_str!("../../../../locales/op/en.ftl"),
    }
}

/// Who is it? `POST /login` with `request` and `account`.
#[derive(Clone, Debug)]
pub struct Login {
    languages: Vec<LanguageLink>,
    request: String,
    members: Vec<Member>,
}

/// A request that is not answered.
#[derive(Clone, Debug)]
pub struct Trouble {
    /// What is wrong with it, for whoever made it.
    pub cause: String,
}

impl Login {
    /// For the authorization request of this query; `languages` are links to this page.
    pub fn new(languages: Vec<LanguageLink>, request: &str) -> Self {
        Self { languages, request: request.to_owned(), members: members() }
    }
}

#[derive(Template)]
#[template(path = "op/login.html")]
struct LoginView<'a> {
    page: &'a Login,
    languages: &'a [LanguageLink],
    t: Text,
}

#[derive(Template)]
#[template(path = "op/trouble.html")]
struct TroubleView<'a> {
    page: &'a Trouble,
    languages: &'a [LanguageLink],
    t: Text,
}

/// Every sample, as in [`crate::web::page::gallery`].
pub fn gallery(language: Language) -> Vec<(String, String)> {
    fn all<P: Page>(language: Language) -> impl Iterator<Item = (String, String)> {
        P::samples().into_iter().map(move |(state, page)| (format!("op-{state}"), page.render(language)))
    }
    all::<Login>(language).chain(all::<Trouble>(language)).collect()
}

impl Page for Login {
    fn render(&self, language: Language) -> String {
        show(&LoginView { page: self, languages: &self.languages, t: CATALOG.text(language) })
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let languages = Href::parse("/auth?client_id=x").iter().flat_map(LanguageLink::to_each).collect();
        vec![("login", Self::new(languages, "client_id=x"))]
    }
}

impl Page for Trouble {
    fn render(&self, language: Language) -> String {
        show(&TroubleView { page: self, languages: &[], t: CATALOG.text(language) })
    }

    fn samples() -> Vec<(&'static str, Self)> {
        vec![("trouble", Self { cause: "the client is not known here".to_owned() })]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::page::message::tests::assert_complete;

    #[test]
    fn every_page_of_the_provider_has_all_its_sentences_in_every_language() {
        assert_complete(messages, |language| gallery(language).into_iter().map(|(_, html)| html).collect());
    }

    #[test]
    fn the_request_travels_as_text() {
        let login = Login::new(vec![], "state=\"><script>").render(Language::De);
        assert!(!login.contains("<script>"), "{login}");
    }
}
