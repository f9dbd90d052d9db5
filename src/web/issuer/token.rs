//! `/token`: a code becomes an eligibility token (OpenID Connect Core §3.1.3); and the client credentials grant for a
//! client's own calls (RFC 6749 §4.4).

use axum::{Json, extract::State, http::HeaderMap};
use serde::{Deserialize, Serialize};

use super::{OAuthForm, authenticated, issuer_only, userinfo::StudentAccess};
use crate::{
    base::limits,
    flow::issue_token::CodeGrant,
    protocol::oidc::OAuthErrorCode,
    web::{Door, certificate::Caller, failure::IssuerError},
};

/// RFC 6749 §4.1.3, RFC 7636 §4.5.
#[derive(Deserialize, utoipa::ToSchema)]
pub(in crate::web) struct TokenForm {
    /// `authorization_code` or `client_credentials`.
    grant_type: Option<String>,
    /// From the redirect.
    code: Option<String>,
    /// As in the request.
    redirect_uri: Option<String>,
    /// PKCE.
    code_verifier: Option<String>,
}

/// RFC 6749 §5.1, OpenID Connect Core §3.1.3.3.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct TokenResponse {
    access_token: String,
    token_type: &'static str,
    /// Seconds.
    expires_in: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
    /// The eligibility token.
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
}

/// `POST /token`
#[utoipa::path(post, path = "/token", tag = "OpenID Connect", security(("basic" = [])),
    request_body(content = TokenForm, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "The eligibility token is the id_token", body = TokenResponse),
        (status = 400, description = "The grant is not good", body = crate::web::failure::ErrorBody),
        (status = 401, description = "Client authentication failed", body = crate::web::failure::ErrorBody),
    ))]
pub(in crate::web) async fn give(
    State(door): State<Door>,
    caller: Caller,
    headers: HeaderMap,
    form: OAuthForm<TokenForm>,
) -> Result<Json<TokenResponse>, IssuerError> {
    let client = authenticated(&door, &headers, &form.client, &caller).await?;
    let missing = |name: &str| IssuerError::new(OAuthErrorCode::InvalidRequest, format!("{name} is missing"));
    match form.own.grant_type.as_deref() {
        Some("authorization_code") => {
            let client = issuer_only(client)?;
            let bound_to = door.pedell().binding(&client, caller.from());
            let grant = CodeGrant {
                code: form.own.code.ok_or_else(|| missing("code"))?,
                redirect_uri: form.own.redirect_uri.ok_or_else(|| missing("redirect_uri"))?,
                verifier: form.own.code_verifier.ok_or_else(|| missing("code_verifier"))?,
            };
            let issued = door.pedell().issue_token(&client, &grant, bound_to).await?;
            Ok(Json(TokenResponse {
                access_token: StudentAccess::seal(&door, &issued.claims),
                token_type: "Bearer",
                expires_in: door.pedell().settings().token_life.as_secs(),
                scope: Some(issued.scope.to_text()),
                id_token: Some(issued.id_token),
            }))
        }
        Some("client_credentials") => Ok(Json(TokenResponse {
            access_token: door.pedell().machine_access_token(&client, caller.from()).await?,
            token_type: "Bearer",
            expires_in: limits::ACCESS_TOKEN_LIFE.as_secs(),
            scope: None,
            id_token: None,
        })),
        Some(_) => Err(IssuerError::new(
            OAuthErrorCode::UnsupportedGrantType,
            "grant_type must be authorization_code or client_credentials",
        )),
        None => Err(missing("grant_type")),
    }
}
