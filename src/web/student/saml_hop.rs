//! `/saml/acs`: an identity provider has the browser post its response here, from its own site, so that none of our
//! cookies comes along (`SameSite=Lax`). A small page posts it once more, from ours. Nothing is read or decided here.

use axum::{
    Form,
    extract::{State, rejection::FormRejection},
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use serde::Deserialize;

use super::anywhere;
use crate::{
    base::limits,
    web::{
        Door,
        caller::{self, Browser},
        failure::PersonError,
        frame::frame,
        page::{Page, problem::ProblemKind, saml_hop::SamlHop},
        security_headers::content_security_policy,
    },
};

#[derive(Deserialize)]
pub(in crate::web) struct Posted {
    #[serde(rename = "SAMLResponse")]
    response: String,
    #[serde(rename = "RelayState", default)]
    relay: String,
}

/// `POST /saml/acs`
pub(in crate::web) async fn pass_on(
    State(door): State<Door>,
    browser: Browser,
    headers: HeaderMap,
    form: Result<Form<Posted>, FormRejection>,
) -> Result<Response, PersonError> {
    let language = caller::language(None, &browser, &headers);
    let bad = |cause: &str| PersonError::new(&door, language, ProblemKind::BadRequest, &cause);
    let Form(posted) = form.map_err(|rejection| bad(&rejection.body_text()))?;
    if posted.relay.len() > limits::RELAY_STATE_BYTES {
        return Err(bad("RelayState is none of ours"));
    }
    let page = SamlHop { frame: frame(&door, None), response: posted.response, relay: posted.relay };
    let policy = content_security_policy(Some(anywhere(&door)));
    let html = Html(page.render(language));
    Ok((StatusCode::OK, [(header::CONTENT_SECURITY_POLICY, policy)], html).into_response())
}
