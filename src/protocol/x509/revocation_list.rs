//! Another authority's list of revoked certificates (RFC 5280 §5), before it is kept: signed by that authority, and with
//! an end. What it says of a certificate is judged by [`super::Authorities`].

use thiserror::Error;
use x509_parser::{certificate::X509Certificate, prelude::FromDer, revocation_list::CertificateRevocationList};

use super::{Authorities, AuthorityCertificate, algorithms};
use crate::base::Timestamp;

/// A list that its authority has signed.
#[derive(Clone, Debug)]
pub struct RevocationList {
    der: Vec<u8>,
    /// When it was made.
    pub this_update: Timestamp,
    /// When there is a newer one.
    pub next_update: Timestamp,
}

/// Why a list is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum RevocationListFault {
    /// It is none.
    #[error("this is no list of revoked certificates")]
    Unreadable,
    /// It is another authority's, or altered.
    #[error("the list is not signed by the authority")]
    NotTheirs,
    /// It does not say until when it counts.
    #[error("the list has no end")]
    Endless,
    /// It is only what changed since another (delta), speaks for other authorities (indirect), or is of an unknown kind.
    #[error("the list is not a complete one of the authority's own certificates (RFC 5280 §5.2.4, §5.2.5)")]
    Incomplete,
}

impl RevocationList {
    /// Reads a list in DER that one of these authorities has to have signed.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(der: &[u8], authorities: &[AuthorityCertificate]) -> Result<Self, RevocationListFault> {
        let Ok(([], list)) = CertificateRevocationList::from_der(der) else {
            return Err(RevocationListFault::Unreadable);
        };
        let signed_by = |authority: &AuthorityCertificate| {
            let Ok((_, certificate)) = X509Certificate::from_der(authority.der()) else { return false };
            list.issuer().as_raw() == certificate.subject().as_raw()
                && algorithms::signs_today(&list.signature_algorithm)
                && list.verify_signature(certificate.public_key()).is_ok()
        };
        if !authorities.iter().any(signed_by) {
            return Err(RevocationListFault::NotTheirs);
        }
        let end = list.next_update().ok_or(RevocationListFault::Endless)?;
        // Whoever judges by it has to be able to.
        Authorities::new(authorities, Some(der), true).map_err(|_| RevocationListFault::Incomplete)?;
        Ok(Self {
            this_update: Timestamp::from_seconds(list.last_update().timestamp()),
            next_update: Timestamp::from_seconds(end.timestamp()),
            der: der.to_vec(),
        })
    }

    /// DER.
    pub fn der(&self) -> &[u8] {
        &self.der
    }
}
