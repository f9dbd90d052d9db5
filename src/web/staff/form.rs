//! Forms that no other site can post: each carries a key that belongs to the secret in the browser's cookie, which is
//! not sent along from elsewhere in the first place (`SameSite=Strict`).

use axum::{
    Form, RequestExt,
    body::{Body, Bytes},
    extract::{FromRequest, FromRequestParts, Request},
    http::request::Parts,
};
use serde::de::DeserializeOwned;
use subtle::ConstantTimeEq;

use super::{Cookies, Stop, visitor};
use crate::{
    flow::staff::Visitor,
    web::{
        Door,
        caller::Browser,
        page::{Language, staff::problem::ProblemKind},
    },
};

/// A form of the session that posts it.
pub(in crate::web) struct Posted<T>(pub(super) T);

/// A form that holds nothing but its key.
#[derive(serde::Deserialize)]
pub(in crate::web) struct Nothing {}

/// A form of a browser in which nobody is logged in.
pub(in crate::web) struct PostedByNobody<T> {
    /// What it holds; none if it is not a form of this browser.
    pub(super) form: Option<T>,
    pub(super) opened: Opened,
}

/// A browser in which nobody is logged in.
pub(in crate::web) struct Opened {
    pub(super) cookies: Cookies,
    pub(super) browser: Browser,
    pub(super) visitor: Visitor,
    pub(super) language: Language,
}

impl<T: DeserializeOwned + 'static> FromRequest<Door> for Posted<T> {
    type Rejection = Stop;

    async fn from_request(mut request: Request, door: &Door) -> Result<Self, Stop> {
        let (cookies, browser) = taken(&mut request, door).await;
        let (parts, body) = request.into_parts();
        let (_, language) = visitor::language(&parts, &browser);
        let refuse = |kind, cause: &dyn std::fmt::Display| Stop::page(door, language, None, kind, cause);
        let Some(token) = cookies.token(door) else { return Err(Stop::to("/staff/login")) };
        let key = door.pedell().form_key(token.hash().as_bytes());
        let bytes = read(parts, body, door).await.map_err(|cause| refuse(ProblemKind::BadRequest, &cause))?;
        match bytes {
            (parts, bytes) if is_ours(&parts, &bytes, &key) => {
                form(parts, bytes).await.map(Self).map_err(|cause| refuse(ProblemKind::BadRequest, &cause))
            }
            _ => Err(refuse(ProblemKind::FormOver, &"a form without its key")),
        }
    }
}

impl<T: DeserializeOwned + 'static> FromRequest<Door> for PostedByNobody<T> {
    type Rejection = Stop;

    async fn from_request(mut request: Request, door: &Door) -> Result<Self, Stop> {
        let opened: Opened = request.extract_parts_with_state(door).await?;
        let language = opened.language;
        let refuse = |cause: String| Stop::page(door, language, None, ProblemKind::BadRequest, &cause);
        let (parts, body) = request.into_parts();
        let (parts, bytes) = read(parts, body, door).await.map_err(refuse)?;
        let key = opened.browser.id.as_deref().map(|id| door.pedell().form_key(id.as_bytes()));
        let form = match key {
            Some(key) if is_ours(&parts, &bytes, &key) => Some(form(parts, bytes).await.map_err(refuse)?),
            _ => None,
        };
        Ok(Self { form, opened })
    }
}

impl FromRequestParts<Door> for Opened {
    type Rejection = Stop;

    async fn from_request_parts(parts: &mut Parts, door: &Door) -> Result<Self, Stop> {
        let Ok(cookies) = Cookies::from_request_parts(parts, door).await;
        let Ok(browser) = Browser::from_request_parts(parts, door).await;
        let visitor = visitor::visitor(parts, door, &cookies).await;
        let (_, language) = visitor::language(parts, &browser);
        Ok(Self { cookies, browser, visitor, language })
    }
}

async fn taken(request: &mut Request, door: &Door) -> (Cookies, Browser) {
    let Ok(cookies) = request.extract_parts_with_state::<Cookies, _>(door).await;
    let Ok(browser) = request.extract_parts_with_state::<Browser, _>(door).await;
    (cookies, browser)
}

/// The body, within the limit that the router has set.
async fn read(parts: Parts, body: Body, door: &Door) -> Result<(Parts, Bytes), String> {
    let bytes = Bytes::from_request(Request::from_parts(parts.clone(), body), door).await;
    Ok((parts, bytes.map_err(|rejection| rejection.body_text())?))
}

/// Whether a form belongs to the browser that posts it.
fn is_ours(parts: &Parts, bytes: &[u8], key: &str) -> bool {
    // Browsers say where a request comes from; ours come from ourselves.
    let from = parts.headers.get("sec-fetch-site").map(http::HeaderValue::as_bytes);
    let from_here = from.is_none_or(|from| from == b"same-origin" || from == b"none");
    let mut presented = url::form_urlencoded::parse(bytes).filter(|(name, _)| name == "form_key");
    from_here && presented.next().is_some_and(|(_, value)| value.as_bytes().ct_eq(key.as_bytes()).into())
}

async fn form<T: DeserializeOwned + 'static>(parts: Parts, bytes: Bytes) -> Result<T, String> {
    let request = Request::from_parts(parts, Body::from(bytes));
    let Form(form) = Form::<T>::from_request(request, &()).await.map_err(|rejection| rejection.body_text())?;
    Ok(form)
}
