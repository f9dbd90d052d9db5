//! A student's way: [`authorize`] → [`choose`] → [`form`], or [`saml`] → [`saml_hop`] → [`saml`], or [`oidc`] twice → back to the
//! shop. [`why`] explains a reference number.
//!
//! Who logged in is asked at [`consent`] before the first hand-over to a shop, and has an [`account`].
//!
//! What a login needs travels sealed in the pages' `flow` field, bound to the browser by a cookie (design decision 2).

pub(super) mod account;
pub(super) mod assets;
pub(super) mod authorize;
pub(super) mod choose;
pub(super) mod consent;
pub(super) mod ending;
pub(super) mod form;
pub(super) mod home;
pub(super) mod logos;
pub(super) mod oidc;
pub(super) mod saml;
pub(super) mod saml_hop;
pub(super) mod saml_metadata;
pub(super) mod trial;
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
use crate::{
    domain::{connection::ConnectionSettings, tenant::University},
    flow::{
        Failure,
        login::{Asked, AskedOf, Login},
    },
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
    carried_login(door, browser, headers, id, login, ui_locales).await
}

/// The same for a login that was opened already.
async fn carried_login(
    door: &Door,
    browser: &Browser,
    headers: &HeaderMap,
    id: String,
    login: Login,
    ui_locales: Option<&str>,
) -> Result<Carried, PersonError> {
    let language = caller::language(ui_locales.or(login.request.ui_locales.as_deref()), browser, headers);
    let internal = |failure: Failure| PersonError::internal(door, language, &failure);
    let expired = || PersonError::new(door, language, ProblemKind::FlowExpired, &"the client may not ask");
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
        self.page_that_leads_to(origin.as_deref(), status, page)
    }

    /// A page of this login whose forms may lead there.
    fn page_that_leads_to(&self, where_to: Option<&str>, status: StatusCode, page: &impl Page) -> Response {
        let policy = content_security_policy(where_to);
        (status, [(header::CONTENT_SECURITY_POLICY, policy)], Html(page.render(self.language))).into_response()
    }
}

/// What a page's forms may lead to where the next stop is not known yet: browsers hold a form's redirects against
/// `form-action` too. Such pages have fixed forms of ours only.
fn anywhere(door: &Door) -> &'static str {
    if door.is_https() { "https:" } else { "https: http:" }
}

/// Where a university's students prove their enrollment.
fn proof_path(university: &University) -> &'static str {
    match university.connection.settings {
        ConnectionSettings::Roster(_) => "/verify/roster",
        ConnectionSettings::Saml(_) => "/verify/saml",
        ConnectionSettings::Oidc(_) | ConnectionSettings::OAuth(_) => "/verify/oidc",
        ConnectionSettings::Soap(_) => "/verify/service",
    }
}

/// What this login asks, of the university that was chosen.
async fn asked_of(door: &Door, carried: &Carried) -> Result<Option<AskedOf>, PersonError> {
    let request = &carried.login.request;
    door.pedell()
        .asked_of(carried.asked.clone(), request.university.as_deref().unwrap_or_default(), request.semester.as_deref())
        .await
        .map_err(|failure| PersonError::internal(door, carried.language, &failure))
}

/// An address of ours with its parameters.
fn address(path: &str, parameters: &[(&str, &str)]) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in parameters {
        query.append_pair(name, value);
    }
    format!("{path}?{}", query.finish())
}
