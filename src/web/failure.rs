//! The one place that decides what somebody sees when something goes wrong. The cause goes to the log, under the same
//! reference number that the person or the issuer is given.

use std::any::Any;

use axum::{
    Json,
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{Html, IntoResponse, Response},
};
use serde_json::json;

use super::{
    Door,
    frame::frame,
    page::{Frame, Language, Page, problem::Problem, problem::ProblemKind},
};
use crate::{
    base::{Random, Reference},
    domain::client::ClientId,
    flow::{Failure, client_auth::ClientAuthError, issue_token::IssueError},
    protocol::oidc::{OAuthError, OAuthErrorCode},
};

/// A page for a person: what happened, and what to do.
#[derive(Debug)]
pub(super) struct PersonError {
    kind: ProblemKind,
    language: Language,
    reference: Reference,
    /// Boxed: an error is returned more often than it is shown.
    frame: Box<Frame>,
}

impl PersonError {
    /// Something that the person or the shop can do something about.
    pub(super) fn new(door: &Door, language: Language, kind: ProblemKind, cause: &dyn std::fmt::Display) -> Self {
        let reference = Reference::fresh(door.pedell().random());
        tracing::info!(%reference, ?kind, %cause, "a student was stopped");
        Self { kind, language, reference, frame: Box::new(frame(door, None)) }
    }

    /// Our fault.
    pub(super) fn internal(door: &Door, language: Language, failure: &Failure) -> Self {
        let reference = Reference::fresh(door.pedell().random());
        tracing::error!(%reference, %failure, "a request failed");
        Self { kind: ProblemKind::Internal, language, reference, frame: Box::new(frame(door, None)) }
    }
}

impl IntoResponse for PersonError {
    fn into_response(self) -> Response {
        let status = match self.kind {
            ProblemKind::NotFound => StatusCode::NOT_FOUND,
            ProblemKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            ProblemKind::TooMany => StatusCode::TOO_MANY_REQUESTS,
            ProblemKind::BlockedRegion => StatusCode::FORBIDDEN,
            ProblemKind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::BAD_REQUEST,
        };
        let page = Problem { frame: *self.frame, kind: self.kind, reference: self.reference, onward: None };
        (status, Html(page.render(self.language))).into_response()
    }
}

/// An error for an issuer's developers (RFC 6749 §5.2).
#[derive(Debug)]
pub(super) struct IssuerError {
    status: StatusCode,
    error: OAuthError,
}

impl IssuerError {
    /// With the usual status of its code.
    pub(super) fn new(code: OAuthErrorCode, description: impl Into<String>) -> Self {
        let status = match code {
            OAuthErrorCode::InvalidClient | OAuthErrorCode::InvalidToken => StatusCode::UNAUTHORIZED,
            OAuthErrorCode::ServerError => StatusCode::INTERNAL_SERVER_ERROR,
            OAuthErrorCode::TemporarilyUnavailable => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::BAD_REQUEST,
        };
        Self { status, error: OAuthError::new(code, description) }
    }

    /// With another status.
    pub(super) fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// A client that asks too often.
    pub(super) fn too_many(client: &ClientId) -> Self {
        tracing::info!(%client, "a client asks too often");
        Self::new(OAuthErrorCode::TemporarilyUnavailable, "too many requests; ask again in a minute")
            .with_status(StatusCode::TOO_MANY_REQUESTS)
    }
}

impl From<Failure> for IssuerError {
    fn from(failure: Failure) -> Self {
        let reference = Reference::fresh(&Random::default());
        tracing::error!(%reference, %failure, "a request failed");
        if matches!(failure, Failure::KeysGone(_)) {
            let text = format!("this university's data can not be read; our reference is {reference}");
            return Self::new(OAuthErrorCode::TemporarilyUnavailable, text);
        }
        Self::new(OAuthErrorCode::ServerError, format!("something failed here; our reference is {reference}"))
    }
}

impl From<OAuthError> for IssuerError {
    fn from(error: OAuthError) -> Self {
        Self::new(error.code, error.description)
    }
}

impl From<ClientAuthError> for IssuerError {
    fn from(error: ClientAuthError) -> Self {
        match error {
            ClientAuthError::Failure(failure) => failure.into(),
            error => {
                tracing::info!(%error, "a client was refused");
                Self::new(OAuthErrorCode::InvalidClient, error.to_string())
            }
        }
    }
}

impl From<IssueError> for IssuerError {
    fn from(error: IssueError) -> Self {
        match error {
            IssueError::Failure(failure) => failure.into(),
            error => {
                tracing::info!(%error, "a code was refused");
                Self::new(OAuthErrorCode::InvalidGrant, "the code is not good (any more) for this client and request")
            }
        }
    }
}

impl IntoResponse for IssuerError {
    fn into_response(self) -> Response {
        let body = json!({ "error": self.error.code.as_str(), "error_description": self.error.description });
        let mut response = (self.status, Json(body)).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            let challenge = match self.error.code {
                OAuthErrorCode::InvalidToken => r#"Bearer realm="pedell", error="invalid_token""#,
                _ => r#"Basic realm="pedell""#,
            };
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        if self.status == StatusCode::TOO_MANY_REQUESTS {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
        }
        response
    }
}

/// What an OAuth error looks like in the API's document.
#[derive(serde::Serialize, utoipa::ToSchema)]
#[schema(as = OAuthError)]
pub(super) struct ErrorBody {
    /// RFC 6749 §5.2.
    #[schema(example = "invalid_client")]
    error: String,
    /// For the issuer's developers.
    error_description: String,
}

/// An address that asks too often; whoever it is gets the same short answer.
pub(super) struct TooManyRequests;

impl IntoResponse for TooManyRequests {
    fn into_response(self) -> Response {
        let body = json!({ "error": "temporarily_unavailable", "error_description": "too many requests; ask again in a minute" });
        (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "60")], Json(body)).into_response()
    }
}

/// Another method than the route has.
pub(super) async fn method_not_allowed() -> Response {
    let body = json!({ "error": "invalid_request", "error_description": "this address does not take that method" });
    (StatusCode::METHOD_NOT_ALLOWED, Json(body)).into_response()
}

/// The framework's own refusals (a body too large, a time-out) are bare text; they get the same form as ours.
pub(super) async fn dress_bare_errors(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let status = response.status();
    let is_bare = !response.headers().contains_key(header::CONTENT_TYPE)
        || response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/plain"));
    if !is_bare || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let description = match status {
        StatusCode::PAYLOAD_TOO_LARGE => "the body is too large",
        StatusCode::REQUEST_TIMEOUT => "the request took too long",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "the body is of another content type than this address takes",
        StatusCode::NOT_FOUND => "there is nothing at this address",
        status if status.is_server_error() => "this does not work at the moment",
        _ => "the request can not be read",
    };
    let code = if status.is_server_error() { "server_error" } else { "invalid_request" };
    (status, Json(json!({ "error": code, "error_description": description }))).into_response()
}

/// A panic is a defect: logged with its text, answered with a reference number.
#[expect(clippy::needless_pass_by_value, reason = "the signature of tower-http's ResponseForPanic")]
pub(super) fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("unknown");
    let reference = Reference::fresh(&Random::default());
    tracing::error!(%reference, panic = text, "a handler panicked");
    let body = json!({ "error": "server_error", "error_description": format!("something failed here; our reference is {reference}") });
    (StatusCode::INTERNAL_SERVER_ERROR, Json(body)).into_response()
}
