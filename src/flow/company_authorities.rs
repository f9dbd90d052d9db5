//! Companies' own authorities (an Active Directory's, say): whether one has issued a certificate, whom it means, and
//! whether it was taken back. Their lists are fetched in the background; the last good one is kept.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use aws_lc_rs::digest::{SHA256, digest};

use super::{Failure, Pedell};
use crate::{
    base::{Timestamp, limits},
    domain::{
        certificate::{CertificateRefusal, CertificateRules, CompanyAuthority},
        staff::StaffMember,
    },
    peers::http::Bounds,
    protocol::x509::{Authorities, AuthorityCertificate, IssuedFault, RevocationList, ShownCertificate},
};

/// A list is asked for again after this.
const FRESH_FOR: Duration = Duration::from_mins(60);
/// One that could not be had is asked for again after this.
const RETRY_AFTER: Duration = Duration::from_mins(2);
/// What is kept read; beyond, all is read again.
const KEPT: usize = 64;

/// What this process has read of companies' authorities, and when it last asked for their lists.
#[derive(Debug, Default)]
pub(super) struct Companies {
    read: Mutex<HashMap<[u8; 32], ReadCompany>>,
    asked: Mutex<HashMap<String, Timestamp>>,
}

#[derive(Clone, Debug)]
struct ReadCompany {
    fetched_at: Option<Timestamp>,
    next_update: Option<Timestamp>,
    strict: Authorities,
    /// The same, whose list counts although its end is past.
    lenient: Authorities,
}

impl Pedell {
    /// Whether one of a tenant's own authorities says that this is this person.
    pub(super) async fn judge_by_companies(
        &self,
        rules: &CertificateRules,
        member: &StaffMember,
        shown: &ShownCertificate,
    ) -> Result<Result<(), CertificateRefusal>, Failure> {
        for company in &rules.companies {
            match self.judge_by(company, shown).await? {
                Ok(()) => {}
                Err(CertificateRefusal::Foreign) => continue,
                Err(refusal) => return Ok(Err(refusal)),
            }
            for name in shown.names(company.field) {
                let index = self.external_name_index(&member.tenant, &name);
                let who = self.stores().control().staff_by_external_name(&member.tenant, &index).await?;
                if who.as_ref() == Some(&member.id) {
                    return Ok(Ok(()));
                }
            }
            return Ok(Err(CertificateRefusal::NotTheirs));
        }
        Ok(Err(CertificateRefusal::Foreign))
    }

    /// Fetches the lists whose time has come. What can't be had or used never replaces what could.
    pub async fn refresh_company_lists(&self) -> Result<(), Failure> {
        let control = self.stores().control();
        let now = self.clock().now();
        let fetched: HashMap<String, Timestamp> = control.foreign_crls().await?.into_iter().collect();
        for rules in control.all_certificate_rules().await? {
            for company in &rules.companies {
                let Some(url) = &company.crl_url else { continue };
                let is_fresh = fetched.get(url).is_some_and(|at| now.since(*at) < FRESH_FOR);
                if is_fresh || !self.may_ask(url, now) {
                    continue;
                }
                if let Err(cause) = self.fetch_list(company, url).await? {
                    tracing::warn!(%url, %cause, "a company's list of revoked certificates could not be had");
                }
            }
        }
        Ok(())
    }

    /// Notes that a list is asked for; not if it was a moment ago.
    fn may_ask(&self, url: &str, now: Timestamp) -> bool {
        let mut asked = self.0.companies.asked.lock().unwrap_or_else(PoisonError::into_inner);
        if asked.get(url).is_some_and(|at| now.since(*at) < RETRY_AFTER) {
            return false;
        }
        if asked.len() > KEPT {
            asked.clear();
        }
        asked.insert(url.to_owned(), now);
        true
    }

    async fn fetch_list(&self, company: &CompanyAuthority, url: &str) -> Result<Result<(), String>, Failure> {
        let bounds = Bounds { bytes: limits::FOREIGN_CRL_BYTES, ..Bounds::SMALL };
        let answer = match self.http().fetch(url, &http::HeaderMap::new(), bounds).await {
            Ok(answer) if answer.status == http::StatusCode::OK => answer,
            Ok(answer) => return Ok(Err(format!("it answered {}", answer.status))),
            Err(error) => return Ok(Err(error.to_string())),
        };
        let certificates = AuthorityCertificate::all_from_pem(&company.pem);
        let certificates = certificates.map_err(|_| Failure::Corrupt("a company's authority"))?;
        let list = match RevocationList::read(&answer.body, &certificates) {
            Ok(list) => list,
            Err(fault) => return Ok(Err(fault.to_string())),
        };
        let control = self.stores().control();
        let before = control.foreign_crl(url).await?;
        let before = before.and_then(|(der, _)| RevocationList::read(&der, &certificates).ok());
        // An older one would bring back what was taken back since.
        if before.is_some_and(|before| before.this_update > list.this_update) {
            return Ok(Err("it is older than the one that we have".to_owned()));
        }
        control.put_foreign_crl(url, list.der(), self.clock().now()).await?;
        Ok(Ok(()))
    }

    async fn judge_by(
        &self,
        company: &CompanyAuthority,
        shown: &ShownCertificate,
    ) -> Result<Result<(), CertificateRefusal>, Failure> {
        let now = self.clock().now();
        let read = self.read_company(company).await?;
        let answer = match read.strict.check(shown, now) {
            Err(IssuedFault::Unknown) if is_lenient(company, &read, now) => read.lenient.check(shown, now),
            answer => answer,
        };
        Ok(match answer {
            // There has to be a list, and nobody has had it yet.
            Ok(()) if company.crl_url.is_some() && read.fetched_at.is_none() => Err(CertificateRefusal::CrlUnknown),
            Ok(()) => Ok(()),
            Err(IssuedFault::Foreign) => Err(CertificateRefusal::Foreign),
            Err(IssuedFault::Expired) => Err(CertificateRefusal::Expired),
            Err(IssuedFault::Revoked) => Err(CertificateRefusal::Revoked),
            Err(IssuedFault::Unknown) => Err(CertificateRefusal::CrlUnknown),
        })
    }

    /// The company's authorities with the newest list, read once.
    async fn read_company(&self, company: &CompanyAuthority) -> Result<ReadCompany, Failure> {
        let control = self.stores().control();
        let url = company.crl_url.as_deref();
        let fetched_at = match url {
            Some(url) => control.foreign_crl_fetched_at(url).await?,
            None => None,
        };
        let mut key = [0; 32];
        let named = format!("{}\n{}", url.unwrap_or_default(), company.pem);
        key.copy_from_slice(digest(&SHA256, named.as_bytes()).as_ref());
        let known = self.0.companies.read.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some(known) = known
            && known.fetched_at == fetched_at
        {
            return Ok(known);
        }
        let corrupt = || Failure::Corrupt("a company's authority");
        let certificates = AuthorityCertificate::all_from_pem(&company.pem).map_err(|_| corrupt())?;
        let stored = match url {
            Some(url) => control.foreign_crl(url).await?,
            None => None,
        };
        // Another tenant may have named the same address for another authority: then it is no list of this one.
        let list = stored.and_then(|(der, at)| Some((RevocationList::read(&der, &certificates).ok()?, at)));
        let der = list.as_ref().map(|(list, _)| list.der());
        let read = ReadCompany {
            fetched_at: list.as_ref().map(|(_, at)| *at),
            next_update: list.as_ref().map(|(list, _)| list.next_update),
            strict: Authorities::new(&certificates, der, true).map_err(|_| corrupt())?,
            lenient: Authorities::new(&certificates, der, false).map_err(|_| corrupt())?,
        };
        let mut kept = self.0.companies.read.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(key, read.clone());
        Ok(read)
    }
}

/// Whether a list whose end is past still counts.
fn is_lenient(company: &CompanyAuthority, read: &ReadCompany, now: Timestamp) -> bool {
    let hours = Duration::from_secs(u64::from(company.stale_crl_hours) * 3600);
    read.next_update.is_some_and(|end| now < end.plus(hours))
}
