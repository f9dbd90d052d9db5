//! The key of our own certificate authority, and what it signs: its own certificate or a request for one, people's
//! certificates, and the list of those that were taken back (RFC 5280).

use std::{fmt, ops::Add, time::Duration};

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair, KeyPair},
};
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CrlDistributionPoint, DistinguishedName,
    DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyIdMethod, KeyUsagePurpose, PKCS_ECDSA_P384_SHA384, PublicKeyData,
    RevocationReason, RevokedCertParams, SerialNumber, SigningKey, SubjectPublicKeyInfo, date_time_ymd,
};
use rustls::pki_types::CertificateDer;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::{
    base::Timestamp,
    domain::certificate::{self, Serial, Validity},
    protocol::x509::{AuthorityCertificate, RequestedKey},
};

/// Why the authority does not sign. None of them is a person's fault.
#[derive(Debug, Error)]
pub enum AuthorityError {
    /// The crypto library made no key.
    #[error("no key could be generated")]
    Generate,
    /// The stored key can't be read.
    #[error("the stored key of the authority can't be read")]
    Stored,
    /// The library refused.
    #[error("a certificate can't be made: {0}")]
    Made(#[from] rcgen::Error),
    /// A date outside of what certificates can say.
    #[error("a certificate can't bear this date")]
    Date,
}

/// The authority's private key: ECDSA on P-384. It is never printed and leaves only sealed.
pub struct AuthorityKey {
    pair: EcdsaKeyPair,
    pkcs8: Zeroizing<Vec<u8>>,
}

/// Who somebody is in their certificate. All of it is ours to say.
#[derive(Clone, Debug)]
pub struct Subject<'a> {
    /// The person.
    pub name: &'a str,
    /// The machine.
    pub machine: &'a str,
    /// The tenant.
    pub organisation: &'a str,
}

/// A certificate to be made.
#[derive(Clone, Debug)]
pub struct NewCertificate<'a> {
    /// Which.
    pub serial: Serial,
    /// For whom.
    pub subject: Subject<'a>,
    /// For which key.
    pub key: &'a RequestedKey,
    /// When.
    pub validity: Validity,
    /// Where the list of revoked certificates is.
    pub crl_url: &'a str,
}

/// A certificate that was taken back.
#[derive(Clone, Copy, Debug)]
pub struct Revoked {
    /// Which.
    pub serial: Serial,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: certificate::RevocationReason,
}

impl AuthorityKey {
    /// A new key. Key generation takes the crypto library's own randomness; it can't be seeded.
    pub fn generate() -> Result<Self, AuthorityError> {
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P384_SHA384_ASN1_SIGNING, &SystemRandom::new());
        Self::from_pkcs8(document.map_err(|_| AuthorityError::Generate)?.as_ref())
    }

    /// From PKCS#8, as the control database holds it (sealed).
    pub fn from_pkcs8(pkcs8: &[u8]) -> Result<Self, AuthorityError> {
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P384_SHA384_ASN1_SIGNING, pkcs8);
        Ok(Self { pair: pair.map_err(|_| AuthorityError::Stored)?, pkcs8: Zeroizing::new(pkcs8.to_vec()) })
    }

    /// PKCS#8, to be sealed.
    pub fn pkcs8(&self) -> &[u8] {
        &self.pkcs8
    }

    /// The public half (`SubjectPublicKeyInfo`).
    pub fn public_key_info(&self) -> Vec<u8> {
        self.subject_public_key_info()
    }

    /// A root of its own: signs people's certificates itself, and no other authority.
    pub fn root(&self, name: &str, serial: Serial, validity: Validity) -> Result<Vec<u8>, AuthorityError> {
        let mut params = own(name);
        params.serial_number = Some(SerialNumber::from_slice(serial.as_bytes()));
        dates(&mut params, validity)?;
        Ok(params.self_signed(self)?.der().to_vec())
    }

    /// A request to a root that is kept elsewhere.
    pub fn request(&self, name: &str) -> Result<Vec<u8>, AuthorityError> {
        Ok(own(name).serialize_request(self)?.der().to_vec())
    }

    /// A person's certificate, for authenticating a client and nothing else.
    pub fn issue(&self, certificate: &[u8], new: &NewCertificate<'_>) -> Result<Vec<u8>, AuthorityError> {
        let mut params = CertificateParams::default();
        params.serial_number = Some(SerialNumber::from_slice(new.serial.as_bytes()));
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::OrganizationName, shortened(new.subject.organisation));
        params.distinguished_name.push(DnType::OrganizationalUnitName, shortened(new.subject.machine));
        params.distinguished_name.push(DnType::CommonName, shortened(new.subject.name));
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        params.use_authority_key_identifier_extension = true;
        params.crl_distribution_points = vec![CrlDistributionPoint { uris: vec![new.crl_url.to_owned()] }];
        dates(&mut params, new.validity)?;
        let key = SubjectPublicKeyInfo::from_der(new.key.as_der())?;
        Ok(params.signed_by(&key, &self.issuer(certificate)?)?.der().to_vec())
    }

    /// The list of what was taken back (RFC 5280 §5). `number` grows with each.
    pub fn crl(
        &self,
        certificate: &[u8],
        number: u64,
        validity: Validity,
        revoked: &[Revoked],
    ) -> Result<Vec<u8>, AuthorityError> {
        let entry = |revoked: &Revoked| {
            Ok(RevokedCertParams {
                serial_number: SerialNumber::from_slice(revoked.serial.as_bytes()),
                revocation_time: date(date_time_ymd(1970, 1, 1), revoked.at)?,
                reason_code: Some(reason(revoked.reason)),
                invalidity_date: None,
            })
        };
        let key_id = AuthorityCertificate::from_der(certificate).ok().and_then(|certificate| certificate.key_id);
        let list = CertificateRevocationListParams {
            this_update: date(date_time_ymd(1970, 1, 1), validity.not_before)?,
            next_update: date(date_time_ymd(1970, 1, 1), validity.not_after)?,
            crl_number: SerialNumber::from(number),
            issuing_distribution_point: None,
            revoked_certs: revoked.iter().map(entry).collect::<Result<_, AuthorityError>>()?,
            // A root that is kept elsewhere has its own way of making key ids, and a list has to name ours by it.
            key_identifier_method: key_id.map_or(KeyIdMethod::Sha256, KeyIdMethod::PreSpecified),
        };
        Ok(list.signed_by(&self.issuer(certificate)?)?.der().to_vec())
    }

    fn issuer(&self, certificate: &[u8]) -> Result<Issuer<'_, &Self>, AuthorityError> {
        Ok(Issuer::from_ca_cert_der(&CertificateDer::from(certificate), self)?)
    }
}

impl PublicKeyData for AuthorityKey {
    fn der_bytes(&self) -> &[u8] {
        self.pair.public_key().as_ref()
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        &PKCS_ECDSA_P384_SHA384
    }
}

impl SigningKey for AuthorityKey {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        let signature = self.pair.sign(&SystemRandom::new(), message);
        signature.map(|signature| signature.as_ref().to_vec()).map_err(|_| rcgen::Error::RemoteKeyError)
    }
}

impl fmt::Debug for AuthorityKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AuthorityKey(…)")
    }
}

/// The authority's own certificate or request.
fn own(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, shortened(name));
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

/// RFC 5280 §A.1: names have at most 64 characters.
fn shortened(name: &str) -> String {
    name.chars().take(64).collect()
}

fn dates(params: &mut CertificateParams, validity: Validity) -> Result<(), AuthorityError> {
    params.not_before = date(date_time_ymd(1970, 1, 1), validity.not_before)?;
    params.not_after = date(date_time_ymd(1970, 1, 1), validity.not_after)?;
    Ok(())
}

/// The library's kind of date, which is not ours and has no name here: so long after `epoch`, the one it exports.
fn date<T: Add<Duration, Output = T>>(epoch: T, at: Timestamp) -> Result<T, AuthorityError> {
    let seconds = u64::try_from(at.as_seconds()).ok();
    // A certificate has four digits for the year.
    let seconds = seconds.filter(|seconds| *seconds < 253_402_300_800).ok_or(AuthorityError::Date)?;
    Ok(epoch + Duration::from_secs(seconds))
}

const fn reason(reason: certificate::RevocationReason) -> RevocationReason {
    match reason {
        certificate::RevocationReason::Unspecified => RevocationReason::Unspecified,
        certificate::RevocationReason::KeyCompromise => RevocationReason::KeyCompromise,
        certificate::RevocationReason::AffiliationChanged => RevocationReason::AffiliationChanged,
        certificate::RevocationReason::Superseded => RevocationReason::Superseded,
    }
}
