//! The API's document is the one in `docs/`, and names every door of issuers and universities.
//!
//! After a change that is meant: `PEDELL_UPDATE_OPENAPI=1 cargo test --test it openapi`.

use std::{env, fs, path::Path};

use pedell::web::openapi_document;

use crate::{scene::on_each_engine, site::http};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/openapi.json");

#[test]
fn the_document_in_docs_is_the_codes() {
    let now = serde_json::to_string_pretty(&openapi_document()).unwrap() + "\n";
    if env::var_os("PEDELL_UPDATE_OPENAPI").is_some() {
        fs::write(FILE, &now).unwrap();
    }
    let then = fs::read_to_string(Path::new(FILE)).unwrap_or_default();
    let differs = now.lines().zip(then.lines()).find(|(now, then)| now != then);
    assert!(now == then, "docs/openapi.json is not the code's (PEDELL_UPDATE_OPENAPI=1 writes it): {differs:?}");
}

/// Doors for load balancers, the document itself, another name of one that is described, and files of our authority, whose
/// forms others have described (RFC 5280, RFC 2585).
const NOT_DESCRIBED: [&str; 7] = [
    "/healthz",
    "/readyz",
    "/openapi.json",
    "/.well-known/oauth-authorization-server",
    "/ca/crl",
    "/ca/certificate",
    "/ca/chain",
];

#[test]
fn every_door_of_machines_is_in_the_document_and_nothing_else() {
    let source = include_str!("../../src/web/router.rs");
    let mut routes: Vec<String> = Vec::new();
    for call in source.split(".route(").skip(1) {
        let is_for_people = ["student::", "staff::"].iter().any(|door| call.contains(door));
        let path = call.split('"').nth(1).unwrap();
        if !is_for_people && !NOT_DESCRIBED.contains(&path) {
            routes.push(path.to_owned());
        }
    }
    assert!(routes.len() > 8, "the router was read");
    routes.sort();
    let mut described: Vec<String> = openapi_document().paths.paths.keys().cloned().collect();
    described.sort();
    assert_eq!(described, routes);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_described_operation_is_there_and_the_served_document_is_the_same() {
    on_each_engine(async |scene| {
        let site = scene.site().await;
        let served = site.get("/openapi.json").await.json();
        assert_eq!(served, serde_json::to_value(openapi_document()).unwrap());
        for (path, operations) in served["paths"].as_object().unwrap() {
            for method in operations.as_object().unwrap().keys() {
                let method = method.to_uppercase().parse().unwrap();
                let url = site.url(&path.replace("{semester}", "2026W"));
                let answer = http().request(method, url).send().await.unwrap();
                let status = answer.status().as_u16();
                // A picture that there is not is another 404 than a door that there is not.
                let text = answer.text().await.unwrap();
                let is_there = status != 404 || path == "/picture/{leave}" && text.contains("no such picture");
                assert!(is_there && status != 405, "{path} {status}");
            }
        }
    })
    .await;
}
