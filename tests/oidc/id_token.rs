//! The ID token (OpenID Connect Core §3.1.3.7).

use std::time::Duration;

use pedell::{
    base::{Timestamp, limits, secret::SecretString},
    protocol::oidc::rp::{Expected, IdToken, ProviderKeys, Refusal},
};
use serde_json::{Value, json};

use crate::forge::{Key, at_hash, encode, hmac_signed, keys, set, unsigned};

const ISSUER: &str = "https://op.uni.example";
const CLIENT: &str = "pedell";
const NONCE: &str = "n-0S6_WzA2Mj";
const ACCESS: &str = "SlAV32hkKG";
const NOW: i64 = 1_795_420_800;

struct Scene {
    key: Key,
    keys: ProviderKeys,
    wanted: Vec<String>,
    access_token: SecretString,
}

impl Scene {
    fn new() -> Self {
        let key = Key::es256("now");
        let keys = keys(&[&key, &Key::rs256("other"), &Key::ed25519("another")]);
        Self::with_keys(keys, key)
    }

    fn with_keys(keys: ProviderKeys, key: Key) -> Self {
        let wanted = vec!["https://refeds.org/profile/mfa".to_owned(), "gold".to_owned()];
        Self { key, keys, wanted, access_token: SecretString::from(ACCESS) }
    }

    fn check(&self, token: &str) -> Result<IdToken, Refusal> {
        self.check_for(token, |_| ())
    }

    fn check_for<'a>(&'a self, token: &str, change: impl FnOnce(&mut Expected<'a>)) -> Result<IdToken, Refusal> {
        let mut expected = Expected {
            issuer: ISSUER,
            client_id: CLIENT,
            nonce: NONCE,
            access_token: &self.access_token,
            departed: Timestamp::from_seconds(NOW - 60),
            max_age_seconds: None,
            acr_values: &[],
            now: Timestamp::from_seconds(NOW),
        };
        change(&mut expected);
        IdToken::check(token, &self.keys, &expected)
    }

    /// What becomes of the genuine token with one claim replaced (`null`: left out).
    fn with(&self, name: &str, value: Value) -> Result<IdToken, Refusal> {
        self.check(&self.key.sign(&claims(&[(name, value)])))
    }
}

fn claims(own: &[(&str, Value)]) -> Value {
    let mut claims = json!({
        "iss": ISSUER, "sub": "pairwise-1", "aud": CLIENT, "exp": NOW + 300, "iat": NOW - 2, "auth_time": NOW - 30,
        "nonce": NONCE, "at_hash": at_hash(ACCESS), "given_name": "Ana",
    });
    for (name, value) in own {
        match value {
            Value::Null => drop(claims.as_object_mut().unwrap().remove(*name)),
            value => claims[*name] = value.clone(),
        }
    }
    claims
}

#[test]
fn a_genuine_token_is_believed() {
    let scene = Scene::new();
    let token = scene.check(&scene.key.sign(&claims(&[]))).unwrap();
    assert_eq!((token.subject.as_str(), token.claims["given_name"].as_str()), ("pairwise-1", Some("Ana")));
    assert_eq!(token.proven_at, Timestamp::from_seconds(NOW - 30));
    let undated = scene.with("auth_time", Value::Null).unwrap();
    assert_eq!(undated.proven_at, Timestamp::from_seconds(NOW - 2), "the moment of issue is the best that is known");
    for optional in ["at_hash", "azp"] {
        assert!(scene.with(optional, Value::Null).is_ok(), "{optional}");
    }
    assert!(scene.with("aud", json!([CLIENT])).is_ok());
    assert!(
        scene.with("exp", serde_json::from_str(&format!("{NOW}.5")).unwrap()).is_ok(),
        "a NumericDate may have a fraction"
    );
}

#[test]
fn every_algorithm_on_the_list_is_verified_with_or_without_key_id() {
    for key in [Key::es256("a"), Key::rs256("a"), Key::ed25519("a")] {
        let keys = keys(&[&Key::es256("b"), &Key::rs256("c"), &key]);
        let scene = Scene::with_keys(keys, key);
        let claims = claims(&[("at_hash", Value::Null)]);
        assert!(scene.check(&scene.key.sign(&claims)).is_ok(), "{}", scene.key.alg);
        let nameless = scene.key.sign_with(&json!({ "alg": scene.key.alg }), &claims);
        assert!(scene.check(&nameless).is_ok(), "{} without kid", scene.key.alg);
    }
}

#[test]
fn at_hash_is_taken_with_the_hash_of_the_signature() {
    let access = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA512, ACCESS.as_bytes());
    let key = Key::ed25519("a");
    let scene = Scene::with_keys(keys(&[&key]), key);
    assert!(scene.with("at_hash", json!(encode(&access.as_ref()[..32]))).is_ok());
    assert_eq!(scene.with("at_hash", json!(at_hash(ACCESS))).unwrap_err(), Refusal::AtHash);
}

#[test]
fn whose_it_is_and_for_whom() {
    let scene = Scene::new();
    for (name, value, refusal) in [
        ("iss", json!("https://evil.example"), Refusal::Issuer),
        ("iss", json!(format!("{ISSUER}/")), Refusal::Issuer),
        ("iss", Value::Null, Refusal::IdToken),
        ("aud", json!("another"), Refusal::Audience),
        ("aud", json!([]), Refusal::Audience),
        ("aud", json!(["another", "third"]), Refusal::Audience),
        ("aud", Value::Null, Refusal::IdToken),
        ("aud", json!([CLIENT, "another"]), Refusal::AuthorizedParty),
        ("azp", json!("another"), Refusal::AuthorizedParty),
        ("nonce", json!("n-0S6_WzA2Mk"), Refusal::Nonce),
        ("nonce", json!(""), Refusal::Nonce),
        ("nonce", Value::Null, Refusal::Nonce),
        ("at_hash", json!(at_hash("another")), Refusal::AtHash),
        ("at_hash", json!(""), Refusal::AtHash),
        ("sub", Value::Null, Refusal::Subject),
        ("sub", json!(""), Refusal::Subject),
        ("sub", json!("a\u{0}b"), Refusal::Subject),
        ("sub", json!("x".repeat(limits::SUBJECT_BYTES + 1)), Refusal::Subject),
        ("sub", json!(7), Refusal::IdToken),
    ] {
        assert_eq!(scene.with(name, value.clone()).unwrap_err(), refusal, "{name} {value}");
    }
    let several = scene.key.sign(&claims(&[("aud", json!([CLIENT, "another"])), ("azp", json!(CLIENT))]));
    assert!(scene.check(&several).is_ok(), "several audiences, and issued to us");
    let foreign = scene.key.sign(&claims(&[("aud", json!([CLIENT, "another"])), ("azp", json!("another"))]));
    assert_eq!(scene.check(&foreign).unwrap_err(), Refusal::AuthorizedParty);
}

#[test]
fn each_deadline_holds_to_the_second_around_the_skew() {
    let scene = Scene::new();
    let skew = i64::try_from(limits::CLOCK_SKEW.as_secs()).unwrap();
    for (name, good, bad, refusal) in [
        ("exp", NOW - skew + 1, NOW - skew, Refusal::Expired),
        ("iat", NOW + skew, NOW + skew + 1, Refusal::NotYet),
        ("nbf", NOW + skew, NOW + skew + 1, Refusal::NotYet),
        ("iat", NOW - 60 - skew, NOW - 60 - skew - 1, Refusal::Stale),
        ("auth_time", NOW + skew, NOW + skew + 1, Refusal::AuthTimeFuture),
    ] {
        let good = scene.with(name, json!(good)).map(|token| token.proven_at <= Timestamp::from_seconds(NOW));
        assert_eq!(good, Ok(true), "{name}: no proof is younger than now");
        assert_eq!(scene.with(name, json!(bad)).unwrap_err(), refusal, "{name}");
    }
    for (name, never) in [("exp", json!(-1e300)), ("iat", json!(1e300))] {
        assert!(scene.with(name, never).is_err(), "{name}");
    }
    for missing in ["exp", "iat"] {
        assert_eq!(scene.with(missing, Value::Null).unwrap_err(), Refusal::IdToken, "{missing}");
        assert_eq!(scene.with(missing, json!("1795420800")).unwrap_err(), Refusal::IdToken, "{missing} as text");
    }
}

#[test]
fn a_fresh_login_is_one_whose_time_is_said() {
    let scene = Scene::new();
    let skew = i64::try_from(limits::CLOCK_SKEW.as_secs()).unwrap();
    let ask = |auth_time: Value| {
        let token = scene.key.sign(&claims(&[("auth_time", auth_time)]));
        scene.check_for(&token, |expected| expected.max_age_seconds = Some(100)).map(|token| token.subject)
    };
    assert_eq!(ask(Value::Null), Err(Refusal::AuthTimeMissing));
    // The departure was a minute ago.
    assert!(ask(json!(NOW - 60 - 100 - skew)).is_ok());
    assert_eq!(ask(json!(NOW - 60 - 100 - skew - 1)), Err(Refusal::AuthTimeOld));
}

#[test]
fn the_kind_of_login_that_was_asked_for_is_the_one_that_counts() {
    let scene = Scene::new();
    let ask = |acr: Value| {
        let token = scene.key.sign(&claims(&[("acr", acr)]));
        scene.check_for(&token, |expected| expected.acr_values = &scene.wanted).map(|token| token.subject)
    };
    assert!(ask(json!("gold")).is_ok());
    for other in [json!("https://refeds.org/profile/sfa"), json!(""), Value::Null] {
        assert_eq!(ask(other), Err(Refusal::Acr));
    }
}

#[test]
fn alg_none_and_hmac_with_anything_that_is_public_are_refused() {
    let scene = Scene::new();
    let claims = claims(&[]);
    for alg in ["none", "None", "NONE", "", "HS256", "ES512", "RS1"] {
        for signature in ["", "AAAA"] {
            assert_eq!(scene.check(&unsigned(alg, &claims, signature)).unwrap_err(), Refusal::Algorithm, "{alg}");
        }
    }
    // The public keys, as anybody could write them down, taken for a shared secret.
    let rsa = Key::rs256("rsa");
    let scene = Scene::with_keys(keys(&[&scene.key, &rsa]), rsa);
    let public = &scene.key.public;
    for secret in [
        public.to_string(),
        public["n"].as_str().unwrap().to_owned(),
        set(&[&scene.key]).to_string(),
        String::from("x"),
    ] {
        for kid in [json!("rsa"), json!("now")] {
            let token = hmac_signed(&json!({ "alg": "HS256", "kid": kid, "typ": "JWT" }), &claims, secret.as_bytes());
            assert_eq!(scene.check(&token).unwrap_err(), Refusal::Algorithm);
        }
    }
}

#[test]
fn the_key_decides_and_never_the_header() {
    let scene = Scene::new();
    let claims = claims(&[]);
    let signed = |header: Value| scene.check(&scene.key.sign_with(&header, &claims)).unwrap_err();
    assert_eq!(signed(json!({ "alg": "ES256", "kid": "other" })), Refusal::Algorithm, "an RSA key makes no ES256");
    assert_eq!(signed(json!({ "alg": "RS256", "kid": "now" })), Refusal::Algorithm);
    assert_eq!(signed(json!({ "alg": "ES256", "kid": "gone" })), Refusal::UnknownKey);
    assert_eq!(signed(json!({ "alg": "ES256", "kid": "now", "typ": "logout+jwt" })), Refusal::Type);
    assert_eq!(signed(json!({ "alg": "ES256", "kid": "now", "typ": "at+jwt" })), Refusal::Type);
    assert_eq!(signed(json!({ "alg": "ES256", "kid": "now", "crit": ["x"] })), Refusal::IdToken);
    let mine =
        json!({ "alg": "ES256", "kid": "now", "jwk": Key::es256("now").public, "jku": "https://evil.example/keys" });
    assert!(scene.check(&scene.key.sign_with(&mine, &claims)).is_ok(), "keys that a header brings are not looked at");
    let theirs = Key::es256("now");
    let embedded = theirs.sign_with(&json!({ "alg": "ES256", "kid": "now", "jwk": theirs.public }), &claims);
    assert_eq!(scene.check(&embedded).unwrap_err(), Refusal::Signature);
    assert_eq!(scene.check(&theirs.sign_with(&json!({ "alg": "ES256" }), &claims)).unwrap_err(), Refusal::Signature);
}

#[test]
fn a_key_that_the_provider_keeps_for_another_algorithm_is_not_taken_for_this_one() {
    let mut key = Key::rs256("a");
    key.public["alg"] = json!("PS256");
    let scene = Scene::with_keys(keys(&[&key]), key);
    assert_eq!(scene.check(&scene.key.sign(&claims(&[]))).unwrap_err(), Refusal::Algorithm);
}

#[test]
fn what_was_altered_cut_or_is_no_token_is_refused() {
    let scene = Scene::new();
    let token = scene.key.sign(&claims(&[]));
    let [header, body, signature] = token.split('.').collect::<Vec<_>>()[..] else { panic!() };
    let other = encode(claims(&[("sub", json!("somebody-else"))]).to_string());
    assert_eq!(scene.check(&format!("{header}.{other}.{signature}")).unwrap_err(), Refusal::Signature);
    assert_eq!(scene.check(&format!("{header}.{body}.")).unwrap_err(), Refusal::Signature);
    for garbage in
        ["", "a", "a.b.c", "..", &format!("{header}.{body}"), &format!("{token}.x"), &format!("{header}.x.{body}.y.z")]
    {
        assert_eq!(scene.check(garbage).unwrap_err(), Refusal::IdToken, "{garbage}");
    }
    assert_eq!(scene.check(&"a".repeat(limits::JWT_BYTES + 1)).unwrap_err(), Refusal::IdToken);
    assert_eq!(scene.check(&scene.key.sign(&json!(["iss"]))).unwrap_err(), Refusal::IdToken);
}

#[test]
fn an_expired_token_stays_expired_however_far_the_skew() {
    let scene = Scene::new();
    let token = scene.key.sign(&claims(&[]));
    let later = Timestamp::from_seconds(NOW).plus(Duration::from_secs(300) + limits::CLOCK_SKEW);
    assert_eq!(scene.check_for(&token, |expected| expected.now = later).unwrap_err(), Refusal::Expired);
}
