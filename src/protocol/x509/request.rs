//! A certificate signing request (PKCS#10, RFC 2986): somebody wants a certificate for a key that they hold.
//!
//! Only the key is taken from it. What a request says of names and purposes is its author's wish, and is not read.

use rustls::pki_types::{CertificateSigningRequestDer, pem::PemObject};
use thiserror::Error;
use x509_parser::{certification_request::X509CertificationRequest, prelude::FromDer, public_key::PublicKey};

use super::algorithms;
use crate::base::limits;

/// Bits of an RSA key (BSI TR-02102-1 asks for 3000 from 2024 on; browsers and chip cards still make 2048).
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

/// A public key whose holder has asked for a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestedKey(Vec<u8>);

/// Why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum RequestFault {
    /// Too long, or not one request in PEM or DER.
    #[error("this is not one certificate signing request (PKCS#10) in PEM")]
    Unreadable,
    /// Another kind of key, or one that is too small.
    #[error("the key is neither ECDSA on P-256 or P-384, nor Ed25519, nor RSA of 2048 to 8192 bits")]
    Key,
    /// Nobody has proven to hold the key, or with an algorithm that proves nothing any more.
    #[error("the request is not signed with its own key and SHA-256 or better")]
    Proof,
}

impl RequestedKey {
    /// Reads a request in PEM, and checks that whoever made it holds the key.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn from_pem(pem: &str) -> Result<Self, RequestFault> {
        if pem.len() > limits::CERTIFICATE_REQUEST_BYTES {
            return Err(RequestFault::Unreadable);
        }
        let mut found = CertificateSigningRequestDer::pem_slice_iter(pem.as_bytes());
        match (found.next(), found.next()) {
            (Some(Ok(der)), None) => Self::from_der(&der),
            _ => Err(RequestFault::Unreadable),
        }
    }

    fn from_der(der: &[u8]) -> Result<Self, RequestFault> {
        let (rest, request) = X509CertificationRequest::from_der(der).map_err(|_| RequestFault::Unreadable)?;
        if !rest.is_empty() {
            return Err(RequestFault::Unreadable);
        }
        let key = &request.certification_request_info.subject_pki;
        let is_good = match key.parsed() {
            Ok(PublicKey::RSA(rsa)) => RSA_BITS.contains(&rsa.key_size()),
            Ok(PublicKey::EC(_)) => algorithms::is_known_curve(&key.algorithm),
            _ => algorithms::is_ed25519(&key.algorithm),
        };
        if !is_good {
            return Err(RequestFault::Key);
        }
        if !algorithms::signs_today(&request.signature_algorithm) || request.verify_signature().is_err() {
            return Err(RequestFault::Proof);
        }
        Ok(Self(key.raw.to_vec()))
    }

    /// `SubjectPublicKeyInfo` (RFC 5280 §4.1.2.7) in DER.
    pub fn as_der(&self) -> &[u8] {
        &self.0
    }

    /// The key of a pair that was made here.
    pub fn of_own(public_key_info: Vec<u8>) -> Self {
        Self(public_key_info)
    }
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ECDSA_P521_SHA512};
    use rcgen::{PKCS_ED25519, PKCS_RSA_SHA256, PublicKeyData, RsaKeySize};

    use super::*;
    use crate::protocol::x509::pem;

    fn request(key: &KeyPair) -> Vec<u8> {
        CertificateParams::default().serialize_request(key).unwrap().der().to_vec()
    }

    #[test]
    fn the_key_is_taken_if_its_holder_has_signed() {
        for algorithm in [&PKCS_ECDSA_P256_SHA256, &PKCS_ECDSA_P384_SHA384, &PKCS_ED25519] {
            let key = KeyPair::generate_for(algorithm).unwrap();
            let der = request(&key);
            let text = pem::encode("CERTIFICATE REQUEST", &der);
            assert_eq!(RequestedKey::from_pem(&text).unwrap().as_der(), key.subject_public_key_info(), "{algorithm:?}");
            let mut altered = der.clone();
            let at = altered.len() - 3;
            altered[at] ^= 1;
            assert_eq!(RequestedKey::from_der(&altered), Err(RequestFault::Proof), "{algorithm:?}");
        }
        let rsa = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap();
        assert_eq!(RequestedKey::from_der(&request(&rsa)).unwrap().as_der(), rsa.subject_public_key_info());
    }

    #[test]
    fn another_ones_key_in_a_request_is_noticed() {
        let (own, other) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
        let der = request(&own);
        let (mine, theirs) = (own.der_bytes(), other.der_bytes());
        let at = der.windows(mine.len()).position(|window| window == mine).unwrap();
        let mut stolen = der;
        stolen[at..at + theirs.len()].copy_from_slice(theirs);
        assert_eq!(RequestedKey::from_der(&stolen), Err(RequestFault::Proof));
    }

    #[test]
    fn other_keys_and_other_things_are_refused() {
        let p521 = KeyPair::generate_for(&PKCS_ECDSA_P521_SHA512).unwrap();
        assert_eq!(RequestedKey::from_der(&request(&p521)), Err(RequestFault::Key));
        let good = pem::encode("CERTIFICATE REQUEST", &request(&KeyPair::generate().unwrap()));
        let twice = format!("{good}{good}");
        let long = format!("{good}{}", " ".repeat(limits::CERTIFICATE_REQUEST_BYTES));
        for bad in ["", "no PEM", &good[..good.len() / 2], &twice, &long, &good.replace("REQUEST", "")] {
            assert_eq!(RequestedKey::from_pem(bad), Err(RequestFault::Unreadable), "{bad:.40}");
        }
    }
}
