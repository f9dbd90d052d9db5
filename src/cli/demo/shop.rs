//! The demonstration shop: a ticket issuer with an unmodified OpenID Connect library and three pages.
//!
//! It shows what an issuer has to do, and that it is little: discovery, a redirect, one call, and a signed token.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Form, Router,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use axum_extra::extract::{
    CookieJar,
    cookie::{Cookie, SameSite},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use openidconnect::{
    AuthorizationCode, ClientId, ClientSecret, CsrfToken, IssuerUrl, Nonce, PkceCodeChallenge, PkceCodeVerifier,
    RedirectUrl, Scope, TokenResponse,
    core::{CoreAuthenticationFlow, CoreClient, CoreProviderMetadata},
};
use serde::Deserialize;

use super::{
    page::{ASSETS, NoTicket, Proof, Student, Ticket, Window},
    seed::Credentials,
};
use crate::{
    base::{Clock, Reference, Timestamp},
    cli::CliError,
    domain::semester::{Semester, Term},
    peers::{http::Http, outbound::Outbound},
    protocol::jwt::eligibility::EligibilityClaims,
    web::page::{Href, Language, LanguageLink, Page, roster_form::SemesterName},
};

/// Students on their way at one moment; more are turned away.
const ON_THEIR_WAY: usize = 1_000;
/// How long one may be on the way.
const WAY_TIME: Duration = Duration::from_mins(30);

/// The shop.
#[derive(Clone)]
pub(super) struct Shop(Arc<Inner>);

struct Inner {
    clock: Clock,
    http: Http,
    pedell: String,
    credentials: Credentials,
    redirect: String,
    students: Vec<Student>,
    on_their_way: Mutex<HashMap<String, OnTheWay>>,
}

/// What the shop remembers of a student on the way, under the `state`.
struct OnTheWay {
    since: Timestamp,
    nonce: Nonce,
    verifier: PkceCodeVerifier,
    typed_name: String,
    language: Language,
}

#[derive(Deserialize)]
struct Look {
    ui_locales: Option<String>,
}

#[derive(Deserialize)]
struct Buy {
    name: String,
    ui_locales: Option<String>,
}

#[derive(Deserialize)]
struct Callback {
    code: Option<String>,
    state: Option<String>,
    iss: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
    reason: Option<String>,
    reference: Option<String>,
}

impl Shop {
    pub(super) fn new(
        clock: Clock,
        pedell: &str,
        own: &str,
        credentials: Credentials,
        students: Vec<Student>,
    ) -> Result<Self, CliError> {
        Ok(Self(Arc::new(Inner {
            clock,
            http: Http::new(Outbound::anywhere())?,
            pedell: pedell.to_owned(),
            credentials,
            redirect: format!("{own}/callback"),
            students,
            on_their_way: Mutex::default(),
        })))
    }

    pub(super) fn router(self) -> Router {
        Router::new()
            .route("/", get(window))
            .route("/buy", post(buy))
            .route("/callback", get(callback))
            .route("/assets/{file}", get(asset))
            .with_state(self)
    }

    /// The library's client: what Pedell's discovery document says, and the shop's own credentials.
    async fn metadata(&self) -> Result<CoreProviderMetadata, CliError> {
        let issuer = IssuerUrl::new(self.0.pedell.clone())?;
        Ok(CoreProviderMetadata::discover_async(issuer, &self.0.http).await?)
    }

    /// Sends a student over.
    async fn send(&self, typed_name: String, language: Language) -> Result<(String, String), CliError> {
        let metadata = self.metadata().await?;
        let client = CoreClient::from_provider_metadata(
            metadata,
            ClientId::new(self.0.credentials.client_id.clone()),
            Some(ClientSecret::new(self.0.credentials.secret.expose().to_owned())),
        )
        .set_redirect_uri(RedirectUrl::new(self.0.redirect.clone())?);
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (url, state, nonce) = client
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, CsrfToken::new_random, Nonce::new_random)
            .add_scope(Scope::new("profile".to_owned()))
            .add_scope(Scope::new("birthdate".to_owned()))
            .set_pkce_challenge(challenge)
            .add_extra_param("ui_locales", language.code())
            .url();
        let now = self.0.clock.now();
        let mut on_their_way = self.0.on_their_way.lock().unwrap_or_else(PoisonError::into_inner);
        on_their_way.retain(|_, student| now.since(student.since) < WAY_TIME);
        if on_their_way.len() >= ON_THEIR_WAY {
            return Err("too many students are on their way".into());
        }
        let student = OnTheWay { since: now, nonce, verifier, typed_name, language };
        on_their_way.insert(state.secret().clone(), student);
        Ok((url.to_string(), state.secret().clone()))
    }

    /// Turns the code into a verified token: the library checks signature, issuer, audience, nonce and expiry.
    async fn ticket(&self, code: String, student: OnTheWay) -> Result<Ticket, CliError> {
        let metadata = self.metadata().await?;
        let client = CoreClient::from_provider_metadata(
            metadata,
            ClientId::new(self.0.credentials.client_id.clone()),
            Some(ClientSecret::new(self.0.credentials.secret.expose().to_owned())),
        )
        .set_redirect_uri(RedirectUrl::new(self.0.redirect.clone())?);
        let response = client
            .exchange_code(AuthorizationCode::new(code))?
            .set_pkce_verifier(student.verifier)
            .request_async(&self.0.http)
            .await?;
        let id_token = response.id_token().ok_or("there is no ID token")?;
        id_token.claims(&client.id_token_verifier(), &student.nonce)?;
        self.redeem(&id_token.to_string()).await?;
        ticket(&id_token.to_string(), student.typed_name)
    }

    /// A ticket is sold once: the token is redeemed before it is shown.
    async fn redeem(&self, token: &str) -> Result<(), CliError> {
        let credentials = &self.0.credentials;
        let response = self
            .0
            .http
            .post(&format!("{}/redeem", self.0.pedell))?
            .basic_auth(&credentials.client_id, Some(credentials.secret.expose()))
            .form(&[("token", token)])
            .send()
            .await?;
        if response.status().is_success() { Ok(()) } else { Err("the token was redeemed before".into()) }
    }
}

/// What the token says. Only called on a token that the library has verified.
fn ticket(token: &str, typed_name: String) -> Result<Ticket, CliError> {
    let part = |index: usize| -> Result<serde_json::Value, CliError> {
        let text = token.split('.').nth(index).ok_or("not a JWT")?;
        Ok(serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(text)?)?)
    };
    let header = part(0)?;
    let claims: EligibilityClaims = serde_json::from_value(part(1)?)?;
    let semester = Semester::parse_canonical(&claims.semester.key).ok_or("not a semester")?;
    let text = |name: &str| header[name].as_str().unwrap_or_default().to_owned();
    Ok(Ticket {
        languages: Vec::new(),
        typed_name,
        given_names: claims.given_name.unwrap_or_default(),
        family_name: claims.family_name.unwrap_or_default(),
        born: claims.birthdate.as_deref().map(str::parse).transpose()?,
        born_is_self_asserted: claims.self_asserted.iter().any(|claim| claim == "birthdate"),
        university: claims.university.name,
        semester: match semester.term() {
            Term::Winter => SemesterName::Winter(semester.year()),
            Term::Summer => SemesterName::Summer(semester.year()),
        },
        first: claims.semester.first_day.parse()?,
        last: claims.semester.last_day.parse()?,
        method: claims.proof_method,
        repeat_of: claims.first_issued_at.map(Timestamp::from_seconds),
        proof: Proof {
            alg: text("alg"),
            kid: text("kid"),
            iss: claims.iss,
            aud: claims.aud,
            jti: claims.jti,
            exp: Timestamp::from_seconds(claims.exp),
            token: token.to_owned(),
        },
    })
}

async fn window(State(shop): State<Shop>, Query(look): Query<Look>, headers: HeaderMap) -> Response {
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let language = Language::choose(look.ui_locales.as_deref(), None, accepted);
    let languages = Href::parse("/").iter().flat_map(LanguageLink::to_each).collect();
    let page = Window { languages, students: shop.0.students.clone() };
    dressed(StatusCode::OK, &page, language, Some(&shop.0.pedell))
}

async fn buy(State(shop): State<Shop>, jar: CookieJar, Form(buy): Form<Buy>) -> Response {
    let language = Language::choose(buy.ui_locales.as_deref(), None, None);
    let name: String = buy.name.chars().take(200).collect();
    match shop.send(name, language).await {
        Ok((url, state)) => {
            let cookie = Cookie::build(("shop-state", state)).http_only(true).same_site(SameSite::Lax).path("/");
            (jar.add(cookie), Redirect::to(&url)).into_response()
        }
        Err(error) => trouble(language, "server_error", &error.to_string()),
    }
}

async fn callback(State(shop): State<Shop>, jar: CookieJar, Query(answer): Query<Callback>) -> Response {
    let state = answer.state.unwrap_or_default();
    let is_this_browser = jar.get("shop-state").is_some_and(|cookie| cookie.value() == state);
    let student = shop.0.on_their_way.lock().unwrap_or_else(PoisonError::into_inner).remove(&state);
    let Some(student) = student.filter(|_| is_this_browser) else {
        return trouble(Language::default(), "invalid_request", "nobody is on the way with this state");
    };
    let language = student.language;
    if answer.iss.as_deref() != Some(shop.0.pedell.as_str()) {
        return trouble(language, "invalid_request", "the answer is another issuer's (RFC 9207)");
    }
    let Some(code) = answer.code else {
        let reference = answer.reference.as_deref().and_then(Reference::parse);
        let why = reference.as_ref().and_then(|r| Href::parse(&format!("{}/why?reference={r}", shop.0.pedell)));
        let page = NoTicket {
            languages: Vec::new(),
            error: answer.error.unwrap_or_default(),
            reason: answer.reason,
            description: answer.error_description.unwrap_or_default(),
            reference,
            why,
        };
        return dressed(StatusCode::OK, &page, language, None);
    };
    match shop.ticket(code, student).await {
        Ok(ticket) => dressed(StatusCode::OK, &ticket, language, None),
        Err(error) => trouble(language, "server_error", &error.to_string()),
    }
}

async fn asset(Path(file): Path<String>) -> Response {
    match ASSETS.find(&format!("/assets/{file}")) {
        Some(asset) => ([(header::CONTENT_TYPE, asset.content_type)], asset.bytes).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn trouble(language: Language, error: &str, description: &str) -> Response {
    tracing::warn!(error, description, "the demonstration shop has no ticket");
    let page = NoTicket {
        languages: Vec::new(),
        error: error.to_owned(),
        reason: None,
        description: description.to_owned(),
        reference: None,
        why: None,
    };
    dressed(StatusCode::BAD_REQUEST, &page, language, None)
}

fn dressed(status: StatusCode, page: &impl Page, language: Language, leads_to: Option<&str>) -> Response {
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'; \
         form-action 'self' {}",
        leads_to.unwrap_or_default()
    );
    (status, [(header::CONTENT_SECURITY_POLICY, policy)], Html(page.render(language))).into_response()
}
