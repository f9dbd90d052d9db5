//! `/authorize`: a shop sends a student over (OpenID Connect Core §3.1.2).

use axum::{
    Form,
    extract::{
        Query, State,
        rejection::{FormRejection, QueryRejection},
    },
    http::HeaderMap,
    response::{IntoResponse, Response},
};

use super::{
    address, proof_path,
    way_back::{redirect, with_error},
};
use crate::{
    domain::tenant::Slug,
    flow::login::BeginError,
    protocol::oidc::authorization_request::Parameters,
    web::{
        Door,
        caller::{self, Browser},
        failure::PersonError,
        page::problem::ProblemKind,
    },
};

/// `GET /authorize`
pub(in crate::web) async fn by_get(
    State(door): State<Door>,
    browser: Browser,
    headers: HeaderMap,
    parameters: Result<Query<Parameters>, QueryRejection>,
) -> Result<Response, PersonError> {
    begin(&door, browser, &headers, parameters.map(|Query(parameters)| parameters).map_err(|e| e.body_text())).await
}

/// `POST /authorize`
pub(in crate::web) async fn by_post(
    State(door): State<Door>,
    browser: Browser,
    headers: HeaderMap,
    parameters: Result<Form<Parameters>, FormRejection>,
) -> Result<Response, PersonError> {
    begin(&door, browser, &headers, parameters.map(|Form(parameters)| parameters).map_err(|e| e.body_text())).await
}

async fn begin(
    door: &Door,
    browser: Browser,
    headers: &HeaderMap,
    parameters: Result<Parameters, String>,
) -> Result<Response, PersonError> {
    let asked_languages = parameters.as_ref().ok().and_then(|parameters| parameters.ui_locales.clone());
    let language = caller::language(asked_languages.as_deref(), &browser, headers);
    let stop = |kind, cause: &dyn std::fmt::Display| PersonError::new(door, language, kind, cause);
    let parameters = parameters.map_err(|cause| stop(ProblemKind::BadRequest, &cause))?;
    let login = match door.pedell().begin_login(parameters).await {
        Ok(login) => login,
        Err(BeginError::Request(way_back, error)) => return Ok(with_error(door, &way_back, &error)),
        Err(BeginError::Failure(failure)) => return Err(PersonError::internal(door, language, &failure)),
        Err(error @ BeginError::UnknownClient) => return Err(stop(ProblemKind::UnknownClient, &error)),
        Err(error @ BeginError::UnknownRedirectUri) => return Err(stop(ProblemKind::WrongRedirectUri, &error)),
        Err(error @ BeginError::PushedRequest) => return Err(stop(ProblemKind::FlowExpired, &error)),
    };
    let (id, jar) = browser.identify(door);
    let flow = door.pedell().seal_login(&id, &login);
    let chosen = match login.request.university.as_deref().and_then(Slug::parse) {
        Some(slug) => door.pedell().stores().control().university(&slug).await,
        None => Ok(None),
    };
    let chosen = chosen.map_err(|error| PersonError::internal(door, language, &error.into()))?;
    let path = chosen.as_ref().map_or("/verify/choose", proof_path);
    let to = address(path, &[("flow", &flow), ("ui_locales", language.code())]);
    Ok((jar, redirect(&to)).into_response())
}
