//! `GET /account/download`: everything that is kept about the student, as a JSON file.

use axum::{
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};

use super::pass;
use crate::web::{
    Door,
    caller::{self, Browser},
    failure::PersonError,
    page::problem::ProblemKind,
};

/// `GET /account/download`
pub(in crate::web) async fn send(
    State(door): State<Door>,
    browser: Browser,
    headers: HeaderMap,
) -> Result<Response, PersonError> {
    let language = caller::language(None, &browser, &headers);
    let closed = || PersonError::new(&door, language, ProblemKind::AccountClosed, &"no pass, or no account");
    let (_, pass) = pass(&door, &browser).ok_or_else(closed)?;
    let internal = |failure| PersonError::internal(&door, language, &failure);
    let document = door.pedell().export_account(&pass).await.map_err(internal)?.ok_or_else(closed)?;
    let name = format!("attachment; filename=\"pedell-{}.json\"", pass.account.as_str().to_ascii_lowercase());
    let kind = "application/json".to_owned();
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)], format!("{document:#}")).into_response())
}
