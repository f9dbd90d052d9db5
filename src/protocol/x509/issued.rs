//! Whether other people's authorities have issued a certificate, and to whom: chain, purpose, dates and revocation
//! (RFC 5280 §6) are judged by `rustls-webpki`; the name is read here.

use std::{sync::Arc, time::Duration};

use rustls::{
    CertificateError, RootCertStore,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, CertificateRevocationListDer, UnixTime},
    server::{WebPkiClientVerifier, danger::ClientCertVerifier},
};
use thiserror::Error;
use x509_parser::{
    asn1_rs::{Any, Oid, oid},
    certificate::X509Certificate,
    extensions::GeneralName,
    prelude::FromDer,
};

use super::{AuthorityCertificate, ShownCertificate};
use crate::{
    base::{Timestamp, limits},
    domain::certificate::NameField,
};

/// The user principal name of Active Directory.
const UPN: Oid<'static> = oid!(1.3.6.1.4.1.311.20.2.3);

/// Authorities that are trusted for somebody's certificates, with the list of what they took back. Read once, asked often.
#[derive(Clone, Debug)]
pub struct Authorities(Arc<dyn ClientCertVerifier>);

/// Why authorities or their list can't be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AuthoritiesFault {
    /// They are no authorities' certificates.
    #[error("the authorities' certificates can't be used")]
    Certificates,
    /// The list is none.
    #[error("this is no list of revoked certificates")]
    List,
}

/// Why a certificate is not good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum IssuedFault {
    /// Not theirs, or not for authenticating a client.
    #[error("not issued by these authorities for authenticating a client")]
    Foreign,
    /// Over, or not yet valid.
    #[error("not valid now")]
    Expired,
    /// Taken back.
    #[error("revoked")]
    Revoked,
    /// The list does not say: it is another authority's, or it is over.
    #[error("the list of revoked certificates says nothing about it")]
    Unknown,
}

impl Authorities {
    /// `crl`: their list in DER; none: they have none. `enforce_end`: a list whose end is past says nothing any more.
    ///
    /// # Errors
    /// Which of them can't be read.
    pub fn new(
        certificates: &[AuthorityCertificate],
        crl: Option<&[u8]>,
        enforce_end: bool,
    ) -> Result<Self, AuthoritiesFault> {
        let mut roots = RootCertStore::empty();
        for certificate in certificates {
            let der = CertificateDer::from(certificate.der().to_vec());
            roots.add(der).map_err(|_| AuthoritiesFault::Certificates)?;
        }
        let provider = Arc::new(aws_lc_rs::default_provider());
        let mut builder = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
        if let Some(crl) = crl {
            let crl = CertificateRevocationListDer::from(crl.to_vec());
            builder = builder.with_crls([crl]).only_check_end_entity_revocation();
        }
        if enforce_end {
            builder = builder.enforce_revocation_expiration();
        }
        let fault = if crl.is_some() { AuthoritiesFault::List } else { AuthoritiesFault::Certificates };
        Ok(Self(builder.build().map_err(|_| fault)?))
    }

    /// Whether they have issued it for authenticating a client, and it is good now.
    ///
    /// # Errors
    /// Why not.
    pub fn check(&self, shown: &ShownCertificate, now: Timestamp) -> Result<(), IssuedFault> {
        let own = CertificateDer::from(shown.der());
        let above: Vec<_> = shown.intermediates().map(CertificateDer::from).collect();
        let seconds = u64::try_from(now.as_seconds()).map_err(|_| IssuedFault::Expired)?;
        let at = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
        match self.0.verify_client_cert(&own, &above, at) {
            Ok(_) => Ok(()),
            Err(rustls::Error::InvalidCertificate(error)) => Err(match error {
                CertificateError::Revoked => IssuedFault::Revoked,
                CertificateError::Expired
                | CertificateError::ExpiredContext { .. }
                | CertificateError::NotValidYet
                | CertificateError::NotValidYetContext { .. } => IssuedFault::Expired,
                CertificateError::UnknownRevocationStatus
                | CertificateError::ExpiredRevocationList
                | CertificateError::ExpiredRevocationListContext { .. } => IssuedFault::Unknown,
                _ => IssuedFault::Foreign,
            }),
            Err(_) => Err(IssuedFault::Foreign),
        }
    }
}

impl ShownCertificate {
    /// The names that stand in this field, lower-cased: neither mail addresses nor principal names mean another person
    /// by another case. Bounded in number and length.
    pub fn names(&self, field: NameField) -> Vec<String> {
        let Ok((_, certificate)) = X509Certificate::from_der(self.der()) else { return Vec::new() };
        let alternative = certificate.subject_alternative_name().ok().flatten();
        let general = alternative.iter().flat_map(|extension| &extension.value.general_names);
        let found: Vec<String> = match field {
            NameField::CommonName => {
                let names = certificate.subject().iter_common_name();
                names.filter_map(|name| name.as_str().ok()).map(str::to_owned).collect()
            }
            NameField::Mail => general
                .filter_map(|name| match name {
                    GeneralName::RFC822Name(mail) => Some((*mail).to_owned()),
                    _ => None,
                })
                .collect(),
            NameField::Upn => general
                .filter_map(|name| match name {
                    GeneralName::OtherName(kind, value) if *kind == UPN => principal(value),
                    _ => None,
                })
                .collect(),
        };
        let fits = |name: &String| (1..=limits::EXTERNAL_NAME_CHARS).contains(&name.chars().count());
        found.into_iter().filter(fits).take(limits::CERTIFICATE_CHAIN).map(|name| name.to_lowercase()).collect()
    }
}

/// `[0] EXPLICIT UTF8String`, as Active Directory writes it.
fn principal(value: &[u8]) -> Option<String> {
    let (_, outer) = Any::from_der(value).ok()?;
    let (_, inner) = Any::from_der(outer.data).ok()?;
    inner.as_utf8string().ok().map(|text| text.string())
}
