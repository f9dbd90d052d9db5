//! `/token` through the whole router, against the same work without signature and store.
//!
//! `cargo bench --bench token`. Prints rates and their ratio, from one run; absolute figures say little on a shared
//! machine. Goal: at least half of the floor, and 2,000 a second on SQLite.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench")]

use std::{
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{
    Form, Json, Router,
    body::Body,
    http::{HeaderMap, Request, StatusCode, header},
    routing::post,
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
        conclude::{AuthorizationCode, Finding},
        staff::StaffSettings,
    },
    peers::outbound::Outbound,
    protocol::oidc::authorization_request::Parameters,
    store::{Location, Stores},
    vault::{Index, MasterKey, Sealed, SigningAlgorithm},
    web::{Door, DoorSettings, ForwardedCertificates, router},
};
use serde::{Deserialize, Serialize};
use tower::ServiceExt;

const TOKENS: usize = 6_000;
const AT_ONCE: usize = 32;
// RFC 7636 appendix B
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const REDIRECT: &str = "https://shop.example/callback";

#[tokio::main(worker_threads = 2)]
async fn main() {
    let folder = tempfile::tempdir().unwrap();
    let mut engines = vec![("SQLite", Location::Sqlite(folder.path().to_path_buf()))];
    if let Ok(url) = std::env::var("PEDELL_TEST_POSTGRES") {
        engines.push(("PostgreSQL", Location::Postgres { url: url.into(), max_connections: 16 }));
    }
    for (engine, location) in engines {
        let (pedell, basic) = scene(location).await;
        let floor_codes = codes(&pedell).await;
        let real_codes = codes(&pedell).await;
        let floor = rate(floor_router(pedell.clone()), &basic, floor_codes).await;
        let real = rate(router(Door::new(pedell.clone(), doors())), &basic, real_codes).await;
        println!(
            "{engine}: /token {real:.0}/s; floor (no signature, no store) {floor:.0}/s; ratio {:.2}",
            real / floor
        );
        pedell.stores().close().await;
    }
}

/// The same parsing, opening of the code, PKCE and answer; nothing signed, nothing stored.
fn floor_router(pedell: Pedell) -> Router {
    #[derive(Deserialize)]
    struct Grant {
        code: String,
        redirect_uri: String,
        code_verifier: String,
    }
    #[derive(Serialize)]
    struct Answer {
        access_token: String,
        id_token: String,
    }
    let handler = move |headers: HeaderMap, Form(grant): Form<Grant>| {
        let pedell = pedell.clone();
        async move {
            let basic = headers[header::AUTHORIZATION].to_str().unwrap().strip_prefix("Basic ").unwrap().to_owned();
            let _client = BASE64_STANDARD.decode(basic).unwrap();
            let code: AuthorizationCode =
                pedell.instance_keys().open("", &Sealed::presented(grant.code.as_str())).unwrap();
            assert!(code.challenge.is_met_by(&grant.code_verifier) && code.redirect_uri == grant.redirect_uri);
            let token = serde_json::to_string(&code).unwrap();
            Json(Answer { access_token: token.clone(), id_token: token })
        }
    };
    Router::new().route("/token", post(handler))
}

/// Requests a second, several at once.
async fn rate(router: Router, basic: &str, codes: Vec<String>) -> f64 {
    let codes = Arc::new(codes);
    let next = Arc::new(AtomicUsize::new(0));
    let begin = Instant::now();
    let workers: Vec<_> = (0..AT_ONCE)
        .map(|_| {
            let (router, codes, next, basic) = (router.clone(), codes.clone(), next.clone(), basic.to_owned());
            tokio::spawn(async move {
                while let Some(code) = codes.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let body = url::form_urlencoded::Serializer::new(String::new())
                        .append_pair("grant_type", "authorization_code")
                        .append_pair("code", code)
                        .append_pair("redirect_uri", REDIRECT)
                        .append_pair("code_verifier", VERIFIER)
                        .finish();
                    let request = Request::post("/token")
                        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                        .header(header::AUTHORIZATION, &basic)
                        .body(Body::from(body))
                        .unwrap();
                    let response = router.clone().oneshot(request).await.unwrap();
                    assert_eq!(response.status(), StatusCode::OK);
                }
            })
        })
        .collect();
    for worker in workers {
        worker.await.unwrap();
    }
    #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
    let count = codes.len() as f64;
    count / begin.elapsed().as_secs_f64()
}

/// Codes of verified students, each of another one.
async fn codes(pedell: &Pedell) -> Vec<String> {
    let (client, _) = pedell.stores().control().client(&ClientId::parse("shop").unwrap()).await.unwrap().unwrap();
    let mut codes = Vec::with_capacity(TOKENS);
    for _ in 0..TOKENS {
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
        let outcome = pedell.conclude(&scope, &of, None, finding, Some(&login)).await.unwrap();
        codes.push(pedell.authorization_code(&login, &of, &outcome));
    }
    codes
}

async fn scene(location: Location) -> (Pedell, String) {
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

fn doors() -> DoorSettings {
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
