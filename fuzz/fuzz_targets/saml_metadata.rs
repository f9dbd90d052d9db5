//! Any bytes as one entity and as a federation: no panic. `cargo fuzz run saml_metadata`.

#![no_main]

use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use pedell::{
    base::Timestamp,
    protocol::saml::{
        IdpDescriptor,
        aggregate::{AggregateRules, read_aggregate},
    },
};

fuzz_target!(|bytes: &[u8]| {
    let now = Timestamp::from_seconds(1_795_420_800);
    if let Ok(idp) = IdpDescriptor::parse(bytes, now) {
        let _ = idp.verifying_keys();
    }
    let rules =
        AggregateRules { keys: &[], now, longest_validity: Duration::from_hours(14 * 24), grace: Duration::ZERO };
    assert!(read_aggregate(bytes, &rules).is_err());
});
