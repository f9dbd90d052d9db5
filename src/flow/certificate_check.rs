//! Whether the certificate that somebody shows lets them in: at the login, and with each request of their session.
//!
//! A session is bound to the certificate that it began with. Each request reads that certificate's row, so that one that
//! was taken back lets nobody in from then on, on no node (decision 0028).

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use serde_json::json;

use super::{
    Failure, Pedell,
    staff::{StaffError, Visitor},
};
use crate::{
    base::{Timestamp, limits},
    domain::{
        audit::{Event, Kind},
        certificate::{CertificatePolicy, CertificateRefusal, CertificateRules},
        policy,
        staff::{StaffId, StaffMember},
    },
    protocol::x509::{ShownCertificate, Thumbprint},
    store::control::StoredSession,
};

/// When a person's refusal was last written down, by its reason. Bounded by the people that there are.
#[derive(Debug, Default)]
pub(super) struct Refusals(Mutex<HashMap<(StaffId, &'static str), Timestamp>>);

/// What a session is bound to. Only [`Pedell::admit_certificate`] makes one, so that none begins unasked.
#[derive(Debug)]
pub(super) struct Binding(Option<Thumbprint>);

impl Binding {
    pub(super) fn into_thumbprint(self) -> Option<Thumbprint> {
        self.0
    }
}

impl Pedell {
    /// Whether somebody may begin a session with what they show, and what it is bound to.
    pub(super) async fn admit_certificate(
        &self,
        member: &StaffMember,
        visitor: &Visitor,
    ) -> Result<Binding, StaffError> {
        let rules = self.stores().control().certificate_rules(&member.tenant).await?;
        let shown = visitor.certificate.as_deref();
        let is_required = match rules.policy {
            CertificatePolicy::Off => return Ok(Binding(None)),
            CertificatePolicy::Optional if shown.is_none() => return Ok(Binding(None)),
            CertificatePolicy::Optional => false,
            CertificatePolicy::Required => true,
        };
        match self.judge_certificate(&rules, member, shown).await? {
            Ok(thumbprint) => Ok(Binding(Some(thumbprint))),
            Err(refusal) => {
                self.record_certificate_refusal(member, refusal).await?;
                if is_required { Err(StaffError::Certificate(refusal)) } else { Ok(Binding(None)) }
            }
        }
    }

    /// Whether a request belongs to this session as far as its certificate says; the certificate that it is bound to.
    pub(super) async fn check_session_certificate(
        &self,
        session: &StoredSession,
        member: &StaffMember,
        shown: Option<&Arc<ShownCertificate>>,
    ) -> Result<Result<Option<Arc<ShownCertificate>>, CertificateRefusal>, Failure> {
        let rules = self.stores().control().certificate_rules(&member.tenant).await?;
        let answer = match (&session.certificate, shown) {
            (None, _) if rules.policy == CertificatePolicy::Required => Err(CertificateRefusal::Missing),
            (None, _) => Ok(None),
            (Some(_), None) => Err(CertificateRefusal::Missing),
            (Some(bound), Some(shown)) if shown.thumbprint() != *bound => Err(CertificateRefusal::Another),
            (Some(_), Some(shown)) => {
                self.judge_certificate(&rules, member, Some(shown)).await?.map(|_| Some(Arc::clone(shown)))
            }
        };
        if let Err(refusal) = answer {
            self.record_certificate_refusal(member, refusal).await?;
        }
        Ok(answer)
    }

    /// Whether a certificate is this very person's, and good now.
    pub(super) async fn judge_certificate(
        &self,
        rules: &CertificateRules,
        member: &StaffMember,
        shown: Option<&ShownCertificate>,
    ) -> Result<Result<Thumbprint, CertificateRefusal>, Failure> {
        let Some(shown) = shown else { return Ok(Err(CertificateRefusal::Missing)) };
        let thumbprint = shown.thumbprint();
        // What we have issued is known by its hash: nobody else can have made it.
        let Some(own) = self.stores().control().certificate_shown(&thumbprint).await? else {
            return Ok(self.judge_by_companies(rules, member, shown).await?.map(|()| thumbprint));
        };
        Ok(if own.staff != member.id {
            Err(CertificateRefusal::NotTheirs)
        } else if own.revoked.is_some() {
            Err(CertificateRefusal::Revoked)
        } else if !own.validity.holds_at(self.clock().now()) {
            Err(CertificateRefusal::Expired)
        } else {
            Ok(thumbprint)
        })
    }

    /// The trail says who was refused, and why: once a minute and node.
    async fn record_certificate_refusal(
        &self,
        member: &StaffMember,
        refusal: CertificateRefusal,
    ) -> Result<(), Failure> {
        let now = self.clock().now();
        let said = {
            let mut said = self.0.certificate_refusals.0.lock().unwrap_or_else(PoisonError::into_inner);
            let key = (member.id.clone(), refusal.name());
            match said.get(&key) {
                Some(at) if now.since(*at) < limits::REFUSAL_RECORDED_EVERY => true,
                _ => {
                    said.insert(key, now);
                    false
                }
            }
        };
        tracing::info!(staff = %member.id, reason = refusal.name(), "a certificate was refused");
        if said {
            return Ok(());
        }
        let control = self.stores().control();
        let detail = json!({ "tenant": member.tenant, "reason": refusal.name() });
        let event = Event::new(Kind::CertificateRefused, member.id.as_str(), detail);
        let mut tx = control.begin().await?;
        control.audit(&mut tx, now, policy::oneself(member).actor(), &event).await?;
        Ok(tx.commit().await?)
    }
}
