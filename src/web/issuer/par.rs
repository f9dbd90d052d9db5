//! Pushed authorization requests (RFC 9126).

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use serde::{Deserialize, Serialize};

use super::{OAuthForm, authenticated, issuer_only};
use crate::{
    flow::login::BeginError,
    protocol::oidc::{OAuthErrorCode, authorization_request::Parameters},
    web::{Door, certificate::Caller, failure::IssuerError},
};

/// RFC 9126 §2.2.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct Pushed {
    /// For `/authorize`.
    request_uri: String,
    /// Seconds.
    expires_in: u64,
}

/// `POST /par`
#[utoipa::path(post, path = "/par", tag = "OpenID Connect", security(("basic" = [])),
    request_body(content = AuthorizationForm, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 201, description = "Take the request_uri to /authorize", body = Pushed),
        (status = 400, description = "The request is wrong", body = crate::web::failure::ErrorBody),
        (status = 401, description = "Client authentication failed", body = crate::web::failure::ErrorBody),
    ))]
pub(in crate::web) async fn push(
    State(door): State<Door>,
    caller: Caller,
    headers: HeaderMap,
    form: OAuthForm<Parameters>,
) -> Result<(StatusCode, Json<Pushed>), IssuerError> {
    let client = issuer_only(authenticated(&door, &headers, &form.client, &caller).await?)?;
    let invalid = |text: &str| IssuerError::new(OAuthErrorCode::InvalidRequest, text);
    match door.pedell().push_request(&client, form.own).await {
        Ok((request_uri, life)) => Ok((StatusCode::CREATED, Json(Pushed { request_uri, expires_in: life.as_secs() }))),
        Err(BeginError::Request(_, error)) => Err(error.into()),
        Err(BeginError::Failure(failure)) => Err(failure.into()),
        Err(BeginError::UnknownRedirectUri) => Err(invalid("redirect_uri is not registered for this client")),
        Err(BeginError::UnknownClient) => Err(invalid("client_id is not the authenticated client's")),
        Err(BeginError::PushedRequest) => Err(invalid("request_uri must not be pushed")),
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
