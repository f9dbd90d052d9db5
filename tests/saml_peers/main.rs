//! Students in Chromium who log in at real SAML identity providers, `SimpleSAMLphp` and npm's samlp, through a running
//! gateway: tickets, refusals, providers that answer wrongly, and keys that roll over on both sides meanwhile.
//! What the providers are and how they are started: `tests/saml_peers/README.md`.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has to fail")]

#[path = "../running/document.rs"]
mod document;
mod gateway;
#[path = "../running/group.rs"]
mod group;
#[path = "../running/process.rs"]
mod process;
#[path = "../running/program.rs"]
mod program;
mod provider;
mod students;

use serde_json::{Value, json};

use crate::{
    gateway::Gateway,
    provider::{Kind, Provider},
    students::{Crowd, Students},
};

/// Where the scripts are.
const HERE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/saml_peers");

fn login(provider: &Provider, user: &str) -> Value {
    json!({ "university": provider.university(), "user": user, "password": "secret" })
}

fn with(mut login: Value, name: &str, value: impl Into<Value>) -> Value {
    login[name] = value.into();
    login
}

/// A ticket for whom there is one, with script and without; everybody else hears why not; and the provider talks to
/// nobody whose request is not signed.
fn students_log_in_at(kind: Kind) {
    let gateway = Gateway::new();
    let provider = Provider::start(kind, &gateway);
    gateway.connect(&provider);
    let _service = gateway.serve();
    let mut students = Students::arrive(&gateway);

    let mut subjects = Vec::new();
    for login in [login(&provider, "ana"), with(with(login(&provider, "ana"), "script", false), "width", 1280)] {
        let outcome = students.log_in(&login);
        let claims = &outcome["claims"];
        assert_eq!(claims["given_name"], "Ana María", "{outcome:#}");
        assert_eq!(claims["family_name"], "Müller & Söhne", "{outcome:#}");
        assert_eq!((&claims["proof_method"], &claims["university"]["id"]), (&json!("saml"), &json!(kind.name())));
        let algorithms = outcome["algorithms"].as_array().unwrap();
        for expected in kind.encrypts_with() {
            assert!(algorithms.iter().any(|algorithm| algorithm == expected), "{outcome:#}");
        }
        subjects.push(claims["sub"].clone());
    }
    assert_eq!(subjects[0], subjects[1], "the same student is the same subject");

    for (user, reason) in [("bea", "wrong_semester"), ("cem", "not_student"), ("dora", "attribute_missing")] {
        let outcome = students.log_in(&login(&provider, user));
        assert_eq!(outcome["refused"], reason, "{outcome:#}");
        if user == "dora" {
            let line = gateway.logged(outcome["reference"].as_str().unwrap());
            assert!(line.contains("urn:oid:2.5.4.4"), "the log names what is missing exactly: {line}");
        }
    }

    let unsigned = students.log_in(&with(login(&provider, "ana"), "unsigned", true));
    let said = unsigned["stopped"].as_str().unwrap_or_default();
    assert!(said.contains(kind.says_of_unsigned()), "{unsigned:#}");
}

#[test]
fn students_log_in_at_simplesamlphp_that_signs_twice_and_encrypts_with_aes_128_cbc() {
    students_log_in_at(Kind::SimpleSamlPhp);
}

#[test]
fn students_log_in_at_samlp_that_encrypts_with_aes_256_gcm() {
    students_log_in_at(Kind::Samlp);
}

#[test]
fn a_real_provider_that_answers_wrongly_is_refused_for_the_right_reason() {
    let gateway = Gateway::new();
    let provider = Provider::start(Kind::Samlp, &gateway);
    gateway.connect(&provider);
    let _service = gateway.serve();
    let mut students = Students::arrive(&gateway);
    for (fault, code) in [
        ("unsigned", "signature_missing"),
        ("key", "signature_value"),
        ("issuer", "response_issuer"),
        ("audience", "audience"),
        ("recipient", "recipient"),
        ("destination", "destination"),
        ("in_response_to", "in_response_to"),
        ("cipher", "encryption_algorithm"),
    ] {
        let outcome = students.log_in(&login(&provider, fault));
        assert_eq!(outcome["refused"], "login_failed", "{fault}: {outcome:#}");
        let line = gateway.logged(outcome["reference"].as_str().unwrap());
        assert!(line.contains(&format!("code=\"{code}\"")), "{fault}: {line}");
    }
}

/// Students keep coming, at both providers; not one of them may notice anything.
#[test]
fn keys_roll_over_on_both_sides_while_students_log_in() {
    let gateway = Gateway::new();
    let providers = [Kind::SimpleSamlPhp, Kind::Samlp].map(|kind| Provider::start(kind, &gateway));
    for provider in &providers {
        gateway.connect(provider);
    }
    let _service = gateway.serve();
    let crowds = providers.each_ref().map(|provider| Crowd::gather(&gateway, login(provider, "ana")));
    let go_on = |what: &str| crowds.iter().for_each(|crowd| crowd.wait_for_more(what));
    go_on("before anything changed");

    // Ours: the providers still have our old metadata, then they have the new ones; twice, so that every key is new.
    for _ in 0..2 {
        let before = gateway.metadata();
        gateway.program.done(&["keys", "rotate-saml"]);
        go_on("we sign with the key that waited; they encrypt to the old one");
        assert_ne!(before, gateway.metadata());
        for provider in &providers {
            provider.learn(&gateway);
        }
        go_on("they have our new metadata");
    }

    // Theirs: a second key in their metadata, then it signs, then the first one is gone.
    for provider in &providers {
        provider.make_key("next");
        gateway.learn(provider);
    }
    go_on("their metadata have two keys");
    providers.iter().for_each(Provider::sign_with_next);
    go_on("they sign with the new key");
    for provider in &providers {
        provider.withdraw_old();
        gateway.learn(provider);
    }
    go_on("the old key is gone");

    for crowd in crowds {
        let logins = crowd.go_home();
        for outcome in &logins {
            assert_eq!(outcome["claims"]["given_name"], "Ana María", "{outcome:#}");
        }
        assert!(logins.len() >= 8 * Crowd::MORE, "{} logins", logins.len());
    }

    // And a key that is gone is gone.
    let mut students = Students::arrive(&gateway);
    for provider in &providers {
        provider.sign_with_old();
        let outcome = students.log_in(&login(provider, "ana"));
        assert_eq!(outcome["refused"], "login_failed", "{outcome:#}");
        let line = gateway.logged(outcome["reference"].as_str().unwrap());
        assert!(line.contains("code=\"signature_value\""), "{line}");
    }
}
