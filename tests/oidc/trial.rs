//! A university's IT sets its connection and tries it: faults when it is saved, and what arrived on the test page.

use http::Request;
use pedell::{
    domain::{policy, rule::Rule},
    flow::connections::{ConnectionError, NewSecrets},
};
use serde_json::{Value, json};

use crate::{
    provider::{Behaviour, CLIENT, SECRET},
    scene::{Browser, NOW, Scene, secrets},
};

/// The test page's way: from the link to the provider and back.
async fn tried(scene: &Scene) -> String {
    let scope = policy::operator_as(&scene.university.id, "ada".parse().unwrap());
    let trial = scene.pedell.begin_trial(&scope).await.unwrap();
    let link = scene.pedell.trial_path(&trial);
    let mut browser = Browser::default();
    let page = scene.get(&mut browser, &link).await;
    assert!(page.body.contains(&scene.provider.url), "whom it asks: {}", page.body);
    let body = link.split_once('?').unwrap().1.to_owned();
    let away = scene.send(&mut browser, Request::post("/try"), body).await;
    if away.location.is_empty() {
        return away.body;
    }
    let back = scene.provider.log_in(&away.location);
    scene.get(&mut browser, &back.address()).await.body
}

#[tokio::test]
async fn the_test_page_shows_what_arrived_and_what_would_be_decided() {
    let scene = Scene::new().await;
    let page = tried(&scene).await;
    for shown in
        ["eduperson_scoped_affiliation", "student@uni.example", "studySemester", "20262", "Müller", "auth_time"]
    {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    assert!(scene.decisions().await.is_empty(), "and nothing was decided");
    scene.provider.ways().userinfo["eduperson_scoped_affiliation"] = json!(["student@other.example"]);
    scene.provider.ways().userinfo["family_name"] = Value::Null;
    let page = tried(&scene).await;
    assert!(
        page.contains("student@other.example") && page.contains("/family_name") && page.contains("not_student"),
        "{page}"
    );
    scene.provider.ways().id_token = vec![("nonce", json!("another"))];
    assert!(tried(&scene).await.contains("id_token_nonce"));
    scene.provider.ways().id_token = vec![];
    scene.provider.ways().at_token = Behaviour::Status(502);
    assert!(tried(&scene).await.contains("provider_status"));
}

#[tokio::test]
async fn a_trial_goes_through_the_test_connection_and_students_through_the_live_one() {
    let scene = Scene::new().await;
    let scope = policy::operator_as(&scene.university.id, "ada".parse().unwrap());
    let settings = json!({
        "kind": "oidc", "issuer": scene.provider.url, "client_id": CLIENT,
        "claims": { "affiliation_scopes": ["uni.example"], "semester": "/nowhere" },
    });
    let kept = NewSecrets::Amend(secrets(&[]));
    scene.pedell.set_test_connection(&scope, serde_json::from_value(settings).unwrap(), kept).await.unwrap();
    assert!(tried(&scene).await.contains("/nowhere"));
    scene.whole_way().await.has_code();
}

#[tokio::test]
async fn what_keeps_it_from_working_is_said_when_it_is_saved_and_keeps_it_from_becoming_live() {
    let scene = Scene::new().await;
    let scope = policy::operator_as(&scene.university.id, "ada".parse().unwrap());
    let set = async |own: Value, pairs: &[(&str, &str)]| {
        let mut settings = json!({
            "kind": "oidc", "issuer": scene.provider.url, "client_id": CLIENT,
            "claims": { "affiliation_scopes": ["uni.example"], "semester": "/studySemester" },
        });
        settings.as_object_mut().unwrap().extend(own.as_object().unwrap().clone());
        let secrets = NewSecrets::Replace(secrets(pairs));
        let (_, faults) =
            scene.pedell.set_test_connection(&scope, serde_json::from_value(settings).unwrap(), secrets).await.unwrap();
        let is_live = scene.pedell.request_promotion(&scope).await.is_ok();
        assert_eq!(is_live, faults.iter().all(|fault| !fault.blocks), "{faults:?}");
        faults.into_iter().map(|fault| fault.code).collect::<Vec<_>>()
    };
    let secret = [("client_secret", SECRET)];
    assert_eq!(
        set(json!({}), &secret).await,
        ["provider_clock"],
        "the test's clock stands still; the provider's does not"
    );
    assert_eq!(set(json!({}), &[]).await, ["secret_missing", "provider_clock"]);
    assert_eq!(set(json!({ "issuer": "https://10.0.0.1" }), &secret).await, ["provider_address_forbidden"]);
    assert_eq!(set(json!({ "issuer": "http://op.uni.example" }), &secret).await, ["oidc_issuer"]);
    assert_eq!(set(json!({ "issuer": "http://127.0.0.1:1" }), &secret).await, ["provider_unreachable"]);
    scene.provider.ways().document = vec![("token_endpoint_auth_methods_supported", json!(["private_key_jwt"]))];
    assert_eq!(set(json!({}), &secret).await, ["provider_clock", "client_authentication"]);
    scene.provider.ways().document = vec![];
    scene.provider.ways().published = Some(json!({ "keys": [] }));
    assert_eq!(set(json!({}), &secret).await, ["keys_none"]);
    let unknown = NewSecrets::Replace(secrets(&[("private_key", "x")]));
    let settings = json!({ "kind": "oidc", "issuer": scene.provider.url, "client_id": CLIENT });
    let refused = scene.pedell.set_test_connection(&scope, serde_json::from_value(settings).unwrap(), unknown).await;
    assert!(matches!(refused, Err(ConnectionError::UnknownSecret(..))), "a secret that this kind does not take");
}

#[tokio::test]
async fn a_link_of_a_trial_is_no_login_of_a_student() {
    let scene = Scene::with(json!({}), Rule::default()).await;
    let page = tried(&scene).await;
    assert!(!page.contains("https://shop.example/callback"), "there is no shop to go back to");
    scene.provider.ways().now = NOW;
    scene.whole_way().await.has_code();
}

#[tokio::test]
async fn trials_that_are_given_up_do_not_pile_up_in_the_browser() {
    let scene = Scene::new().await;
    let scope = policy::operator_as(&scene.university.id, "ada".parse().unwrap());
    let trial = scene.pedell.begin_trial(&scope).await.unwrap();
    let link = scene.pedell.trial_path(&trial);
    let mut browser = Browser::default();
    scene.get(&mut browser, &link).await;
    let mut away = String::new();
    for _ in 0..60 {
        let body = link.split_once('?').unwrap().1.to_owned();
        away = scene.send(&mut browser, Request::post("/try"), body).await.location;
        let kept = browser.0.keys().filter(|name| name.starts_with("pedell-login-")).count();
        let bytes: usize = browser.0.iter().map(|(name, value)| name.len() + value.len() + 3).sum();
        assert!(kept > 0 && bytes < 8 * 1024, "{kept} of {bytes} bytes: a proxy in front takes no longer line");
    }
    let back = scene.provider.log_in(&away);
    assert!(scene.get(&mut browser, &back.address()).await.body.contains("student@uni.example"));
}
