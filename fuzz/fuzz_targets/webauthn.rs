//! Any bytes as an authenticator's answer: no panic, and nothing that nobody signed proves anything. `cargo fuzz run webauthn`.
#![no_main]

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use libfuzzer_sys::fuzz_target;
use pedell::protocol::webauthn::{Assertion, Expected, Known, Registration, RelyingParty, assert, register};

const CHALLENGE: [u8; 32] = [7; 32];

fuzz_target!(|bytes: &[u8]| {
    let party = RelyingParty::at("https://pedell.example").expect("a name");
    let expected = Expected { party: &party, challenge: &CHALLENGE, user_verification: true };
    let challenge = BASE64_URL_SAFE_NO_PAD.encode(CHALLENGE);
    // With client data that fit, so that what follows is reached.
    let said = |kind: &str| {
        format!(r#"{{"type":"webauthn.{kind}","challenge":"{challenge}","origin":"https://pedell.example"}}"#)
    };
    for client_data in [said("create").as_bytes(), bytes] {
        drop(register(Registration { client_data, attestation_object: bytes }, &expected));
    }
    let (key, data) = bytes.split_at(bytes.len() / 2);
    let known = Known { public_key: key, sign_count: 0, is_backup_eligible: false };
    for client_data in [said("get").as_bytes(), bytes] {
        let answer = Assertion { client_data, authenticator_data: data, signature: bytes };
        assert!(assert(answer, &known, &expected).is_err());
    }
});
