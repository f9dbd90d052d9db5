//! The redirect back to the shop: a code, or a standard error with our stable reason (RFC 6749 §4.1.2, RFC 9207).

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use url::Url;

use super::super::Door;
use crate::{
    base::Reference,
    domain::reason::Reason,
    flow::login::WayBack,
    protocol::oidc::{OAuthError, OAuthErrorCode},
};

/// With a code.
pub(in crate::web) fn with_code(door: &Door, way_back: &WayBack, code: &str) -> Response {
    redirect(&address(door, way_back, &[("code", code)]))
}

/// With an error of the request.
pub(in crate::web) fn with_error(door: &Door, way_back: &WayBack, error: &OAuthError) -> Response {
    redirect(&address(
        door,
        way_back,
        &[("error", error.code.as_str()), ("error_description", error.description.as_str())],
    ))
}

/// Where a refusal leads, for a page's link.
pub(in crate::web) fn refusal(
    door: &Door,
    way_back: &WayBack,
    reason: Reason,
    reference: Option<&Reference>,
) -> String {
    let code =
        if reason.is_temporary() { OAuthErrorCode::TemporarilyUnavailable } else { OAuthErrorCode::AccessDenied };
    let reference = reference.map(ToString::to_string).unwrap_or_default();
    let description = format!("the student was not verified: {}", reason.code());
    let mut parameters =
        vec![("error", code.as_str()), ("error_description", description.as_str()), ("reason", reason.code())];
    if !reference.is_empty() {
        parameters.push(("reference", &reference));
    }
    address(door, way_back, &parameters)
}

/// A redirect after a form was posted (303: the browser gets the target, and does not post again).
pub(in crate::web) fn redirect(to: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response()
}

/// The registered address with parameters added; `state` and `iss` always go along.
fn address(door: &Door, way_back: &WayBack, parameters: &[(&str, &str)]) -> String {
    let Ok(mut url) = Url::parse(&way_back.redirect_uri) else { return way_back.redirect_uri.clone() };
    {
        let mut query = url.query_pairs_mut();
        for (name, value) in parameters {
            query.append_pair(name, value);
        }
        if let Some(state) = &way_back.state {
            query.append_pair("state", state);
        }
        query.append_pair("iss", &door.pedell().settings().public_url);
    }
    url.into()
}
