//! Whatever is done to a response on its way: nothing panics, and if it is still accepted, it says what it said.

use std::sync::OnceLock;

use pedell::protocol::saml::{redirect, verify_response};
use proptest::prelude::*;

use crate::idp::*;

/// The genuine responses that are mangled.
fn originals() -> &'static [String] {
    static ORIGINALS: OnceLock<Vec<String>> = OnceLock::new();
    ORIGINALS.get_or_init(|| {
        let inner = sign_assertion(&assertion());
        vec![
            signed(),
            sign_response(&response(&assertion())),
            sign_response(&signed()),
            response(&Encryption::default().encrypt(&inner)),
            sign_response(&response(&Encryption::default().encrypt(&inner))),
        ]
    })
}

#[derive(Clone, Debug)]
enum Mutation {
    Set(usize, u8),
    Cut(usize, usize),
    Copy(usize, usize, usize),
    Insert(usize, &'static str),
}

const PIECES: [&str; 12] = [
    "<!-- x -->",
    "<?p?>",
    "<![CDATA[x]]>",
    "&#97;",
    "&lt;",
    "<!DOCTYPE a>",
    "</saml:Assertion>",
    "<ds:Object/>",
    " xmlns:saml=\"urn:x\"",
    " ID=\"_assertion-1\"",
    "\u{FEFF}",
    "<saml:Assertion>",
];

fn mutation() -> impl Strategy<Value = Mutation> {
    let place = 0..20_000_usize;
    prop_oneof![
        (place.clone(), any::<u8>()).prop_map(|(at, byte)| Mutation::Set(at, byte)),
        (place.clone(), 0..400_usize).prop_map(|(at, length)| Mutation::Cut(at, length)),
        (place.clone(), 0..4000_usize, place.clone()).prop_map(|(from, length, to)| Mutation::Copy(from, length, to)),
        (place, prop::sample::select(&PIECES[..])).prop_map(|(at, piece)| Mutation::Insert(at, piece)),
    ]
}

fn apply(bytes: &mut Vec<u8>, mutation: &Mutation) {
    let length = bytes.len().max(1);
    match *mutation {
        Mutation::Set(at, byte) => {
            if let Some(place) = bytes.get_mut(at % length) {
                *place = byte;
            }
        }
        Mutation::Cut(at, count) => {
            let start = at % length;
            bytes.drain(start.min(bytes.len())..(start + count).min(bytes.len()));
        }
        Mutation::Copy(from, count, to) => {
            let start = from % length;
            let piece = bytes[start.min(bytes.len())..(start + count).min(bytes.len())].to_vec();
            let to = (to % length).min(bytes.len());
            bytes.splice(to..to, piece);
        }
        Mutation::Insert(at, piece) => {
            let at = (at % length).min(bytes.len());
            bytes.splice(at..at, piece.bytes());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        // More by PROPTEST_CASES.
        cases: ProptestConfig::default().cases.max(1500),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_mangled_response_never_panics_and_never_says_something_else(
        which in 0..5_usize,
        mutations in prop::collection::vec(mutation(), 1..4),
    ) {
        let mut bytes = originals()[which].clone().into_bytes();
        for mutation in &mutations {
            apply(&mut bytes, mutation);
        }
        if let Ok(assertion) = verify_response(&bytes, &expectations()) {
            prop_assert_eq!(assertion, judge(&originals()[which]).unwrap());
        }
    }

    #[test]
    fn a_query_that_nobody_signed_is_never_read(
        request in "[A-Za-z0-9+/=%]{0,80}", signature in "[A-Za-z0-9+/=%]{0,80}", rest in "(&[A-Za-z]{1,10}=[ -~]{0,40}){0,3}",
    ) {
        let algorithm = "http%3A%2F%2Fwww.w3.org%2F2001%2F04%2Fxmldsig-more%23rsa-sha256";
        let query = format!("SAMLRequest={request}&SigAlg={algorithm}&Signature={signature}{rest}");
        prop_assert!(redirect::read_signed_request(&query, &keys().trusted).is_err());
    }

    #[test]
    fn a_mangled_redirect_message_never_panics(text in "[A-Za-z0-9+/=]{0,200}") {
        if let Ok(message) = redirect::inflate(&text) {
            prop_assert!(message.len() <= pedell::base::limits::SAML_REDIRECT_BYTES);
        }
    }
}
