//! Userinfo (OpenID Connect Core §5.3), plain and signed.

use pedell::protocol::oidc::rp::{
    Refusal,
    userinfo::{Whose, merged, plain, signed},
};
use serde_json::{Value, json};

use crate::forge::{Key, hmac_signed, keys, unsigned};

const WHOSE: Whose<'static> = Whose { issuer: "https://op.uni.example", client_id: "pedell", subject: "pairwise-1" };

#[test]
fn only_claims_about_the_person_of_the_id_token_are_used() {
    let read = |document: Value| plain(document.to_string().as_bytes(), &WHOSE);
    assert_eq!(read(json!({ "sub": "pairwise-1", "given_name": "Ana" })).unwrap()["given_name"], "Ana");
    for other in
        [json!({ "sub": "pairwise-2" }), json!({ "sub": "PAIRWISE-1" }), json!({ "sub": ["pairwise-1"] }), json!({})]
    {
        assert_eq!(read(other.clone()).unwrap_err(), Refusal::UserinfoSubject, "{other}");
    }
    for garbage in ["", "[]", "\"pairwise-1\"", "<html>"] {
        assert_eq!(plain(garbage.as_bytes(), &WHOSE).unwrap_err(), Refusal::Userinfo, "{garbage}");
    }
}

#[test]
fn a_signed_answer_must_be_the_providers_and_what_it_names_must_be_right() {
    let key = Key::rs256("a");
    let set = keys(&[&key]);
    let read = |claims: Value| signed(&key.sign(&claims), &set, &WHOSE);
    let full = json!({ "iss": WHOSE.issuer, "aud": WHOSE.client_id, "sub": WHOSE.subject, "family_name": "Müller" });
    assert_eq!(read(full.clone()).unwrap()["family_name"], "Müller");
    assert!(read(json!({ "sub": WHOSE.subject })).is_ok(), "seen in the field: neither iss nor aud");
    assert!(read(json!({ "sub": WHOSE.subject, "aud": ["x", "pedell"] })).is_ok());
    for (claims, refusal) in [
        (json!({ "iss": "https://evil.example", "sub": WHOSE.subject }), Refusal::UserinfoIssuer),
        (json!({ "aud": "another", "sub": WHOSE.subject }), Refusal::UserinfoAudience),
        (json!({ "aud": [], "sub": WHOSE.subject }), Refusal::UserinfoAudience),
        (json!({ "iss": WHOSE.issuer, "aud": "pedell", "sub": "pairwise-2" }), Refusal::UserinfoSubject),
    ] {
        assert_eq!(read(claims.clone()).unwrap_err(), refusal, "{claims}");
    }
    let theirs = Key::rs256("a");
    assert_eq!(signed(&theirs.sign(&full), &set, &WHOSE).unwrap_err(), Refusal::UserinfoSignature);
    assert_eq!(signed(&Key::rs256("b").sign(&full), &set, &WHOSE).unwrap_err(), Refusal::UnknownKey);
    assert_eq!(signed(&unsigned("none", &full, ""), &set, &WHOSE).unwrap_err(), Refusal::UserinfoSignature);
    let confused = hmac_signed(&json!({ "alg": "HS256", "kid": "a" }), &full, key.public.to_string().as_bytes());
    assert_eq!(signed(&confused, &set, &WHOSE).unwrap_err(), Refusal::UserinfoSignature);
    assert_eq!(signed(&full.to_string(), &set, &WHOSE).unwrap_err(), Refusal::Userinfo);
}

#[test]
fn userinfo_adds_to_the_id_token_and_never_becomes_it() {
    let id_token = json!({ "iss": "op", "sub": "a", "auth_time": 5, "given_name": "Ana" });
    let userinfo =
        json!({ "sub": "a", "auth_time": 9, "iss": "evil", "given_name": "Ana-María", "eduperson_entitlement": ["x"] });
    let both = merged(&id_token, Some(userinfo));
    let expected = json!({
        "iss": "op", "sub": "a", "auth_time": 5, "given_name": "Ana-María", "eduperson_entitlement": ["x"],
    });
    assert_eq!(both, expected);
    assert_eq!(merged(&id_token, None), id_token);
}
