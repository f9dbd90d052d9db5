//! Who comes first: the operator's own tenant with its first person, and new agencies.

use serde_json::json;

use super::{
    Failure, Pedell,
    invitation::Invitation,
    staff::{StaffError, name},
    staff_admin::{NewStaff, StaffPlace},
    staff_sessions::StaffSession,
};
use crate::{
    domain::{
        audit::{Event, Kind},
        policy::{self, Actor, Target},
        semester::Calendar,
        staff::{Action, LoginName, Organisation, Rank, Rights, StaffStatus, TenantKind},
        tenant::{Slug, TenantId, UniversityProfile},
    },
    vault::TenantToken,
};

impl Pedell {
    /// An operator's account, by somebody with a shell. Without `another` only on an instance that has nobody who can
    /// still become or is one.
    pub async fn first_operator(
        &self,
        login: LoginName,
        person_name: &str,
        another: bool,
    ) -> Result<Option<Invitation>, StaffError> {
        let control = self.stores().control();
        let own = match control.operator().await? {
            Some(own) => own,
            None => self.create_organisation(operators_own()?, &Actor::Operator).await?,
        };
        let people = control.staff_of(&own.id).await?;
        if !another && people.iter().any(|person| person.status != StaffStatus::Blocked) {
            return Ok(None);
        }
        let place = StaffPlace {
            name: person_name.to_owned(),
            rank: Rank::Operator,
            outlet: None,
            rights: Rights::all_of(Rank::Operator),
            last_day: None,
        };
        let scope = policy::operator(&own.id);
        let (_, invitation) = self.add_staff(&own, NewStaff { login, place }, &scope).await?;
        Ok(Some(invitation))
    }

    /// The operator adds an agency or a university. A university begins with the usual calendar; the rest is changed by
    /// its document (`pedell university change`).
    pub async fn create_tenant(
        &self,
        by: &StaffSession,
        kind: TenantKind,
        slug: Slug,
        (name_de, name_en): (&str, &str),
    ) -> Result<TenantId, StaffError> {
        let scope = self.allow(by, Action::CreateTenant, Target::all_of(&by.member.tenant))?;
        let (name_de, name_en) = (name(name_de)?, name(name_en)?);
        if self.stores().control().organisation_by_slug(&slug).await?.is_some() {
            return Err(StaffError::SlugTaken);
        }
        match kind {
            TenantKind::University => {
                let profile = university(name_de, name_en);
                Ok(self.create_university(slug, profile, scope.actor()).await?.id)
            }
            TenantKind::Agency => {
                let id = TenantId::fresh(self.clock(), self.random());
                let agency = Organisation { id, kind, slug, name_de, name_en };
                Ok(self.create_organisation(agency, scope.actor()).await?.id)
            }
            TenantKind::Operator => Err(StaffError::Rank),
        }
    }

    /// The tenants that somebody may choose from: all, for whoever sees them; their own otherwise.
    pub async fn tenants_seen_by(&self, by: &StaffSession) -> Result<Vec<Organisation>, Failure> {
        let control = self.stores().control();
        if by.may(Action::SeeTenants, Target::all_of(&by.member.tenant)) {
            return Ok(control.organisations().await?);
        }
        Ok(control.organisation(&by.member.tenant).await?.into_iter().collect())
    }

    /// One tenant's name and kind, if it is theirs to see.
    pub async fn tenant_seen_by(&self, by: &StaffSession, id: &TenantId) -> Result<Organisation, StaffError> {
        let sees_all = by.may(Action::SeeTenants, Target::all_of(&by.member.tenant));
        if *id != by.member.tenant && !sees_all {
            return Err(StaffError::NotFound);
        }
        self.stores().control().organisation(id).await?.ok_or(StaffError::NotFound)
    }

    pub(super) async fn create_organisation(
        &self,
        organisation: Organisation,
        actor: &Actor,
    ) -> Result<Organisation, Failure> {
        let now = self.clock().now();
        let control = self.stores().control();
        let mut tx = control.begin().await?;
        let token = TenantToken::fresh(self.random());
        control.insert_organisation(&mut tx, &organisation, &token, now).await?;
        let detail = json!({ "slug": organisation.slug, "kind": organisation.kind });
        control.audit(&mut tx, now, actor, &Event::new(Kind::TenantCreated, organisation.id.as_str(), detail)).await?;
        tx.commit().await?;
        let organisation = self.stores().control().organisation(&organisation.id).await?;
        organisation.ok_or(Failure::Corrupt("a tenant"))
    }
}

/// The operator's own tenant. Its id is always the same, so that two commands at once make one.
fn operators_own() -> Result<Organisation, Failure> {
    const ID: &str = "00000000000000000000000001";
    Ok(Organisation {
        id: TenantId::parse(ID).ok_or(Failure::Corrupt("the operator's id"))?,
        kind: TenantKind::Operator,
        slug: Slug::parse("pedell-operator").ok_or(Failure::Corrupt("the operator's short name"))?,
        name_de: "Betreiber".to_owned(),
        name_en: "Operator".to_owned(),
    })
}

fn university(name_de: String, name_en: String) -> UniversityProfile {
    UniversityProfile {
        name_de,
        name_en,
        place: String::new(),
        keywords: Vec::new(),
        calendar: Calendar::university(),
        semester_keys: Vec::new(),
        ask_birth_date: true,
        numbers_are_digits: true,
        contact: None,
    }
}
