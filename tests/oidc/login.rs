//! Whole logins through the web routes, and every lie that a provider can tell on the way.

use std::time::Duration;

use http::StatusCode;
use pedell::{
    base::limits,
    domain::{policy, rule::Rule},
};
use serde_json::{Value, json};

use crate::{
    forge::{Key, hmac_signed, set, unsigned},
    provider::{ACCESS, Behaviour, Provider, SECRET, Ways},
    scene::{Answer, Browser, NOW, Scene, secrets, university},
};

/// The code of the refusal that stands beside the newest verification: what support reads.
async fn refusal(scene: &Scene) -> String {
    let tenant = scene.pedell.stores().tenant(&policy::operator(&scene.university.id)).await.unwrap();
    let entries = tenant.audit_after(0).await.unwrap();
    let newest = entries.iter().rev().find(|entry| entry.kind == "verification.decided").unwrap();
    let sealed = tenant.verification(&newest.object).await.unwrap().unwrap().evidence.unwrap();
    let place = pedell::vault::Place { table: "verifications", column: "evidence", row: newest.object.as_bytes() };
    let plain = keys(scene).await.open(place, &sealed).unwrap();
    let evidence: Value = serde_json::from_slice(&plain).unwrap();
    evidence["refusal"].as_str().unwrap_or_default().to_owned()
}

async fn keys(scene: &Scene) -> pedell::vault::TenantKeys {
    let master = pedell::vault::MasterKey::read(&scene.folder.path().join("master.key")).unwrap();
    let tokens = scene.pedell.stores().control().tenant_tokens(&scene.university.id).await.unwrap();
    pedell::vault::TenantKeys::derive(&master, scene.university.id.as_str(), &tokens).unwrap()
}

/// What becomes of a login at a provider that lies like this.
async fn lied_to(lie: impl FnOnce(&mut Ways)) -> (Answer, Scene) {
    let scene = Scene::new().await;
    lie(&mut scene.provider.ways());
    let answer = scene.whole_way().await;
    (answer, scene)
}

async fn assert_refused(what: &str, code: &str, reason: &str, lie: impl FnOnce(&mut Ways)) {
    let (answer, scene) = lied_to(lie).await;
    assert_eq!(refusal(&scene).await, code, "{what}");
    answer.refused_as(reason);
}

#[tokio::test]
async fn a_student_logs_in_and_comes_back_with_a_code_however_often_the_answer_is_brought() {
    let (scene, mut browser) = (Scene::new().await, Browser::default());
    let back = scene.log_in(&mut browser).await;
    assert_eq!(back.path, "/verify/oidc/uni-oidc");
    assert_eq!((back.asked["scope"].as_str(), back.asked["ui_locales"].as_str()), ("openid profile", "de"));
    scene.get(&mut browser, &back.address()).await.has_code();
    // The provider refuses the code the second time; the student is where they were.
    scene.get(&mut browser, &back.address()).await.has_code();
    let decisions = scene.decisions().await;
    assert_eq!(decisions.len(), 1, "one verification, and its code is redeemed once: {decisions:?}");
    assert!(
        decisions[0].contains(r#""method":"oidc""#) && decisions[0].contains(r#""outcome":"eligible""#),
        "{decisions:?}"
    );
}

#[tokio::test]
async fn a_provider_that_forgets_codes_gives_no_second_verification_either() {
    let (scene, mut browser) = (Scene::new().await, Browser::default());
    scene.provider.ways().forgets_codes = true;
    let back = scene.log_in(&mut browser).await;
    for _ in 0..3 {
        scene.get(&mut browser, &back.address()).await.has_code();
    }
    assert_eq!(scene.decisions().await.len(), 1);
}

#[tokio::test]
async fn invented_codes_reach_the_token_endpoint_a_few_times_and_then_no_more() {
    let (scene, mut browser) = (Scene::new().await, Browser::default());
    let back = scene.log_in(&mut browser).await;
    let before = scene.provider.times(|asked| &asked.token);
    let most = usize::try_from(limits::PROVIDER_CODES).unwrap();
    for n in 0..most + 3 {
        let invented = crate::provider::Return { code: format!("invented-{n}"), ..back.clone() };
        scene.get(&mut browser, &invented.address()).await.refused_as("login_failed");
        let code = if n < most { "token_invalid_grant" } else { "codes_too_many" };
        assert_eq!(refusal(&scene).await, code, "{n}");
    }
    assert_eq!(scene.provider.times(|asked| &asked.token), before + most);
    // It is this login that has had its chances: another one of the same browser has its own.
    let back = scene.log_in(&mut browser).await;
    for _ in 0..most + 3 {
        // Brought again and again, what came of it stands, without a question to the provider.
        scene.get(&mut browser, &back.address()).await.has_code();
    }
    assert_eq!(scene.provider.times(|asked| &asked.token), before + 2 * most);
}

#[tokio::test]
async fn an_answer_is_good_for_its_own_login_and_its_own_browser_only() {
    let (scene, mut browser) = (Scene::new().await, Browser::default());
    let back = scene.log_in(&mut browser).await;
    let mut thief = Browser::default();
    let theirs = scene.log_in(&mut thief).await;
    let asked_before = scene.provider.times(|asked| &asked.token);
    // The state of another browser; a browser with that cookie and another identity; no state; an invented one.
    let mut half_stolen = thief.clone();
    half_stolen.0.extend(
        browser.0.iter().filter(|(name, _)| name.starts_with("pedell-login-")).map(|(n, v)| (n.clone(), v.clone())),
    );
    let invented = crate::provider::Return { state: "AAAAAAAAAAAAAAAAAAAAAA".to_owned(), ..back.clone() };
    let long = crate::provider::Return { state: "A".repeat(5_000), ..back.clone() };
    for (mut who, address) in [
        (thief.clone(), back.address()),
        (half_stolen.clone(), back.address()),
        (Browser::default(), back.address()),
        (browser.clone(), format!("{}?code={}", back.path, back.code)),
        (browser.clone(), invented.address()),
        (browser.clone(), long.address()),
    ] {
        let refused = scene.get(&mut who, &address).await;
        assert_eq!((refused.status, refused.location.as_str()), (StatusCode::BAD_REQUEST, ""), "{address}");
    }
    assert_eq!(scene.provider.times(|asked| &asked.token), asked_before, "no code was given to anybody");
    // A code that somebody else got, in one's own login: PKCE.
    let injected = crate::provider::Return {
        state: theirs.state.clone(),
        iss: theirs.iss.clone(),
        path: theirs.path,
        ..back.clone()
    };
    scene.get(&mut thief, &injected.address()).await.refused_as("login_failed");
    assert_eq!(refusal(&scene).await, "token_invalid_grant");
    scene.get(&mut browser, &back.address()).await.has_code();
}

#[tokio::test]
async fn what_the_provider_says_decides() {
    for (claim, value, reason) in [
        ("studySemester", json!("20261"), "wrong_semester"),
        ("studySemester", Value::Null, "attribute_missing"),
        ("eduperson_scoped_affiliation", json!("staff@uni.example"), "not_student"),
        ("eduperson_scoped_affiliation", json!("student@other.example"), "not_student"),
        ("given_name", Value::Null, "attribute_missing"),
    ] {
        let (answer, _) = lied_to(|ways| ways.userinfo[claim] = value.clone()).await;
        answer.refused_as(reason);
    }
}

#[tokio::test]
async fn an_id_token_of_another_login_person_or_time_is_refused() {
    for (claim, value, code) in [
        ("iss", json!("https://evil.example"), "id_token_issuer"),
        ("aud", json!("another"), "id_token_audience"),
        ("azp", json!("another"), "id_token_azp"),
        ("nonce", json!("of-another-login"), "id_token_nonce"),
        ("nonce", Value::Null, "id_token_nonce"),
        ("exp", json!(NOW - 181), "id_token_expired"),
        ("iat", json!(NOW + 181), "id_token_not_yet"),
        ("iat", json!(NOW - 181), "id_token_stale"),
        ("at_hash", json!("AAAAAAAAAAAAAAAAAAAAAA"), "id_token_at_hash"),
        ("sub", Value::Null, "id_token_subject"),
    ] {
        assert_refused(claim, code, "login_failed", |ways| ways.id_token = vec![(claim, value)]).await;
    }
}

#[tokio::test]
async fn an_id_token_that_nobody_or_the_wrong_key_signed_is_refused() {
    type Forge = fn(&Value, &Key) -> String;
    let forgeries: [(&str, Forge, &str); 5] = [
        ("alg none", |claims, _| unsigned("none", claims, ""), "id_token_algorithm"),
        (
            "HMAC with the public key",
            |claims, key| {
                hmac_signed(&json!({ "alg": "HS256", "kid": key.kid }), claims, key.public.to_string().as_bytes())
            },
            "id_token_algorithm",
        ),
        (
            "HMAC with the client's secret",
            |claims, _| hmac_signed(&json!({ "alg": "HS256" }), claims, SECRET.as_bytes()),
            "id_token_algorithm",
        ),
        ("another key of the same name", |claims, key| Key::es256(key.kid).sign(claims), "id_token_signature"),
        ("a key that nobody published", |claims, _| Key::es256("invented").sign(claims), "id_token_key"),
    ];
    for (what, forge, code) in forgeries {
        assert_refused(what, code, "login_failed", |ways| ways.forged = Some(Box::new(forge))).await;
    }
}

#[tokio::test]
async fn userinfo_about_somebody_else_or_signed_by_somebody_else_is_refused() {
    assert_refused("sub", "userinfo_subject", "login_failed", |ways| ways.userinfo["sub"] = json!("pairwise-2")).await;
    assert_refused("key", "userinfo_signature", "login_failed", |ways| ways.signs_userinfo = Some(Key::es256("first")))
        .await;
    assert_refused("unknown", "userinfo_signature", "login_failed", |ways| ways.signs_userinfo = Some(Key::es256("x")))
        .await;
    let scene = Scene::new().await;
    {
        let mut ways = scene.provider.ways();
        let second = Key::rs256("userinfo");
        ways.published = Some(set(&[&ways.key, &second]));
        ways.signs_userinfo = Some(second);
    }
    scene.whole_way().await.has_code();
}

#[tokio::test]
async fn an_answer_of_another_provider_never_reaches_the_token_endpoint() {
    let scene = Scene::new().await;
    let mut browser = Browser::default();
    // Another university with a provider of its own, which is the attacker's.
    let evil = Provider::start(NOW).await;
    let settings = json!({
        "kind": "oidc", "issuer": evil.url, "client_id": "pedell-at-uni",
        "claims": { "affiliation_scopes": ["evil.example"], "semester": "/studySemester" },
    });
    university(&scene.pedell, "evil", settings, secrets(&[("client_secret", SECRET)])).await;
    let asked = || (scene.provider.times(|asked| &asked.token), evil.times(|asked| &asked.token));
    let before = asked();
    let honest = scene.log_in(&mut browser).await;
    // The mix-up attack: the student began at the attacker's, whose page sends them on to the honest provider; the honest
    // answer comes to the attacker's login.
    let onward = scene.get(&mut browser, &crate::scene::authorize("evil", "")).await;
    let away = scene.get(&mut browser, &onward.location).await;
    let at_evil = evil.log_in(&away.location);
    let mixed_up = crate::provider::Return { code: honest.code.clone(), iss: honest.iss.clone(), ..at_evil.clone() };
    scene.get(&mut browser, &mixed_up.address()).await.refused_as("login_failed");
    // Where the honest provider does not name itself: it sends back to its own university's address.
    let nameless = crate::provider::Return { path: honest.path.clone(), iss: None, ..mixed_up.clone() };
    assert_eq!(scene.get(&mut browser, &nameless.address()).await.status, StatusCode::BAD_REQUEST);
    // And the other way round: the attacker's answer in the honest provider's login.
    let injected = crate::provider::Return { iss: Some(evil.url.clone()), ..honest.clone() };
    scene.get(&mut browser, &injected.address()).await.refused_as("login_failed");
    assert_eq!(refusal(&scene).await, "answer_issuer");
    let unnamed = crate::provider::Return { iss: None, ..honest.clone() };
    scene.get(&mut browser, &unnamed.address()).await.refused_as("login_failed");
    assert_eq!(refusal(&scene).await, "answer_issuer_missing");
    assert_eq!(asked(), before, "no code went anywhere");
    scene.get(&mut browser, &honest.address()).await.has_code();
}

#[tokio::test]
async fn a_students_refusal_and_a_providers_trouble_are_told_apart() {
    let scene = Scene::new().await;
    for (error, code, reason) in [
        ("access_denied", "answer_access_denied", "login_failed"),
        ("temporarily_unavailable", "answer_temporarily_unavailable", "source_unavailable"),
        ("interaction_required", "answer_error", "login_failed"),
    ] {
        let mut browser = Browser::default();
        let back = scene.log_in(&mut browser).await;
        scene.get(&mut browser, &back.error(error)).await.refused_as(reason);
        assert_eq!(refusal(&scene).await, code);
    }
}

#[tokio::test]
async fn a_token_endpoint_that_answers_anything_but_tokens_is_no_refusal_of_the_student() {
    for (behaviour, code, reason) in [
        (Behaviour::Huge, "provider_answer_too_large", "source_unavailable"),
        (Behaviour::Html, "provider_content_type", "source_unavailable"),
        (Behaviour::Typed("text/plain"), "provider_content_type", "source_unavailable"),
        (Behaviour::Typed("application/jwt"), "provider_content_type", "source_unavailable"),
        (Behaviour::Garbage, "token_malformed", "login_failed"),
        (Behaviour::Status(500), "provider_status", "source_unavailable"),
        (Behaviour::Redirect("http://169.254.169.254/latest/meta-data/"), "provider_redirected", "source_unavailable"),
        (Behaviour::Redirect("https://10.0.0.1/token"), "provider_redirected", "source_unavailable"),
    ] {
        assert_refused(&format!("{behaviour:?}"), code, reason, |ways| ways.at_token = behaviour).await;
    }
}

#[tokio::test]
async fn a_userinfo_endpoint_that_answers_anything_but_claims_is_no_refusal_of_the_student() {
    for (behaviour, code, reason) in [
        (Behaviour::Huge, "provider_answer_too_large", "source_unavailable"),
        (Behaviour::Html, "provider_content_type", "source_unavailable"),
        (Behaviour::Garbage, "userinfo_malformed", "login_failed"),
        (Behaviour::Status(403), "userinfo_access_token", "login_failed"),
        (Behaviour::Status(503), "provider_status", "source_unavailable"),
        (Behaviour::Redirect("http://127.0.0.1:1/"), "provider_redirected", "source_unavailable"),
        // Plain claims that call themselves a JWT are no JWT.
        (Behaviour::Typed("application/jwt"), "userinfo_malformed", "login_failed"),
    ] {
        assert_refused(&format!("{behaviour:?}"), code, reason, |ways| ways.at_userinfo = behaviour).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_silent_or_drips_is_given_up_before_the_student_is() {
    let lied_to = async |lie: fn(&mut Ways)| {
        let began = std::time::Instant::now();
        assert_refused("slow", "provider_too_slow", "source_unavailable", lie).await;
        assert!(began.elapsed() < Duration::from_secs(25), "{:?}", began.elapsed());
    };
    tokio::join!(
        lied_to(|ways| ways.at_token = Behaviour::Silent),
        lied_to(|ways| ways.at_userinfo = Behaviour::Dripping),
    );
}

/// As any source that fails: after five students in a row nobody is sent there, and nobody's password is typed for nothing;
/// a student who lies about the answer is none of them; then one tries, and all may again.
#[tokio::test]
async fn a_provider_that_fails_is_left_alone_and_comes_back_by_itself() {
    let scene = Scene::new().await;
    let mut waiting = Vec::new();
    for _ in 0..2 {
        let mut browser = Browser::default();
        let back = scene.log_in(&mut browser).await;
        waiting.push((browser, back.address()));
    }
    for _ in 0..10 {
        scene.provider.ways().id_token = vec![("nonce", json!("another's"))];
        scene.whole_way().await.refused_as("login_failed");
    }
    scene.provider.ways().id_token = Vec::new();
    scene.provider.ways().at_token = Behaviour::Status(503);
    for _ in 0..5 {
        scene.whole_way().await.refused_as("source_unavailable");
        assert_eq!(refusal(&scene).await, "provider_status");
    }
    let asked = scene.provider.times(|asked| &asked.token);
    scene.authorize(&mut Browser::default(), "").await.refused_as("source_unavailable");
    assert_eq!(refusal(&scene).await, "source_resting");
    for (mut browser, address) in waiting {
        scene.get(&mut browser, &address).await.refused_as("source_unavailable");
        assert_eq!(refusal(&scene).await, "source_resting");
    }
    assert_eq!(scene.provider.times(|asked| &asked.token), asked, "it was left alone");
    scene.provider.ways().at_token = Behaviour::Right;
    scene.pedell.clock().advance(limits::SOURCE_REST);
    scene.whole_way().await.has_code();
    scene.whole_way().await.has_code();
}

#[tokio::test]
async fn a_departure_needs_a_provider_and_a_connection_that_was_changed_meanwhile_ends_the_login() {
    let scene = Scene::new().await;
    let mut browser = Browser::default();
    let back = scene.log_in(&mut browser).await;
    let elsewhere = Provider::start(NOW).await;
    let settings = |issuer: &str, client_id: &str| {
        json!({
            "kind": "oidc", "issuer": issuer, "client_id": client_id,
            "claims": { "affiliation_scopes": ["uni.example"], "semester": "/studySemester" },
        })
    };
    scene.connect(settings(&elsewhere.url, "pedell-at-uni"), secrets(&[("client_secret", SECRET)])).await;
    scene.get(&mut browser, &back.address()).await.refused_as("source_unavailable");
    assert_eq!(refusal(&scene).await, "connection_changed");
    assert_eq!(elsewhere.times(|asked| &asked.token), 0);
    elsewhere.ways().at_discovery = Behaviour::Status(500);
    drop(elsewhere);
}

#[tokio::test]
async fn a_discovery_document_that_leads_astray_is_refused_when_it_is_saved_and_when_it_is_used() {
    for (name, value, code) in [
        ("issuer", json!("https://evil.example"), "discovery_issuer"),
        ("token_endpoint", json!("http://op.example/token"), "discovery_endpoint"),
        ("jwks_uri", json!("https://10.0.0.1/keys"), "provider_address_forbidden"),
        ("jwks_uri", json!("https://[fd00::1]/keys"), "provider_address_forbidden"),
        ("code_challenge_methods_supported", json!(["plain"]), "discovery_unsupported"),
        ("jwks_uri", Value::Null, "discovery_malformed"),
    ] {
        let scene = Scene::new().await;
        scene.provider.ways().document = vec![(name, value)];
        let scope = policy::operator(&scene.university.id);
        let faults = scene.pedell.check_connection(&scope, &scene.university).await.unwrap();
        let codes: Vec<_> = faults.iter().filter(|fault| fault.blocks).map(|fault| fault.code).collect();
        assert_eq!(codes, [code], "{name}");
        // Nothing was asked before: the first student finds out.
        let away = scene.authorize(&mut Browser::default(), "").await;
        away.refused_as("source_unavailable");
        assert_eq!(refusal(&scene).await, code, "{name}");
    }
    // An endpoint inside is found out when it is called.
    assert_refused("token", "provider_address_forbidden", "source_unavailable", |ways| {
        ways.document = vec![("token_endpoint", json!("https://192.168.0.1/token"))];
    })
    .await;
}

#[tokio::test]
async fn a_fresh_login_is_asked_for_where_rule_shop_or_connection_want_one() {
    let rule = |seconds| Rule { max_age_seconds: seconds, ..Rule::default() };
    for (own, of_rule, of_shop, sent) in [
        (json!({}), None, "", None),
        (json!({ "max_age_seconds": 900 }), None, "", Some("900")),
        (json!({ "max_age_seconds": 900 }), Some(600), "", Some("600")),
        (json!({ "max_age_seconds": 900 }), Some(600), "&max_age=300", Some("300")),
        (json!({}), None, "&max_age=0", Some("0")),
    ] {
        let scene = Scene::with(own, rule(of_rule)).await;
        let mut browser = Browser::default();
        let away = scene.authorize(&mut browser, of_shop).await;
        let back = scene.provider.log_in(&away.location);
        assert_eq!(back.asked.get("max_age").map(String::as_str), sent);
        scene.get(&mut browser, &back.address()).await.has_code();
    }
    let scene = Scene::with(json!({ "max_age_seconds": 60 }), rule(None)).await;
    scene.provider.ways().id_token = vec![("auth_time", Value::Null)];
    scene.whole_way().await.refused_as("login_failed");
    assert_eq!(refusal(&scene).await, "auth_time_missing");
    scene.provider.ways().id_token = vec![("auth_time", json!(NOW - 60 - 181))];
    scene.whole_way().await.refused_as("login_too_old");
    let scene = Scene::with(json!({ "acr_values": ["gold"] }), rule(None)).await;
    scene.whole_way().await.refused_as("login_failed");
    assert_eq!(refusal(&scene).await, "acr");
    scene.provider.ways().id_token = vec![("acr", json!("gold"))];
    scene.whole_way().await.has_code();
}

#[tokio::test]
async fn each_way_of_proving_ourselves_works_and_a_wrong_secret_is_the_connections_fault() {
    let scene = Scene::with(json!({ "client_authentication": "client_secret_post" }), Rule::default()).await;
    scene.whole_way().await.has_code();
    let settings = json!({
        "kind": "oidc", "issuer": scene.provider.url, "client_id": "pedell-at-uni",
        "claims": { "affiliation_scopes": ["uni.example"], "semester": "/studySemester" },
    });
    scene.connect(settings, secrets(&[("client_secret", "wrong")])).await;
    scene.whole_way().await.refused_as("source_unavailable");
    assert_eq!(refusal(&scene).await, "token_invalid_client");
}

#[tokio::test]
async fn nothing_that_a_login_must_not_leave_is_in_the_database() {
    let (scene, mut browser) = (Scene::new().await, Browser::default());
    let back = scene.log_in(&mut browser).await;
    scene.get(&mut browser, &back.address()).await.has_code();
    scene.pedell.stores().close().await;
    let mut files = vec![scene.folder.path().join("data")];
    let mut bytes = Vec::new();
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else {
            bytes.extend(std::fs::read(path).unwrap());
        }
    }
    assert!(bytes.len() > 10_000, "the databases are there");
    let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds(&scene.provider.url), "settings are readable");
    for secret in [SECRET, ACCESS, &back.code, &back.state, "pairwise-1", "Müller", "2003-12-24"] {
        assert!(!holds(secret), "{secret}");
    }
}

/// Mission V9: an account belongs to the login, and the shop gets nothing before the student has agreed.
#[tokio::test]
async fn a_login_leaves_an_account_and_is_asked_what_the_shop_may_know() {
    let scene = Scene::new().await;
    scene.whole_way().await.has_code();
    let kinds = scene.kinds().await;
    for kind in ["account.created", "consent.given"] {
        assert_eq!(kinds.iter().filter(|found| *found == kind).count(), 1, "{kind}: {kinds:?}");
    }
    scene.whole_way().await.has_code();
    assert_eq!(scene.kinds().await.iter().filter(|found| *found == "account.created").count(), 1, "the same student's");
}
