//! `/logos/{key}`: a university's logo, from our own cache.

use axum::{
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::web::Door;

/// `GET /logos/{key}`
pub(in crate::web) async fn send(State(door): State<Door>, Path(key): Path<String>) -> Response {
    match door.pedell().logos().get(&key) {
        Some(logo) => (
            [(header::CONTENT_TYPE, logo.kind.media_type()), (header::CACHE_CONTROL, "public, max-age=86400")],
            logo.bytes.clone(),
        )
            .into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
