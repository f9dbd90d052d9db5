//! Introspection (RFC 7662).

use axum::{Json, extract::State, http::HeaderMap};
use serde::Deserialize;

use super::{OAuthForm, authenticated, issuer_only};
use crate::{
    flow::token_life::Introspection,
    web::{Door, certificate::Caller, failure::IssuerError},
};

/// RFC 7662 §2.1.
#[derive(Deserialize, utoipa::ToSchema)]
pub(in crate::web) struct TokenField {
    /// The eligibility token, or its `jti` alone.
    pub(super) token: String,
}

/// `POST /introspect`
#[utoipa::path(post, path = "/introspect", tag = "Token", security(("basic" = [])),
    request_body(content = TokenField, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "Whether the token may still be redeemed", body = Introspection),
        (status = 400, description = "The request is wrong", body = crate::web::failure::ErrorBody),
        (status = 401, description = "Client authentication failed", body = crate::web::failure::ErrorBody),
    ))]
pub(in crate::web) async fn answer(
    State(door): State<Door>,
    caller: Caller,
    headers: HeaderMap,
    form: OAuthForm<TokenField>,
) -> Result<Json<Introspection>, IssuerError> {
    let client = issuer_only(authenticated(&door, &headers, &form.client, &caller).await?)?;
    Ok(Json(door.pedell().introspect(&client, &form.own.token).await?))
}
