//! The public keys that tokens are verified with.

use axum::{
    Json,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};

use crate::web::{Door, failure::IssuerError};

/// `GET /jwks.json`
#[utoipa::path(get, path = "/jwks.json", tag = "OpenID Connect",
    responses((status = 200, description = "A JWK set (RFC 7517): the signing key, the next one, and retired ones", body = serde_json::Value)))]
pub(in crate::web) async fn show(State(door): State<Door>) -> Result<Response, IssuerError> {
    let ring = door.pedell().signing_ring().await?;
    // Short enough that a new `next` key is everywhere long before it signs.
    let headers = [(header::CACHE_CONTROL, "public, max-age=300"), (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")];
    Ok((headers, Json(&*ring.published)).into_response())
}
