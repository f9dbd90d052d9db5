//! Companies' own authorities (an Active Directory's, say): whether one has issued a certificate, whom it means, and
//! whether it was taken back. Their lists are fetched in the background; the last good one is kept.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use futures_util::{StreamExt, TryStreamExt, stream};

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
/// Lists that are fetched at the same time.
const AT_ONCE: usize = 4;
/// What is kept read; beyond, all is read again.
const KEPT: usize = 64;

/// What this process has read of companies' authorities, and when it last asked for their lists.
#[derive(Debug, Default)]
pub(super) struct Companies {
    read: Mutex<HashMap<String, ReadCompany>>,
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

    /// Fetches the lists whose time has come, a few at once, so that one that is slow holds no other up. What can't be had
    /// or used never replaces what could; the list of an authority that nobody trusts any more goes.
    pub async fn refresh_company_lists(&self) -> Result<(), Failure> {
        let control = self.stores().control();
        let now = self.clock().now();
        let mut fetched: HashMap<String, Timestamp> = control.foreign_crls().await?.into_iter().collect();
        let rules = control.all_certificate_rules().await?;
        let trusted: HashMap<String, CompanyAuthority> =
            rules.into_iter().flat_map(|rules| rules.companies).map(|company| (identity(&company), company)).collect();
        let mut due = Vec::new();
        for (authority, company) in &trusted {
            let is_fresh = fetched.remove(authority).is_some_and(|at| now.since(at) < FRESH_FOR);
            if let Some(url) = &company.crl_url
                && !is_fresh
                && self.may_ask(authority, now)
            {
                due.push((authority, company, url));
            }
        }
        stream::iter(due)
            .map(Ok)
            .try_for_each_concurrent(AT_ONCE, async |(authority, company, url)| {
                if let Err(cause) = self.fetch_list(authority, company, url).await? {
                    tracing::warn!(%url, %cause, "a company's list of revoked certificates could not be had");
                }
                Ok::<_, Failure>(())
            })
            .await?;
        for forgotten in fetched.into_keys() {
            control.drop_foreign_crl(&forgotten).await?;
        }
        Ok(())
    }

    /// When an authority's list was last had.
    pub async fn list_fetched_at(&self, company: &CompanyAuthority) -> Result<Option<Timestamp>, Failure> {
        Ok(self.stores().control().foreign_crl_fetched_at(&identity(company)).await?)
    }

    /// Notes that an authority's list is asked for; not if it was a moment ago.
    fn may_ask(&self, authority: &str, now: Timestamp) -> bool {
        let mut asked = self.0.companies.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.retain(|_, at| now.since(*at) < RETRY_AFTER);
        if asked.contains_key(authority) {
            return false;
        }
        asked.insert(authority.to_owned(), now);
        true
    }

    async fn fetch_list(
        &self,
        authority: &str,
        company: &CompanyAuthority,
        url: &str,
    ) -> Result<Result<(), String>, Failure> {
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
        let before = control.foreign_crl(authority).await?;
        let before = before.and_then(|(der, _)| RevocationList::read(&der, &certificates).ok());
        // An older one would bring back what was taken back since.
        if before.is_some_and(|before| before.this_update > list.this_update) {
            return Ok(Err("it is older than the one that we have".to_owned()));
        }
        control.put_foreign_crl(authority, list.der(), self.clock().now()).await?;
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
        let key = identity(company);
        let fetched_at = control.foreign_crl_fetched_at(&key).await?;
        let known = self.0.companies.read.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some(known) = known
            && known.fetched_at == fetched_at
        {
            return Ok(known);
        }
        let corrupt = || Failure::Corrupt("a company's authority");
        let certificates = AuthorityCertificate::all_from_pem(&company.pem).map_err(|_| corrupt())?;
        let stored = control.foreign_crl(&key).await?;
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

/// Whose list it is: another tenant may name the same address for another authority, and takes nothing from this one.
fn identity(company: &CompanyAuthority) -> String {
    let named = format!("{}\n{}", company.crl_url.as_deref().unwrap_or_default(), company.pem);
    BASE64_URL_SAFE_NO_PAD.encode(digest(&SHA256, named.as_bytes()))
}

/// Whether a list whose end is past still counts.
fn is_lenient(company: &CompanyAuthority, read: &ReadCompany, now: Timestamp) -> bool {
    let hours = Duration::from_secs(u64::from(company.stale_crl_hours) * 3600);
    read.next_update.is_some_and(|end| now < end.plus(hours))
}
