//! Managers look after those below them: invite, change, block, help somebody whose phone is gone.
//!
//! Every function asks the policy itself ([`Pedell::allow`]): what is not the manager's to see is not there.

use jiff::civil::Date;
use serde_json::json;

use super::{
    Failure, Pedell,
    invitation::Invitation,
    staff::{StaffError, name},
    staff_sessions::StaffSession,
};
use crate::{
    base::Timestamp,
    domain::{
        audit::{Event, Kind},
        policy::{Scope, Target},
        staff::{
            Action, LoginName, Organisation, Outlet, OutletId, Rank, Rights, StaffId, StaffMember, StaffProfile,
            StaffStatus,
            rules::{PasskeyDemand, StaffRules},
        },
        tenant::TenantId,
    },
    store::{Tx, control::StoredStaff},
    vault::Index,
};

/// Somebody to be invited.
#[derive(Clone, Debug)]
pub struct NewStaff {
    /// To log in with.
    pub login: LoginName,
    /// What a manager decides.
    pub place: StaffPlace,
}

/// What a manager decides about somebody.
#[derive(Clone, Debug)]
pub struct StaffPlace {
    /// For people.
    pub name: String,
    /// Where in the hierarchy.
    pub rank: Rank,
    /// At which outlet, for ranks that belong to one.
    pub outlet: Option<OutletId>,
    /// What of the rank's rights.
    pub rights: Rights,
    /// The last day on which the account works.
    pub last_day: Option<Date>,
}

/// Somebody as a manager sees them.
#[derive(Clone, Debug)]
pub struct Person {
    /// Who.
    pub member: StaffMember,
    /// Whether the one who looks may change them.
    pub is_below: bool,
    /// Whether there is a second factor.
    pub has_factor: bool,
    /// Until when an open invitation works.
    pub invited_until: Option<Timestamp>,
    /// Until when the manager's password works, while it is one.
    pub first_password_until: Option<Timestamp>,
}

impl Pedell {
    /// The people of a tenant whom somebody may see.
    pub async fn people(&self, by: &StaffSession, tenant: &TenantId) -> Result<Vec<Person>, StaffError> {
        let mut people = Vec::new();
        self.see_staff(by, tenant)?;
        for stored in self.stores().control().staff_of(tenant).await? {
            let of = Target { tenant, outlet: stored.outlet.as_ref(), person: Some(&stored.id) };
            if self.allow(by, Action::SeeStaff, of).is_ok() {
                people.push(self.as_person(by, &stored).await?);
            }
        }
        Ok(people)
    }

    /// One of them.
    pub async fn person(&self, by: &StaffSession, id: &StaffId) -> Result<Person, StaffError> {
        let stored = self.stores().control().staff(id).await?.ok_or(StaffError::NotFound)?;
        let of = Target { tenant: &stored.tenant, outlet: stored.outlet.as_ref(), person: Some(id) };
        self.allow(by, Action::SeeStaff, of)?;
        Ok(self.as_person(by, &stored).await?)
    }

    /// A new account, and the link by which its owner sets a password.
    pub async fn invite_staff(
        &self,
        by: &StaffSession,
        tenant: &TenantId,
        new: NewStaff,
    ) -> Result<(StaffId, Invitation), StaffError> {
        let of = Target { tenant, outlet: new.place.outlet.as_ref(), person: None };
        let scope = self.allow(by, Action::InviteStaff, of)?;
        let organisation = self.stores().control().organisation(tenant).await?.ok_or(StaffError::NotFound)?;
        self.check_place(by, &organisation, &new.place).await?;
        self.add_staff(&organisation, new, &scope).await
    }

    /// The same, by whoever may: also the first operator, whom nobody invites.
    pub(super) async fn add_staff(
        &self,
        organisation: &Organisation,
        new: NewStaff,
        scope: &Scope,
    ) -> Result<(StaffId, Invitation), StaffError> {
        let control = self.stores().control();
        let (stored, login) = self.new_account(organisation, new).await?;
        let mut tx = control.begin().await?;
        if !control.insert_staff(&mut tx, &stored, &login).await? {
            return Err(StaffError::LoginTaken);
        }
        let invitation = self.new_invitation(&mut tx, &stored).await?;
        self.audit_staff(&mut tx, scope, Kind::StaffInvited, &stored).await?;
        tx.commit().await?;
        Ok((stored.id, invitation))
    }

    /// An account that is nowhere yet, and how its login name is found.
    pub(super) async fn new_account(
        &self,
        organisation: &Organisation,
        new: NewStaff,
    ) -> Result<(StoredStaff, Index), StaffError> {
        let id = StaffId::fresh(self.clock(), self.random());
        let index = self.login_index(&new.login);
        let profile = StaffProfile { login: new.login, name: name(&new.place.name)? };
        let plain = json!(profile).to_string();
        let stored = StoredStaff {
            profile: self.seal_of_staff(&organisation.id, &id, "profile", plain.as_bytes()).await?,
            id,
            tenant: organisation.id.clone(),
            rank: new.place.rank,
            outlet: new.place.outlet,
            rights: new.place.rights,
            last_day: new.place.last_day,
            status: StaffStatus::Invited,
            password: None,
            must_change: false,
            created_at: self.clock().now(),
        };
        Ok((stored, index))
    }

    /// Changes somebody's name, rank, outlet, rights or last day. If it touches what they may do, their sessions end.
    pub async fn change_staff(&self, by: &StaffSession, id: &StaffId, place: StaffPlace) -> Result<(), StaffError> {
        let (scope, stored) = self.manageable(by, Action::ChangeStaff, id).await?;
        // Where somebody is moved to has to be the manager's as well.
        let of = Target { tenant: &stored.tenant, outlet: place.outlet.as_ref(), person: Some(id) };
        self.allow(by, Action::ChangeStaff, of).map_err(|_| StaffError::Outlet)?;
        let control = self.stores().control();
        let organisation = control.organisation(&stored.tenant).await?.ok_or(StaffError::NotFound)?;
        self.check_place(by, &organisation, &place).await?;
        let member = self.member(&stored).await?;
        let profile = StaffProfile { login: member.profile.login, name: name(&place.name)? };
        let sealed = self.seal_of_staff(&stored.tenant, id, "profile", json!(profile).to_string().as_bytes()).await?;
        let mut tx = control.begin().await?;
        let before = self.taken(&mut tx, &stored).await?;
        if before.rank != place.rank || place.last_day.is_some() {
            self.spare(&mut tx, &before).await?;
        }
        let after = StoredStaff {
            profile: sealed,
            rank: place.rank,
            outlet: place.outlet,
            rights: place.rights,
            last_day: place.last_day,
            ..before.clone()
        };
        control.update_staff(&mut tx, &after).await?;
        if (before.rank, &before.outlet, &before.rights) != (after.rank, &after.outlet, &after.rights) {
            control.end_sessions(&mut tx, id, None).await?;
        }
        self.audit_staff(&mut tx, &scope, Kind::StaffChanged, &after).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Blocks somebody: their sessions end at once, an open invitation stops working.
    pub async fn block_staff(&self, by: &StaffSession, id: &StaffId) -> Result<(), StaffError> {
        let (scope, stored) = self.manageable(by, Action::BlockStaff, id).await?;
        let control = self.stores().control();
        let mut tx = control.begin().await?;
        let before = self.taken(&mut tx, &stored).await?;
        self.spare(&mut tx, &before).await?;
        let after = StoredStaff { status: StaffStatus::Blocked, ..before };
        control.update_staff(&mut tx, &after).await?;
        control.end_sessions(&mut tx, id, None).await?;
        control.revoke_invitations(&mut tx, id).await?;
        self.audit_staff(&mut tx, &scope, Kind::StaffBlocked, &after).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Lets somebody in again who was blocked; a last day that is over stays over.
    pub async fn unblock_staff(&self, by: &StaffSession, id: &StaffId) -> Result<(), StaffError> {
        let (scope, stored) = self.manageable(by, Action::BlockStaff, id).await?;
        let control = self.stores().control();
        let mut tx = control.begin().await?;
        let before = self.taken(&mut tx, &stored).await?;
        let status = if before.password.is_some() { StaffStatus::Active } else { StaffStatus::Invited };
        let after = StoredStaff { status, ..before };
        control.update_staff(&mut tx, &after).await?;
        self.audit_staff(&mut tx, &scope, Kind::StaffUnblocked, &after).await?;
        tx.commit().await?;
        Ok(())
    }

    /// A new link for somebody who lost theirs or forgot the password. A password that there is goes on working until
    /// the link is used.
    pub async fn invite_again(&self, by: &StaffSession, id: &StaffId) -> Result<Invitation, StaffError> {
        let (scope, stored) = self.manageable(by, Action::InviteStaff, id).await?;
        let mut tx = self.stores().control().begin().await?;
        let stored = self.taken(&mut tx, &stored).await?;
        if stored.status == StaffStatus::Blocked {
            return Err(StaffError::NotFound);
        }
        let invitation = self.new_invitation(&mut tx, &stored).await?;
        self.audit_staff(&mut tx, &scope, Kind::StaffInvited, &stored).await?;
        tx.commit().await?;
        Ok(invitation)
    }

    /// Takes an open link back.
    pub async fn revoke_invitation(&self, by: &StaffSession, id: &StaffId) -> Result<(), StaffError> {
        let (scope, stored) = self.manageable(by, Action::InviteStaff, id).await?;
        let control = self.stores().control();
        let mut tx = control.begin().await?;
        control.revoke_invitations(&mut tx, id).await?;
        self.audit_staff(&mut tx, &scope, Kind::StaffInvitationRevoked, &stored).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Takes all of somebody's second factors away, whose phone is gone: they set up a new one at the next login.
    pub async fn reset_factor(&self, by: &StaffSession, id: &StaffId) -> Result<(), StaffError> {
        let (scope, stored) = self.manageable(by, Action::ResetFactor, id).await?;
        let control = self.stores().control();
        let mut tx = control.begin().await?;
        control.delete_factor(&mut tx, id).await?;
        control.end_sessions(&mut tx, id, None).await?;
        self.audit_staff(&mut tx, &scope, Kind::StaffFactorReset, &stored).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Ends all of somebody's sessions.
    pub async fn end_sessions_of(&self, by: &StaffSession, id: &StaffId) -> Result<(), StaffError> {
        let (scope, stored) = self.manageable(by, Action::BlockStaff, id).await?;
        let control = self.stores().control();
        let mut tx = control.begin().await?;
        control.end_sessions(&mut tx, id, None).await?;
        self.audit_staff(&mut tx, &scope, Kind::StaffSessionsEnded, &stored).await?;
        tx.commit().await?;
        Ok(())
    }

    /// An agency's outlets.
    pub async fn outlets(&self, by: &StaffSession, tenant: &TenantId) -> Result<Vec<Outlet>, StaffError> {
        self.see_staff(by, tenant)?;
        Ok(self.stores().control().outlets(tenant).await?)
    }

    /// A new outlet of an agency.
    pub async fn create_outlet(
        &self,
        by: &StaffSession,
        tenant: &TenantId,
        outlet_name: &str,
    ) -> Result<Outlet, StaffError> {
        let scope = self.allow(by, Action::ChangeOutlets, Target::all_of(tenant))?;
        let control = self.stores().control();
        let organisation = control.organisation(tenant).await?.ok_or(StaffError::NotFound)?;
        if organisation.kind != crate::domain::staff::TenantKind::Agency {
            return Err(StaffError::NotFound);
        }
        let outlet = Outlet { id: OutletId::fresh(self.clock(), self.random()), name: name(outlet_name)? };
        let now = self.clock().now();
        let mut tx = control.begin().await?;
        control.insert_outlet(&mut tx, tenant, &outlet, now).await?;
        let event = Event::new(Kind::OutletCreated, outlet.id.as_str(), json!({ "tenant": tenant }));
        control.audit(&mut tx, now, scope.actor(), &event).await?;
        tx.commit().await?;
        Ok(outlet)
    }

    /// What a tenant asks of its staff.
    pub async fn staff_rules(&self, by: &StaffSession, tenant: &TenantId) -> Result<StaffRules, StaffError> {
        self.allow(by, Action::ChangeStaff, Target::all_of(tenant))?;
        Ok(self.stores().control().staff_rules(tenant).await?)
    }

    /// Changes it.
    pub async fn set_staff_rules(
        &self,
        by: &StaffSession,
        tenant: &TenantId,
        rules: StaffRules,
    ) -> Result<(), StaffError> {
        let scope = self.allow(by, Action::ChangeStaff, Target::all_of(tenant))?;
        let binds_oneself = *tenant == by.member.tenant && rules.demand_passkey(by.member.rank);
        let is_asked = rules.passkey != PasskeyDemand::Nobody;
        if (is_asked && !self.has_passkeys()) || (binds_oneself && by.factors.passkeys == 0) {
            return Err(StaffError::NoPasskey);
        }
        let control = self.stores().control();
        let mut tx = control.begin().await?;
        control.put_staff_rules(&mut tx, tenant, rules).await?;
        let event = Event::new(Kind::StaffRulesChanged, tenant.as_str(), json!({ "tenant": tenant, "after": rules }));
        control.audit(&mut tx, self.clock().now(), scope.actor(), &event).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Whether there is anybody there whom they may see: their outlet's, if their rank reaches no further.
    fn see_staff(&self, by: &StaffSession, tenant: &TenantId) -> Result<Scope, StaffError> {
        self.allow(by, Action::SeeStaff, Target { tenant, outlet: by.member.outlet.as_ref(), person: None })
    }

    async fn as_person(&self, by: &StaffSession, stored: &StoredStaff) -> Result<Person, Failure> {
        let control = self.stores().control();
        Ok(Person {
            member: self.member(stored).await?,
            is_below: stored.rank.is_below(by.member.rank),
            has_factor: control.factors(&stored.id).await?.any(),
            invited_until: control.open_invitation(&stored.id, self.clock().now()).await?,
            first_password_until: self.first_password_until(stored),
        })
    }

    /// Somebody below the manager, within reach of this action.
    async fn manageable(
        &self,
        by: &StaffSession,
        action: Action,
        id: &StaffId,
    ) -> Result<(Scope, StoredStaff), StaffError> {
        let stored = self.stores().control().staff(id).await?.ok_or(StaffError::NotFound)?;
        let of = Target { tenant: &stored.tenant, outlet: stored.outlet.as_ref(), person: Some(id) };
        if !by.may(action, of) || !stored.rank.is_below(by.member.rank) {
            return Err(StaffError::NotFound);
        }
        Ok((self.allow(by, action, of)?, stored))
    }

    /// Whether a manager can put somebody there: below themselves, with no more rights than they have.
    pub(super) async fn check_place(
        &self,
        by: &StaffSession,
        organisation: &Organisation,
        place: &StaffPlace,
    ) -> Result<(), StaffError> {
        if !place.rank.is_below(by.member.rank) || place.rank.works_at() != organisation.kind {
            return Err(StaffError::Rank);
        }
        let outlets = self.stores().control().outlets(&organisation.id).await?;
        let fits = match &place.outlet {
            Some(outlet) => place.rank.is_of_an_outlet() && outlets.iter().any(|there| there.id == *outlet),
            None => !place.rank.is_of_an_outlet(),
        };
        if !fits {
            return Err(StaffError::Outlet);
        }
        if !place.rights.are_within(&by.member.rights) || !place.rights.are_within(&Rights::all_of(place.rank)) {
            return Err(StaffError::Rights);
        }
        if place.last_day.is_some_and(|last| last < self.clock().now().date_in_berlin()) {
            return Err(StaffError::LastDay);
        }
        Ok(())
    }

    /// The account as this transaction sees it, while nobody else changes that tenant's staff.
    async fn taken(&self, tx: &mut Tx, stored: &StoredStaff) -> Result<StoredStaff, StaffError> {
        let control = self.stores().control();
        control.queue_for(tx, &stored.tenant).await?;
        control.staff_in(tx, &stored.id).await?.ok_or(StaffError::NotFound)
    }

    /// Refuses if the tenant would be left without somebody of its highest rank.
    async fn spare(&self, tx: &mut Tx, stored: &StoredStaff) -> Result<(), StaffError> {
        if !stored.rank.is_highest() || stored.status != StaffStatus::Active {
            return Ok(());
        }
        let others = self.stores().control().others_who_stay(tx, &stored.tenant, stored.rank, &stored.id).await?;
        if others == 0 { Err(StaffError::LastManager) } else { Ok(()) }
    }

    pub(super) async fn audit_staff(
        &self,
        tx: &mut Tx,
        scope: &Scope,
        kind: Kind,
        stored: &StoredStaff,
    ) -> Result<(), Failure> {
        let detail = json!({
            "tenant": stored.tenant, "rank": stored.rank, "outlet": stored.outlet, "rights": stored.rights,
            "last_day": stored.last_day.map(|day| day.to_string()), "status": stored.status.name(),
        });
        let event = Event::new(kind, stored.id.as_str(), detail);
        Ok(self.stores().control().audit(tx, self.clock().now(), scope.actor(), &event).await?)
    }
}
