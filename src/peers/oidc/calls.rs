//! The calls of a login. Each is bounded in time and size, follows no redirect, and takes what the standard says only.

use reqwest::{
    RequestBuilder, StatusCode,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, DATE, HeaderValue},
};
use url::Url;

use super::ClientProof;
use crate::{
    base::{
        Random, Timestamp, limits,
        secret::{ExposeSecret, SecretString},
    },
    peers::http::{Answer, Bounds, Http, HttpError},
    protocol::oidc::rp::{ProviderKeys, ProviderMetadata, Refusal, answer::Tokens},
};

const BOUNDS: Bounds = Bounds {
    first_byte: limits::PROVIDER_CALL_TIME,
    total: limits::PROVIDER_CALL_TIME,
    bytes: limits::PROVIDER_ANSWER_BYTES,
};

/// A code to be exchanged (RFC 6749 §4.1.3, RFC 7636 §4.5).
#[derive(Debug)]
pub struct CodeExchange<'a> {
    /// Where.
    pub endpoint: &'a Url,
    /// As it came with the browser.
    pub code: &'a SecretString,
    /// Whose hash went with the student.
    pub verifier: &'a str,
    /// As it went with the student.
    pub redirect_uri: &'a str,
    /// Who we are there.
    pub client_id: &'a str,
    /// And how we prove it.
    pub proof: &'a ClientProof,
}

/// An answer of the userinfo endpoint, as its content type says.
#[derive(Debug)]
pub enum UserinfoAnswer {
    /// Claims.
    Plain(Vec<u8>),
    /// A JWT of claims.
    Signed(String),
}

/// Exchanges a code for tokens.
pub async fn exchange(
    http: &Http,
    exchange: &CodeExchange<'_>,
    now: Timestamp,
    random: &Random,
) -> Result<Tokens, Refusal> {
    let proven = exchange.proof.prove(exchange.client_id, now, random)?;
    let mut form = vec![
        ("grant_type", "authorization_code"),
        ("code", exchange.code.expose_secret()),
        ("redirect_uri", exchange.redirect_uri),
        ("code_verifier", exchange.verifier),
    ];
    form.extend(proven.fields.iter().map(|(name, value)| (*name, value.expose_secret())));
    let mut request = http.post(exchange.endpoint.as_str()).map_err(|error| refusal_of(&error))?.form(&form);
    if let Some(value) = &proven.authorization {
        request = request.header(AUTHORIZATION, sensitive(value.expose_secret())?);
    }
    let answer = make(http, request.header(ACCEPT, "application/json")).await?;
    if answer.status == StatusCode::OK && kind(&answer) != Some(Kind::Json) {
        return Err(Refusal::ContentType);
    }
    Tokens::parse(answer.status.as_u16(), &answer.body)
}

/// Asks who it is, with the access token (OpenID Connect Core §5.3.1).
pub async fn userinfo(http: &Http, endpoint: &Url, access_token: &SecretString) -> Result<UserinfoAnswer, Refusal> {
    let answer = ask_about_user(http, endpoint, access_token, "application/json, application/jwt").await?;
    match kind(&answer) {
        Some(Kind::Json) => Ok(UserinfoAnswer::Plain(answer.body)),
        Some(Kind::Jwt) => String::from_utf8(answer.body).map(UserinfoAnswer::Signed).map_err(|_| Refusal::Userinfo),
        None => Err(Refusal::ContentType),
    }
}

/// Asks an OAuth 2.0 server's user endpoint: JSON.
pub async fn user_document(http: &Http, endpoint: &Url, access_token: &SecretString) -> Result<Vec<u8>, Refusal> {
    let answer = ask_about_user(http, endpoint, access_token, "application/json").await?;
    if kind(&answer) == Some(Kind::Json) { Ok(answer.body) } else { Err(Refusal::ContentType) }
}

async fn ask_about_user(
    http: &Http,
    endpoint: &Url,
    token: &SecretString,
    accept: &'static str,
) -> Result<Answer, Refusal> {
    let bearer = sensitive(&format!("Bearer {}", token.expose_secret()))?;
    let request = http.get(endpoint.as_str()).map_err(|error| refusal_of(&error))?;
    let answer = make(http, request.header(AUTHORIZATION, bearer).header(ACCEPT, accept)).await?;
    match answer.status {
        StatusCode::OK => Ok(answer),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(Refusal::AccessTokenRefused),
        _ => Err(Refusal::Status),
    }
}

/// A provider's keys.
pub(super) async fn keys(http: &Http, metadata: &ProviderMetadata) -> Result<ProviderKeys, Refusal> {
    let (set, _) = json(http, metadata.jwks_uri.as_str()).await?;
    ProviderKeys::parse(&set).filter(|keys| !keys.is_empty()).ok_or(Refusal::NoKeys)
}

/// A public JSON document, and the date of the answer.
pub(super) async fn json(http: &Http, url: &str) -> Result<(Vec<u8>, Option<Timestamp>), Refusal> {
    let request = http.get(url).map_err(|error| refusal_of(&error))?;
    let answer = make(http, request.header(ACCEPT, "application/json")).await?;
    match (answer.status, kind(&answer)) {
        (StatusCode::OK, Some(Kind::Json)) => {
            let date = answer.headers.get(DATE).and_then(|date| Timestamp::parse_http_date(date.to_str().ok()?));
            Ok((answer.body, date))
        }
        (StatusCode::OK, _) => Err(Refusal::ContentType),
        _ => Err(Refusal::Status),
    }
}

async fn make(http: &Http, request: RequestBuilder) -> Result<Answer, Refusal> {
    let answer = http.answer(request, BOUNDS).await.map_err(|error| refusal_of(&error))?;
    // An endpoint is where it says it is: what a redirect would be sent, the token with it, is meant for that place alone.
    if answer.status.is_redirection() { Err(Refusal::Redirected) } else { Ok(answer) }
}

fn refusal_of(error: &HttpError) -> Refusal {
    let refusal = match error {
        HttpError::Refused(_) => Refusal::ForbiddenAddress,
        HttpError::TimedOut => Refusal::TooSlow,
        HttpError::TooLarge(_) => Refusal::TooLarge,
        HttpError::Redirects(_) => Refusal::Redirected,
        HttpError::Status { .. } => Refusal::Status,
        _ => Refusal::Unreachable,
    };
    tracing::info!(code = refusal.code(), %error, "a call to a provider came to nothing");
    refusal
}

/// A header field that is not shown in anybody's log.
fn sensitive(value: &str) -> Result<HeaderValue, Refusal> {
    let mut value = HeaderValue::from_str(value).map_err(|_| Refusal::TokenAnswer)?;
    value.set_sensitive(true);
    Ok(value)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Json,
    Jwt,
}

fn kind(answer: &Answer) -> Option<Kind> {
    let text = answer.headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let essence = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match essence.as_str() {
        "application/json" => Some(Kind::Json),
        "application/jwt" => Some(Kind::Jwt),
        other if other.starts_with("application/") && other.ends_with("+json") => Some(Kind::Json),
        _ => None,
    }
}
