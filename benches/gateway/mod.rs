//! A gateway with one university and one shop, for benches of what happens in it.

use std::{num::NonZeroU32, time::Duration};

use axum::{
    body::Body,
    http::{Request, header},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use pedell::{
    base::{Clock, Random},
    domain::{
        client::{Authentication, Client, ClientId, ClientKind, ClientProfile, IssuerProfile, Product, RedirectUri},
        eligibility::{Evidence, Method},
        person::PersonName,
        policy::{self, Actor},
        rule::{Field, Rule},
        semester::Calendar,
        tenant::{Slug, UniversityProfile},
    },
    flow::{
        Pedell, Settings,
        conclude::{Finding, Finishes},
        staff::StaffSettings,
    },
    peers::outbound::Outbound,
    protocol::oidc::authorization_request::Parameters,
    store::{Location, Stores},
    vault::{Index, MasterKey, SigningAlgorithm},
    web::{DoorSettings, ForwardedCertificates},
};

// RFC 7636 appendix B
/// Of every code.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
/// Where the shop is.
const REDIRECT: &str = "https://shop.example/callback";

/// A request for the token of this code.
pub(crate) fn token_request(code: &str, basic: &str) -> Request<Body> {
    let body = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("grant_type", "authorization_code")
        .append_pair("code", code)
        .append_pair("redirect_uri", REDIRECT)
        .append_pair("code_verifier", VERIFIER)
        .finish();
    Request::post("/token")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::AUTHORIZATION, basic)
        .body(Body::from(body))
        .unwrap()
}

/// Codes of verified students, each of another one.
pub(crate) async fn codes(pedell: &Pedell, many: usize) -> Vec<String> {
    let (client, _) = pedell.stores().control().client(&ClientId::parse("shop").unwrap()).await.unwrap().unwrap();
    let mut codes = Vec::with_capacity(many);
    for _ in 0..many {
        let parameters = Parameters {
            client_id: Some(client.id.to_string()),
            redirect_uri: Some(REDIRECT.to_owned()),
            response_type: Some("code".to_owned()),
            scope: Some("openid profile".to_owned()),
            code_challenge: Some(CHALLENGE.to_owned()),
            code_challenge_method: Some("S256".to_owned()),
            nonce: Some("n".to_owned()),
            ..Parameters::default()
        };
        let login = pedell.begin_login(parameters).await.unwrap();
        let asked = pedell.asked(&login).await.unwrap().unwrap();
        let of = pedell.asked_of(asked, "uni-a", None).await.unwrap().unwrap();
        let scope = policy::student(&client, &of.university).unwrap();
        let evidence = Evidence {
            method: Method::Roster,
            is_student: Some(true),
            semesters: vec![of.semester],
            entitlements: Vec::new(),
            given_names: PersonName::parse("Zoë").ok(),
            family_name: PersonName::parse("Müller").ok(),
            birth_date: None,
            proven_at: pedell.clock().now(),
            source_updated_at: None,
            missing: Vec::new(),
        };
        let student = Index::from_bytes(&pedell.random().bytes::<16>()).unwrap();
        let finding = Finding::Seen { evidence: &evidence, student, once: None };
        let outcome = pedell.conclude(&scope, &of, None, finding, Finishes::Login(&login)).await.unwrap();
        codes.push(pedell.authorization_code(&login, &of, &outcome));
    }
    codes
}

/// The gateway, and how its shop says who it is.
pub(crate) async fn scene(location: Location) -> (Pedell, String) {
    let random = Random::default();
    let settings = Settings {
        public_url: "https://pedell.example".to_owned(),
        token_life: Duration::from_mins(5),
        signing_algorithm: SigningAlgorithm::Es256,
        retired_key_overlap: Duration::from_hours(1),
        failed_attempts_per_number: 5,
        failed_attempts_per_address: 5,
        attempt_window: Duration::from_mins(15),
        outbound: Outbound::default(),
        staff: StaffSettings::default(),
    };
    let stores = Stores::open(location).await.unwrap();
    // The clock stands still: codes that were made before the race are not over when they are redeemed.
    let clock = Clock::manual(Clock::default().now());
    let pedell = Pedell::new(stores, MasterKey::fresh(&random), clock, random, settings).await.unwrap();
    let profile = UniversityProfile {
        name_de: "A".to_owned(),
        name_en: "A".to_owned(),
        place: String::new(),
        keywords: Vec::new(),
        calendar: Calendar::university(),
        semester_keys: Vec::new(),
        ask_birth_date: true,
        numbers_are_digits: true,
        contact: None,
    };
    pedell.create_university(Slug::parse("uni-a").unwrap(), profile, &Actor::Operator).await.unwrap();
    let product =
        Product { key: "t".to_owned(), name_de: "T".to_owned(), name_en: "T".to_owned(), rule: Rule::default() };
    let issuer = IssuerProfile {
        redirect_uris: vec![RedirectUri::parse(REDIRECT).unwrap()],
        universities: Vec::new(),
        claims: vec![Field::GivenName, Field::FamilyName],
        products: vec![product],
        direct_checks: false,
    };
    let client = Client {
        id: ClientId::parse("shop").unwrap(),
        profile: ClientProfile {
            name: "Shop".to_owned(),
            authentication: Authentication::ClientSecretBasic,
            networks: Vec::new(),
            certificate: None,
            certificate_bound_tokens: false,
            kind: ClientKind::Issuer(issuer),
        },
        tenant: None,
        active: true,
    };
    let secret = pedell.create_client(&client, &Actor::Operator).await.unwrap().unwrap();
    let basic = format!("Basic {}", BASE64_STANDARD.encode(format!("shop:{}", secret.expose())));
    (pedell, basic)
}

/// Doors that are open.
pub(crate) fn doors() -> DoorSettings {
    DoorSettings {
        trusted_proxies: Vec::new(),
        forwarded_certificates: ForwardedCertificates::Off,
        regions: pedell::web::Regions::default(),
        requests_per_minute_per_address: NonZeroU32::MAX,
        requests_per_minute_per_client: NonZeroU32::MAX,
        roster_max_bytes: 1,
        roster_max_rows: 1,
        operator: String::new(),
        service_provider: pedell::flow::saml_metadata::ServiceProvider::default(),
        saml_metadata_life: Duration::from_hours(24),
        is_demo: false,
        shop: None,
    }
}
