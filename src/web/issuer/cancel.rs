//! Cancelling (storno): the ticket was given back (mission I3).

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use serde::{Deserialize, Serialize};

use super::{OAuthForm, authenticated, issuer_only};
use crate::{
    protocol::oidc::OAuthErrorCode,
    store::tenant::Cancelled,
    web::{Door, certificate::Caller, failure::IssuerError},
};

/// What is cancelled, and why.
#[derive(Deserialize, utoipa::ToSchema)]
pub(in crate::web) struct CancelForm {
    /// The eligibility token, or its `jti` alone.
    token: String,
    /// The issuer's own short reason, e.g. `returned`: 1 to 64 of `a-z 0-9 _ -`. No personal data.
    reason: Option<String>,
}

/// What came of it.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct Cancellation {
    /// Whether the token is cancelled now.
    cancelled: bool,
    /// `cancelled`, `already_cancelled` or `unknown`.
    status: &'static str,
}

/// `POST /cancel`
#[utoipa::path(post, path = "/cancel", tag = "Token", security(("basic" = [])),
    request_body(content = CancelForm, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "The token is cancelled", body = Cancellation),
        (status = 404, description = "Not a token of this client", body = Cancellation),
        (status = 400, description = "The request is wrong", body = crate::web::failure::ErrorBody),
        (status = 401, description = "Client authentication failed", body = crate::web::failure::ErrorBody),
    ))]
pub(in crate::web) async fn cancel(
    State(door): State<Door>,
    caller: Caller,
    headers: HeaderMap,
    form: OAuthForm<CancelForm>,
) -> Result<(StatusCode, Json<Cancellation>), IssuerError> {
    let client = issuer_only(authenticated(&door, &headers, &form.client, &caller).await?)?;
    let is_code = |reason: &str| {
        (1..=64).contains(&reason.len())
            && reason.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-')
    };
    if form.own.reason.as_deref().is_some_and(|reason| !is_code(reason)) {
        return Err(IssuerError::new(OAuthErrorCode::InvalidRequest, "reason must be 1 to 64 of a-z 0-9 _ -"));
    }
    let answer = |code, status| (code, Json(Cancellation { cancelled: code == StatusCode::OK, status }));
    Ok(match door.pedell().cancel(&client, &form.own.token, form.own.reason.as_deref()).await? {
        Cancelled::Now => answer(StatusCode::OK, "cancelled"),
        Cancelled::Already => answer(StatusCode::OK, "already_cancelled"),
        Cancelled::Unknown => answer(StatusCode::NOT_FOUND, "unknown"),
    })
}
