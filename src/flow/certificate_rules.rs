//! What a tenant asks of its staff's certificates: whether they need one, and which authorities of its own it trusts.

use serde_json::json;

use super::{Failure, Pedell, authority::CompanyFault, staff::StaffError, staff_sessions::StaffSession};
use crate::{
    base::limits,
    domain::{
        audit::{Event, Kind},
        certificate::{CertificatePolicy, CertificateRules, CompanyAuthority},
        policy::{Scope, Target},
        staff::{Action, StaffId},
        tenant::TenantId,
    },
    protocol::x509::{Authorities, AuthorityCertificate, AuthorityCertificateFault},
    vault::Index,
};

/// A change of a tenant's rules.
#[derive(Clone, Debug)]
pub enum RulesChange {
    /// Whether certificates are needed.
    Policy(CertificatePolicy),
    /// Trusts a company's authority; one of the same name is replaced.
    Trust(CompanyAuthority),
    /// Does not any more.
    Distrust(String),
}

impl Pedell {
    /// What a tenant asks for.
    pub async fn certificate_rules(
        &self,
        by: &StaffSession,
        tenant: &TenantId,
    ) -> Result<CertificateRules, StaffError> {
        let here = Target { tenant, outlet: by.member.outlet.as_ref(), person: None };
        self.allow(by, Action::SeeCertificates, here)?;
        Ok(self.stores().control().certificate_rules(tenant).await?)
    }

    /// Changes it; not if whoever changes it would be shut out by it.
    pub async fn change_certificate_rules(
        &self,
        by: &StaffSession,
        tenant: &TenantId,
        change: RulesChange,
    ) -> Result<(), StaffError> {
        let scope = self.allow(by, Action::ChangeCertificateRules, Target::all_of(tenant))?;
        let mut rules = self.stores().control().certificate_rules(tenant).await?;
        apply(&mut rules, change)?;
        if rules.policy == CertificatePolicy::Required && *tenant == by.member.tenant {
            // The certificate of this very session: another one in a drawer helps nobody who is logged out.
            let shown = by.certificate.as_deref();
            self.judge_certificate(&rules, &by.member, shown).await?.map_err(|_| StaffError::LockOut)?;
        }
        self.put_certificate_rules(&scope, &rules).await
    }

    /// The same for whoever has a shell, who can't be shut out.
    pub async fn change_certificate_rules_as(&self, scope: &Scope, change: RulesChange) -> Result<(), StaffError> {
        let mut rules = self.stores().control().certificate_rules(scope.tenant()).await?;
        apply(&mut rules, change)?;
        self.put_certificate_rules(scope, &rules).await
    }

    /// How somebody is called in certificates of their company's authority; nothing takes the name away.
    pub async fn set_external_name(&self, by: &StaffSession, person: &StaffId, name: &str) -> Result<(), StaffError> {
        let control = self.stores().control();
        let stored = control.staff(person).await?.ok_or(StaffError::NotFound)?;
        let of = Target { tenant: &stored.tenant, outlet: stored.outlet.as_ref(), person: Some(person) };
        let scope = self.allow(by, Action::ChangeCertificateRules, of)?;
        let name = name.trim().to_lowercase();
        if name.chars().count() > limits::EXTERNAL_NAME_CHARS || name.chars().any(char::is_control) {
            return Err(StaffError::ExternalName);
        }
        let index = self.external_name_index(&stored.tenant, &name);
        let sealed = self.seal_of_staff(&stored.tenant, person, "external_name", name.as_bytes()).await?;
        let given = (!name.is_empty()).then_some((&index, sealed.as_slice()));
        let mut tx = control.begin().await?;
        if !control.put_external_name(&mut tx, (&stored.tenant, person), given).await? {
            return Err(StaffError::ExternalName);
        }
        let detail = json!({ "tenant": stored.tenant, "given": given.is_some() });
        let event = Event::new(Kind::ExternalNameSet, person.as_str(), detail);
        control.audit(&mut tx, self.clock().now(), scope.actor(), &event).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The keyed hash under which a name in certificates is found.
    pub(super) fn external_name_index(&self, tenant: &TenantId, name: &str) -> Index {
        let whole = [tenant.as_str().as_bytes(), &[0], name.as_bytes()].concat();
        self.instance_keys().index("external-name", &whole)
    }

    async fn put_certificate_rules(&self, scope: &Scope, rules: &CertificateRules) -> Result<(), StaffError> {
        let (control, tenant) = (self.stores().control(), scope.tenant());
        let mut tx = control.begin().await?;
        control.put_certificate_rules(&mut tx, tenant, rules).await?;
        let companies: Vec<_> = rules
            .companies
            .iter()
            .map(|company| {
                json!({ "name": company.name, "field": company.field, "crl_url": company.crl_url,
                        "stale_crl_hours": company.stale_crl_hours })
            })
            .collect();
        let detail = json!({ "tenant": tenant, "policy": rules.policy, "companies": companies });
        let event = Event::new(Kind::CertificateRulesChanged, tenant.as_str(), detail);
        control.audit(&mut tx, self.clock().now(), scope.actor(), &event).await.map_err(Failure::from)?;
        tx.commit().await?;
        Ok(())
    }
}

fn apply(rules: &mut CertificateRules, change: RulesChange) -> Result<(), StaffError> {
    match change {
        RulesChange::Policy(policy) => rules.policy = policy,
        RulesChange::Distrust(name) => rules.companies.retain(|company| company.name != name),
        RulesChange::Trust(company) => {
            check(&company).map_err(StaffError::Company)?;
            rules.companies.retain(|other| other.name != company.name);
            if rules.companies.len() >= limits::COMPANY_AUTHORITIES {
                return Err(StaffError::Company(CompanyFault::TooMany));
            }
            rules.companies.push(company);
        }
    }
    Ok(())
}

fn check(company: &CompanyAuthority) -> Result<(), CompanyFault> {
    super::staff::name(&company.name).map_err(|_| CompanyFault::Name)?;
    if company.pem.len() > limits::COMPANY_PEM_BYTES {
        return Err(AuthorityCertificateFault::Unreadable.into());
    }
    let certificates = AuthorityCertificate::all_from_pem(&company.pem)?;
    let can_judge = Authorities::new(&certificates, None, true).is_ok();
    if certificates.len() > limits::CERTIFICATE_CHAIN || !can_judge {
        return Err(AuthorityCertificateFault::Unreadable.into());
    }
    if let Some(url) = &company.crl_url {
        let url = url::Url::parse(url).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        if url.is_none_or(|url| url.as_str().len() > limits::REDIRECT_URI_BYTES) {
            return Err(CompanyFault::Url);
        }
    }
    if company.stale_crl_hours > limits::STALE_CRL_HOURS { Err(CompanyFault::Hours) } else { Ok(()) }
}
