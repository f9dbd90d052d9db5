//! A student logs in through the web routes, at the lying identity provider of these tests.

use std::{collections::BTreeMap, num::NonZeroU32, path::Path, sync::Arc, time::Duration};

use axum::{Router, body::Body};
use base64::{Engine, prelude::BASE64_STANDARD};
use http::{Request, StatusCode, header};
use pedell::{
    base::{Clock, Random},
    domain::{
        client::{Authentication, Client, ClientId, ClientKind, ClientProfile, IssuerProfile, Product, RedirectUri},
        connection::{ConnectionSecrets, ConnectionSettings, SamlConnection},
        policy::{self, Actor},
        rule::Rule,
        semester::Calendar,
        tenant::{Slug, University, UniversityProfile},
    },
    flow::{Pedell, Settings, connections::NewSecrets, saml_metadata::ServiceProvider, staff::StaffSettings},
    peers::outbound::{Allowed, Outbound},
    protocol::saml::{names, redirect},
    store::{Location, Stores},
    vault::{MasterKey, SigningAlgorithm},
    web::{Door, DoorSettings, ForwardedCertificates, router},
};
use tempfile::TempDir;
use tower::ServiceExt;
use url::Url;

use crate::idp::*;

const ENTITY: &str = "https://pedell.example/saml/metadata";
pub(crate) const SEMESTER: &str = "urn:uni:semester";

pub(crate) struct Scene {
    pub(crate) pedell: Pedell,
    doors: Router,
    university: University,
    folder: Arc<TempDir>,
}

/// A browser with its cookies.
#[derive(Default)]
pub(crate) struct Browser(BTreeMap<String, String>);

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) location: String,
    pub(crate) body: String,
}

/// A node over the databases and the master key in this folder.
async fn node(folder: &Path) -> (Pedell, Router) {
    let stores = Stores::open(Location::Sqlite(folder.join("data"))).await.unwrap();
    let settings = Settings {
        public_url: "https://pedell.example".to_owned(),
        token_life: Duration::from_mins(5),
        signing_algorithm: SigningAlgorithm::default(),
        retired_key_overlap: Duration::from_hours(1),
        failed_attempts_per_number: 5,
        failed_attempts_per_address: 5,
        attempt_window: Duration::from_mins(15),
        outbound: Outbound::public_and([Allowed::parse("127.0.0.1").unwrap()]),
        staff: StaffSettings::default(),
    };
    let master = MasterKey::read(&folder.join("master.key")).unwrap();
    let pedell = Pedell::new(stores, master, Clock::manual(at(NOW)), Random::default(), settings).await.unwrap();
    pedell.federation().refresh(&folder.join("idp-metadata"), at(NOW)).unwrap();
    let settings = DoorSettings {
        trusted_proxies: Vec::new(),
        forwarded_certificates: ForwardedCertificates::Off,
        regions: pedell::web::Regions::default(),
        requests_per_minute_per_address: NonZeroU32::MAX,
        requests_per_minute_per_client: NonZeroU32::MAX,
        roster_max_bytes: 1024,
        roster_max_rows: 1,
        operator: String::new(),
        service_provider: ServiceProvider::default(),
        saml_metadata_life: Duration::from_hours(24),
        is_demo: false,
        shop: None,
    };
    let doors = router(Door::new(pedell.clone(), settings));
    (pedell, doors)
}

impl Scene {
    pub(crate) async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        drop(MasterKey::create(&folder.path().join("master.key"), &Random::default()).unwrap());
        let idps = folder.path().join("idp-metadata");
        std::fs::create_dir(&idps).unwrap();
        std::fs::write(idps.join("uni.xml"), crate::metadata::entity(IDP, true)).unwrap();
        let (pedell, doors) = node(folder.path()).await;
        let connection = SamlConnection {
            entity_id: IDP.to_owned(),
            semester_attribute: Some(SEMESTER.to_owned()),
            given_name_attribute: None,
            family_name_attribute: None,
            birth_date_attribute: None,
            accept_sha1: false,
            force_authn: false,
            affiliation_scopes: vec!["uni.example".to_owned()],
        };
        let profile = UniversityProfile {
            name_de: "Technische Universität Seehafen".to_owned(),
            name_en: "Seehafen University of Technology".to_owned(),
            place: "Seehafen".to_owned(),
            keywords: Vec::new(),
            calendar: Calendar::university(),
            semester_keys: Vec::new(),
            ask_birth_date: true,
            numbers_are_digits: true,
            contact: None,
        };
        let slug = Slug::parse("tu-seehafen").unwrap();
        let university = pedell.create_university(slug, profile, &Actor::Operator).await.unwrap();
        let people = ["ada", "grace"].map(|name| name.parse().unwrap());
        let settings = ConnectionSettings::Saml(connection);
        let connected = pedell.connect(&university.id, settings, ConnectionSecrets::default(), people).await;
        let university = connected.unwrap();
        let issuer = IssuerProfile {
            redirect_uris: vec![RedirectUri::parse("https://shop.example/callback").unwrap()],
            universities: Vec::new(),
            claims: Vec::new(),
            products: vec![Product {
                key: "ticket".to_owned(),
                name_de: "Semesterticket".to_owned(),
                name_en: "Semester ticket".to_owned(),
                rule: Rule::default(),
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
        let client = Client { id: ClientId::parse("shop").unwrap(), profile, tenant: None, active: true };
        pedell.create_client(&client, &Actor::Operator).await.unwrap();
        Self { pedell, doors, university, folder: Arc::new(folder) }
    }

    /// Another node of the same instance.
    pub(crate) async fn another_node(&self) -> Self {
        let (pedell, doors) = node(self.folder.path()).await;
        Self { pedell, doors, university: self.university.clone(), folder: self.folder.clone() }
    }

    /// Drops another provider's metadata into the folder.
    pub(crate) fn meet(&self, metadata: &str) {
        let folder = self.folder.path().join("idp-metadata");
        std::fs::write(folder.join("other.xml"), metadata).unwrap();
        self.pedell.federation().refresh(&folder, at(NOW)).unwrap();
    }

    async fn send(&self, browser: &mut Browser, request: http::request::Builder, body: String) -> Answer {
        let cookies: Vec<_> = browser.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = request
            .header(header::COOKIE, cookies.join("; "))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body))
            .unwrap();
        let response = self.doors.clone().oneshot(request).await.unwrap();
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            let (name, value) = cookie.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            browser.0.insert(name.to_owned(), value.to_owned());
        }
        let status = response.status();
        let location = response.headers().get(header::LOCATION).map_or("", |value| value.to_str().unwrap()).to_owned();
        let body = axum::body::to_bytes(response.into_body(), 1 << 22).await.unwrap();
        Answer { status, location, body: String::from_utf8(body.to_vec()).unwrap() }
    }

    pub(crate) async fn get(&self, browser: &mut Browser, path: &str) -> Answer {
        self.send(browser, Request::get(path), String::new()).await
    }

    /// From the shop to the identity provider: the request's ID and the `RelayState`.
    pub(crate) async fn depart(&self, browser: &mut Browser) -> (String, String) {
        let (request, relay) = asked(&self.depart_asking(browser, "").await);
        (id_of(&request), relay)
    }

    /// The same with more parameters of the shop's; where the browser is sent.
    async fn depart_asking(&self, browser: &mut Browser, more: &str) -> Answer {
        let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        let authorize = format!(
            "/authorize?response_type=code&client_id=shop&redirect_uri=https%3A%2F%2Fshop.example%2Fcallback&scope=openid\
             &state=s&nonce=n&code_challenge={challenge}&code_challenge_method=S256&university=tu-seehafen{more}"
        );
        let onward = self.get(browser, &authorize).await;
        assert!(onward.location.starts_with("/verify/saml?flow="), "{} {}", onward.location, onward.body);
        self.get(browser, &onward.location).await
    }

    pub(crate) async fn post(&self, browser: &mut Browser, path: &str, document: &str, relay: &str) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("SAMLResponse", &BASE64_STANDARD.encode(document))
            .append_pair("RelayState", relay)
            .finish();
        self.send(browser, Request::post(path), body).await
    }

    /// Agrees to what the student is asked before the first hand-over.
    pub(crate) async fn agree(&self, browser: &mut Browser, back: Answer) -> Answer {
        let Some(flow) = back.location.strip_prefix("/verify/consent?flow=") else { return back };
        let flow = flow.split('&').next().unwrap();
        self.send(browser, Request::post("/verify/consent"), format!("flow={flow}&agree=1")).await
    }

    pub(crate) async fn outcomes(&self) -> Vec<String> {
        self.trail().await.into_iter().filter(|text| text.contains("verification.decided")).collect()
    }

    async fn trail(&self) -> Vec<String> {
        let tenant = self.pedell.stores().tenant(&policy::operator(&self.university.id)).await.unwrap();
        tenant.audit_after(0).await.unwrap().iter().map(|entry| format!("{entry:?}")).collect()
    }
}

fn id_of(request: &str) -> String {
    request.split(" ID=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

/// What the identity provider is asked: the request and the `RelayState`.
fn asked(away: &Answer) -> (String, String) {
    let url = Url::parse(&away.location).unwrap_or_else(|_| panic!("{} {}", away.location, away.body));
    let parameter = |name: &str| url.query_pairs().find(|(n, _)| n == name).map(|(_, v)| v.into_owned()).unwrap();
    assert!(!parameter("Signature").is_empty() && parameter("RelayState").len() <= 80);
    let request = redirect::inflate(&parameter("SAMLRequest")).unwrap();
    (request, parameter("RelayState"))
}

/// What the student of these tests is, answering `request`.
pub(crate) fn answer(request: &str, semester: &str, affiliation: &str) -> String {
    answer_as(&format!("_assertion-{request}"), request, semester, affiliation)
}

/// The same in an assertion of this ID.
pub(crate) fn answer_as(id: &str, request: &str, semester: &str, affiliation: &str) -> String {
    let more = [("urn:oid:2.5.4.42", "Ana"), ("urn:oid:2.5.4.4", "Müller"), (SEMESTER, semester)]
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| {
            let kind = names::URI_NAME;
            format!("<saml:Attribute Name=\"{name}\" NameFormat=\"{kind}\"><saml:AttributeValue>{value}</saml:AttributeValue></saml:Attribute>")
        })
        .collect::<String>();
    let assertion = assertion()
        .replace(REQUEST, request)
        .replace("_assertion-1", id)
        .replace(&format!(">{SP}<"), &format!(">{ENTITY}<"))
        .replace("student@uni.example", affiliation)
        .replace("</saml:AttributeStatement>", &format!("{more}</saml:AttributeStatement>"));
    response(&Signing::default().sign(&assertion, id)).replace(REQUEST, request)
}

#[tokio::test]
async fn a_student_logs_in_and_comes_back_with_a_code_however_often_the_answer_is_posted() {
    let (scene, mut browser) = (Scene::new().await, Browser::default());
    let (request, relay) = scene.depart(&mut browser).await;
    let document = answer(&request, "20262", "student@uni.example");
    // The identity provider's site posts without our cookies.
    let hop = scene.post(&mut Browser::default(), "/saml/acs", &document, &relay).await;
    assert_eq!(hop.status, StatusCode::OK);
    assert!(hop.body.contains("action=\"/verify/saml\"") && hop.body.contains(&relay), "{}", hop.body);
    let back = scene.post(&mut browser, "/verify/saml", &document, &relay).await;
    let back = scene.agree(&mut browser, back).await;
    assert!(back.location.starts_with("https://shop.example/callback?code="), "{} {}", back.location, back.body);
    let again = scene.post(&mut browser, "/verify/saml", &document, &relay).await;
    assert!(again.location.starts_with("https://shop.example/callback?code="), "{}", again.body);
    assert_eq!(scene.outcomes().await.len(), 1, "one verification, and its code is redeemed once");
}

#[tokio::test]
async fn an_answer_is_good_for_its_own_request_and_its_own_browser_only() {
    let (scene, mut browser) = (Scene::new().await, Browser::default());
    let (request, relay) = scene.depart(&mut browser).await;
    let document = answer(&request, "20262", "student@uni.example");
    let mut thief = Browser::default();
    let (_, other_relay) = scene.depart(&mut thief).await;
    let stolen = scene.post(&mut thief, "/verify/saml", &document, &other_relay).await;
    assert!(stolen.location.is_empty() && stolen.body.contains("login_failed"), "{}", stolen.body);
    for (who, relay) in [(&mut thief, relay.as_str()), (&mut browser, "unknown"), (&mut Browser::default(), &relay)] {
        let refused = scene.post(who, "/verify/saml", &document, relay).await;
        assert_eq!((refused.status, refused.location.as_str()), (StatusCode::BAD_REQUEST, ""));
    }
    let good = scene.post(&mut browser, "/verify/saml", &document, &relay).await;
    let good = scene.agree(&mut browser, good).await;
    assert!(good.location.contains("code="), "the attempts of others spoil nothing: {}", good.body);
}

#[tokio::test]
async fn an_assertion_counts_for_one_login_only() {
    let scene = Scene::new().await;
    for (semester, ending) in [("20261", "reason=wrong_semester"), ("20262", "reason=login_failed")] {
        let mut browser = Browser::default();
        let (request, relay) = scene.depart(&mut browser).await;
        let document = answer_as("_same", &request, semester, "student@uni.example");
        let page = scene.post(&mut browser, "/verify/saml", &document, &relay).await;
        assert!(page.location.is_empty() && page.body.contains(ending), "{ending}: {}", page.body);
    }
}

#[tokio::test]
async fn what_the_answer_says_decides() {
    let scene = Scene::new().await;
    for (semester, affiliation, reason) in [
        ("20261", "student@uni.example", "wrong_semester"),
        ("20262", "staff@uni.example", "not_student"),
        ("20262", "student@other.example", "not_student"),
        ("", "student@uni.example", "attribute_missing"),
    ] {
        let mut browser = Browser::default();
        let (request, relay) = scene.depart(&mut browser).await;
        let document = answer(&request, semester, affiliation);
        let page = scene.post(&mut browser, "/verify/saml", &document, &relay).await;
        assert!(page.location.is_empty() && page.body.contains(&format!("reason={reason}")), "{reason}: {}", page.body);
        let names_it = page.body.contains("für welches Semester Sie eingeschrieben sind");
        assert_eq!(names_it, reason == "attribute_missing", "what is missing is named: {}", page.body);
    }
}

#[tokio::test]
async fn a_shop_that_wants_a_new_login_gets_one() {
    let scene = Scene::new().await;
    for (more, is_forced) in [
        ("", false),
        ("&prompt=consent", false),
        ("&prompt=login", true),
        ("&max_age=0", true),
        ("&max_age=86400", true),
    ] {
        let away = scene.depart_asking(&mut Browser::default(), more).await;
        assert_eq!(asked(&away).0.contains(" ForceAuthn=\"true\""), is_forced, "{more}");
    }
}

/// One provider of two universities says truly who studies at which of them.
#[tokio::test]
async fn another_universitys_student_is_none_of_this_one() {
    let scene = Scene::new().await;
    let metadata = crate::metadata::entity(IDP, true)
        .replace("regexp=\"true\">^.+\\.uni\\.example$<", "regexp=\"false\">other.example<");
    assert!(metadata.contains(">other.example<"));
    let folder = scene.folder.path().join("idp-metadata");
    std::fs::write(folder.join("uni.xml"), metadata).unwrap();
    scene.pedell.federation().refresh(&folder, at(NOW)).unwrap();
    for (affiliation, ending) in [("student@other.example", "reason=not_student"), ("student@uni.example", "")] {
        let mut browser = Browser::default();
        let (request, relay) = scene.depart(&mut browser).await;
        let page = scene.post(&mut browser, "/verify/saml", &answer(&request, "20262", affiliation), &relay).await;
        assert!(page.body.contains(ending) && page.location.is_empty() != ending.is_empty(), "{ending}: {}", page.body);
    }
    // Without saying which of them it is, none goes live.
    let scope = policy::operator(&scene.university.id);
    let ConnectionSettings::Saml(own) = &scene.university.connection.settings else { panic!("a SAML connection") };
    for (scopes, fault) in [
        (vec![], Some("saml_several_scopes")),
        (vec!["uni.example", "elsewhere.example"], Some("saml_foreign_scope")),
        (vec!["*.example"], Some("saml_foreign_scope")),
        (vec!["UNI.example"], None),
    ] {
        let affiliation_scopes = scopes.into_iter().map(str::to_owned).collect();
        let settings = ConnectionSettings::Saml(SamlConnection { affiliation_scopes, ..own.clone() });
        let secrets = NewSecrets::Replace(ConnectionSecrets::default());
        let (_, faults) = scene.pedell.set_test_connection(&scope, settings, secrets).await.unwrap();
        assert_eq!(faults.iter().find(|fault| fault.blocks).map(|fault| fault.code), fault, "{faults:?}");
    }
}

#[tokio::test]
async fn an_answer_of_another_provider_or_without_a_good_signature_is_refused() {
    let scene = Scene::new().await;
    for spoil in [
        |document: String| document.replace(IDP, "https://evil.example/idp"),
        |document: String| document.replace("Ana", "Eve"),
        |_| "<not-xml".to_owned(),
    ] {
        let mut browser = Browser::default();
        let (request, relay) = scene.depart(&mut browser).await;
        let document = spoil(answer(&request, "20262", "student@uni.example"));
        let page = scene.post(&mut browser, "/verify/saml", &document, &relay).await;
        assert!(page.location.is_empty() && page.body.contains("reason=login_failed"), "{}", page.body);
    }
}

#[tokio::test]
async fn our_metadata_names_where_answers_go_and_rotation_publishes_the_next_key_first() {
    let (scene, mut browser) = (Scene::new().await, Browser::default());
    let before = scene.get(&mut browser, "/saml/metadata").await.body;
    assert!(before.contains(ENTITY) && before.contains(ACS), "{before}");
    assert!(scene.get(&mut browser, "/saml/metadata?signed=true").await.body.contains("<ds:SignatureValue>"));
    let certificates = |xml: &str| -> Vec<String> {
        xml.split("<ds:X509Certificate>").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned()).collect()
    };
    scene.pedell.rotate_saml_keys(&Actor::Operator).await.unwrap();
    let after = certificates(&scene.get(&mut browser, "/saml/metadata").await.body);
    let before = certificates(&before);
    assert_eq!((before.len(), after.len()), (3, 3), "two that sign, one to encrypt to");
    assert_eq!(after[0], before[1], "the key that waited now signs");
    assert!(!before.contains(&after[1]) && !before.contains(&after[2]));
    assert_eq!(scene.pedell.saml_ring().await.unwrap().decryption.len(), 2, "the old key still opens");
}

/// The university's IT tries another connection than the one that students use.
#[tokio::test]
async fn a_try_shows_what_arrived_and_issues_nothing() {
    let (scene, mut browser) = (Scene::new().await, Browser::default());
    let scope = policy::operator_as(&scene.university.id, "ada".parse().unwrap());
    let ConnectionSettings::Saml(live) = scene.university.connection.settings.clone() else { panic!("it is SAML") };
    let tried = SamlConnection { semester_attribute: Some("urn:uni:other".to_owned()), ..live };
    let secrets = NewSecrets::Replace(ConnectionSecrets::default());
    scene.pedell.set_test_connection(&scope, ConnectionSettings::Saml(tried), secrets).await.unwrap();
    let sealed = scene.pedell.seal_trial(&scene.pedell.begin_trial(&scope).await.unwrap());
    let link = format!("/try?trial={sealed}");

    let page = scene.get(&mut browser, &link).await;
    assert!(page.status == StatusCode::OK && page.body.contains(IDP), "{}", page.body);
    let form = format!("trial={sealed}&ui_locales=en");
    let stranger = scene.send(&mut Browser::default(), Request::post("/try"), form.clone()).await;
    assert_eq!(stranger.status, StatusCode::BAD_REQUEST, "without the cookie");
    let (request, relay) = asked(&scene.send(&mut browser, Request::post("/try"), form.clone()).await);
    let request = id_of(&request);
    let document = answer(&request, "20262", "student@uni.example");
    let report = scene.post(&mut browser, "/verify/saml", &document, &relay).await;
    assert_eq!(report.status, StatusCode::OK);
    for shown in ["Müller", SEMESTER, "urn:uni:other", "attribute_missing"] {
        assert!(report.body.contains(shown), "{shown}: {}", report.body);
    }
    assert!(!report.body.contains("code="), "{}", report.body);
    assert!(scene.outcomes().await.is_empty(), "no verification is recorded");
    let trail = scene.trail().await;
    assert!(trail.iter().any(|entry| entry.contains("trial.ended")), "{trail:?}");
    assert!(!trail.iter().any(|entry| entry.contains("Müller")), "{trail:?}");

    let (request, relay) = asked(&scene.send(&mut browser, Request::post("/try"), form.clone()).await);
    let request = id_of(&request);
    let spoilt = answer(&request, "20262", "student@uni.example").replace("Ana", "Eve");
    let refused = scene.post(&mut browser, "/verify/saml", &spoilt, &relay).await;
    assert!(refused.body.contains("digest") && !refused.body.contains("Eve"), "{}", refused.body);

    // Students still use the other one, and what a try brought back does not serve a shop.
    let (request, relay) = scene.depart(&mut browser).await;
    let document = answer(&request, "20262", "student@uni.example");
    let back = scene.post(&mut browser, "/verify/saml", &document, &relay).await;
    let back = scene.agree(&mut browser, back).await;
    assert!(back.location.contains("code="), "{}", back.body);

    scene.pedell.clock().advance(Duration::from_mins(61));
    let over = scene.get(&mut browser, &link).await;
    assert_eq!(over.status, StatusCode::BAD_REQUEST);
    let over = scene.send(&mut browser, Request::post("/try"), form).await;
    assert_eq!((over.status, over.location.as_str()), (StatusCode::BAD_REQUEST, ""));
}
