//! The API's document, made from the code of the handlers.

use axum::{Json, http::header, response::IntoResponse};
use serde::Deserialize;
use utoipa::{
    Modify, OpenApi,
    openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};

#[derive(OpenApi)]
#[openapi(
    info(title = "Pedell", description = "Identity and enrollment verification: the ticket issuer's and the university's API.", license(name = "AGPL-3.0-or-later")),
    paths(
        super::discovery::show, super::jwks::show, super::par::push, super::token::give, super::userinfo::show,
        super::introspect::answer, super::redeem::redeem, super::cancel::cancel, super::checks::check,
        crate::web::machine::roster_upload::upload,
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

/// The form of `/par`, as the document shows it (and the parameters of `/authorize`).
#[derive(Deserialize, utoipa::ToSchema)]
#[expect(dead_code, reason = "only its schema is used: the fields are read by protocol::oidc, which knows no OpenAPI")]
pub(in crate::web) struct AuthorizationForm {
    /// Must be `code`.
    response_type: String,
    /// Registered for this client.
    redirect_uri: String,
    /// `openid`, and `profile` and `birthdate` for those claims.
    scope: String,
    /// PKCE, base64url SHA-256.
    code_challenge: String,
    /// Must be `S256`.
    code_challenge_method: String,
    /// Given back as it is.
    state: Option<String>,
    /// Stands in the token.
    nonce: Option<String>,
    /// The issuer's product.
    product: Option<String>,
    /// The university's short name, if the issuer already knows it.
    university: Option<String>,
    /// `current` (default), `next` or a key such as `2026W`.
    semester: Option<String>,
    /// Preferred languages of the pages.
    ui_locales: Option<String>,
}

/// The document.
pub fn openapi_document() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

/// `GET /openapi.json`
pub(in crate::web) async fn show() -> impl IntoResponse {
    ([(header::CACHE_CONTROL, "public, max-age=3600")], Json(openapi_document()))
}
