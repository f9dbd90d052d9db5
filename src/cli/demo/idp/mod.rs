//! The demonstration's university with a login of its own: a small SAML 2.0 identity provider.
//!
//! It does what a real one does. It answers only requests that are signed with a key in Pedell's metadata ([`request`],
//! [`service`]), and its answers are signed (RSA-SHA256) and encrypted to Pedell's key (AES-256-GCM, RSA-OAEP:
//! [`mod@answer`], [`encrypt`]), with keys made at start. Only the password is missing: whoever comes picks one of the
//! [`mod@accounts`] on a [`page`].
//!
//! It lives in `cli`, which no other folder may import: the gateway itself has no code that could write an assertion,
//! and `tests/architecture.rs` keeps it so. The tests' lying identity provider encrypts with [`encrypt`], too.

mod accounts;
mod answer;
pub mod encrypt;
pub mod page;
mod request;
mod service;

use std::{path::Path as FilePath, sync::Arc, time::Duration};

use axum::{
    Form, Router,
    extract::{Path, RawQuery, State},
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::{get, post},
};
use serde::Deserialize;

pub(super) use self::accounts::{Account, accounts};
use self::{
    page::{ASSETS, Login, Onward, Trouble},
    request::Request,
    service::Service,
};
use crate::{
    base::{Clock, Random},
    cli::CliError,
    domain::connection::SamlConnection,
    peers::{http::Http, outbound::Outbound},
    protocol::saml::{certificate::Certificate, keys::SigningKey, names, self_signed},
    vault::generate_rsa,
    web::page::{Href, Language, LanguageLink, Page},
};

/// The university: short name and name.
pub(super) const SEEHAFEN: (&str, &str) = ("tu-seehafen", "Technische Universität Seehafen");
/// The provider's entity ID. It names the provider; nothing has to be there.
const ENTITY_ID: &str = "https://idp.tu-seehafen.example/idp/shibboleth";
/// The university's domain: all that the provider may say after an `@`.
const SCOPE: &str = "tu-seehafen.example";
/// The attribute that holds the semester's key. No standard names one, so every university has its own.
const SEMESTER: &str = "studySemester";
/// The certificate's life: longer than any demonstration.
const CERTIFICATE_LIFE: Duration = Duration::from_hours(24 * 365 * 10);

/// The identity provider.
#[derive(Clone)]
pub(super) struct Idp(Arc<Inner>);

struct Inner {
    clock: Clock,
    random: Random,
    http: Http,
    /// Pedell's address.
    pedell: String,
    /// Its own address.
    own: String,
    key: SigningKey,
    certificate: Certificate,
}

#[derive(Deserialize)]
struct Picked {
    /// The request's whole query, as it was signed.
    query: String,
    account: String,
    ui_locales: Option<String>,
}

/// How Pedell is connected to it.
pub(super) fn connection() -> SamlConnection {
    SamlConnection {
        entity_id: ENTITY_ID.to_owned(),
        semester_attribute: Some(SEMESTER.to_owned()),
        given_name_attribute: None,
        family_name_attribute: None,
        birth_date_attribute: None,
        accept_sha1: false,
        force_authn: false,
        affiliation_scopes: Vec::new(),
    }
}

impl Idp {
    /// With new keys, which takes up to a second.
    pub(super) async fn new(clock: Clock, random: Random, pedell: &str, own: &str) -> Result<Self, CliError> {
        let key = SigningKey::from_pkcs8(&tokio::task::spawn_blocking(generate_rsa).await??)?;
        let now = clock.now();
        let until = now.plus(CERTIFICATE_LIFE);
        let certificate = self_signed::certificate(&key, "idp.tu-seehafen.example", random.bytes(), now, until)?;
        let (http, pedell, own) = (Http::new(Outbound::anywhere())?, pedell.to_owned(), own.to_owned());
        Ok(Self(Arc::new(Inner { clock, random, http, pedell, own, key, certificate })))
    }

    /// Drops its metadata into the folder that Pedell reads.
    pub(super) fn introduce(&self, folder: &FilePath) -> std::io::Result<()> {
        std::fs::create_dir_all(folder)?;
        std::fs::write(folder.join(format!("{}.xml", SEEHAFEN.0)), self.metadata())
    }

    pub(super) fn router(self) -> Router {
        Router::new()
            .route("/metadata", get(metadata))
            .route("/sso", get(login))
            .route("/login", post(answer))
            .route("/assets/{file}", get(asset))
            .with_state(self)
    }

    fn metadata(&self) -> String {
        format!(
            "<md:EntityDescriptor xmlns:md=\"{}\" xmlns:ds=\"{}\" xmlns:shibmd=\"{}\" entityID=\"{ENTITY_ID}\">\
             <md:IDPSSODescriptor protocolSupportEnumeration=\"{}\" WantAuthnRequestsSigned=\"true\"><md:Extensions>\
             <shibmd:Scope regexp=\"false\">{SCOPE}</shibmd:Scope></md:Extensions><md:KeyDescriptor use=\"signing\">\
             <ds:KeyInfo><ds:X509Data><ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>\
             </md:KeyDescriptor><md:SingleSignOnService Binding=\"{}\" Location=\"{}\"/></md:IDPSSODescriptor>\
             </md:EntityDescriptor>",
            names::METADATA,
            names::DSIG,
            names::SHIBMD,
            names::PROTOCOL,
            self.0.certificate.to_base64(),
            names::REDIRECT_BINDING,
            self.sso(),
        )
    }

    fn sso(&self) -> String {
        format!("{}/sso", self.0.own)
    }

    /// The request in a query, if Pedell made it. Its metadata are fetched each time, so that its keys may rotate.
    async fn asked(&self, query: &str) -> Result<(Service, Request), CliError> {
        let metadata = self.0.http.get_text(&format!("{}/saml/metadata", self.0.pedell)).await?;
        let service = Service::parse(&metadata)?;
        let request = Request::read(query, &service, &self.sso())?;
        Ok((service, request))
    }

    /// The page that carries the answer for this account to Pedell.
    async fn onward(&self, picked: &Picked) -> Result<(Service, Onward), CliError> {
        let (service, request) = self.asked(&picked.query).await?;
        let account = accounts().into_iter().find(|account| account.id == picked.account);
        let account = account.ok_or("there is no such account")?;
        let response = self.answer(&service, &request, &account)?;
        let page = Onward::new(&service.acs_url, &response, request.relay_state);
        Ok((service, page))
    }
}

async fn metadata(State(idp): State<Idp>) -> Response {
    ([(header::CONTENT_TYPE, "application/samlmetadata+xml; charset=utf-8")], idp.metadata()).into_response()
}

/// `GET /sso`: the redirect binding.
async fn login(State(idp): State<Idp>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    // The signature covers the binding's own parameters only, so that a link may add a language.
    let query = query.unwrap_or_default();
    let (signed, asked) = query.split_once("&ui_locales=").map_or((&query[..], None), |(q, asked)| (q, Some(asked)));
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let language = Language::choose(asked, None, accepted);
    match idp.asked(signed).await {
        Ok(_) => {
            let languages = Href::parse(&format!("/sso?{signed}")).iter().flat_map(LanguageLink::to_each).collect();
            dressed(StatusCode::OK, &Login::new(languages, signed), language, None)
        }
        Err(error) => trouble(language, &error),
    }
}

/// `POST /login`: the request travels with the page and is checked again; nothing is kept here.
async fn answer(State(idp): State<Idp>, Form(picked): Form<Picked>) -> Response {
    let language = Language::choose(picked.ui_locales.as_deref(), None, None);
    match idp.onward(&picked).await {
        Ok((service, page)) => dressed(StatusCode::OK, &page, language, Some(&service.acs_url)),
        Err(error) => trouble(language, &error),
    }
}

async fn asset(Path(file): Path<String>) -> Response {
    match ASSETS.find(&format!("/assets/{file}")) {
        Some(asset) => ([(header::CONTENT_TYPE, asset.content_type)], asset.bytes).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn trouble(language: Language, error: &CliError) -> Response {
    tracing::warn!(%error, "the demonstration's identity provider does not answer");
    dressed(StatusCode::BAD_REQUEST, &Trouble { cause: error.to_string() }, language, None)
}

fn dressed(status: StatusCode, page: &impl Page, language: Language, leads_to: Option<&str>) -> Response {
    let policy = format!(
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; base-uri 'none'; \
         frame-ancestors 'none'; form-action 'self' {}",
        leads_to.unwrap_or_default()
    );
    let headers = [(header::CONTENT_SECURITY_POLICY, policy), (header::CACHE_CONTROL, "no-store".to_owned())];
    (status, headers, Html(page.render(language))).into_response()
}
