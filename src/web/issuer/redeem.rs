//! Redeeming: a token counts once (mission I3).

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use serde::Serialize;

use super::{OAuthForm, authenticated, introspect::TokenField, issuer_only};
use crate::{
    base::Timestamp,
    store::tenant::Redeemed,
    web::{Door, certificate::Caller, failure::IssuerError},
};

/// What came of it.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct Redemption {
    /// Whether this call redeemed the token.
    redeemed: bool,
    /// `redeemed`, `already_redeemed`, `cancelled`, `expired` or `unknown`.
    status: &'static str,
    /// When it was redeemed before, in seconds since the epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    redeemed_at: Option<i64>,
}

/// `POST /redeem`
#[utoipa::path(post, path = "/redeem", tag = "Token", security(("basic" = [])),
    request_body(content = TokenField, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "This call was the first", body = Redemption),
        (status = 409, description = "Already redeemed, cancelled or expired", body = Redemption),
        (status = 404, description = "Not a token of this client", body = Redemption),
        (status = 400, description = "The request is wrong", body = crate::web::failure::ErrorBody),
        (status = 401, description = "Client authentication failed", body = crate::web::failure::ErrorBody),
    ))]
pub(in crate::web) async fn redeem(
    State(door): State<Door>,
    caller: Caller,
    headers: HeaderMap,
    form: OAuthForm<TokenField>,
) -> Result<(StatusCode, Json<Redemption>), IssuerError> {
    let client = issuer_only(authenticated(&door, &headers, &form.client, &caller).await?)?;
    let answer = |code, status, at: Option<Timestamp>| {
        let redemption =
            Redemption { redeemed: code == StatusCode::OK, status, redeemed_at: at.map(Timestamp::as_seconds) };
        (code, Json(redemption))
    };
    Ok(match door.pedell().redeem(&client, &form.own.token).await? {
        Redeemed::Now => answer(StatusCode::OK, "redeemed", None),
        Redeemed::Already(at) => answer(StatusCode::CONFLICT, "already_redeemed", Some(at)),
        Redeemed::Cancelled => answer(StatusCode::CONFLICT, "cancelled", None),
        Redeemed::Expired => answer(StatusCode::CONFLICT, "expired", None),
        Redeemed::Unknown => answer(StatusCode::NOT_FOUND, "unknown", None),
    })
}
