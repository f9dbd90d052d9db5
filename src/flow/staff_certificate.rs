//! A certificate for somebody who works here and one of their machines: issued, listed, taken back.

use serde_json::json;

use super::{Failure, Pedell, staff::StaffError, staff_sessions::StaffSession};
use crate::{
    base::{Timestamp, limits, secret::SecretString},
    domain::{
        audit::{Event, Kind},
        certificate::{MachineName, RevocationReason, Serial, Validity},
        policy::{Scope, Target},
        staff::{Action, LoginName, StaffId, StaffMember, StaffStatus},
        tenant::TenantId,
    },
    protocol::x509::{RequestedKey, Thumbprint, pem},
    store::control::{AuthorityStage, StoredCertificate, StoredStaff},
    vault::{NewCertificate, PersonalKey, Place, Purpose, Sealed, Subject, fresh_password},
};

/// A certificate that was just made; it is not kept.
#[derive(Clone, Debug)]
pub struct IssuedCertificate {
    /// Which.
    pub serial: Serial,
    /// When.
    pub validity: Validity,
    /// Itself and those above it.
    pub pem: String,
}

/// A certificate with its key in a file; neither is kept.
#[derive(Debug)]
pub struct IssuedFile {
    /// Which.
    pub serial: Serial,
    /// When.
    pub validity: Validity,
    /// PKCS#12.
    pub file: Vec<u8>,
    /// What the file opens with.
    pub password: SecretString,
}

/// A file that waits in the form of its page for being taken.
#[derive(serde::Serialize, serde::Deserialize)]
pub struct WaitingFile {
    file: Vec<u8>,
    until: Timestamp,
}

impl Purpose for WaitingFile {
    const PURPOSE: &'static str = "pkcs12";
}

/// A certificate as managers see it.
#[derive(Clone, Debug)]
pub struct CertificateView {
    /// Which.
    pub serial: Serial,
    /// For whom.
    pub member: StaffMember,
    /// For which machine.
    pub machine: String,
    /// When it is valid.
    pub validity: Validity,
    /// When it was taken back, and why.
    pub revoked: Option<(Timestamp, RevocationReason)>,
}

impl CertificateView {
    /// Whether it lets somebody in now.
    pub fn is_good(&self, now: Timestamp) -> bool {
        self.revoked.is_none() && self.validity.holds_at(now)
    }

    /// Whether it ends within the time in which people are told.
    pub fn ends_soon(&self, now: Timestamp, warning: std::time::Duration) -> bool {
        self.is_good(now) && self.validity.not_after.since(now) < warning
    }
}

/// What one of ours is made from.
struct Made {
    stored: StoredCertificate,
    der: Vec<u8>,
    above: Vec<Vec<u8>>,
    name: String,
}

impl Pedell {
    /// A certificate for the key of a request, for this person and machine.
    pub async fn issue_certificate(
        &self,
        by: &StaffSession,
        person: &StaffId,
        machine: &MachineName,
        request: &str,
    ) -> Result<IssuedCertificate, StaffError> {
        let (scope, stored) = self.certifiable(by, Action::IssueCertificate, person).await?;
        self.issue_by_request(&scope, &stored, machine, request).await
    }

    /// The same with a key that is made here, in a file.
    pub async fn issue_file(
        &self,
        by: &StaffSession,
        person: &StaffId,
        machine: &MachineName,
    ) -> Result<IssuedFile, StaffError> {
        let (scope, stored) = self.certifiable(by, Action::IssueCertificate, person).await?;
        self.issue_as_file(&scope, &stored, machine).await
    }

    /// Whom a login name is of: for whoever has a shell.
    pub async fn staff_named(&self, login: &LoginName) -> Result<Option<StoredStaff>, Failure> {
        Ok(self.stores().control().staff_by_login(&self.login_index(login)).await?)
    }

    /// [`Self::issue_certificate`] for whoever may.
    pub async fn issue_by_request(
        &self,
        scope: &Scope,
        stored: &StoredStaff,
        machine: &MachineName,
        request: &str,
    ) -> Result<IssuedCertificate, StaffError> {
        let key = RequestedKey::from_pem(request)?;
        let made = self.make_certificate(scope, stored, machine, &key, "request").await?;
        let all = [&made.der].into_iter().chain(&made.above);
        Ok(IssuedCertificate {
            serial: made.stored.serial,
            validity: made.stored.validity,
            pem: all.map(|der| pem::certificate(der)).collect(),
        })
    }

    /// [`Self::issue_file`] for whoever may.
    pub async fn issue_as_file(
        &self,
        scope: &Scope,
        stored: &StoredStaff,
        machine: &MachineName,
    ) -> Result<IssuedFile, StaffError> {
        let key = PersonalKey::generate().map_err(Failure::from)?;
        let made = self.make_certificate(scope, stored, machine, &key.public(), "file").await?;
        let password = fresh_password(self.random());
        let name = format!("{} ({})", made.name, machine.as_str());
        let file = key.into_file(self.random(), &password, &name, &made.der, &made.above).map_err(Failure::from)?;
        Ok(IssuedFile { serial: made.stored.serial, validity: made.stored.validity, file, password })
    }

    /// Seals a file for the form of its page, and this session.
    pub fn keep_waiting(&self, by: &StaffSession, file: Vec<u8>) -> String {
        let waiting = WaitingFile { file, until: self.clock().now().plus(limits::PKCS12_LIFE) };
        self.instance_keys().seal(self.random(), &by.form_key, &waiting).as_str().to_owned()
    }

    /// The file again, if it is this session's and not too old.
    pub fn take_waiting(&self, by: &StaffSession, sealed: &str) -> Option<Vec<u8>> {
        let waiting: WaitingFile = self.instance_keys().open(&by.form_key, &Sealed::presented(sealed)).ok()?;
        (self.clock().now() < waiting.until).then_some(waiting.file)
    }

    /// A tenant's certificates, as far as somebody may see them.
    pub async fn certificates(&self, by: &StaffSession, tenant: &TenantId) -> Result<Vec<CertificateView>, StaffError> {
        let here = Target { tenant, outlet: by.member.outlet.as_ref(), person: None };
        self.allow(by, Action::SeeCertificates, here)?;
        let mut views = Vec::new();
        let people = self.stores().control().staff_of(tenant).await?;
        for stored in self.stores().control().certificates_of(tenant).await? {
            let Some(person) = people.iter().find(|person| person.id == stored.staff) else { continue };
            let of = Target { tenant, outlet: person.outlet.as_ref(), person: Some(&person.id) };
            if self.allow(by, Action::SeeCertificates, of).is_ok() {
                views.push(self.certificate_view(stored, person).await?);
            }
        }
        Ok(views)
    }

    /// When the certificate that somebody is here with ends, if that is soon and it is one of ours.
    pub async fn own_certificate_ends(&self, by: &StaffSession) -> Result<Option<Timestamp>, Failure> {
        let Some(shown) = &by.certificate else { return Ok(None) };
        let stored = self.stores().control().certificate_shown(&shown.thumbprint()).await?;
        let end = stored.map(|stored| stored.validity.not_after);
        let warning = self.settings().staff.certificates.warning;
        Ok(end.filter(|end| end.since(self.clock().now()) < warning))
    }

    /// Somebody for whom a certificate may be issued by this person, whether a fresh factor is needed for that or not.
    pub async fn person_to_certify(&self, by: &StaffSession, person: &StaffId) -> Result<StaffMember, StaffError> {
        let stored = self.stores().control().staff(person).await?.ok_or(StaffError::NotFound)?;
        let of = Target { tenant: &stored.tenant, outlet: stored.outlet.as_ref(), person: Some(person) };
        if !by.may(Action::IssueCertificate, of) {
            return Err(StaffError::NotFound);
        }
        Ok(self.member(&stored).await?)
    }

    /// Everybody of a tenant for whom one may be.
    pub async fn people_to_certify(&self, by: &StaffSession, tenant: &TenantId) -> Result<Vec<StaffMember>, Failure> {
        let mut people = Vec::new();
        for stored in self.stores().control().staff_of(tenant).await? {
            let of = Target { tenant, outlet: stored.outlet.as_ref(), person: Some(&stored.id) };
            if by.may(Action::IssueCertificate, of) {
                people.push(self.member(&stored).await?);
            }
        }
        Ok(people)
    }

    /// Takes one back: from the next request on it lets nobody in, on no node, and the public list says so.
    pub async fn revoke_certificate(
        &self,
        by: &StaffSession,
        serial: Serial,
        reason: RevocationReason,
    ) -> Result<TenantId, StaffError> {
        let stored = self.stores().control().certificate(serial).await?.ok_or(StaffError::NotFound)?;
        let (scope, _) = self.certifiable(by, Action::RevokeCertificate, &stored.staff).await?;
        self.revoke_as(&scope, &stored, reason).await?;
        Ok(stored.tenant)
    }

    /// [`Self::revoke_certificate`] for whoever may.
    pub async fn revoke_as(
        &self,
        scope: &Scope,
        stored: &StoredCertificate,
        reason: RevocationReason,
    ) -> Result<(), StaffError> {
        let (control, now) = (self.stores().control(), self.clock().now());
        let mut tx = control.begin().await?;
        let authority = control.authority_for_update(&mut tx).await?;
        if !control.revoke_certificate(&mut tx, stored.serial, reason, now).await? {
            return Err(StaffError::NotFound);
        }
        if let Some(authority) = authority.filter(|authority| authority.id == stored.authority) {
            self.make_revocation_list(&mut tx, &authority).await?;
        }
        let detail = json!({ "tenant": stored.tenant, "staff": stored.staff, "reason": reason.name() });
        let event = Event::new(Kind::CertificateRevoked, stored.serial.to_string(), detail);
        control.audit(&mut tx, now, scope.actor(), &event).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Somebody within reach of this action. Rank does not matter: a certificate is asked for beside what they log in
    /// with, and gives nothing by itself.
    async fn certifiable(
        &self,
        by: &StaffSession,
        action: Action,
        person: &StaffId,
    ) -> Result<(Scope, StoredStaff), StaffError> {
        let stored = self.stores().control().staff(person).await?.ok_or(StaffError::NotFound)?;
        let of = Target { tenant: &stored.tenant, outlet: stored.outlet.as_ref(), person: Some(person) };
        Ok((self.allow(by, action, of)?, stored))
    }

    async fn make_certificate(
        &self,
        scope: &Scope,
        person: &StoredStaff,
        machine: &MachineName,
        key: &RequestedKey,
        how: &'static str,
    ) -> Result<Made, StaffError> {
        let (control, now) = (self.stores().control(), self.clock().now());
        let member = self.member(person).await?;
        if person.status == StaffStatus::Blocked || member.is_over(now.date_in_berlin()) {
            return Err(StaffError::NotFound);
        }
        let authority = self.authority().await?.ok_or(StaffError::NoAuthority)?;
        let active = control.authority(AuthorityStage::Active).await?.ok_or(StaffError::NoAuthority)?;
        let organisation = control.organisation(&person.tenant).await?.ok_or(StaffError::NotFound)?;
        if !authority.certificate.validity.holds_at(now) {
            return Err(StaffError::NoAuthority);
        }
        // Nothing outlives what it was issued by; and certificates count in whole seconds.
        let end = now.plus(self.settings().staff.certificates.life).min(authority.certificate.validity.not_after);
        let whole = |at: Timestamp| Timestamp::from_seconds(at.as_seconds());
        let validity = Validity { not_before: whole(now.minus(limits::CLOCK_SKEW)), not_after: whole(end) };
        let serial = Serial::fresh(self.random());
        let name = member.profile.name;
        let crl_url = format!("{}/ca/crl", self.settings().public_url);
        let subject = Subject { name: &name, machine: machine.as_str(), organisation: &organisation.name_de };
        let new = NewCertificate { serial, subject, key, validity, crl_url: &crl_url };
        let signer = self.authority_key(&active)?;
        let der = signer.issue(authority.certificate.der(), &new).map_err(Failure::from)?;
        let keys = self.tenant_keys(&person.tenant).await?;
        let stored = StoredCertificate {
            serial,
            thumbprint: Thumbprint::of(&der),
            authority: active.id,
            tenant: person.tenant.clone(),
            staff: person.id.clone(),
            machine: keys.seal(self.random(), machine_place(&serial.to_string()), machine.as_str().as_bytes()),
            validity,
            revoked: None,
        };
        let mut tx = control.begin().await?;
        control.insert_certificate(&mut tx, &stored).await?;
        let until = validity.not_after.to_string();
        let detail = json!({ "tenant": person.tenant, "staff": person.id, "until": until, "how": how });
        let event = Event::new(Kind::CertificateIssued, serial.to_string(), detail);
        control.audit(&mut tx, now, scope.actor(), &event).await?;
        tx.commit().await?;
        Ok(Made { stored, der, above: authority.chain(), name })
    }

    async fn certificate_view(
        &self,
        stored: StoredCertificate,
        person: &StoredStaff,
    ) -> Result<CertificateView, Failure> {
        let version = stored.machine.first().copied().unwrap_or_default();
        let keys = self.tenant_keys_with(&stored.tenant, version).await?;
        let machine = keys.open(machine_place(&stored.serial.to_string()), &stored.machine);
        let machine = machine.map_err(Failure::open("the name of a machine"))?;
        Ok(CertificateView {
            serial: stored.serial,
            member: self.member(person).await?,
            machine: String::from_utf8_lossy(&machine).into_owned(),
            validity: stored.validity,
            revoked: stored.revoked,
        })
    }
}

fn machine_place(serial: &str) -> Place<'_> {
    Place { table: "certificates", column: "machine", row: serial.as_bytes() }
}
