//! The API's document, made from the code of the handlers.

use axum::{Json, http::header, response::IntoResponse};
use utoipa::{
    Modify, OpenApi,
    openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};

use super::{issuer, machine};

#[derive(OpenApi)]
#[openapi(
    info(title = "Pedell", description = "Identity and enrollment verification: the ticket issuer's and the university's API.", license(name = "AGPL-3.0-or-later")),
    paths(
        issuer::discovery::show, issuer::jwks::show, issuer::par::push, issuer::token::give, issuer::userinfo::show,
        issuer::introspect::answer, issuer::redeem::redeem, issuer::cancel::cancel, issuer::checks::check,
        issuer::picture::send, machine::roster_upload::upload,
    ),
    modifiers(&Schemes),
)]
struct Document;

struct Schemes;

impl Modify for Schemes {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let http = |scheme| SecurityScheme::Http(HttpBuilder::new().scheme(scheme).build());
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("basic", http(HttpAuthScheme::Basic));
        components.add_security_scheme("bearer", http(HttpAuthScheme::Bearer));
    }
}

/// The document.
pub fn openapi_document() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

/// `GET /openapi.json`
pub(super) async fn show() -> impl IntoResponse {
    ([(header::CACHE_CONTROL, "public, max-age=3600")], Json(openapi_document()))
}
