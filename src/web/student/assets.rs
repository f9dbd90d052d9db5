//! Style sheets, scripts and pictures: their names carry their content, so that browsers may keep them for ever.

use axum::{
    extract::Path,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::web::asset::ASSETS;

/// `GET /assets/{file}`
pub(in crate::web) async fn send(Path(file): Path<String>) -> Response {
    match ASSETS.find(&format!("/assets/{file}")) {
        Some(asset) => (
            [
                (header::CONTENT_TYPE, asset.content_type),
                (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
            ],
            asset.bytes,
        )
            .into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
