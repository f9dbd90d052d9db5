//! The identity provider's pages: what a university's login looks like. View models, as in [`crate::web::page`].
//!
//! Templates in `templates/idp/`, sentences in `locales/idp/`. In harbour blue, so that a student sees whose page it is.

use std::sync::LazyLock;

use askama::Template;
use base64::{Engine, prelude::BASE64_STANDARD};

use super::{Account, SEEHAFEN, accounts::accounts};
use crate::web::{
    asset::{Asset, AssetSet},
    page::{Catalog, Href, Language, LanguageLink, Page, Text, show},
};

/// The university's name.
const UNIVERSITY: &str = SEEHAFEN.1;

/// The files of these pages.
pub static ASSETS: LazyLock<AssetSet> = LazyLock::new(|| {
    AssetSet::new(vec![
        Asset::new("idp", "css", include_bytes!("../../../../assets/idp.css")),
        Asset::new("idp", "svg", include_bytes!("../../../../assets/idp.svg")),
        Asset::new("onward", "js", include_bytes!("../../../../assets/onward.js")),
    ])
});

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| Catalog::new(messages));

fn messages(language: Language) -> &'static str {
    match language {
        Language::De => include_str!("../../../../locales/idp/de.ftl"),
        Language::En => include_str!("../../../../locales/idp/en.ftl"),
    }
}

/// Who is it? `POST /login` with `query` and `account`.
#[derive(Clone, Debug)]
pub struct Login {
    languages: Vec<LanguageLink>,
    query: String,
    accounts: Vec<Account>,
}

/// The answer, on its way to whoever asked: it goes on by itself, or by a button without script.
#[derive(Clone, Debug)]
pub struct Onward {
    to: String,
    response: String,
    relay_state: Option<String>,
}

/// A request that is not answered.
#[derive(Clone, Debug)]
pub struct Trouble {
    /// What is wrong with it, for whoever made it.
    pub cause: String,
}

impl Login {
    /// For the request in `query`; `languages` are links to this page.
    pub fn new(languages: Vec<LanguageLink>, query: &str) -> Self {
        Self { languages, query: query.to_owned(), accounts: accounts() }
    }
}

impl Onward {
    /// With the response as XML.
    pub fn new(to: &str, response: &str, relay_state: Option<String>) -> Self {
        Self { to: to.to_owned(), response: BASE64_STANDARD.encode(response), relay_state }
    }
}

#[derive(Template)]
#[template(path = "idp/login.html")]
struct LoginView<'a> {
    page: &'a Login,
    languages: &'a [LanguageLink],
    t: Text,
}

#[derive(Template)]
#[template(path = "idp/onward.html")]
struct OnwardView<'a> {
    page: &'a Onward,
    languages: &'a [LanguageLink],
    t: Text,
}

#[derive(Template)]
#[template(path = "idp/trouble.html")]
struct TroubleView<'a> {
    page: &'a Trouble,
    languages: &'a [LanguageLink],
    t: Text,
}

/// Every sample, as in [`crate::web::page::gallery`].
pub fn gallery(language: Language) -> Vec<(String, String)> {
    fn all<P: Page>(language: Language) -> impl Iterator<Item = (String, String)> {
        P::samples().into_iter().map(move |(state, page)| (format!("idp-{state}"), page.render(language)))
    }
    all::<Login>(language).chain(all::<Onward>(language)).chain(all::<Trouble>(language)).collect()
}

impl Page for Login {
    fn render(&self, language: Language) -> String {
        show(&LoginView { page: self, languages: &self.languages, t: CATALOG.text(language) })
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let languages = Href::parse("/sso?SAMLRequest=x").iter().flat_map(LanguageLink::to_each).collect();
        vec![("login", Self::new(languages, "SAMLRequest=x"))]
    }
}

impl Page for Onward {
    fn render(&self, language: Language) -> String {
        show(&OnwardView { page: self, languages: &[], t: CATALOG.text(language) })
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let page = Self::new("http://127.0.0.1:8090/saml/acs", "<samlp:Response/>", Some("q7".to_owned()));
        vec![("onward", page)]
    }
}

impl Page for Trouble {
    fn render(&self, language: Language) -> String {
        show(&TroubleView { page: self, languages: &[], t: CATALOG.text(language) })
    }

    fn samples() -> Vec<(&'static str, Self)> {
        vec![("trouble", Self { cause: "the request comes from somebody else".to_owned() })]
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
    fn the_response_travels_as_base64_and_the_request_as_it_was_signed() {
        let onward = Onward::new("https://sp.example/acs", "<r a=\"1\"/>", None).render(Language::En);
        assert!(onward.contains("value=\"PHIgYT0iMSIvPg==\"") && !onward.contains("RelayState"));
        let login = Login::new(vec![], "SAMLRequest=a%2B&SigAlg=\"><script>").render(Language::De);
        assert!(login.contains("SAMLRequest=a%2B&#38;SigAlg=&#34;&#62;&#60;script&#62;"), "{login}");
    }
}
