//! `/token` through the whole router, against the same work without signature and store.
//!
//! `cargo bench --bench token`. Prints rates and their ratio, from one run; absolute figures say little on a shared
//! machine. Goal: at least half of the floor, and 2,000 a second on SQLite.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench")]

mod gateway;

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

use axum::{
    Form, Json, Router,
    http::{HeaderMap, StatusCode, header},
    routing::post,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use pedell::{
    flow::{Pedell, conclude::AuthorizationCode},
    store::Location,
    vault::Sealed,
    web::{Door, router},
};
use serde::{Deserialize, Serialize};
use tower::ServiceExt;

use crate::gateway::{codes, doors, scene, token_request};

const TOKENS: usize = 6_000;
const AT_ONCE: usize = 32;

#[tokio::main(worker_threads = 2)]
async fn main() {
    let folder = tempfile::tempdir().unwrap();
    let mut engines = vec![("SQLite", Location::Sqlite(folder.path().to_path_buf()))];
    if let Ok(url) = std::env::var("PEDELL_TEST_POSTGRES") {
        engines.push(("PostgreSQL", Location::Postgres { url: url.into(), max_connections: 16 }));
    }
    for (engine, location) in engines {
        let (pedell, basic) = scene(location).await;
        let floor_codes = codes(&pedell, TOKENS).await;
        let real_codes = codes(&pedell, TOKENS).await;
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
                    let request = token_request(code, &basic);
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
