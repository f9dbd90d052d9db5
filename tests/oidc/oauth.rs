//! OAuth 2.0 without OpenID: the same provider, of which only the access token and the user endpoint are used.

use pedell::domain::{policy, rule::Rule};
use serde_json::{Value, json};

use crate::{
    provider::{Behaviour, CLIENT, Provider, Return, Ways},
    scene::{Browser, NOW, Scene},
};

async fn scene(rule: Rule) -> Scene {
    let provider = Provider::start(NOW).await;
    provider.ways().userinfo = json!({
        "id": 4711, "person": { "first": "Jürgen", "last": "Groß" }, "enrolled": true, "studies": [{ "semester": "WiSe 2026/27" }],
    });
    let url = provider.url.clone();
    let settings = json!({
        "kind": "oauth2", "authorization_endpoint": format!("{url}/auth"), "token_endpoint": format!("{url}/token"),
        "user_endpoint": format!("{url}/me"), "client_id": CLIENT, "scopes": ["basic", "study"], "subject": "/id",
        "claims": {
            "given_name": "/person/first", "family_name": "/person/last", "affiliation": "/enrolled",
            "student_values": ["true"], "semester": "/studies/*/semester",
        },
    });
    Scene::connected(provider, settings, rule).await
}

async fn refused(lie: impl FnOnce(&mut Ways), reason: &str) {
    let scene = scene(Rule::default()).await;
    lie(&mut scene.provider.ways());
    scene.whole_way().await.refused_as(reason);
}

#[tokio::test]
async fn a_student_of_an_oauth_server_gets_a_code() {
    let (scene, mut browser) = (scene(Rule::default()).await, Browser::default());
    let back = scene.log_in(&mut browser).await;
    assert_eq!(back.asked["scope"], "basic study");
    for openid in ["nonce", "max_age", "ui_locales"] {
        assert_eq!(back.asked.get(openid), None);
    }
    scene.get(&mut browser, &back.address()).await.has_code();
    scene.get(&mut browser, &back.address()).await.has_code();
    let decisions = scene.decisions().await;
    assert!(decisions.len() == 1 && decisions[0].contains(r#""method":"oauth2""#), "{decisions:?}");
    assert_eq!(scene.provider.times(|asked| &asked.discovery), 0, "nothing of OpenID Connect was asked for");
}

#[tokio::test]
async fn the_user_document_decides_and_must_say_who_it_is() {
    refused(|ways| ways.userinfo["enrolled"] = json!(false), "not_student").await;
    refused(|ways| ways.userinfo["studies"] = json!([{ "semester": "20261" }]), "wrong_semester").await;
    for (subject, reason) in [
        (Value::Null, "attribute_missing"),
        (json!(""), "attribute_missing"),
        (json!([1, 2]), "attribute_missing"),
        (json!({ "x": 1 }), "attribute_missing"),
        (json!("x".repeat(300)), "attribute_missing"),
    ] {
        refused(|ways| ways.userinfo["id"] = subject, reason).await;
    }
    refused(|ways| ways.at_userinfo = Behaviour::Garbage, "login_failed").await;
    for behaviour in [
        Behaviour::Html,
        Behaviour::Huge,
        Behaviour::Typed("application/jwt"),
        Behaviour::Redirect("http://10.1.2.3/me"),
        Behaviour::Status(500),
    ] {
        refused(|ways| ways.at_userinfo = behaviour, "source_unavailable").await;
    }
}

#[tokio::test]
async fn another_browser_another_code_and_another_issuer_are_refused() {
    let (scene, mut browser) = (scene(Rule::default()).await, Browser::default());
    let back = scene.log_in(&mut browser).await;
    let stolen = scene.get(&mut Browser::default(), &back.address()).await;
    assert_eq!(stolen.status, http::StatusCode::BAD_REQUEST);
    let mut other = Browser::default();
    let theirs = scene.log_in(&mut other).await;
    // PKCE: a code is good in its own login only.
    let injected = Return { code: back.code.clone(), ..theirs };
    scene.get(&mut other, &injected.address()).await.refused_as("login_failed");
    scene.get(&mut browser, &back.address()).await.has_code();
    // A server whose name is known must not be another.
    let url = scene.provider.url.clone();
    let settings = json!({
        "kind": "oauth2", "issuer": url, "authorization_endpoint": format!("{url}/auth"),
        "token_endpoint": format!("{url}/token"), "user_endpoint": format!("{url}/me"), "client_id": CLIENT,
        "subject": "/id", "claims": { "affiliation": "/enrolled", "student_values": ["true"], "semester": "/studies/*/semester" },
    });
    scene.connect(settings, crate::scene::secrets(&[("client_secret", crate::provider::SECRET)])).await;
    let back = scene.log_in(&mut browser).await;
    let evil = Return { iss: Some("https://evil.example".to_owned()), ..back };
    scene.get(&mut browser, &evil.address()).await.refused_as("login_failed");
}

#[tokio::test]
async fn a_product_that_asks_how_old_the_login_is_is_not_had_from_an_oauth_server() {
    let scene = scene(Rule { max_age_seconds: Some(600), ..Rule::default() }).await;
    let away = scene.authorize(&mut Browser::default(), "").await;
    away.refused_as("login_failed");
    assert_eq!(scene.provider.times(|asked| &asked.token), 0);
}

#[tokio::test]
async fn what_is_wrong_with_a_connection_is_said_when_it_is_saved() {
    let scene = scene(Rule::default()).await;
    let scope = policy::operator_as(&scene.university.id, "ada".parse().unwrap());
    let url = scene.provider.url.clone();
    let settings = json!({
        "kind": "oauth2", "authorization_endpoint": "http://login.uni.example/auth", "token_endpoint": format!("{url}/token"),
        "user_endpoint": format!("{url}/me"), "client_id": "", "subject": "/id", "client_authentication": "private_key_jwt",
    });
    let none = pedell::flow::connections::NewSecrets::Replace(crate::scene::secrets(&[("private_key", "not PEM")]));
    let settings = serde_json::from_value(settings).unwrap();
    let (_, faults) = scene.pedell.set_test_connection(&scope, settings, none).await.unwrap();
    let codes: Vec<_> = faults.iter().map(|fault| fault.code).collect();
    assert_eq!(codes, ["oauth_endpoint", "client_id", "claims", "claims_no_semester", "client_key"]);
    assert!(scene.pedell.request_promotion(&scope).await.is_err(), "and never becomes live");
}
