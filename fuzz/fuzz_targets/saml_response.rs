//! Any bytes as a response: no panic, and nothing is ever believed without a key. `cargo fuzz run saml_response`.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pedell::{
    base::Timestamp,
    protocol::saml::{Expectations, RequestId, algorithms::Sha1, verify_response},
};

fuzz_target!(|bytes: &[u8]| {
    let expected = Expectations {
        sp_entity_id: "https://pedell.example/saml",
        acs_url: "https://pedell.example/saml/acs",
        idp_entity_id: "https://idp.uni.example/idp/shibboleth",
        idp_keys: &[],
        decryption_keys: &[],
        request: RequestId::UnknownForDiagnosis,
        sha1: Sha1::Accepted,
        now: Timestamp::from_seconds(1_795_420_800),
    };
    assert!(verify_response(bytes, &expected).is_err());
});
