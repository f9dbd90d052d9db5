//! Codes and clients: what is good once and for whom, who is let in, and where nobody is ever sent.

use std::time::Duration;

use aws_lc_rs::hmac;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use pedell::{
    domain::{client::Authentication, policy::Actor},
    flow::clients::ClientChange,
    protocol::jwt::JwkSet,
    vault::{SigningAlgorithm, SigningKey},
};
use serde_json::{Value, json};

use crate::{
    scene::{Place, Scene, on_each_engine},
    site::{Answer, CALLBACK, Shop, Site, ZOE, code_form, list, question},
};

async fn ready(scene: &Scene) -> (Site, Shop) {
    scene.import(list(&[ZOE])).await.unwrap();
    (scene.site().await, scene.shop("shop").await)
}

fn refused(answer: &Answer, status: u16, error: &str) {
    assert_eq!((answer.status, answer.error().as_str()), (status, error), "{}", answer.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_comes_twice_cancels_the_token_it_gave() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let code = site.browser().code(&shop, ZOE).await;
        let token = site.redeem_code(&shop, &code).await.json()["id_token"].as_str().unwrap().to_owned();
        assert_eq!(site.post(&shop, "/introspect", &[("token", &token)]).await.json()["status"], "valid");
        refused(&site.redeem_code(&shop, &code).await, 400, "invalid_grant");
        let state = site.post(&shop, "/introspect", &[("token", &token)]).await.json();
        assert_eq!((state["active"].as_bool(), state["status"].as_str()), (Some(false), Some("cancelled")));
        assert_eq!(site.post(&shop, "/redeem", &[("token", &token)]).await.json()["status"], "cancelled");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_good_for_a_minute_for_its_client_its_redirect_uri_and_its_verifier() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let other = scene.shop("other").await;
        let code = site.browser().code(&shop, ZOE).await;
        refused(&site.redeem_code(&other, &code).await, 400, "invalid_grant");
        for (name, value) in [
            ("redirect_uri", "https://shop.example/callback/"),
            ("redirect_uri", "https://shop.example/callback?x=1"),
            ("code_verifier", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXK"),
            ("code_verifier", ""),
            ("code_verifier", crate::site::CHALLENGE),
            ("code", "AQ"),
            ("code", ""),
        ] {
            let mut form = code_form(&code);
            form.iter_mut().find(|(key, _)| *key == name).unwrap().1 = value;
            refused(&site.post(&shop, "/token", &form).await, 400, "invalid_grant");
        }
        for missing in 0..4 {
            let form: Vec<_> =
                code_form(&code).into_iter().enumerate().filter(|(at, _)| *at != missing).map(|(_, f)| f).collect();
            refused(&site.post(&shop, "/token", &form).await, 400, "invalid_request");
        }
        let altered: String = code.chars().rev().collect();
        refused(&site.redeem_code(&shop, &altered).await, 400, "invalid_grant");
        refused(&site.post(&shop, "/token", &[("grant_type", "password")]).await, 400, "unsupported_grant_type");
        scene.clock.advance(Duration::from_secs(59));
        assert_eq!(site.redeem_code(&shop, &code).await.status, 200, "none of it used the code up");
        let code = site.browser().code(&shop, ZOE).await;
        scene.clock.advance(Duration::from_secs(60));
        refused(&site.redeem_code(&shop, &code).await, 400, "invalid_grant");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_sent_to_an_address_that_is_not_registered() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let browser = site.browser();
        for uri in [
            "",
            "https://shop.example",
            "https://shop.example/callback/",
            "https://shop.example/callback/../evil",
            "https://shop.example/callback?next=//evil.example",
            "https://shop.example/callback#x",
            "https://shop.example/Callback",
            "https://SHOP.example/callback",
            "https://shop.example./callback",
            "https://shop.example:443/callback",
            "https://shop.example:8443/callback",
            "http://shop.example/callback",
            "https://shop.example/call%62ack",
            "https://shop.example%2ecallback",
            "https://shop.example.evil.example/callback",
            "https://shop.example@evil.example/callback",
            "https://evil.example/callback",
            "https://evil.example\\@shop.example/callback",
            "//shop.example/callback",
            " https://shop.example/callback",
            "https://shop.example/callback ",
            "https://shop.example/callback\r\nLocation: https://evil.example",
            "javascript:alert(1)//https://shop.example/callback",
        ] {
            let answer = browser.authorize(&shop, &[("redirect_uri", uri)]).await;
            assert_eq!(answer.status, 400, "{uri:?}");
            assert_eq!(answer.header("location"), "", "{uri:?}");
            assert!(!answer.body.contains("evil"), "{uri:?}");
        }
        for id in ["nobody", "SHOP", "shop ", "", "../shop", "shop'--"] {
            let answer = browser.authorize(&shop, &[("client_id", id)]).await;
            assert_eq!((answer.status, answer.header("location")), (400, ""), "{id:?}");
        }
        let uploader = scene.uploader("campus", &scene.university.id).await;
        assert_eq!(browser.authorize(&uploader, &[]).await.status, 400, "an uploader sends nobody over");
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(shop.request(&[])).finish();
        let twice = browser.get(&format!("/authorize?{query}&redirect_uri=https://evil.example/")).await;
        assert_eq!((twice.status, twice.header("location")), (400, ""));
        shop.block(&scene).await;
        assert_eq!(browser.authorize(&shop, &[]).await.status, 400, "a blocked client is an unknown one");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_lets_in_its_own_client_only_and_only_as_basic() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let key = scene
            .shop_with("key", |profile, _| profile.authentication = jwks(&SigningKey::generate(ES).unwrap()))
            .await;
        let form = [("token", "x")];
        assert_eq!(site.post(&shop, "/introspect", &form).await.json()["active"], false);
        let with = |id: &str, secret: &str| {
            let mut client = shop.client.clone();
            client.id = pedell::domain::client::ClientId::parse(id).unwrap();
            Shop { client, secret: secret.to_owned() }
        };
        for (id, secret) in [
            ("shop", ""),
            ("shop", "wrong"),
            ("shop", &shop.secret[1..]),
            ("nobody", &shop.secret),
            ("SHOP", &shop.secret),
            ("key", ""),
            ("key", &shop.secret),
        ] {
            let answer = site.post(&with(id, secret), "/introspect", &form).await;
            refused(&answer, 401, "invalid_client");
            assert!(answer.header("www-authenticate").starts_with("Basic"));
        }
        let _ = key;
        let in_the_body = [("token", "x"), ("client_id", "shop"), ("client_secret", shop.secret.as_str())];
        refused(&site.post_bare("/introspect", &in_the_body).await, 401, "invalid_client");
        refused(&site.post(&shop, "/introspect", &in_the_body).await, 401, "invalid_client");
        let both = [("token", "x"), ("client_assertion_type", ASSERTION_TYPE), ("client_assertion", "a.b.c")];
        refused(&site.post(&shop, "/introspect", &both).await, 400, "invalid_request");
        let other_id = [("token", "x"), ("client_id", "other")];
        refused(&site.post(&shop, "/introspect", &other_id).await, 400, "invalid_request");
        refused(&site.post_bare("/introspect", &form).await, 401, "invalid_client");
        for header in ["Basic", "Basic !!!", "Digest x", "Bearer", "Bearer AQ", "Basic c2hvcA=="] {
            let request = site.http.post(site.url("/introspect")).header("authorization", header);
            refused(&Answer::of(request.form(&form)).await, 401, "invalid_client");
        }
        let renewed = scene
            .pedell
            .change_client(&shop.client.id, ClientChange::NewSecret, &Actor::Operator)
            .await
            .unwrap()
            .unwrap();
        refused(&site.post(&shop, "/introspect", &form).await, 401, "invalid_client");
        let shop = with("shop", renewed.expose());
        assert_eq!(site.post(&shop, "/introspect", &form).await.status, 200);
        shop.block(&scene).await;
        refused(&site.post(&shop, "/introspect", &form).await, 401, "invalid_client");
    })
    .await;
}

const ES: SigningAlgorithm = SigningAlgorithm::Es256;
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

fn jwks(key: &SigningKey) -> Authentication {
    Authentication::PrivateKeyJwt(json!(JwkSet { keys: vec![key.public().clone()] }).to_string())
}

fn unsigned(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}", part(header), part(claims))
}

async fn with_assertion(site: &Site, assertion: &str) -> Answer {
    let form = [("token", "x"), ("client_assertion_type", ASSERTION_TYPE), ("client_assertion", assertion)];
    site.post_bare("/introspect", &form).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_assertion_lets_its_client_in_once_and_every_flaw_is_refused() {
    on_each_engine(async |scene| {
        let site = scene.site().await;
        for algorithm in [ES, SigningAlgorithm::EdDsa] {
            let key = SigningKey::generate(algorithm).unwrap();
            let id = format!("key-{}", algorithm.name());
            scene.shop_with(&id, |profile, _| profile.authentication = jwks(&key)).await;
            let now = scene.clock.now().as_seconds();
            let count = std::cell::Cell::new(0);
            let claims = |change: &[(&str, Value)]| {
                count.set(count.get() + 1);
                let mut claims = json!({
                    "iss": id, "sub": id, "aud": "https://pedell.example/token", "exp": now + 60, "iat": now,
                    "jti": format!("{}-{}", algorithm.name(), count.get()),
                });
                for (name, value) in change {
                    claims[*name] = value.clone();
                }
                claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
                claims
            };
            for aud in
                [json!("https://pedell.example"), json!(["https://pedell.example", "https://pedell.example/par"])]
            {
                let good = key.sign("JWT", &claims(&[("aud", aud)])).unwrap();
                assert_eq!(with_assertion(&site, &good).await.status, 200);
                refused(&with_assertion(&site, &good).await, 401, "invalid_client");
            }
            let good = key.sign("JWT", &claims(&[])).unwrap();
            let other_id = [
                ("token", "x"),
                ("client_id", "other"),
                ("client_assertion_type", ASSERTION_TYPE),
                ("client_assertion", good.as_str()),
            ];
            refused(&site.post_bare("/introspect", &other_id).await, 401, "invalid_client");
            let untyped = [("token", "x"), ("client_assertion", good.as_str())];
            refused(&site.post_bare("/introspect", &untyped).await, 400, "invalid_request");
            for flaw in [
                ("iss", json!("shop")),
                ("sub", json!("shop")),
                ("sub", Value::Null),
                ("aud", json!("https://other.example/token")),
                ("aud", json!("https://pedell.example/token/")),
                ("aud", json!([])),
                ("aud", json!(["https://pedell.example", "https://other.example"])),
                ("aud", Value::Null),
                ("exp", json!(now - 181)),
                ("exp", json!(now + 3_781)),
                ("exp", json!(i64::MAX)),
                ("exp", json!("soon")),
                ("exp", Value::Null),
                ("iat", json!(now + 181)),
                ("nbf", json!(now + 181)),
                ("jti", Value::Null),
                ("jti", json!("")),
                ("jti", json!("x".repeat(1025))),
            ] {
                let assertion = key.sign("JWT", &claims(std::slice::from_ref(&flaw))).unwrap();
                let answer = with_assertion(&site, &assertion).await;
                assert_eq!((answer.status, answer.error().as_str()), (401, "invalid_client"), "{flaw:?}");
            }
            let stranger = SigningKey::generate(algorithm).unwrap();
            refused(&with_assertion(&site, &stranger.sign("JWT", &claims(&[])).unwrap()).await, 401, "invalid_client");
            refused(&with_assertion(&site, &key.sign("at+jwt", &claims(&[])).unwrap()).await, 401, "invalid_client");
            for (alg, secret) in [("none", None), ("HS256", Some(json!(key.public()).to_string()))] {
                let head = unsigned(&json!({ "alg": alg, "typ": "JWT", "kid": key.kid() }), &claims(&[]));
                let signature = secret.map_or(String::new(), |secret| {
                    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()), head.as_bytes());
                    BASE64_URL_SAFE_NO_PAD.encode(tag)
                });
                refused(&with_assertion(&site, &format!("{head}.{signature}")).await, 401, "invalid_client");
            }
            let signed = key.sign("JWT", &claims(&[])).unwrap();
            let (head, _) = signed.rsplit_once('.').unwrap();
            for broken in [format!("{head}."), head.to_owned(), format!("{signed}.x"), "..".into(), "x".repeat(20_000)]
            {
                refused(&with_assertion(&site, &broken).await, 401, "invalid_client");
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_assertion_on_two_nodes_at_the_same_moment_lets_in_once() {
    on_each_engine(async |scene| {
        let key = SigningKey::generate(ES).unwrap();
        scene.shop_with("key", |profile, _| profile.authentication = jwks(&key)).await;
        let (one, two) = (scene.site().await, Site::open(&scene.place.open(scene.clock.clone()).await).await);
        for round in 0..10 {
            let now = scene.clock.now().as_seconds();
            let claims = json!({ "iss": "key", "sub": "key", "aud": "https://pedell.example", "exp": now + 60, "jti": round.to_string() });
            let assertion = key.sign("JWT", &claims).unwrap();
            let (a, b) = tokio::join!(with_assertion(&one, &assertion), with_assertion(&two, &assertion));
            let mut statuses = [a.status, b.status];
            statuses.sort_unstable();
            assert_eq!(statuses, [200, 401]);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pushed_request_is_good_for_ninety_seconds_and_for_its_client() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let other = scene.shop("other").await;
        let push = async |shop: &Shop, own: &[(&str, &str)]| {
            let form = shop.request(own);
            let form: Vec<_> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            site.post(shop, "/par", &form).await
        };
        let pushed = push(&shop, &[]).await;
        assert_eq!((pushed.status, pushed.json()["expires_in"].as_u64()), (201, Some(90)));
        let uri = pushed.json()["request_uri"].as_str().unwrap().to_owned();
        let open = async |client: &str, uri: &str| {
            let query = url::form_urlencoded::Serializer::new(String::new())
                .append_pair("client_id", client)
                .append_pair("request_uri", uri)
                .finish();
            site.browser().get(&format!("/authorize?{query}")).await
        };
        assert_eq!(open("shop", &uri).await.redirect().0, "/verify/choose");
        let elsewhere = Place { postgres: None, folder: scene.place.folder.join("elsewhere") };
        let elsewhere = elsewhere.open(scene.clock.clone()).await;
        elsewhere.create_client(&shop.client, &Actor::Operator).await.unwrap();
        let foreign = Site::open(&elsewhere).await;
        for (client, uri) in [
            ("other", uri.clone()),
            ("", uri.clone()),
            ("shop", uri.replace("request_uri:A", "request_uri:B")),
            ("shop", format!("{}{}", &uri[..uri.len() - 20], uri[uri.len() - 20..].chars().rev().collect::<String>())),
            ("shop", format!("{uri}A")),
            ("shop", "urn:ietf:params:oauth:request_uri:".to_owned()),
            ("shop", "https://shop.example/request.jwt".to_owned()),
        ] {
            let answer = open(client, &uri).await;
            assert_eq!((answer.status, answer.header("location")), (400, ""), "{client} {uri}");
        }
        let query = format!("/authorize?client_id=shop&request_uri={uri}");
        assert_eq!(foreign.browser().get(&query).await.status, 400, "another instance does not open it");
        refused(&push(&shop, &[("request_uri", &uri)]).await, 400, "invalid_request");
        refused(&push(&shop, &[("redirect_uri", "https://evil.example/")]).await, 400, "invalid_request");
        refused(&push(&shop, &[("code_challenge_method", "plain")]).await, 400, "invalid_request");
        refused(&push(&other, &[("client_id", "shop")]).await, 400, "invalid_request");
        assert_eq!(push(&shop, &[("client_id", "")]).await.status, 201, "client_id follows from the authentication");
        scene.clock.advance(Duration::from_secs(90));
        assert_eq!(open("shop", &uri).await.status, 400);
        // A code can't be passed off as a pushed request, nor the other way round.
        let code = site.browser().code(&shop, ZOE).await;
        assert_eq!(open("shop", &format!("urn:ietf:params:oauth:request_uri:{code}")).await.status, 400);
        let sealed =
            push(&shop, &[]).await.json()["request_uri"].as_str().unwrap().rsplit(':').next().unwrap().to_owned();
        refused(&site.redeem_code(&shop, &sealed).await, 400, "invalid_grant");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_with_networks_comes_from_there_only_and_only_a_trusted_proxy_may_say_so() {
    on_each_engine(async |scene| {
        let here = scene.shop_with("here", |profile, _| profile.networks = vec!["127.0.0.0/8".parse().unwrap()]).await;
        let away = scene.shop_with("away", |profile, _| profile.networks = vec!["192.0.2.0/24".parse().unwrap()]).await;
        let direct = scene.site().await;
        let proxied = Site::open_with(&scene.pedell, |settings| {
            settings.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
        })
        .await;
        let ask = async |site: &Site, shop: &Shop, forwarded: &str| {
            let mut request = site.http.post(site.url("/introspect")).basic_auth(shop.id(), Some(&shop.secret));
            if !forwarded.is_empty() {
                request = request.header("x-forwarded-for", forwarded);
            }
            Answer::of(request.form(&[("token", "x")])).await.status
        };
        for (site, forwarded, here_may, away_may) in [
            (&direct, "", 200, 401),
            (&direct, "192.0.2.7", 200, 401),
            (&proxied, "", 200, 401),
            (&proxied, "192.0.2.7", 401, 200),
            (&proxied, "192.0.2.7, 198.51.100.1", 401, 401),
            (&proxied, "198.51.100.1, 192.0.2.7", 401, 200),
            (&proxied, "192.0.2.7, garbage", 200, 401),
        ] {
            assert_eq!(ask(site, &here, forwarded).await, here_may, "here {forwarded}");
            assert_eq!(ask(site, &away, forwarded).await, away_may, "away {forwarded}");
        }
        let token = direct.post(&here, "/token", &[("grant_type", "client_credentials")]).await.json();
        let bearer = token["access_token"].as_str().unwrap();
        let request = proxied.http.post(proxied.url("/v1/checks")).bearer_auth(bearer);
        let answer = Answer::of(request.header("x-forwarded-for", "192.0.2.7").json(&question(ZOE, "x"))).await;
        refused(&answer, 401, "invalid_client");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_uploader_is_no_issuer_and_an_issuer_no_uploader() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let uploader = scene.uploader("campus", &scene.university.id).await;
        for path in ["/introspect", "/redeem", "/cancel"] {
            refused(&site.post(&uploader, path, &[("token", "x")]).await, 403, "unauthorized_client");
        }
        refused(&site.post(&uploader, "/token", &code_form("x")).await, 403, "unauthorized_client");
        refused(&site.post(&uploader, "/par", &[("redirect_uri", CALLBACK)]).await, 403, "unauthorized_client");
        refused(&site.check(&uploader, ZOE, "musterstadt").await, 403, "unauthorized_client");
        let upload = async |shop: &Shop| {
            let request = site.http.put(site.url("/v1/rosters/2026W")).basic_auth(shop.id(), Some(&shop.secret));
            Answer::of(request.body(list(&[ZOE]))).await
        };
        refused(&upload(&shop).await, 403, "unauthorized_client");
        assert_eq!(upload(&uploader).await.status, 200);
        let silent = scene.shop_with("silent", |_, issuer| issuer.direct_checks = false).await;
        refused(&site.check(&silent, ZOE, "musterstadt").await, 403, "unauthorized_client");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_access_token_of_the_clients_own_is_good_for_ten_minutes() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let answer = site.post(&shop, "/token", &[("grant_type", "client_credentials")]).await.json();
        assert_eq!((answer["expires_in"].as_u64(), answer.get("id_token")), (Some(600), None));
        let bearer = answer["access_token"].as_str().unwrap().to_owned();
        let check = async || {
            let request = site.http.post(site.url("/v1/checks")).bearer_auth(&bearer);
            Answer::of(request.json(&question(ZOE, "musterstadt"))).await
        };
        let answer = check().await;
        assert_eq!((answer.status, answer.json()["eligible"].as_bool()), (200, Some(true)));
        let claims = site.claims(&shop, answer.json()["id_token"].as_str().unwrap()).await;
        assert_eq!((claims.family_name.as_deref(), claims.nonce.as_deref()), (Some(ZOE.family), Some("n-1")));
        let info = Answer::of(site.http.get(site.url("/userinfo")).bearer_auth(&bearer)).await;
        refused(&info, 401, "invalid_token");
        scene.clock.advance(Duration::from_secs(599));
        assert_eq!(check().await.status, 200);
        scene.clock.advance(Duration::from_secs(1));
        refused(&check().await, 401, "invalid_client");
        scene.clock.advance(Duration::from_secs(1));
        let answer = site.post(&shop, "/token", &[("grant_type", "client_credentials")]).await.json();
        let bearer = answer["access_token"].as_str().unwrap();
        shop.block(&scene).await;
        let request = site.http.post(site.url("/v1/checks")).bearer_auth(bearer);
        refused(&Answer::of(request.json(&question(ZOE, "musterstadt"))).await, 401, "invalid_client");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_students_access_token_ends_with_the_eligibility_token() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let code = site.browser().code(&shop, ZOE).await;
        let answer = site.redeem_code(&shop, &code).await.json();
        let access = answer["access_token"].as_str().unwrap();
        let info = async |token: &str| Answer::of(site.http.get(site.url("/userinfo")).bearer_auth(token)).await;
        assert_eq!(info(access).await.status, 200);
        for bad in ["", "x", &code, answer["id_token"].as_str().unwrap()] {
            refused(&info(bad).await, 401, "invalid_token");
        }
        scene.clock.advance(Duration::from_secs(300));
        refused(&info(access).await, 401, "invalid_token");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_students_access_token_is_silent_once_the_eligibility_token_was_cancelled() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let issued = async |shop: &Shop| {
            let code = site.browser().code(shop, ZOE).await;
            let answer = site.redeem_code(shop, &code).await.json();
            let text = |name: &str| answer[name].as_str().unwrap().to_owned();
            (code, text("id_token"), text("access_token"))
        };
        let info = async |token: &str| Answer::of(site.http.get(site.url("/userinfo")).bearer_auth(token)).await;
        let (_, token, access) = issued(&shop).await;
        assert_eq!(info(&access).await.status, 200);
        assert_eq!(site.post(&shop, "/redeem", &[("token", token.as_str())]).await.status, 200);
        assert_eq!(info(&access).await.status, 200, "redeemed is not cancelled");
        assert_eq!(site.post(&shop, "/cancel", &[("token", token.as_str())]).await.status, 200);
        refused(&info(&access).await, 401, "invalid_token");
        // A code that comes a second time cancels what it was for (RFC 6749 §4.1.2).
        let (code, _, access) = issued(&shop).await;
        refused(&site.redeem_code(&shop, &code).await, 400, "invalid_grant");
        refused(&info(&access).await, 401, "invalid_token");
        // A client that is blocked learns nothing more.
        let (_, _, access) = issued(&shop).await;
        shop.block(&scene).await;
        refused(&info(&access).await, 401, "invalid_token");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_changes_to_a_key_leaves_its_secret_behind() {
    on_each_engine(async |scene| {
        let (site, mut shop) = ready(&scene).await;
        shop.client.profile.authentication = jwks(&SigningKey::generate(ES).unwrap());
        shop.rewrite(&scene).await;
        refused(&site.post(&shop, "/introspect", &[("token", "x")]).await, 401, "invalid_client");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parameter_that_is_given_twice_is_refused_whichever_of_the_two_is_right() {
    on_each_engine(async |scene| {
        let (site, shop) = ready(&scene).await;
        let token = site.issue(&shop, ZOE).await;
        for form in [[("token", "x"), ("token", &token)], [("token", &token), ("token", "x")]] {
            for path in ["/introspect", "/redeem", "/cancel"] {
                refused(&site.post(&shop, path, &form).await, 400, "invalid_request");
            }
        }
        let code = site.browser().code(&shop, ZOE).await;
        let mut form = code_form(&code).to_vec();
        form.push(("code_verifier", crate::site::VERIFIER));
        refused(&site.post(&shop, "/token", &form).await, 400, "invalid_request");
        assert_eq!(site.post(&shop, "/redeem", &[("token", &token)]).await.status, 200);
    })
    .await;
}
