//! What managers look at: verifications, figures, the audit trail. Every function asks the policy itself.

use std::collections::BTreeMap;

use serde_json::json;

use super::{
    Failure, Pedell, checkpoints::CheckpointState, counter::Find, staff::StaffError, staff_sessions::StaffSession,
};
use crate::{
    base::{Reference, Timestamp, limits},
    domain::{
        audit::{Event, Kind},
        checkpoint::TrailOf,
        client::ClientId,
        policy::{Scope, Target},
        staff::{Action, Organisation, TenantKind},
        tenant::TenantId,
    },
    store::{
        AuditEntry, AuditFilter,
        control::StoredCheckpoint,
        tenant::{DayCount, RosterInfo, StoredVerification, TokenCounts, VerificationFilter},
    },
};

/// Which of the two trails that concern a tenant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Trail {
    /// The tenant's own: lists, verifications, tokens, trials.
    #[default]
    Records,
    /// What the instance records of it: staff, connections, settings, views.
    House,
}

impl Trail {
    /// Whose chain it is part of.
    fn of(self, tenant: &TenantId) -> TrailOf {
        match self {
            Self::Records => TrailOf::Tenant(tenant.clone()),
            Self::House => TrailOf::Instance,
        }
    }
}

/// Entries that are taken out, with what vouches for them.
#[derive(Clone, Debug)]
pub struct AuditExport {
    /// Those that fit, oldest first.
    pub entries: Vec<AuditEntry>,
    /// Every checkpoint of the chain that they stand in.
    pub checkpoints: Vec<StoredCheckpoint>,
}

/// A verification as staff see it: nothing about the student.
#[derive(Clone, Debug)]
pub struct SeenVerification {
    /// As stored.
    pub stored: StoredVerification,
    /// Who asked, by name.
    pub issuer: String,
    /// Who was asked, in the list of an agency, which has to do with several.
    pub university: Option<Organisation>,
    /// At whose counter it was typed, in the list of a university.
    pub agency: Option<Organisation>,
}

/// Figures of a time.
#[derive(Clone, Debug)]
pub struct Figures {
    /// Verifications by day, semester and outcome.
    pub days: Vec<DayCount>,
    /// Tokens; an agency's counters issue none.
    pub tokens: Option<TokenCounts>,
    /// An agency's outlets, by name, with those who were eligible and those who were not; empty for a university.
    pub outlets: Vec<(String, [i64; 2])>,
}

impl Pedell {
    /// The newest verifications that fit.
    pub async fn verifications(
        &self,
        by: &StaffSession,
        tenant: &TenantId,
        filter: &VerificationFilter,
    ) -> Result<Vec<SeenVerification>, StaffError> {
        let mut seen = Vec::new();
        if self.is_agency(tenant).await? {
            for found in self.counter_checks(by, tenant, Find::Newest(filter, limits::ROWS_SHOWN)).await? {
                seen.push(self.seen_by_agency(found).await?);
            }
            return Ok(seen);
        }
        let scope = self.allow_university(by, Action::SeeVerifications, tenant).await?;
        let store = self.stores().tenant(&scope).await?;
        for stored in store.search_verifications(filter, limits::ROWS_SHOWN).await? {
            seen.push(self.seen_by_staff(stored).await?);
        }
        Ok(seen)
    }

    /// The one with this number.
    pub async fn verification_by_number(
        &self,
        by: &StaffSession,
        tenant: &TenantId,
        reference: &Reference,
    ) -> Result<Option<SeenVerification>, StaffError> {
        if self.is_agency(tenant).await? {
            let found = self.counter_checks(by, tenant, Find::Number(reference.as_str())).await?;
            return match found.into_iter().next() {
                Some(found) => Ok(Some(self.seen_by_agency(found).await?)),
                None => Ok(None),
            };
        }
        let scope = self.allow_university(by, Action::SeeVerifications, tenant).await?;
        let found = self.stores().tenant(&scope).await?.verification_by_reference(reference.as_str()).await?;
        match found {
            Some(stored) => Ok(Some(self.seen_by_staff(stored).await?)),
            None => Ok(None),
        }
    }

    /// A university's lists, newest first.
    pub async fn rosters(&self, scope: &Scope) -> Result<Vec<RosterInfo>, Failure> {
        Ok(self.stores().tenant(scope).await?.rosters().await?)
    }

    /// Figures from one moment until before another: a university's, or an agency's counters', as far as one may count them.
    pub async fn figures(
        &self,
        by: &StaffSession,
        tenant: &TenantId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Figures, StaffError> {
        if self.is_agency(tenant).await? {
            return self.figures_of_counters(by, tenant, from, to).await;
        }
        let scope = self.allow_university(by, Action::SeeStatistics, tenant).await?;
        let store = self.stores().tenant(&scope).await?;
        let days = store.verification_counts(from, to).await?;
        Ok(Figures { days, tokens: Some(store.token_counts(from, to).await?), outlets: Vec::new() })
    }

    async fn figures_of_counters(
        &self,
        by: &StaffSession,
        agency: &TenantId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Figures, StaffError> {
        let names = self.stores().control().outlets(agency).await?;
        let (mut days, mut outlets) = (BTreeMap::new(), BTreeMap::<_, [i64; 2]>::new());
        for counted in self.counter_figures(by, agency, from, to).await? {
            let name =
                names.iter().find(|outlet| outlet.id.as_str() == counted.outlet).map(|outlet| outlet.name.clone());
            outlets.entry(name.unwrap_or_default()).or_default()[usize::from(!counted.reason.is_empty())] +=
                counted.count;
            *days.entry((counted.day, counted.semester, counted.reason)).or_insert(0) += counted.count;
        }
        let days = days.into_iter().map(|((day, semester, reason), count)| DayCount { day, semester, reason, count });
        Ok(Figures { days: days.collect(), tokens: None, outlets: outlets.into_iter().collect() })
    }

    /// The newest entries that fit.
    pub async fn search_audit(
        &self,
        by: &StaffSession,
        tenant: &TenantId,
        trail: Trail,
        filter: &AuditFilter,
    ) -> Result<Vec<AuditEntry>, StaffError> {
        let scope = self.allow(by, Action::SearchAudit, Target::all_of(tenant))?;
        self.entries(&scope, trail, filter, limits::ROWS_SHOWN).await
    }

    /// All of them, up to the limit, oldest first; that they were taken out is recorded.
    pub async fn export_audit(
        &self,
        by: &StaffSession,
        tenant: &TenantId,
        trail: Trail,
        filter: &AuditFilter,
    ) -> Result<AuditExport, StaffError> {
        let scope = self.allow(by, Action::ExportAudit, Target::all_of(tenant))?;
        let mut entries = self.entries(&scope, trail, filter, limits::AUDIT_EXPORT_ROWS).await?;
        entries.reverse();
        let control = self.stores().control();
        let detail = json!({ "tenant": tenant, "house": trail == Trail::House, "entries": entries.len() });
        let mut tx = control.begin().await?;
        let event = Event::new(Kind::AuditExported, tenant.as_str(), detail);
        control.audit(&mut tx, self.clock().now(), scope.actor(), &event).await?;
        tx.commit().await?;
        Ok(AuditExport { entries, checkpoints: self.signed_checkpoints(&trail.of(tenant)).await? })
    }

    /// How the chain stands in which a trail is.
    pub async fn trail_state(
        &self,
        by: &StaffSession,
        tenant: &TenantId,
        trail: Trail,
    ) -> Result<CheckpointState, StaffError> {
        self.allow(by, Action::SearchAudit, Target::all_of(tenant))?;
        Ok(self.checkpoint_state(&trail.of(tenant), limits::AUDIT_CHECKPOINTS_SHOWN).await?)
    }

    async fn entries(
        &self,
        scope: &Scope,
        trail: Trail,
        filter: &AuditFilter,
        most: i64,
    ) -> Result<Vec<AuditEntry>, StaffError> {
        match trail {
            Trail::Records => {
                let own = AuditFilter { tenant: String::new(), ..filter.clone() };
                Ok(self.stores().tenant(scope).await?.search_audit(&own, most).await?)
            }
            Trail::House => {
                // Never more than what concerns this tenant.
                let concerning = AuditFilter { tenant: scope.tenant().to_string(), ..filter.clone() };
                Ok(self.stores().control().search_audit(&concerning, most).await?)
            }
        }
    }

    /// Leave to do this at a university; another tenant has no such thing.
    async fn allow_university(
        &self,
        by: &StaffSession,
        action: Action,
        tenant: &TenantId,
    ) -> Result<Scope, StaffError> {
        let scope = self.allow(by, action, Target::all_of(tenant))?;
        match self.university_of(&scope).await? {
            Some(_) => Ok(scope),
            None => Err(StaffError::NotFound),
        }
    }

    async fn is_agency(&self, tenant: &TenantId) -> Result<bool, Failure> {
        let organisation = self.stores().control().organisation(tenant).await?;
        Ok(organisation.is_some_and(|organisation| organisation.kind == TenantKind::Agency))
    }

    async fn seen_by_agency(
        &self,
        (stored, university): (StoredVerification, TenantId),
    ) -> Result<SeenVerification, StaffError> {
        let seen = self.seen_by_staff(stored).await?;
        let university = self.stores().control().organisation(&university).await?;
        Ok(SeenVerification { university, agency: None, ..seen })
    }

    async fn seen_by_staff(&self, stored: StoredVerification) -> Result<SeenVerification, StaffError> {
        let client = match ClientId::parse(&stored.client) {
            Some(id) => self.stores().control().client(&id).await?,
            None => None,
        };
        let issuer = client.map_or_else(|| stored.client.clone(), |(client, _)| client.profile.name);
        let agency = match stored.agency.as_deref().and_then(TenantId::parse) {
            Some(id) => self.stores().control().organisation(&id).await?,
            None => None,
        };
        Ok(SeenVerification { stored, issuer, university: None, agency })
    }
}
