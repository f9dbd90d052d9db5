//! Our own certificate authority: made once, certified by itself or by a root that is kept elsewhere, renewed in time; and
//! its list of what was taken back.

use std::time::Duration;

use serde_json::json;
use thiserror::Error;

use super::{Failure, Pedell};
use crate::{
    base::{Timestamp, limits},
    domain::{
        audit::{Event, Kind},
        certificate::{Serial, Validity},
        policy::Actor,
    },
    protocol::x509::{AuthorityCertificate, AuthorityCertificateFault, pem},
    store::{
        Tx,
        control::{AuthorityStage, StoredAuthority},
    },
    vault::AuthorityKey,
};

/// How certificates are made here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CertificateSettings {
    /// A person's certificate's life.
    pub life: Duration,
    /// The life of the authority's own certificate, where it signs that itself.
    pub authority_life: Duration,
    /// How long a list of revoked certificates says it is good for; a new one is made after half of it, or at once.
    pub crl_life: Duration,
    /// So long before their end people are told.
    pub warning: Duration,
}

impl Default for CertificateSettings {
    fn default() -> Self {
        let days = |days: u64| Duration::from_secs(days * 86_400);
        Self { life: days(365), authority_life: days(3650), crl_life: days(7), warning: days(30) }
    }
}

/// Why nothing was done with the authority.
#[derive(Debug, Error)]
pub enum AuthorityRefusal {
    /// There is one.
    #[error("there is an authority already (`--replace` makes another one and revokes all that this one has issued)")]
    Exists,
    /// There is none.
    #[error("there is no authority (`pedell ca init` makes one)")]
    None,
    /// The certificate that came back can't be used.
    #[error(transparent)]
    Certificate(#[from] AuthorityCertificateFault),
    /// Ours.
    #[error(transparent)]
    Failure(#[from] Failure),
}

impl From<crate::store::StoreError> for AuthorityRefusal {
    fn from(error: crate::store::StoreError) -> Self {
        Self::Failure(error.into())
    }
}

impl From<crate::vault::AuthorityError> for AuthorityRefusal {
    fn from(error: crate::vault::AuthorityError) -> Self {
        Self::Failure(error.into())
    }
}

/// Why a company's authority can't be trusted as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum CompanyFault {
    /// Its name is empty or too long.
    #[error("its name is empty or too long")]
    Name,
    /// Its certificates can't be used.
    #[error(transparent)]
    Certificates(#[from] AuthorityCertificateFault),
    /// The address of its list is none on the web.
    #[error("the address of its list of revoked certificates has to begin with http:// or https://")]
    Url,
    /// An old list would count for too long.
    #[error("a list of revoked certificates may count for {} hours after its end at most", limits::STALE_CRL_HOURS)]
    Hours,
    /// There are enough.
    #[error("a tenant may trust {} authorities of its own", limits::COMPANY_AUTHORITIES)]
    TooMany,
}

/// The authority, as far as everybody may know.
#[derive(Clone, Debug)]
pub struct Authority {
    /// Its certificate, with which it issues.
    pub certificate: AuthorityCertificate,
    /// The root above it, where that is kept elsewhere.
    pub root: Option<AuthorityCertificate>,
}

impl Authority {
    /// What is shown beside a person's certificate, the nearest first, in DER.
    pub fn chain(&self) -> Vec<Vec<u8>> {
        [Some(&self.certificate), self.root.as_ref()].into_iter().flatten().map(|it| it.der().to_vec()).collect()
    }

    /// The same in PEM.
    pub fn chain_pem(&self) -> String {
        self.chain().iter().map(|der| pem::certificate(der)).collect()
    }
}

impl Pedell {
    /// The authority that issues, if there is one.
    pub async fn authority(&self) -> Result<Option<Authority>, Failure> {
        let stored = self.stores().control().authority(AuthorityStage::Active).await?;
        stored.as_ref().map(read).transpose()
    }

    /// Whose certificates people may show, each a subject in DER: ours, and those that tenants trust beside it.
    pub async fn authorities_asked_for(&self) -> Result<Vec<Vec<u8>>, Failure> {
        let mut names: Vec<Vec<u8>> = Vec::new();
        if let Some(authority) = self.authority().await? {
            names.push(authority.certificate.subject);
            names.extend(authority.root.map(|root| root.subject));
        }
        for rules in self.stores().control().all_certificate_rules().await? {
            for company in rules.companies {
                let certificates = AuthorityCertificate::all_from_pem(&company.pem).unwrap_or_default();
                names.extend(certificates.into_iter().map(|certificate| certificate.subject));
            }
        }
        names.sort();
        names.dedup();
        names.truncate(limits::AUTHORITIES_NAMED);
        Ok(names)
    }

    /// Makes one that certifies itself.
    pub async fn create_authority(
        &self,
        name: &str,
        replace: bool,
        actor: &Actor,
    ) -> Result<Authority, AuthorityRefusal> {
        let key = AuthorityKey::generate()?;
        let mut stored = self.new_authority(&key, AuthorityStage::Active);
        stored.certificate = Some(self.self_certified(&key, name)?);
        let mut tx = self.stores().control().begin().await?;
        if replace {
            self.retire_authority(&mut tx).await?;
        }
        self.insert_authority(&mut tx, &stored, actor).await?;
        tx.commit().await?;
        Ok(read(&stored)?)
    }

    /// Makes one that waits for its certificate: the request to the root that is kept elsewhere, in PEM.
    pub async fn request_authority(
        &self,
        name: &str,
        replace: bool,
        actor: &Actor,
    ) -> Result<String, AuthorityRefusal> {
        let control = self.stores().control();
        if !replace && control.authority(AuthorityStage::Active).await?.is_some() {
            return Err(AuthorityRefusal::Exists);
        }
        let key = AuthorityKey::generate()?;
        let mut tx = control.begin().await?;
        self.insert_authority(&mut tx, &self.new_authority(&key, AuthorityStage::Waiting), actor).await?;
        tx.commit().await?;
        Ok(pem::encode("CERTIFICATE REQUEST", &key.request(name)?))
    }

    /// Takes up the certificate that the root has made of the request.
    pub async fn import_authority(
        &self,
        certificate: &str,
        root: &str,
        actor: &Actor,
    ) -> Result<Authority, AuthorityRefusal> {
        let only = |pem: &str| match AuthorityCertificate::all_from_pem(pem)?.as_slice() {
            [one] => Ok(one.clone()),
            _ => Err(AuthorityCertificateFault::Unreadable),
        };
        let (certificate, root) = (only(certificate)?, only(root)?);
        let control = self.stores().control();
        let waiting = control.authority(AuthorityStage::Waiting).await?;
        let replaces = waiting.is_some();
        let mut stored = match waiting {
            Some(waiting) => waiting,
            None => control.authority(AuthorityStage::Active).await?.ok_or(AuthorityRefusal::None)?,
        };
        let key = self.authority_key(&stored)?;
        certificate.check(&key.public_key_info(), &root, self.clock().now())?;
        let mut tx = control.begin().await?;
        if replaces {
            self.retire_authority(&mut tx).await?;
        }
        let (der, above) = (certificate.der(), root.der());
        control.set_authority_certificate(&mut tx, &stored.id, AuthorityStage::Active, der, Some(above)).await?;
        (stored.certificate, stored.root) = (Some(der.to_vec()), Some(above.to_vec()));
        self.audit_authority(&mut tx, Kind::AuthorityCertified, &stored, actor).await?;
        tx.commit().await?;
        Ok(Authority { certificate, root: Some(root) })
    }

    /// Renews the certificate for the same key, so that what was issued stays good. Where the root is kept elsewhere:
    /// the request for it, to be brought back by [`Self::import_authority`].
    pub async fn renew_authority(&self, actor: &Actor) -> Result<Option<String>, AuthorityRefusal> {
        let control = self.stores().control();
        let mut stored = control.authority(AuthorityStage::Active).await?.ok_or(AuthorityRefusal::None)?;
        let (key, now) = (self.authority_key(&stored)?, read(&stored)?);
        if now.root.is_some() {
            return Ok(Some(pem::encode("CERTIFICATE REQUEST", &key.request(&now.certificate.name)?)));
        }
        let certificate = self.self_certified(&key, &now.certificate.name)?;
        let mut tx = control.begin().await?;
        control.set_authority_certificate(&mut tx, &stored.id, AuthorityStage::Active, &certificate, None).await?;
        stored.certificate = Some(certificate);
        self.audit_authority(&mut tx, Kind::AuthorityCertified, &stored, actor).await?;
        tx.commit().await?;
        Ok(None)
    }

    /// The list of what was taken back, in DER, made anew when it is old; none if there is no authority.
    pub async fn revocation_list(&self) -> Result<Option<Vec<u8>>, Failure> {
        let control = self.stores().control();
        let Some(stored) = control.authority(AuthorityStage::Active).await? else { return Ok(None) };
        let now = self.clock().now();
        let is_fresh = |stored: &StoredAuthority| {
            now.since(Timestamp::from_millis(stored.crl_made_at)) < self.settings().staff.certificates.crl_life / 2
        };
        if let Some(crl) = &stored.crl
            && is_fresh(&stored)
        {
            return Ok(Some(crl.clone()));
        }
        let mut tx = control.begin().await?;
        let Some(stored) = control.authority_for_update(&mut tx).await? else { return Ok(None) };
        let crl = match &stored.crl {
            Some(crl) if is_fresh(&stored) => crl.clone(), // another request was faster
            _ => self.make_revocation_list(&mut tx, &stored).await?,
        };
        tx.commit().await?;
        Ok(Some(crl))
    }

    /// A new list, of what this transaction sees.
    pub(super) async fn make_revocation_list(&self, tx: &mut Tx, stored: &StoredAuthority) -> Result<Vec<u8>, Failure> {
        let now = self.clock().now();
        let control = self.stores().control();
        let revoked = control.revoked_of(tx, &stored.id, now).await?;
        let number = stored.crl_number + 1;
        let validity = Validity { not_before: now, not_after: now.plus(self.settings().staff.certificates.crl_life) };
        let certificate = stored.certificate.as_deref().ok_or(Failure::Corrupt("the authority"))?;
        let counted = u64::try_from(number).map_err(|_| Failure::Corrupt("the authority"))?;
        let crl = self.authority_key(stored)?.crl(certificate, counted, validity, &revoked)?;
        control.put_crl(tx, &stored.id, (number, &crl), now).await?;
        Ok(crl)
    }

    /// The key of an authority, opened.
    pub(super) fn authority_key(&self, stored: &StoredAuthority) -> Result<AuthorityKey, Failure> {
        let pkcs8 = self.instance_keys().open_at_rest(&key_name(&stored.id), &stored.private_key);
        Ok(AuthorityKey::from_pkcs8(&pkcs8.map_err(Failure::open("the authority's key"))?)?)
    }

    fn self_certified(&self, key: &AuthorityKey, name: &str) -> Result<Vec<u8>, Failure> {
        let now = self.clock().now();
        let validity = Validity {
            not_before: now.minus(limits::CLOCK_SKEW),
            not_after: now.plus(self.settings().staff.certificates.authority_life),
        };
        Ok(key.root(name, Serial::fresh(self.random()), validity)?)
    }

    fn new_authority(&self, key: &AuthorityKey, stage: AuthorityStage) -> StoredAuthority {
        let id = crate::base::id::fresh(self.clock(), self.random());
        StoredAuthority {
            private_key: self.instance_keys().seal_at_rest(self.random(), &key_name(&id), key.pkcs8()),
            id,
            stage: stage.name().to_owned(),
            certificate: None,
            root: None,
            crl_number: 0,
            crl: None,
            crl_made_at: 0,
            created_at: self.clock().now().as_millis(),
        }
    }

    async fn insert_authority(
        &self,
        tx: &mut Tx,
        stored: &StoredAuthority,
        actor: &Actor,
    ) -> Result<(), AuthorityRefusal> {
        if !self.stores().control().insert_authority(tx, stored).await? {
            return Err(AuthorityRefusal::Exists);
        }
        Ok(self.audit_authority(tx, Kind::AuthorityCreated, stored, actor).await?)
    }

    /// The authority that issued until now ends, and all that it has issued with it.
    async fn retire_authority(&self, tx: &mut Tx) -> Result<(), Failure> {
        Ok(self.stores().control().retire_authority(tx, self.clock().now()).await?)
    }

    async fn audit_authority(
        &self,
        tx: &mut Tx,
        kind: Kind,
        stored: &StoredAuthority,
        actor: &Actor,
    ) -> Result<(), Failure> {
        let until = stored.certificate.as_ref().and_then(|der| AuthorityCertificate::from_der(der).ok());
        let until = until.map(|certificate| certificate.validity.not_after.to_string());
        let event = Event::new(kind, stored.id.as_str(), json!({ "stage": stored.stage, "until": until }));
        Ok(self.stores().control().audit(tx, self.clock().now(), actor, &event).await?)
    }
}

fn key_name(id: &str) -> String {
    format!("authority/{id}")
}

fn read(stored: &StoredAuthority) -> Result<Authority, Failure> {
    let read = |der: &[u8]| AuthorityCertificate::from_der(der).map_err(|_| Failure::Corrupt("the authority"));
    Ok(Authority {
        certificate: read(stored.certificate.as_deref().ok_or(Failure::Corrupt("the authority"))?)?,
        root: stored.root.as_deref().map(read).transpose()?,
    })
}
