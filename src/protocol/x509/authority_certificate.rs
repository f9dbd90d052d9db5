//! The certificate of an authority: our own, as it came back from a root that is kept elsewhere, or a company's.

use rustls::pki_types::{CertificateDer, pem::PemObject};
use thiserror::Error;
use x509_parser::{
    certificate::X509Certificate,
    extensions::{KeyUsage, ParsedExtension},
    prelude::FromDer,
    time::ASN1Time,
};

use super::algorithms;
use crate::{base::Timestamp, domain::certificate::Validity};

/// What we need to know of an authority's certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorityCertificate {
    der: Vec<u8>,
    /// When it is valid.
    pub validity: Validity,
    /// For people.
    pub name: String,
    /// The subject in DER, as a TLS handshake names it.
    pub subject: Vec<u8>,
    /// By which what it has signed names the key, if it says so (RFC 5280 §4.2.1.2).
    pub key_id: Option<Vec<u8>>,
    /// The key in DER (`SubjectPublicKeyInfo`).
    pub public_key_info: Vec<u8>,
}

/// Why an authority's certificate is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AuthorityCertificateFault {
    /// Not one certificate.
    #[error("not a certificate in PEM")]
    Unreadable,
    /// It is not for issuing certificates and lists of revoked ones.
    #[error(
        "this certificate is not an authority's: it needs CA:TRUE, and if it has key usages, keyCertSign and cRLSign"
    )]
    NotAnAuthority,
    /// It is for another key than ours.
    #[error("this certificate is for another key than the request was")]
    AnotherKey,
    /// The root has not signed it.
    #[error("this certificate is not signed by that root")]
    AnotherRoot,
    /// It is over, or has not begun.
    #[error("this certificate is not valid now")]
    NotNow,
}

impl AuthorityCertificate {
    /// Reads every certificate of a PEM text; each has to be an authority's.
    ///
    /// # Errors
    /// What is wrong with one of them.
    pub fn all_from_pem(pem: &str) -> Result<Vec<Self>, AuthorityCertificateFault> {
        let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
        let found = found.map_err(|_| AuthorityCertificateFault::Unreadable)?;
        if found.is_empty() {
            return Err(AuthorityCertificateFault::Unreadable);
        }
        found.iter().map(|der| Self::from_der(der)).collect()
    }

    /// Reads one.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn from_der(der: &[u8]) -> Result<Self, AuthorityCertificateFault> {
        let certificate = parsed(der)?;
        let is_ca = certificate.basic_constraints().ok().flatten().is_some_and(|constraints| constraints.value.ca);
        let usage = certificate.key_usage().map_err(|_| AuthorityCertificateFault::Unreadable)?;
        let signs = |usage: &KeyUsage| usage.key_cert_sign() && usage.crl_sign();
        if !is_ca || !usage.is_none_or(|usage| signs(usage.value)) {
            return Err(AuthorityCertificateFault::NotAnAuthority);
        }
        let subject = certificate.subject();
        let name = subject.iter_common_name().next().and_then(|name| name.as_str().ok()).map(str::to_owned);
        Ok(Self {
            validity: validity(&certificate),
            name: name.unwrap_or_else(|| subject.to_string()),
            subject: subject.as_raw().to_vec(),
            key_id: certificate.iter_extensions().find_map(|extension| match extension.parsed_extension() {
                ParsedExtension::SubjectKeyIdentifier(id) => Some(id.0.to_vec()),
                _ => None,
            }),
            public_key_info: certificate.public_key().raw.to_vec(),
            der: der.to_vec(),
        })
    }

    /// Whether it is for this key, signed by this root, and both are valid now.
    ///
    /// # Errors
    /// What is wrong.
    pub fn check(&self, key: &[u8], root: &Self, now: Timestamp) -> Result<(), AuthorityCertificateFault> {
        if self.public_key_info != key {
            return Err(AuthorityCertificateFault::AnotherKey);
        }
        let (own, above) = (parsed(&self.der)?, parsed(&root.der)?);
        let signed = |certificate: &X509Certificate<'_>| {
            algorithms::signs_today(&certificate.signature_algorithm)
                && certificate.verify_signature(Some(above.public_key())).is_ok()
        };
        if own.issuer().as_raw() != above.subject().as_raw() || !signed(&own) || !signed(&above) {
            return Err(AuthorityCertificateFault::AnotherRoot);
        }
        if !self.validity.holds_at(now) || !root.validity.holds_at(now) {
            return Err(AuthorityCertificateFault::NotNow);
        }
        Ok(())
    }

    /// DER.
    pub fn der(&self) -> &[u8] {
        &self.der
    }
}

fn parsed(der: &[u8]) -> Result<X509Certificate<'_>, AuthorityCertificateFault> {
    match X509Certificate::from_der(der) {
        Ok(([], certificate)) => Ok(certificate),
        _ => Err(AuthorityCertificateFault::Unreadable),
    }
}

fn validity(certificate: &X509Certificate<'_>) -> Validity {
    let at = |time: ASN1Time| Timestamp::from_seconds(time.timestamp());
    let validity = certificate.validity();
    Validity { not_before: at(validity.not_before), not_after: at(validity.not_after) }
}
