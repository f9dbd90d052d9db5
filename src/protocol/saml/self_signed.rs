//! A certificate for a key of ours: an envelope that metadata wants. Nobody checks who signed it (SAML metadata
//! interoperability profile §2.5), so it is signed by its own key.

use super::{
    certificate::Certificate,
    keys::{KeyFault, SigningKey},
};
use crate::{
    base::Timestamp,
    protocol::der::{INTEGER, SEQUENCE, element},
};

const SET: u8 = 0x31;
const UTF8_STRING: u8 = 0x0C;
const BIT_STRING: u8 = 0x03;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
/// `AlgorithmIdentifier` of `sha256WithRSAEncryption` (RFC 4055 §5).
const SHA256_WITH_RSA: [u8; 15] = [0x30, 13, 0x06, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 11, 0x05, 0];
/// `id-at-commonName` (RFC 5280 §A.1).
const COMMON_NAME: [u8; 5] = [0x06, 3, 0x55, 0x04, 0x03];

/// A certificate (RFC 5280 §4.1, version 1) for an RSA key. `serial` is random; `common_name` is for people.
pub fn certificate(
    key: &SigningKey,
    common_name: &str,
    serial: [u8; 16],
    not_before: Timestamp,
    not_after: Timestamp,
) -> Result<Certificate, KeyFault> {
    let name: String = common_name.chars().take(64).collect();
    let attribute = element(SEQUENCE, &[&COMMON_NAME[..], &element(UTF8_STRING, name.as_bytes())].concat());
    let name = element(SEQUENCE, &element(SET, &attribute));
    let validity = element(SEQUENCE, &[time(not_before), time(not_after)].concat());
    // Positive, and not beginning with a zero.
    let mut number = serial;
    number[0] = number[0] & 0x3F | 0x40;
    let body =
        [element(INTEGER, &number), SHA256_WITH_RSA.to_vec(), name.clone(), validity, name, key.public_key_info()?];
    let body = element(SEQUENCE, &body.concat());
    let signature = [&[0][..], &key.sign(&body)?].concat();
    let whole = [body, SHA256_WITH_RSA.to_vec(), element(BIT_STRING, &signature)].concat();
    Certificate::from_der(element(SEQUENCE, &whole))
}

/// `UTCTime` until 2049, `GeneralizedTime` after it (RFC 5280 §4.1.2.5).
fn time(at: Timestamp) -> Vec<u8> {
    let text = Timestamp::from_seconds(at.as_seconds()).to_string();
    let dense: String = text.chars().filter(|c| c.is_ascii_digit() || *c == 'Z').collect();
    match dense.strip_prefix("20").filter(|_| *dense < *"2050") {
        Some(short) => element(UTC_TIME, short.as_bytes()),
        None => element(GENERALIZED_TIME, dense.as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::{
        encoding::{AsDer, Pkcs8V1Der},
        rsa::{KeyPair, KeySize},
    };
    use zeroize::Zeroizing;

    use super::*;

    #[test]
    fn a_certificate_holds_the_key_and_its_dates() {
        let pkcs8: Pkcs8V1Der = KeyPair::generate(KeySize::Rsa2048).unwrap().as_der().unwrap();
        let key = SigningKey::from_pkcs8(&Zeroizing::new(pkcs8.as_ref().to_vec())).unwrap();
        let from = Timestamp::parse("2026-11-23T08:00:00.5Z").unwrap();
        let until = Timestamp::parse("2056-11-23T08:00:00Z").unwrap();
        let made = certificate(&key, "pedell.example", [0; 16], from, until).unwrap();
        assert_eq!(made.public_key_info(), key.public_key_info().unwrap());
        assert_eq!(made.not_after(), Some(until));
        assert!(made.verifying_key().is_ok());
    }
}
