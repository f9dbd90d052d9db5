//! The discovery document.

use axum::{
    Json,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};

use crate::{
    protocol::oidc::discovery::Discovery,
    web::{Door, failure::IssuerError},
};

/// `GET /.well-known/openid-configuration`
#[utoipa::path(get, path = "/.well-known/openid-configuration", tag = "OpenID Connect",
    responses((status = 200, description = "OpenID Connect Discovery 1.0", body = serde_json::Value)))]
pub(in crate::web) async fn show(State(door): State<Door>) -> Result<Response, IssuerError> {
    let ring = door.pedell().signing_ring().await?;
    let mut algorithms = vec![ring.active.algorithm().name()];
    for other in ring.published.algorithm_names() {
        if !algorithms.contains(&other) {
            algorithms.push(other);
        }
    }
    let document = Discovery::new(&door.pedell().settings().public_url, algorithms);
    let headers = [(header::CACHE_CONTROL, "public, max-age=3600"), (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")];
    Ok((headers, Json(document)).into_response())
}
