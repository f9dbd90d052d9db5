//! Any bytes as a redirect message: no panic, and never more than the limit. `cargo fuzz run saml_redirect`.

#![no_main]

use base64::{Engine, prelude::BASE64_STANDARD};
use libfuzzer_sys::fuzz_target;
use pedell::{base::limits, protocol::saml::redirect::{inflate, read_signed_request}};

fuzz_target!(|bytes: &[u8]| {
    // What nobody signed is not read, however it is written.
    assert!(read_signed_request(&String::from_utf8_lossy(bytes), &[]).is_err());
    for parameter in [String::from_utf8_lossy(bytes).into_owned(), BASE64_STANDARD.encode(bytes)] {
        if let Ok(message) = inflate(&parameter) {
            assert!(message.len() <= limits::SAML_REDIRECT_BYTES);
        }
    }
});
