//! An issuer sends a student over: the request is checked, and what the login needs travels sealed in the browser.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Failure, Pedell};
use crate::{
    base::{Reference, Timestamp, limits},
    domain::{
        client::{Client, ClientId, IssuerProfile, Product},
        reason::Reason,
        semester::{Period, Semester},
        tenant::{Slug, University},
    },
    protocol::oidc::{
        OAuthError, OAuthErrorCode,
        authorization_request::{AuthorizationRequest, Parameters},
    },
    vault::{Purpose, Sealed},
};

/// A login in flight. Nothing about it is written until a verification is complete.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Login {
    /// One-time identifier: one login gives one token at most.
    pub id: String,
    /// What the issuer asked, and the university once it is chosen.
    pub request: AuthorizationRequest,
    /// The last refusal, which the shop is told if the student gives up.
    pub refusal: Option<(Reason, Reference)>,
    /// When the student has to begin anew.
    pub expires_at: Timestamp,
}

impl Purpose for Login {
    const PURPOSE: &'static str = "login";
}

/// A request that the issuer has pushed (RFC 9126).
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Pushed {
    request: AuthorizationRequest,
    expires_at: Timestamp,
}

impl Purpose for Pushed {
    const PURPOSE: &'static str = "pushed-request";
}

const PUSHED_URN: &str = "urn:ietf:params:oauth:request_uri:";

/// Why a login does not begin.
#[derive(Debug, Error)]
pub enum BeginError {
    /// The client is unknown or blocked: nobody is sent anywhere.
    #[error("the client is not known")]
    UnknownClient,
    /// The address to go back to is not registered for this client: nobody is sent anywhere.
    #[error("redirect_uri is not registered for this client")]
    UnknownRedirectUri,
    /// The request is wrong: the issuer is told at its own address.
    #[error("{}: {}", .1.code.as_str(), .1.description)]
    Request(Box<WayBack>, OAuthError),
    /// A pushed request that is over, altered or someone else's.
    #[error("the pushed request is over or not this client's")]
    PushedRequest,
    /// Ours.
    #[error(transparent)]
    Failure(#[from] Failure),
}

/// The issuer's registered address with the `state` to give back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WayBack {
    /// Registered for this client.
    pub redirect_uri: String,
    /// As it came.
    pub state: Option<String>,
}

/// What an issuer asked, looked up and found allowed.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Who asks.
    pub client: Client,
    /// For which product.
    pub product: Product,
}

/// The same for one university.
#[derive(Clone, Debug)]
pub struct AskedOf {
    /// Who asks, for what.
    pub asked: Asked,
    /// About students of which university.
    pub university: University,
    /// For which semester.
    pub semester: Semester,
    /// Its days.
    pub period: Period,
}

impl AskedOf {
    /// How old a login at the university may be, in seconds: as the product and the shop want it.
    pub fn max_age_seconds(&self, login: &Login) -> Option<u32> {
        [self.asked.product.rule.max_age_seconds, login.request.max_age_seconds].into_iter().flatten().min()
    }
}

impl Pedell {
    /// `/authorize`: checks the request and begins a login.
    pub async fn begin_login(&self, parameters: Parameters) -> Result<Login, BeginError> {
        let request = match parameters.request_uri.clone() {
            Some(uri) => self.open_pushed(&uri, parameters.client_id.as_deref())?,
            None => self.check_request(parameters).await?,
        };
        if request.silent {
            let error = OAuthError::new(OAuthErrorCode::LoginRequired, "the student has to be asked");
            return Err(BeginError::Request(Box::new(request.way_back()), error));
        }
        let now = self.clock().now();
        let id = crate::base::id::fresh(self.clock(), self.random());
        Ok(Login { id, request, refusal: None, expires_at: now.plus(limits::LOGIN_LIFE) })
    }

    /// `/par`: checks the request and gives it back sealed, as a `request_uri` (RFC 9126 §2.2), with its life.
    pub async fn push_request(
        &self,
        client: &Client,
        mut parameters: Parameters,
    ) -> Result<(String, Duration), BeginError> {
        if parameters.client_id.get_or_insert_with(|| client.id.to_string()) != client.id.as_str() {
            return Err(BeginError::UnknownClient);
        }
        if parameters.request_uri.is_some() {
            return Err(BeginError::PushedRequest);
        }
        let request = self.check_request(parameters).await?;
        let expires_at = self.clock().now().plus(limits::PUSHED_REQUEST_LIFE);
        let sealed = self.instance_keys().seal(self.random(), "", &Pushed { request, expires_at });
        Ok((format!("{PUSHED_URN}{}", sealed.as_str()), limits::PUSHED_REQUEST_LIFE))
    }

    /// Seals a login for the browser that carries it.
    pub fn seal_login(&self, browser: &str, login: &Login) -> String {
        self.instance_keys().seal(self.random(), browser, login).as_str().to_owned()
    }

    /// Opens what the browser carried; `None` if it is over, altered, or another browser's.
    pub fn open_login(&self, browser: &str, sealed: &str) -> Option<Login> {
        let login: Login = self.instance_keys().open(browser, &Sealed::presented(sealed)).ok()?;
        (login.expires_at > self.clock().now()).then_some(login)
    }

    /// What a login asks; `None` if the client was blocked or changed meanwhile.
    pub async fn asked(&self, login: &Login) -> Result<Option<Asked>, Failure> {
        let Some((client, issuer)) = self.issuer(&login.request.client_id).await? else { return Ok(None) };
        if !issuer.redirect_uris.iter().any(|registered| registered.as_str() == login.request.redirect_uri) {
            return Ok(None);
        }
        let product = issuer.product(login.request.product.as_deref()).cloned();
        Ok(product.map(|product| Asked { client, product }))
    }

    /// Universities whose students this issuer may ask about, by short name.
    pub async fn universities_for(&self, client: &Client) -> Result<Vec<University>, Failure> {
        let universities = self.stores().control().universities().await?;
        let may =
            |university: &University| client.issuer().is_some_and(|issuer| issuer.may_ask_about(&university.slug));
        Ok(universities.into_iter().filter(may).collect())
    }

    /// What is asked of one university; `None` if the issuer may not, or the rule does not sell that semester today.
    pub async fn asked_of(
        &self,
        asked: Asked,
        university: &str,
        semester: Option<&str>,
    ) -> Result<Option<AskedOf>, Failure> {
        let Some(slug) = Slug::parse(university) else { return Ok(None) };
        let Some(university) = self.stores().control().university(&slug).await? else { return Ok(None) };
        if !asked.client.issuer().is_some_and(|issuer| issuer.may_ask_about(&university.slug)) {
            return Ok(None);
        }
        let calendar = &university.profile.calendar;
        let today = self.clock().now().date_in_berlin();
        let Some(semester) = asked.product.rule.semester_asked(semester, calendar, today) else { return Ok(None) };
        let period = calendar.period(semester);
        Ok(Some(AskedOf { asked, university, semester, period }))
    }

    async fn check_request(&self, parameters: Parameters) -> Result<AuthorizationRequest, BeginError> {
        let client_id = parameters.client_id.clone().unwrap_or_default();
        let redirect_uri = parameters.redirect_uri.clone().unwrap_or_default();
        let (_, issuer) = self.issuer(&client_id).await?.ok_or(BeginError::UnknownClient)?;
        if !issuer.redirect_uris.iter().any(|registered| registered.as_str() == redirect_uri) {
            return Err(BeginError::UnknownRedirectUri);
        }
        let way_back = Box::new(WayBack { redirect_uri, state: parameters.state.clone() });
        let request = match parameters.understand() {
            Ok(request) => request,
            Err(error) => return Err(BeginError::Request(way_back, error)),
        };
        let wrong =
            |text: &str| BeginError::Request(way_back.clone(), OAuthError::new(OAuthErrorCode::InvalidRequest, text));
        if issuer.product(request.product.as_deref()).is_none() {
            return Err(wrong("product is unknown, or must be named because there are several"));
        }
        if let Some(university) = &request.university {
            let slug = Slug::parse(university).filter(|slug| issuer.may_ask_about(slug));
            let known = match slug {
                Some(slug) => self.stores().control().university(&slug).await.map_err(Failure::from)?.is_some(),
                None => false,
            };
            if !known {
                return Err(wrong("university is unknown to this issuer"));
            }
        }
        let semester = request.semester.as_deref();
        let well_formed = semester.is_none_or(|semester| {
            matches!(semester, "current" | "next") || Semester::parse_canonical(semester).is_some()
        });
        if !well_formed {
            return Err(wrong("semester must be current, next, or a key such as 2026W"));
        }
        Ok(request)
    }

    fn open_pushed(&self, uri: &str, client_id: Option<&str>) -> Result<AuthorizationRequest, BeginError> {
        let sealed = uri.strip_prefix(PUSHED_URN).ok_or(BeginError::PushedRequest)?;
        let pushed: Pushed =
            self.instance_keys().open("", &Sealed::presented(sealed)).map_err(|_| BeginError::PushedRequest)?;
        let is_good = pushed.expires_at > self.clock().now() && client_id == Some(pushed.request.client_id.as_str());
        if is_good { Ok(pushed.request) } else { Err(BeginError::PushedRequest) }
    }

    async fn issuer(&self, client_id: &str) -> Result<Option<(Client, IssuerProfile)>, Failure> {
        let Some(id) = ClientId::parse(client_id) else { return Ok(None) };
        let Some((client, _)) = self.stores().control().client(&id).await? else { return Ok(None) };
        let issuer = client.issuer().filter(|_| client.active).cloned();
        Ok(issuer.map(|issuer| (client, issuer)))
    }
}

impl AuthorizationRequest {
    /// Where this request's answer goes. Only for requests whose redirect URI was checked.
    pub fn way_back(&self) -> WayBack {
        WayBack { redirect_uri: self.redirect_uri.clone(), state: self.state.clone() }
    }
}
