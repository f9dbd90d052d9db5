//! Who knocks at the console: the browser's cookies, and the session behind them.

use axum::{
    extract::{FromRequestParts, OptionalFromRequestParts},
    http::{StatusCode, header, request::Parts},
    response::{Html, IntoResponse, Response},
};
use axum_extra::extract::{
    CookieJar,
    cookie::{Cookie, SameSite},
};

use super::{Stop, names};
use crate::{
    base::secret::PlainToken,
    domain::{
        policy::Target,
        staff::{Action, TenantKind},
        tenant::TenantId,
    },
    flow::{
        staff::Visitor,
        staff_sessions::{Due, SessionFound, StaffSession},
    },
    web::{
        Door,
        caller::{self, Browser},
        certificate::Caller,
        frame::frame,
        page::{
            Frame, Href, Language, Page,
            staff::{Nav, Section},
        },
    },
};

/// The console's cookies. Neither goes along with a request from another site.
#[derive(Clone, Debug)]
pub(in crate::web) struct Cookies {
    jar: CookieJar,
}

impl Cookies {
    fn of(parts: &Parts) -> Self {
        Self { jar: CookieJar::from_headers(&parts.headers) }
    }

    /// The session's token.
    pub(super) fn token(&self, door: &Door) -> Option<PlainToken> {
        let value = self.jar.get(name(door, Name::Session))?.value();
        (value.len() == 43).then(|| PlainToken::presented(value))
    }

    /// Whom this browser has logged in before, sealed.
    pub(super) fn known(&self, door: &Door) -> Option<String> {
        let value = self.jar.get(name(door, Name::Known))?.value();
        (value.len() <= 2_000).then(|| value.to_owned())
    }

    /// Keeps a session's token until the browser is closed.
    pub(super) fn keep(self, door: &Door, token: &PlainToken) -> Self {
        let cookie = build(door, Name::Session, token.expose().to_owned());
        Self { jar: self.jar.add(cookie) }
    }

    /// Remembers that this browser has logged somebody in.
    pub(super) fn remember(self, door: &Door, sealed: String) -> Self {
        let mut cookie = build(door, Name::Known, sealed);
        cookie.make_permanent();
        Self { jar: self.jar.add(cookie) }
    }

    /// Forgets the session.
    pub(super) fn forget(self, door: &Door) -> Self {
        let mut cookie = build(door, Name::Session, String::new());
        cookie.make_removal();
        Self { jar: self.jar.add(cookie) }
    }

    /// The answer with these cookies.
    pub(super) fn with(self, response: impl IntoResponse) -> Response {
        (self.jar, response).into_response()
    }
}

impl FromRequestParts<Door> for Cookies {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Door) -> Result<Self, Self::Rejection> {
        Ok(Self::of(parts))
    }
}

#[derive(Clone, Copy)]
enum Name {
    Session,
    Known,
}

/// `__Host-` binds a cookie to this host and TLS; a browser takes it over `https` only.
fn name(door: &Door, which: Name) -> &'static str {
    match (which, door.is_https()) {
        (Name::Session, true) => "__Host-pedell-staff",
        (Name::Session, false) => "pedell-staff",
        (Name::Known, true) => "__Host-pedell-known",
        (Name::Known, false) => "pedell-known",
    }
}

fn build(door: &Door, which: Name, value: String) -> Cookie<'static> {
    Cookie::build((name(door, which), value))
        .http_only(true)
        .secure(door.is_https())
        .same_site(SameSite::Strict)
        .path("/")
        .build()
}

/// Somebody whose password was right, whatever is still due.
pub(in crate::web) struct OnTheWay(pub(super) Staff);

/// Somebody who is in.
pub(in crate::web) struct Staff {
    pub(super) session: StaffSession,
    pub(super) cookies: Cookies,
    pub(super) visitor: Visitor,
    pub(super) language: Language,
    /// This page's address, if it was asked for with GET.
    here: Option<String>,
    /// Whether the language was chosen with this request.
    chosen: bool,
    browser: Browser,
}

impl FromRequestParts<Door> for OnTheWay {
    type Rejection = Stop;

    async fn from_request_parts(parts: &mut Parts, door: &Door) -> Result<Self, Stop> {
        let (cookies, browser) = (Cookies::of(parts), browser(parts, door).await);
        let (chosen, language) = language(parts, &browser);
        let visitor = visitor(parts, door, &cookies).await;
        let found = match cookies.token(door) {
            Some(token) => door.pedell().staff_session_with(&token, visitor.certificate.as_ref()).await,
            None => Ok(SessionFound::None),
        };
        let session = match found.map_err(|failure| Stop::internal(door, language, &failure))? {
            SessionFound::Goes(session) => *session,
            SessionFound::Certificate(refusal) => return Err(Stop::certificate(door, language, refusal)),
            SessionFound::None => return Err(Stop::to("/staff/login")),
        };
        let admitted = door.pedell().admit_from(&session, &visitor).await;
        if !admitted.map_err(|failure| Stop::internal(door, language, &failure))? {
            return Err(Stop::elsewhere(door, language));
        }
        let here = (parts.method == http::Method::GET).then(|| without_language(parts));
        Ok(Self(Staff { session, cookies, visitor, language, here, chosen, browser }))
    }
}

impl FromRequestParts<Door> for Staff {
    type Rejection = Stop;

    async fn from_request_parts(parts: &mut Parts, door: &Door) -> Result<Self, Stop> {
        let OnTheWay(staff) = <OnTheWay as FromRequestParts<Door>>::from_request_parts(parts, door).await?;
        match due_path(staff.session.due) {
            Some(path) => Err(Stop::to(path)),
            None => Ok(staff),
        }
    }
}

impl OptionalFromRequestParts<Door> for Staff {
    type Rejection = Stop;

    async fn from_request_parts(parts: &mut Parts, door: &Door) -> Result<Option<Self>, Stop> {
        Ok(<Self as FromRequestParts<Door>>::from_request_parts(parts, door).await.ok())
    }
}

/// Where somebody goes first.
pub(super) fn due_path(due: Due) -> Option<&'static str> {
    match due {
        Due::Nothing => None,
        Due::Code => Some("/staff/code"),
        Due::Password => Some("/staff/password"),
        Due::Enrol => Some("/staff/factor"),
        Due::Passkey => Some("/staff/passkey"),
    }
}

impl Staff {
    /// A page of the console.
    pub(super) fn page(self, door: &Door, page: &impl Page) -> Response {
        self.page_with(door, StatusCode::OK, page)
    }

    /// The same with another status.
    pub(super) fn page_with(self, door: &Door, status: StatusCode, page: &impl Page) -> Response {
        let body = (status, [(header::CACHE_CONTROL, "no-store")], Html(page.render(self.language)));
        if self.chosen {
            (self.browser.remember(door, None, self.language), body).into_response()
        } else {
            body.into_response()
        }
    }

    /// Header and footer.
    pub(super) fn frame(&self, door: &Door) -> Frame {
        frame(door, self.here.as_deref())
    }

    /// Where they can go from here.
    pub(super) fn nav(&self, _door: &Door, here: Option<Section>) -> Nav {
        let member = &self.session.member;
        let links = Section::ALL.into_iter().filter(|section| self.session.is_in() && self.sees(*section));
        Nav {
            name: member.profile.name.clone(),
            tenant: names::name_of(&self.session.tenant, self.language),
            form_key: self.session.form_key.clone(),
            links: links.filter_map(|section| Some((section, Href::parse(section.path())?))).collect(),
            here,
        }
    }

    fn sees(&self, section: Section) -> bool {
        let member = &self.session.member;
        // Agencies and the operator have no students of their own; a university's pages are reached through its view.
        let (at_university, at_agency) =
            (self.session.tenant.kind == TenantKind::University, self.session.tenant.kind == TenantKind::Agency);
        match section {
            Section::Overview | Section::Account => true,
            Section::Connection | Section::Rosters | Section::Machines if !at_university => false,
            Section::Counter if !at_agency => false,
            Section::Verifications | Section::Statistics if !at_university && !at_agency => false,
            section => section_action(section).is_some_and(|action| self.may_at(action, &member.tenant)),
        }
    }

    /// Whether the policy lets them do this at this tenant: at their own outlet, if they reach no further.
    pub(super) fn may_at(&self, action: Action, tenant: &TenantId) -> bool {
        let member = &self.session.member;
        let of = Target { tenant, outlet: member.outlet.as_ref(), person: Some(&member.id) };
        self.session.may(action, of)
    }

    /// The tenant that a page is about: the one that is named, or their own.
    pub(super) fn tenant(&self, named: Option<&str>) -> Option<TenantId> {
        match named.filter(|named| !named.is_empty()) {
            Some(named) => TenantId::parse(named),
            None => Some(self.session.member.tenant.clone()),
        }
    }
}

/// What one has to be allowed for a part of the console.
pub(super) fn section_action(section: Section) -> Option<Action> {
    match section {
        Section::Overview | Section::Account => None,
        Section::Counter => Some(Action::CounterCheck),
        Section::Tenants => Some(Action::SeeTenants),
        Section::Counters => Some(Action::ChangeCounters),
        Section::Issuers => Some(Action::SeeIssuers),
        Section::Machines => Some(Action::SeeMachines),
        Section::Connection => Some(Action::SeeConnection),
        Section::People => Some(Action::SeeStaff),
        Section::Certificates => Some(Action::SeeCertificates),
        Section::Verifications => Some(Action::SeeVerifications),
        Section::Statistics => Some(Action::SeeStatistics),
        Section::Audit => Some(Action::SearchAudit),
        Section::Rosters => Some(Action::SeeRosters),
    }
}

/// Where the request comes from.
pub(super) async fn visitor(parts: &mut Parts, door: &Door, cookies: &Cookies) -> Visitor {
    let Ok(Caller { address, certificate }) = Caller::from_request_parts(parts, door).await;
    let browser = parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    let browser = browser.unwrap_or_default().to_owned();
    Visitor { address, browser, known: cookies.known(door), certificate }
}

async fn browser(parts: &mut Parts, door: &Door) -> Browser {
    let Ok(browser) = Browser::from_request_parts(parts, door).await;
    browser
}

/// The language, and whether this request chose it.
pub(super) fn language(parts: &Parts, browser: &Browser) -> (bool, Language) {
    let query = parts.uri.query().unwrap_or_default();
    let asked = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "ui_locales");
    let asked = asked.map(|(_, value)| value.into_owned());
    (asked.is_some(), caller::language(asked.as_deref(), browser, &parts.headers))
}

/// The address without what chose its language.
fn without_language(parts: &Parts) -> String {
    let query = parts.uri.query().unwrap_or_default();
    let others = url::form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name != "ui_locales");
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(others).finish();
    if query.is_empty() { parts.uri.path().to_owned() } else { format!("{}?{query}", parts.uri.path()) }
}
