//! A certificate that somebody has shown to hold the key of.

use std::{sync::Arc, time::Duration};

use ::aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use rustls::{
    RootCertStore,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject},
    server::{ParsedCertificate, WebPkiClientVerifier},
};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::base::{Timestamp, limits};

/// The certificate of whoever calls, with the intermediates that came along, in DER.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownCertificate {
    own: Vec<u8>,
    intermediates: Vec<Vec<u8>>,
}

/// SHA-256 of a certificate, as `x5t#S256` (RFC 8705 §3.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thumbprint(String);

/// Why a certificate is not good for this client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum CertificateFault {
    /// None was shown.
    #[error("a client certificate is needed")]
    Missing,
    /// It is none of those registered.
    #[error("the client certificate is not a registered one")]
    NotRegistered,
    /// What is registered can't be read.
    #[error("what is registered holds no certificate")]
    Registration,
    /// Not, or not any more, by the registered authority; or not for authenticating a client.
    #[error("the client certificate is not one of the registered authority's, or is over")]
    Chain,
    /// For somebody else.
    #[error("the client certificate bears another name")]
    Name,
}

impl ShownCertificate {
    /// The caller's own certificate and its intermediates; `None` if there is none, or more than is ever needed.
    pub fn new(own: Vec<u8>, intermediates: Vec<Vec<u8>>) -> Option<Self> {
        let fits = |der: &Vec<u8>| !der.is_empty() && der.len() <= limits::CERTIFICATE_BYTES;
        (fits(&own) && intermediates.len() < limits::CERTIFICATE_CHAIN && intermediates.iter().all(fits))
            .then_some(Self { own, intermediates })
    }

    /// The caller's own, in DER.
    pub(super) fn der(&self) -> &[u8] {
        &self.own
    }

    /// What came along with it, in DER.
    pub(super) fn intermediates(&self) -> impl Iterator<Item = &[u8]> {
        self.intermediates.iter().map(Vec::as_slice)
    }

    /// RFC 8705 §3.1.
    pub fn thumbprint(&self) -> Thumbprint {
        Thumbprint::of(&self.own)
    }

    /// Whether it is one of these, in PEM (RFC 8705 §2.2). Who made it, and until when it is valid, does not matter.
    ///
    /// # Errors
    /// Why not.
    pub fn is_one_of(&self, pem: &str) -> Result<(), CertificateFault> {
        let registered = certificates(pem)?;
        if registered.iter().any(|der| der.as_ref() == self.own) {
            Ok(())
        } else {
            Err(CertificateFault::NotRegistered)
        }
    }

    /// Whether these authorities, in PEM, have issued it for authenticating a client, for this DNS name, and it is valid
    /// now (RFC 8705 §2.1, `tls_client_auth_san_dns`).
    ///
    /// # Errors
    /// Why not.
    pub fn is_issued_by(&self, authorities: &str, dns_name: &str, now: Timestamp) -> Result<(), CertificateFault> {
        let mut roots = RootCertStore::empty();
        for authority in certificates(authorities)? {
            roots.add(authority).map_err(|_| CertificateFault::Registration)?;
        }
        let provider = Arc::new(aws_lc_rs::default_provider());
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
        let verifier = verifier.map_err(|_| CertificateFault::Registration)?;
        let own = CertificateDer::from(self.own.as_slice());
        let intermediates: Vec<_> = self.intermediates.iter().map(|der| CertificateDer::from(der.as_slice())).collect();
        let seconds = u64::try_from(now.as_seconds()).map_err(|_| CertificateFault::Chain)?;
        let at = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
        verifier.verify_client_cert(&own, &intermediates, at).map_err(|_| CertificateFault::Chain)?;
        let name = ServerName::try_from(dns_name).map_err(|_| CertificateFault::Registration)?;
        let parsed = ParsedCertificate::try_from(&own).map_err(|_| CertificateFault::Chain)?;
        rustls::client::verify_server_name(&parsed, &name).map_err(|_| CertificateFault::Name)
    }
}

fn certificates(pem: &str) -> Result<Vec<CertificateDer<'static>>, CertificateFault> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    found.ok().filter(|found| !found.is_empty()).ok_or(CertificateFault::Registration)
}

/// Whether a registration can be used: certificates in PEM, and a DNS name if one is asked for.
///
/// # Errors
/// [`CertificateFault::Registration`]
pub fn check_registration(pem: &str, dns_name: Option<&str>) -> Result<(), CertificateFault> {
    certificates(pem)?;
    match dns_name.map(ServerName::try_from) {
        None | Some(Ok(ServerName::DnsName(_))) => Ok(()),
        Some(_) => Err(CertificateFault::Registration),
    }
}

impl Thumbprint {
    /// Of a certificate in DER.
    pub fn of(der: &[u8]) -> Self {
        Self(BASE64_URL_SAFE_NO_PAD.encode(digest(&SHA256, der)))
    }

    /// From the database.
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// 43 characters of base64url.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
