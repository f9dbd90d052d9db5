//! Any bytes as a web service's answer: no panic, and what was read is within its bounds. `cargo fuzz run soap_answer`.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pedell::{
    domain::soap_connection::SoapElements,
    protocol::soap::{Answer, AnswerFault},
};

fuzz_target!(|bytes: &[u8]| {
    let elements = SoapElements { answered_family_name: Some("Nachname".to_owned()), ..SoapElements::default() };
    match Answer::parse(bytes, &elements) {
        Ok(Answer::Confirmed(_)) => assert!(bytes.windows(8).any(|window| window == b"Envelope") || bytes.contains(&0)),
        Ok(Answer::Denied(code)) => assert!(code.is_none_or(|code| !code.is_empty() && code.chars().count() <= 200)),
        Err(AnswerFault::Fault { code, text }) => {
            assert!(code.chars().count() <= 200 && !text.chars().any(char::is_control));
        }
        Err(_) => {}
    }
});
