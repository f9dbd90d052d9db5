//! A student's way: [`authorize`] → [`choose`] → [`form`] → back to the shop. [`why`] explains a reference number.
//!
//! What a login needs travels sealed in the pages' `flow` field, bound to the browser by a cookie (design decision 2).

pub(super) mod assets;
pub(super) mod authorize;
pub(super) mod choose;
pub(super) mod form;
pub(super) mod home;
pub(super) mod way_back;
pub(super) mod why;

use axum::{
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use url::Url;

use super::{
    Door,
    caller::{self, Browser},
    failure::PersonError,
    page::{Asking, Language, Page, problem::ProblemKind},
    security_headers::content_security_policy,
};
use crate::flow::{
    Failure,
    login::{Asked, Login},
};

/// A login that this browser carries, with what it asks.
struct Carried {
    browser: String,
    login: Login,
    asked: Asked,
    language: Language,
}

/// Opens the login in `flow`. One that is over, altered or another browser's ends on a page that says so.
async fn carried(
    door: &Door,
    browser: &Browser,
    headers: &HeaderMap,
    flow: &str,
    ui_locales: Option<&str>,
) -> Result<Carried, PersonError> {
    let language = caller::language(ui_locales, browser, headers);
    if !browser.is_known() {
        return Err(PersonError::new(door, language, ProblemKind::CookiesOff, &"no cookie came back"));
    }
    let id = browser.id.clone().unwrap_or_default();
    let expired = || PersonError::new(door, language, ProblemKind::FlowExpired, &"the login's state does not open");
    let login = door.pedell().open_login(&id, flow).ok_or_else(expired)?;
    let language = caller::language(ui_locales.or(login.request.ui_locales.as_deref()), browser, headers);
    let internal = |failure: Failure| PersonError::internal(door, language, &failure);
    let asked = door.pedell().asked(&login).await.map_err(internal)?.ok_or_else(expired)?;
    Ok(Carried { browser: id, login, asked, language })
}

impl Carried {
    fn asking(&self) -> Asking {
        let product = &self.asked.product;
        let name = match self.language {
            Language::De => &product.name_de,
            Language::En => &product.name_en,
        };
        Asking { issuer: self.asked.client.profile.name.clone(), product: name.clone() }
    }

    /// A page of this login. Its forms may lead to the shop: `form-action` holds for redirects too.
    fn page(&self, status: StatusCode, page: &impl Page) -> Response {
        let origin = Url::parse(&self.login.request.redirect_uri).map(|url| url.origin().ascii_serialization()).ok();
        let policy = content_security_policy(origin.as_deref());
        (status, [(header::CONTENT_SECURITY_POLICY, policy)], Html(page.render(self.language))).into_response()
    }
}

/// An address of ours with its parameters.
fn address(path: &str, parameters: &[(&str, &str)]) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in parameters {
        query.append_pair(name, value);
    }
    format!("{path}?{}", query.finish())
}
