//! `/picture/{leave}`: the photo that a token's `picture` leads to (OpenID Connect Core §5.1), for whoever holds the token.

use axum::{
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::{
    protocol::oidc::OAuthErrorCode,
    web::{Door, failure::IssuerError},
};

/// `GET /picture/{leave}`
#[utoipa::path(get, path = "/picture/{leave}", tag = "OpenID Connect",
    params(("leave" = String, Path, description = "From the token's `picture`; good as long as the token")),
    responses(
        (status = 200, description = "The student's photo", content_type = "image/jpeg"),
        (status = 404, description = "The address is over, or the student has taken the photo or the consent back",
            body = crate::web::failure::ErrorBody),
    ))]
pub(in crate::web) async fn send(State(door): State<Door>, Path(leave): Path<String>) -> Result<Response, IssuerError> {
    let gone = || {
        IssuerError::new(OAuthErrorCode::InvalidRequest, "there is no such picture (any more)")
            .with_status(StatusCode::NOT_FOUND)
    };
    let photo = door.pedell().picture(&leave).await?.ok_or_else(gone)?;
    Ok(([(header::CONTENT_TYPE, "image/jpeg")], photo.to_vec()).into_response())
}
