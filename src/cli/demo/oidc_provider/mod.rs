//! The demonstration's university that speaks OpenID Connect: a small provider, for one client, which is Pedell.
//!
//! It does what a real one does: discovery, keys made at start, the code flow with PKCE required, codes that are good once
//! and for a minute, an ID token signed with ES256, pairwise subjects, userinfo, and its own name in every answer (RFC 9207).
//! Only the password is missing: whoever comes picks one of the [`accounts`] on a [`page`].
//!
//! It lives in `cli`, which no other folder may import: the gateway itself has no code that could sign an ID token for its
//! own students.

mod accounts;
mod codes;
pub mod page;

use std::sync::Arc;

use axum::{
    Form, Json, Router,
    extract::{Path, Query, RawQuery, State},
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::{get, post},
};
use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use serde::Deserialize;
use serde_json::json;
use subtle::ConstantTimeEq;
use url::{Url, form_urlencoded::byte_serialize};

pub(super) use self::accounts::{Member, members};
use self::{
    codes::{Codes, Granted},
    page::{ASSETS, Login, Trouble},
};
use crate::{
    base::{
        Clock, Random,
        secret::{ExposeSecret, SecretString},
    },
    cli::CliError,
    domain::{
        connection::{ConnectionSettings, OidcConnection},
        semester::Calendar,
    },
    protocol::{jwt::JwkSet, oidc::CodeChallenge},
    vault::{SigningAlgorithm, SigningKey},
    web::page::{Href, Language, LanguageLink, Page},
};

/// The university: short name and name.
pub(super) const WIESENTAL: (&str, &str) = ("hs-wiesental", "Hochschule Wiesental");
/// The university's domain.
const SCOPE: &str = "hs-wiesental.example";
/// Who Pedell is there.
const CLIENT: &str = "pedell";
/// An ID token's life, in seconds.
const TOKEN_SECONDS: i64 = 300;

/// The provider.
#[derive(Clone)]
pub(super) struct OidcProvider(Arc<Inner>);

struct Inner {
    clock: Clock,
    random: Random,
    /// Its own address, which is its issuer identifier.
    own: String,
    /// Where answers go.
    redirect_uri: String,
    secret: SecretString,
    key: SigningKey,
    codes: Codes,
}

/// An authorization request (OpenID Connect Core §3.1.2.1).
#[derive(Deserialize)]
struct Request {
    client_id: String,
    redirect_uri: String,
    response_type: String,
    scope: String,
    state: String,
    nonce: String,
    code_challenge: String,
    code_challenge_method: String,
    ui_locales: Option<String>,
}

#[derive(Deserialize)]
struct Picked {
    /// The request's whole query.
    request: String,
    account: String,
    ui_locales: Option<String>,
}

#[derive(Deserialize)]
struct TokenRequest {
    grant_type: String,
    code: String,
    redirect_uri: String,
    code_verifier: String,
}

/// How Pedell is connected to the provider at this address.
pub(super) fn connection(issuer: &str) -> Result<ConnectionSettings, CliError> {
    let connection: OidcConnection = serde_json::from_value(json!({
        "issuer": issuer, "client_id": CLIENT, "scopes": ["openid", "profile", "enrolment"],
        "claims": { "affiliation_scopes": [SCOPE], "semester": "/semester" },
    }))?;
    Ok(ConnectionSettings::Oidc(connection))
}

impl OidcProvider {
    /// With a new key. `secret`: what Pedell proves itself with.
    pub(super) fn new(
        clock: Clock,
        random: Random,
        own: &str,
        redirect_uri: String,
        secret: SecretString,
    ) -> Result<Self, CliError> {
        let key = SigningKey::generate(SigningAlgorithm::Es256)?;
        let (own, codes) = (own.to_owned(), Codes::default());
        Ok(Self(Arc::new(Inner { clock, random, own, redirect_uri, secret, key, codes })))
    }

    pub(super) fn router(self) -> Router {
        Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/jwks.json", get(jwks))
            .route("/auth", get(login))
            .route("/login", post(answer))
            .route("/token", post(token))
            .route("/userinfo", get(userinfo))
            .route("/assets/{file}", get(asset))
            .with_state(self)
    }

    /// The request in a query, if Pedell made it: nobody is sent anywhere else.
    fn asked(&self, query: &str) -> Result<(Request, CodeChallenge), CliError> {
        let Query(request) = Query::<Request>::try_from_uri(&format!("/auth?{query}").parse()?)?;
        if request.client_id != CLIENT || request.redirect_uri != self.0.redirect_uri {
            return Err("the client is not known here".into());
        }
        if request.response_type != "code" || !request.scope.split(' ').any(|scope| scope == "openid") {
            return Err("only the code flow of OpenID Connect is offered".into());
        }
        let challenge =
            CodeChallenge::parse(Some(&request.code_challenge), Some(request.code_challenge_method.as_str()))?;
        Ok((request, challenge))
    }

    /// Back to Pedell, with a code or with the person's refusal.
    fn way_back(&self, picked: &Picked) -> Result<Url, CliError> {
        let (request, challenge) = self.asked(&picked.request)?;
        let member = members().into_iter().find(|member| member.id == picked.account);
        let member = member.ok_or("there is no such account")?;
        let mut url = Url::parse(&request.redirect_uri)?;
        if member.gives_up() {
            url.query_pairs_mut().append_pair("error", "access_denied");
        } else {
            let granted = Granted { member, nonce: request.nonce, challenge };
            let code = self.0.codes.give(&self.0.random, self.0.clock.now(), granted);
            url.query_pairs_mut().append_pair("code", &code);
        }
        url.query_pairs_mut().append_pair("state", &request.state).append_pair("iss", &self.0.own);
        Ok(url)
    }

    fn is_pedell(&self, headers: &HeaderMap) -> bool {
        let half = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
        let pair = format!("{CLIENT}:{}", half(self.0.secret.expose_secret()));
        let expected = format!("Basic {}", BASE64_STANDARD.encode(pair));
        let sent = headers.get(header::AUTHORIZATION).map(header::HeaderValue::as_bytes).unwrap_or_default();
        sent.ct_eq(expected.as_bytes()).into()
    }

    fn tokens(&self, headers: &HeaderMap, request: &TokenRequest) -> Result<serde_json::Value, &'static str> {
        if !self.is_pedell(headers) {
            return Err("invalid_client");
        }
        if request.grant_type != "authorization_code" {
            return Err("unsupported_grant_type");
        }
        let now = self.0.clock.now();
        let granted = self.0.codes.take(&request.code, now).ok_or("invalid_grant")?;
        if !granted.challenge.is_met_by(&request.code_verifier) || request.redirect_uri != self.0.redirect_uri {
            return Err("invalid_grant");
        }
        let claims = json!({
            "iss": self.0.own, "sub": subject(&granted.member), "aud": CLIENT, "iat": now.as_seconds(),
            "exp": now.as_seconds() + TOKEN_SECONDS, "auth_time": now.as_seconds(), "nonce": granted.nonce,
        });
        let id_token = self.0.key.sign("JWT", &claims).map_err(|_| "server_error")?;
        let access_token = self.0.codes.give(&self.0.random, now, granted);
        Ok(json!({ "access_token": access_token, "token_type": "Bearer", "expires_in": 60, "id_token": id_token }))
    }
}

/// Pairwise: another one for each client. There is one client.
fn subject(member: &Member) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(format!("{CLIENT}/{}", member.id))
}

async fn discovery(State(provider): State<OidcProvider>) -> Response {
    let own = &provider.0.own;
    Json(json!({
        "issuer": own, "authorization_endpoint": format!("{own}/auth"), "token_endpoint": format!("{own}/token"),
        "userinfo_endpoint": format!("{own}/userinfo"), "jwks_uri": format!("{own}/jwks.json"),
        "response_types_supported": ["code"], "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["ES256"], "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        "authorization_response_iss_parameter_supported": true,
    }))
    .into_response()
}

async fn jwks(State(provider): State<OidcProvider>) -> Response {
    Json(JwkSet { keys: vec![provider.0.key.public().clone()] }).into_response()
}

/// `GET /auth`
async fn login(State(provider): State<OidcProvider>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let query = query.unwrap_or_default();
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    match provider.asked(&query) {
        Ok((request, _)) => {
            let language = Language::choose(request.ui_locales.as_deref(), None, accepted);
            dressed(StatusCode::OK, &Login::new(languages(&query), &query), language, Some(&provider.0.redirect_uri))
        }
        Err(error) => {
            let asked = query.split('&').find_map(|pair| pair.strip_prefix("ui_locales="));
            trouble(Language::choose(asked, None, accepted), &error)
        }
    }
}

/// This page in each language: the request's own `ui_locales` left out, since a parameter counts once.
fn languages(query: &str) -> Vec<LanguageLink> {
    let bare: Vec<&str> = query.split('&').filter(|pair| !pair.starts_with("ui_locales=")).collect();
    Href::parse(&format!("/auth?{}", bare.join("&"))).iter().flat_map(LanguageLink::to_each).collect()
}

/// `POST /login`: the request travels with the page and is checked again.
async fn answer(State(provider): State<OidcProvider>, Form(picked): Form<Picked>) -> Response {
    match provider.way_back(&picked) {
        Ok(url) => (StatusCode::SEE_OTHER, [(header::LOCATION, url.to_string())]).into_response(),
        Err(error) => trouble(Language::choose(picked.ui_locales.as_deref(), None, None), &error),
    }
}

/// `POST /token` (OpenID Connect Core §3.1.3)
async fn token(
    State(provider): State<OidcProvider>,
    headers: HeaderMap,
    Form(request): Form<TokenRequest>,
) -> Response {
    let no_store = [(header::CACHE_CONTROL, "no-store")];
    match provider.tokens(&headers, &request) {
        Ok(tokens) => (no_store, Json(tokens)).into_response(),
        Err(error) => {
            let status = if error == "invalid_client" { StatusCode::UNAUTHORIZED } else { StatusCode::BAD_REQUEST };
            (status, no_store, Json(json!({ "error": error }))).into_response()
        }
    }
}

/// `GET /userinfo` (OpenID Connect Core §5.3)
async fn userinfo(State(provider): State<OidcProvider>, headers: HeaderMap) -> Response {
    let sent = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let now = provider.0.clock.now();
    let granted = sent.strip_prefix("Bearer ").and_then(|token| provider.0.codes.take(token, now));
    let Some(granted) = granted else { return StatusCode::UNAUTHORIZED.into_response() };
    let current = Calendar::university().semester_on(now.date_in_berlin());
    Json(granted.member.claims(&subject(&granted.member), current)).into_response()
}

async fn asset(Path(file): Path<String>) -> Response {
    match ASSETS.find(&format!("/assets/{file}")) {
        Some(asset) => ([(header::CONTENT_TYPE, asset.content_type)], asset.bytes).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn trouble(language: Language, error: &CliError) -> Response {
    tracing::warn!(%error, "the demonstration's OpenID provider does not answer");
    dressed(StatusCode::BAD_REQUEST, &Trouble { cause: error.to_string() }, language, None)
}

fn dressed(status: StatusCode, page: &impl Page, language: Language, leads_to: Option<&str>) -> Response {
    // Browsers hold a form's redirects against `form-action`: Pedell's address, and wherever it sends the student on to.
    let onward = leads_to.map(|_| "http: https:").unwrap_or_default();
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'; \
         form-action 'self' {onward}"
    );
    let headers = [(header::CONTENT_SECURITY_POLICY, policy), (header::CACHE_CONTROL, "no-store".to_owned())];
    (status, headers, Html(page.render(language))).into_response()
}
