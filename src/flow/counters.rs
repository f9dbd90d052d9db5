//! The operator says what an agency's counters may check: an issuer's product, at a university.

use serde_json::json;
use thiserror::Error;

use super::{Failure, Pedell, staff::StaffError, staff_sessions::StaffSession};
use crate::{
    domain::{
        audit::{Event, Kind},
        client::{Client, ClientId},
        counter::CounterGrant,
        policy::{Actor, Target},
        staff::{Action, Organisation, TenantKind},
        tenant::{Slug, TenantId, University},
    },
    store::StoreError,
};

/// Why a grant is not made.
#[derive(Debug, Error)]
pub enum CounterError {
    /// No agency, no issuer's product, or no university that the issuer may ask about.
    #[error("{0}")]
    Unfit(&'static str),
    /// It is not the one's to give; or a fresh factor is needed.
    #[error(transparent)]
    Staff(#[from] StaffError),
}

impl From<StoreError> for CounterError {
    fn from(error: StoreError) -> Self {
        Self::Staff(error.into())
    }
}

/// Who may check what where, by names.
#[derive(Clone, Copy, Debug)]
pub struct GrantNames<'a> {
    /// The agency's short name.
    pub agency: &'a str,
    /// The issuer's client id.
    pub client: &'a str,
    /// Its name for the product.
    pub product: &'a str,
    /// The university's short name.
    pub university: &'a str,
}

/// A grant, with what it is about.
#[derive(Clone, Debug)]
pub struct GrantView {
    /// What is granted.
    pub grant: CounterGrant,
    /// To whom.
    pub agency: Organisation,
    /// Whose product.
    pub client: Client,
    /// Whose students.
    pub university: University,
    /// Whether it works: the issuer is active, has the product and may ask about them.
    pub works: bool,
}

impl Pedell {
    /// Everything that is granted.
    pub async fn counter_grants(&self, by: &StaffSession) -> Result<Vec<GrantView>, StaffError> {
        if !by.may(Action::ChangeCounters, Target::all_of(&by.member.tenant)) {
            return Err(StaffError::NotFound);
        }
        Ok(self.all_counter_grants().await?)
    }

    /// The same for whoever runs commands on the machine.
    pub async fn all_counter_grants(&self) -> Result<Vec<GrantView>, Failure> {
        let grants = self.stores().control().counter_grants().await?;
        self.grant_views(grants).await
    }

    /// Whose counters may check a university's students, for its managers.
    pub async fn counter_grants_at(
        &self,
        by: &StaffSession,
        university: &TenantId,
    ) -> Result<Vec<GrantView>, StaffError> {
        self.allow(by, Action::SeeIssuers, Target::all_of(university))?;
        let grants = self.stores().control().counter_grants_at(university).await?;
        Ok(self.grant_views(grants).await?)
    }

    /// Grants something to an agency's counters, or takes it away; twice is once.
    pub async fn change_counters(
        &self,
        by: &StaffSession,
        names: GrantNames<'_>,
        grants: bool,
    ) -> Result<(), CounterError> {
        let scope = self.allow(by, Action::ChangeCounters, Target::all_of(&by.member.tenant))?;
        self.change_counters_as(scope.actor(), names, grants).await
    }

    /// The same by whoever runs commands on the machine.
    pub async fn change_counters_as(
        &self,
        actor: &Actor,
        names: GrantNames<'_>,
        grants: bool,
    ) -> Result<(), CounterError> {
        let grant = self.named(names, grants).await?;
        let now = self.clock().now();
        let control = self.stores().control();
        let mut tx = control.begin().await?;
        let (changed, kind) = if grants {
            (control.grant_counter(&mut tx, &grant, now).await?, Kind::CounterGranted)
        } else {
            (control.end_counter_grant(&mut tx, &grant, now).await?, Kind::CounterGrantEnded)
        };
        if !changed {
            return Ok(());
        }
        let detail = json!({ "tenant": grant.agency, "client": grant.client, "product": grant.product });
        control.audit(&mut tx, now, actor, &Event::new(kind, grant.university.as_str(), detail)).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Every agency.
    pub async fn agencies(&self) -> Result<Vec<Organisation>, Failure> {
        let all = self.stores().control().organisations().await?;
        Ok(all.into_iter().filter(|organisation| organisation.kind == TenantKind::Agency).collect())
    }

    /// What is taken away has to exist; what is granted has to fit together as well.
    async fn named(&self, names: GrantNames<'_>, fits: bool) -> Result<CounterGrant, CounterError> {
        let unfit = CounterError::Unfit;
        let control = self.stores().control();
        let agency = match Slug::parse(names.agency) {
            Some(slug) => control.organisation_by_slug(&slug).await?,
            None => None,
        };
        let agency =
            agency.filter(|agency| agency.kind == TenantKind::Agency).ok_or(unfit("there is no such agency"))?;
        let client = match ClientId::parse(names.client) {
            Some(id) => control.client(&id).await?,
            None => None,
        };
        let (client, _) = client.ok_or(unfit("there is no such client"))?;
        let university = match Slug::parse(names.university) {
            Some(slug) => control.university(&slug).await?,
            None => None,
        };
        let university = university.ok_or(unfit("there is no such university"))?;
        if fits {
            let issuer = client.issuer().ok_or(unfit("this client is no ticket issuer"))?;
            issuer.product(Some(names.product)).ok_or(unfit("the issuer has no such product"))?;
            if !issuer.may_ask_about(&university.slug) {
                return Err(unfit("the issuer may not ask about this university's students"));
            }
        }
        Ok(CounterGrant {
            agency: agency.id,
            client: client.id,
            product: names.product.to_owned(),
            university: university.id,
        })
    }

    async fn grant_views(&self, grants: Vec<CounterGrant>) -> Result<Vec<GrantView>, Failure> {
        let control = self.stores().control();
        let mut views = Vec::new();
        for grant in grants {
            let Some(agency) = control.organisation(&grant.agency).await? else { continue };
            let Some((client, _)) = control.client(&grant.client).await? else { continue };
            let Some(university) = control.university_by_id(&grant.university).await? else { continue };
            let works = client.active
                && client.issuer().is_some_and(|issuer| {
                    issuer.may_ask_about(&university.slug) && issuer.product(Some(&grant.product)).is_some()
                });
            views.push(GrantView { grant, agency, client, university, works });
        }
        Ok(views)
    }
}
