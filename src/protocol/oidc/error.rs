//! Error codes of the OAuth family, each with its section.

use serde::{Deserialize, Serialize};

/// The `error` parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OAuthErrorCode {
    /// RFC 6749 §4.1.2.1, §5.2.
    InvalidRequest,
    /// RFC 6749 §5.2.
    InvalidClient,
    /// RFC 6750 §3.1: an access token that is missing, over or not ours.
    InvalidToken,
    /// RFC 6749 §5.2.
    InvalidGrant,
    /// RFC 6749 §5.2.
    UnauthorizedClient,
    /// RFC 6749 §5.2.
    UnsupportedGrantType,
    /// RFC 6749 §4.1.2.1.
    UnsupportedResponseType,
    /// RFC 6749 §4.1.2.1.
    InvalidScope,
    /// RFC 6749 §4.1.2.1: the student is not eligible, or cancelled.
    AccessDenied,
    /// RFC 6749 §4.1.2.1.
    ServerError,
    /// RFC 6749 §4.1.2.1: the university can't be asked at the moment.
    TemporarilyUnavailable,
    /// OpenID Connect Core §3.1.2.6: `prompt=none`, but the student has to be asked.
    LoginRequired,
    /// OpenID Connect Core §3.1.2.6.
    RequestNotSupported,
}

impl OAuthErrorCode {
    /// As it stands on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidToken => "invalid_token",
            Self::InvalidGrant => "invalid_grant",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::InvalidScope => "invalid_scope",
            Self::AccessDenied => "access_denied",
            Self::ServerError => "server_error",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::LoginRequired => "login_required",
            Self::RequestNotSupported => "request_not_supported",
        }
    }
}

/// An OAuth error with the sentence for the issuer's developers (ASCII without `"` and `\`, RFC 6749 §5.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OAuthError {
    /// `error`.
    pub code: OAuthErrorCode,
    /// `error_description`.
    pub description: String,
}

impl OAuthError {
    /// With a description; characters that RFC 6749 §5.2 does not allow become `'`.
    pub fn new(code: OAuthErrorCode, description: impl Into<String>) -> Self {
        let allowed = |c: char| matches!(c, '\x20'..='\x7e') && c != '"' && c != '\\';
        let description = description.into().chars().map(|c| if allowed(c) { c } else { '\'' }).collect();
        Self { code, description }
    }
}
