//! A gateway in this process, its university connected to the provider of these tests, a shop, and students' browsers.

use std::{collections::BTreeMap, num::NonZeroU32, time::Duration};

use axum::{Router, body::Body};
use http::{Request, StatusCode, header};
use pedell::{
    base::{Clock, Random, Timestamp},
    domain::{
        client::{Authentication, Client, ClientId, ClientKind, ClientProfile, IssuerProfile, Product, RedirectUri},
        connection::{ConnectionSecrets, ConnectionSettings},
        policy::{self, Actor},
        rule::Rule,
        semester::Calendar,
        tenant::{Slug, University, UniversityProfile},
    },
    flow::{Pedell, Settings, connections::NewSecrets, saml_metadata::ServiceProvider, staff::StaffSettings},
    peers::outbound::{Allowed, Outbound},
    store::{Location, Stores},
    vault::{MasterKey, SigningAlgorithm},
    web::{Door, DoorSettings, ForwardedCertificates, router},
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt;

use crate::provider::{CLIENT, Provider, Return, SECRET};

/// A moment of the winter semester, so that no test grows old.
pub(crate) const NOW: i64 = 1_795_420_800;

pub(crate) struct Scene {
    pub(crate) pedell: Pedell,
    pub(crate) provider: Provider,
    pub(crate) university: University,
    doors: Router,
    pub(crate) folder: TempDir,
}

/// A browser with its cookies.
#[derive(Clone, Default)]
pub(crate) struct Browser(pub(crate) BTreeMap<String, String>);

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) location: String,
    pub(crate) body: String,
}

impl Answer {
    /// The reason that a page hands to the shop.
    #[track_caller]
    pub(crate) fn refused_as(&self, reason: &str) {
        let told = self.body.contains(&format!("reason={reason}"));
        assert!(self.location.is_empty() && told, "not {reason}: {} {} {}", self.status, self.location, self.body);
    }

    #[track_caller]
    pub(crate) fn has_code(&self) -> String {
        let (_, query) = self.location.split_once("https://shop.example/callback?code=").unwrap_or_else(|| {
            panic!("no code: {} {:?} {}", self.status, self.location, self.body);
        });
        query.split('&').next().unwrap().to_owned()
    }
}

pub(crate) fn secrets(pairs: &[(&str, &str)]) -> ConnectionSecrets {
    let mut secrets = ConnectionSecrets::default();
    for (name, value) in pairs {
        secrets.set(*name, (*value).into());
    }
    secrets
}

impl Scene {
    pub(crate) async fn new() -> Self {
        Self::with(json!({}), Rule::default()).await
    }

    /// With these settings of the connection beside the usual ones, and a product of this rule.
    pub(crate) async fn with(own: Value, rule: Rule) -> Self {
        let provider = Provider::start(NOW).await;
        let mut settings = json!({
            "kind": "oidc", "issuer": provider.url, "client_id": CLIENT,
            "claims": { "affiliation_scopes": ["uni.example"], "semester": "/studySemester" },
        });
        settings.as_object_mut().unwrap().extend(own.as_object().unwrap().clone());
        Self::connected(provider, settings, rule).await
    }

    pub(crate) async fn connected(provider: Provider, settings: Value, rule: Rule) -> Self {
        let folder = TempDir::new().unwrap();
        let stores = Stores::open(Location::Sqlite(folder.path().join("data"))).await.unwrap();
        let master = MasterKey::create(&folder.path().join("master.key"), &Random::default()).unwrap();
        let clock = Clock::manual(Timestamp::from_seconds(NOW));
        let pedell = Pedell::new(stores, master, clock, Random::default(), gateway()).await.unwrap();
        let university = university(&pedell, "uni-oidc", settings, secrets(&[("client_secret", SECRET)])).await;
        pedell.create_client(&shop(rule), &Actor::Operator).await.unwrap();
        let plenty = NonZeroU32::MAX;
        let doors = DoorSettings {
            trusted_proxies: Vec::new(),
            forwarded_certificates: ForwardedCertificates::Off,
            regions: pedell::web::Regions::default(),
            requests_per_minute_per_address: plenty,
            requests_per_minute_per_client: plenty,
            roster_max_bytes: 1024,
            roster_max_rows: 1,
            operator: String::new(),
            service_provider: ServiceProvider::default(),
            saml_metadata_life: Duration::from_hours(24),
            is_demo: false,
            shop: None,
        };
        let doors = router(Door::new(pedell.clone(), doors));
        Self { pedell, provider, university, doors, folder }
    }

    pub(crate) async fn send(&self, browser: &mut Browser, request: http::request::Builder, body: String) -> Answer {
        let cookies: Vec<_> = browser.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = request
            .header(header::COOKIE, cookies.join("; "))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body))
            .unwrap();
        let response = self.doors.clone().oneshot(request).await.unwrap();
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            if cookie.contains("Max-Age=0;") {
                assert!(cookie.contains("Path=/;"), "{cookie}");
                browser.0.remove(name);
                continue;
            }
            assert!(
                cookie.contains("HttpOnly") && cookie.contains("Secure") && cookie.contains("SameSite=Lax"),
                "{cookie}"
            );
            if name.starts_with("pedell-login-") {
                // Every door that sends a browser away must be sent them, to clear them; and they end by themselves.
                assert!(cookie.contains("Path=/;") || cookie.ends_with("Path=/"), "{cookie}");
                assert!(cookie.contains("Max-Age="), "{cookie}");
            }
            browser.0.insert(name.to_owned(), value.to_owned());
        }
        let status = response.status();
        let location = response.headers().get(header::LOCATION).map_or("", |value| value.to_str().unwrap()).to_owned();
        let body = axum::body::to_bytes(response.into_body(), 1 << 22).await.unwrap();
        Answer { status, location, body: String::from_utf8(body.to_vec()).unwrap() }
    }

    /// Whoever is asked whether the shop may have it agrees.
    pub(crate) async fn get(&self, browser: &mut Browser, path: &str) -> Answer {
        let answer = self.send(browser, Request::get(path), String::new()).await;
        let Some(flow) = answer.location.strip_prefix("/verify/consent?flow=") else { return answer };
        let form = format!("flow={}&agree=1", flow.split('&').next().unwrap());
        self.send(browser, Request::post("/verify/consent"), form).await
    }

    /// From the shop to the university's way of proving.
    pub(crate) async fn authorize(&self, browser: &mut Browser, own: &str) -> Answer {
        let slug = self.university.slug.as_str();
        let onward = self.get(browser, &authorize(slug, own)).await;
        assert!(onward.location.starts_with("/verify/oidc?flow="), "{} {}", onward.location, onward.body);
        self.get(browser, &onward.location).await
    }

    /// From the shop to the provider, logged in there, and on the way back.
    pub(crate) async fn log_in(&self, browser: &mut Browser) -> Return {
        let away = self.authorize(browser, "").await;
        assert!(!away.location.is_empty(), "{} {}", away.status, away.body);
        self.provider.log_in(&away.location)
    }

    /// The whole way of a new browser.
    pub(crate) async fn whole_way(&self) -> Answer {
        let mut browser = Browser::default();
        let back = self.log_in(&mut browser).await;
        self.get(&mut browser, &back.address()).await
    }

    /// Sets the test connection anew and makes it live.
    pub(crate) async fn connect(&self, settings: Value, secrets: ConnectionSecrets) {
        let settings: ConnectionSettings = serde_json::from_value(settings).unwrap();
        let people = ["ada", "grace"].map(|name| name.parse().unwrap());
        self.pedell.connect(&self.university.id, settings, secrets, people).await.unwrap();
    }

    /// The audit trail's decisions, as text.
    pub(crate) async fn decisions(&self) -> Vec<String> {
        let tenant = self.pedell.stores().tenant(&policy::operator(&self.university.id)).await.unwrap();
        let entries = tenant.audit_after(0).await.unwrap();
        entries.iter().filter(|entry| entry.kind == "verification.decided").map(|entry| entry.detail.clone()).collect()
    }

    /// What stands in the university's trail, by its kinds.
    pub(crate) async fn kinds(&self) -> Vec<String> {
        let tenant = self.pedell.stores().tenant(&policy::operator(&self.university.id)).await.unwrap();
        tenant.audit_after(0).await.unwrap().into_iter().map(|entry| entry.kind).collect()
    }
}

/// The provider runs on this machine; nothing else inside may be called.
pub(crate) fn gateway() -> Settings {
    Settings {
        public_url: "https://pedell.example".to_owned(),
        token_life: Duration::from_mins(5),
        signing_algorithm: SigningAlgorithm::default(),
        retired_key_overlap: Duration::from_hours(1),
        failed_attempts_per_number: 5,
        failed_attempts_per_address: 5,
        attempt_window: Duration::from_mins(15),
        outbound: Outbound::public_and([Allowed::parse("127.0.0.1").unwrap()]),
        staff: StaffSettings::default(),
    }
}

pub(crate) async fn university(pedell: &Pedell, slug: &str, settings: Value, secrets: ConnectionSecrets) -> University {
    let profile = UniversityProfile {
        name_de: "Universität Zum Seeblick".to_owned(),
        name_en: "Seeblick University".to_owned(),
        place: "Seeblick".to_owned(),
        keywords: Vec::new(),
        calendar: Calendar::university(),
        semester_keys: Vec::new(),
        ask_birth_date: true,
        numbers_are_digits: true,
        contact: None,
    };
    let university = pedell.create_university(Slug::parse(slug).unwrap(), profile, &Actor::Operator).await.unwrap();
    let scope = policy::operator_as(&university.id, "ada".parse().unwrap());
    let settings: ConnectionSettings = serde_json::from_value(settings).unwrap();
    let set = pedell.set_test_connection(&scope, settings, NewSecrets::Replace(secrets)).await;
    let (_, faults) = set.unwrap();
    assert!(faults.iter().all(|fault| !fault.blocks), "{faults:?}");
    let version = pedell.request_promotion(&scope).await.unwrap().version;
    let grace = policy::operator_as(&university.id, "grace".parse().unwrap());
    pedell.decide_promotion(&grace, version, true).await.unwrap();
    pedell.university_of(&scope).await.unwrap().unwrap()
}

pub(crate) fn authorize(university: &str, own: &str) -> String {
    let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    format!(
        "/authorize?response_type=code&client_id=shop&redirect_uri=https%3A%2F%2Fshop.example%2Fcallback&scope=openid\
         &state=s&nonce=n&code_challenge={challenge}&code_challenge_method=S256&university={university}{own}"
    )
}

pub(crate) fn shop(rule: Rule) -> Client {
    let issuer = IssuerProfile {
        redirect_uris: vec![RedirectUri::parse("https://shop.example/callback").unwrap()],
        universities: Vec::new(),
        claims: Vec::new(),
        products: vec![Product {
            key: "ticket".to_owned(),
            name_de: "Semesterticket".to_owned(),
            name_en: "Semester ticket".to_owned(),
            rule,
        }],
        direct_checks: false,
    };
    let profile = ClientProfile {
        name: "Shop".to_owned(),
        authentication: Authentication::ClientSecretBasic,
        networks: Vec::new(),
        certificate: None,
        certificate_bound_tokens: false,
        kind: ClientKind::Issuer(issuer),
    };
    Client { id: ClientId::parse("shop").unwrap(), profile, tenant: None, active: true }
}
