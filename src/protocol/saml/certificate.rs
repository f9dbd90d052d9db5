//! X.509 certificates as metadata uses them: envelopes for a public key. Their signatures, names and dates decide
//! nothing (SAML metadata interoperability profile §2.5); the date is read only to warn people of an expiry.

use base64::{Engine, prelude::BASE64_STANDARD};

use super::keys::{KeyFault, VerifyingKey};
use crate::{
    base::Timestamp,
    protocol::der::{SEQUENCE, take, take_tagged},
};

/// A certificate from metadata, or one of ours.
#[derive(Clone, PartialEq, Eq)]
pub struct Certificate {
    der: Vec<u8>,
    spki: std::ops::Range<usize>,
    not_after: Option<Timestamp>,
}

impl Certificate {
    /// Reads the public key and the date out of DER.
    pub fn from_der(der: Vec<u8>) -> Result<Self, KeyFault> {
        let (spki, not_after) = walk(&der).ok_or(KeyFault::Certificate)?;
        Ok(Self { der, spki, not_after })
    }

    /// Reads a `ds:X509Certificate`: base64 with white space anywhere.
    pub fn from_base64(text: &str) -> Result<Self, KeyFault> {
        let dense: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
        Self::from_der(BASE64_STANDARD.decode(dense).map_err(|_| KeyFault::Certificate)?)
    }

    /// Reads the first `CERTIFICATE` of a PEM file.
    pub fn from_pem(text: &str) -> Result<Self, KeyFault> {
        let (_, rest) = text.split_once("-----BEGIN CERTIFICATE-----").ok_or(KeyFault::Pem)?;
        let (body, _) = rest.split_once("-----END CERTIFICATE-----").ok_or(KeyFault::Pem)?;
        Self::from_base64(body)
    }

    /// The whole certificate.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// For metadata.
    pub fn to_base64(&self) -> String {
        BASE64_STANDARD.encode(&self.der)
    }

    /// The `SubjectPublicKeyInfo` (RFC 5280 §4.1.2.7).
    pub fn public_key_info(&self) -> &[u8] {
        &self.der[self.spki.clone()]
    }

    /// When the certificate ends, if its date can be read. Nothing is refused for it.
    pub fn not_after(&self) -> Option<Timestamp> {
        self.not_after
    }

    /// The key that verifies what the certificate's owner signs. Parse once, keep the key.
    pub fn verifying_key(&self) -> Result<VerifyingKey, KeyFault> {
        VerifyingKey::from_public_key_info(self.public_key_info())
    }
}

/// All keys of a PEM text, of `CERTIFICATE` and `PUBLIC KEY`; at least one.
pub fn verifying_keys_of_pem(pem: &str) -> Result<Vec<VerifyingKey>, KeyFault> {
    let mut keys = Vec::new();
    let mut rest = pem;
    while let Some((_, block)) = rest.split_once("-----BEGIN ") {
        let (label, block) = block.split_once("-----").ok_or(KeyFault::Pem)?;
        let (body, after) = block.split_once(&format!("-----END {label}-----")).ok_or(KeyFault::Pem)?;
        keys.push(match label {
            "CERTIFICATE" => Certificate::from_base64(body)?.verifying_key()?,
            "PUBLIC KEY" => {
                let dense: String = body.chars().filter(|c| !c.is_ascii_whitespace()).collect();
                VerifyingKey::from_public_key_info(&BASE64_STANDARD.decode(dense).map_err(|_| KeyFault::Pem)?)?
            }
            _ => return Err(KeyFault::Pem),
        });
        rest = after;
    }
    if keys.is_empty() { Err(KeyFault::Pem) } else { Ok(keys) }
}

impl std::fmt::Debug for Certificate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Certificate({} bytes, ends {:?})", self.der.len(), self.not_after)
    }
}

/// `Certificate` → `TBSCertificate` → validity and `SubjectPublicKeyInfo` (RFC 5280 §4.1).
fn walk(der: &[u8]) -> Option<(std::ops::Range<usize>, Option<Timestamp>)> {
    const VERSION: u8 = 0xA0;
    const INTEGER: u8 = 0x02;
    let mut certificate = take_tagged(&mut &der[..], SEQUENCE)?.content;
    let mut body = take_tagged(&mut certificate, SEQUENCE)?.content;
    let _version = take_tagged(&mut body, VERSION);
    let _serial = take_tagged(&mut body, INTEGER)?;
    let _algorithm = take_tagged(&mut body, SEQUENCE)?;
    let _issuer = take_tagged(&mut body, SEQUENCE)?;
    let mut validity = take_tagged(&mut body, SEQUENCE)?.content;
    let _subject = take_tagged(&mut body, SEQUENCE)?;
    let spki = take_tagged(&mut body, SEQUENCE)?.whole;
    let _not_before = take(&mut validity)?;
    let not_after = take(&mut validity).and_then(|time| read_time(time.tag, time.content));
    let start = spki.as_ptr() as usize - der.as_ptr() as usize;
    Some((start..start + spki.len(), not_after))
}

/// `UTCTime` (years 1950 to 2049) or `GeneralizedTime`, both to the second in UTC (RFC 5280 §4.1.2.5).
fn read_time(tag: u8, content: &[u8]) -> Option<Timestamp> {
    let text = std::str::from_utf8(content).ok().filter(|text| text.is_ascii())?;
    let full = match tag {
        0x17 => format!("{}{text}", if text.get(..2)? < "50" { "20" } else { "19" }),
        0x18 => text.to_owned(),
        _ => return None,
    };
    let part = |range| full.get(range);
    Timestamp::parse(&format!(
        "{}-{}-{}T{}:{}:{}Z",
        part(0..4)?,
        part(4..6)?,
        part(6..8)?,
        part(8..10)?,
        part(10..12)?,
        part(12..14)?
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pem_text_without_keys_or_with_other_things_is_refused() {
        for pem in [
            "",
            "no PEM",
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            "-----BEGIN CERTIFICATE-----\nAAAA\n",
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
            "-----BEGIN PUBLIC KEY-----\n!\n-----END PUBLIC KEY-----\n",
        ] {
            assert!(verifying_keys_of_pem(pem).is_err(), "{pem}");
        }
    }
}
