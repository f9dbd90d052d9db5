//! Where staff may come from: a list of networks for a tenant, one for each account; both count.
//!
//! Asked at the login, when an invitation is taken up, and at every request of a session ([`Pedell::admit_from`]). A
//! session that turns up elsewhere ends: either its owner has moved and would be refused anyhow, or somebody else has its
//! token, which then is worth nothing, wherever they go next (decision 0029).

use std::net::IpAddr;

use serde_json::json;
use thiserror::Error;

use super::{
    Failure, Pedell,
    staff::{StaffError, Visitor},
    staff_sessions::StaffSession,
};
use crate::{
    domain::{
        audit::{Event, Kind},
        networks::{AllowList, NetworkFault, vicinity},
        policy::{self, Actor, Target},
        staff::{Action, StaffId, StaffMember},
        tenant::TenantId,
    },
    store::{StoreError, Tx},
};

/// Whose list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Everybody's of a tenant.
    Tenant(TenantId),
    /// One account's.
    Account(StaffId),
}

/// A list as somebody sees it who may change it.
#[derive(Clone, Debug)]
pub struct NetworkList {
    /// Whose tenant.
    pub tenant: TenantId,
    /// The account, if it is an account's.
    pub member: Option<StaffMember>,
    /// The list.
    pub list: AllowList,
    /// Accounts with their own, of a tenant: who may be given one, and whether they have one.
    pub accounts: Vec<(StaffMember, bool)>,
}

/// Why a list was not changed.
#[derive(Debug, Error)]
pub enum NetworkError {
    /// It can't be read.
    #[error(transparent)]
    Faulty(#[from] NetworkFault),
    /// Whoever sets it would be refused from now on.
    #[error("the list would lock out whoever sets it")]
    LocksOut,
    /// They may not, or it is ours.
    #[error(transparent)]
    Staff(#[from] StaffError),
}

impl From<StoreError> for NetworkError {
    fn from(error: StoreError) -> Self {
        Self::Staff(error.into())
    }
}

/// Where a refusal happened.
#[derive(Clone, Copy, Debug)]
pub(super) enum Where {
    Login,
    Invitation,
    Session,
}

impl Where {
    const fn name(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::Invitation => "invitation",
            Self::Session => "session",
        }
    }
}

impl Pedell {
    /// A list, for whoever may change it.
    pub async fn networks(&self, by: &StaffSession, whose: &Whose) -> Result<NetworkList, StaffError> {
        let (tenant, member) = self.list_owner(by, whose).await?;
        let of = target(&tenant, member.as_ref());
        if !by.may(Action::ChangeNetworks, of) {
            return Err(StaffError::NotFound);
        }
        let control = self.stores().control();
        let list = control.networks(&tenant, member.as_ref().map(|member| &member.id)).await?;
        let mut accounts = Vec::new();
        if member.is_none() {
            let listed = control.accounts_with_networks(&tenant).await?;
            for person in self.people(by, &tenant).await? {
                if is_theirs(by, &person.member) {
                    let has_one = listed.contains(&person.member.id);
                    accounts.push((person.member, has_one));
                }
            }
        }
        Ok(NetworkList { tenant, member, list, accounts })
    }

    /// Changes a list. One that leaves out the address from which it is set is refused, if it is for whoever sets it.
    pub async fn set_networks(
        &self,
        by: &StaffSession,
        visitor: &Visitor,
        whose: &Whose,
        text: &str,
    ) -> Result<(), NetworkError> {
        let (tenant, member) = self.list_owner(by, whose).await?;
        let scope = self.allow(by, Action::ChangeNetworks, target(&tenant, member.as_ref()))?;
        let list = AllowList::parse(text)?;
        let is_for_them = member.as_ref().map_or(tenant == by.member.tenant, |member| member.id == by.member.id);
        if is_for_them && !list.lets_in(visitor.address) {
            return Err(NetworkError::LocksOut);
        }
        let control = self.stores().control();
        let staff = member.as_ref().map(|member| &member.id);
        let mut tx = control.begin().await?;
        control.queue_for(&mut tx, &tenant).await?;
        let before = control.networks_in(&mut tx, &tenant, staff).await?;
        if before == list {
            return Ok(());
        }
        control.put_networks(&mut tx, &tenant, staff, &list).await?;
        let detail = json!({ "tenant": tenant, "staff": staff, "before": before, "after": list });
        let object = staff.map_or(tenant.as_str(), StaffId::as_str);
        let event = Event::new(Kind::NetworksChanged, object, detail);
        control.audit(&mut tx, self.clock().now(), scope.actor(), &event).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Takes every list of a tenant away, for when nobody gets in any more. By somebody with a shell.
    pub async fn lift_networks(&self, tenant: &TenantId, by: &Actor) -> Result<u64, Failure> {
        let control = self.stores().control();
        let mut tx = control.begin().await?;
        let lifted = control.delete_networks(&mut tx, tenant).await?;
        let detail = json!({ "tenant": tenant, "lists": lifted, "after": [] });
        let event = Event::new(Kind::NetworksChanged, tenant.as_str(), detail);
        control.audit(&mut tx, self.clock().now(), by, &event).await?;
        tx.commit().await?;
        Ok(lifted)
    }

    /// Whether a session may go on from where this request comes; otherwise it has ended.
    pub async fn admit_from(&self, session: &StaffSession, visitor: &Visitor) -> Result<bool, Failure> {
        let Some(list) = self.list_that_refuses(&session.member, visitor.address).await? else { return Ok(true) };
        let control = self.stores().control();
        let mut tx = control.begin().await?;
        // Of several requests at one moment one ends it and says so.
        if control.end_session(&mut tx, &session.member.id, &session.id).await? {
            self.record_elsewhere(&mut tx, &session.member, visitor, (list, Where::Session)).await?;
        }
        tx.commit().await?;
        Ok(false)
    }

    /// Whether somebody may begin a session from there. A refusal is written down.
    pub(super) async fn may_begin_from(
        &self,
        member: &StaffMember,
        visitor: &Visitor,
        at: Where,
    ) -> Result<bool, Failure> {
        let Some(list) = self.list_that_refuses(member, visitor.address).await? else { return Ok(true) };
        let mut tx = self.stores().control().begin().await?;
        self.record_elsewhere(&mut tx, member, visitor, (list, at)).await?;
        tx.commit().await?;
        Ok(false)
    }

    async fn list_that_refuses(&self, who: &StaffMember, address: IpAddr) -> Result<Option<&'static str>, Failure> {
        let (tenants, own) = self.stores().control().networks_for(&who.tenant, &who.id).await?;
        Ok(match (tenants.lets_in(address), own.lets_in(address)) {
            (true, true) => None,
            (false, _) => Some("tenant"),
            (true, false) => Some("account"),
        })
    }

    async fn record_elsewhere(
        &self,
        tx: &mut Tx,
        member: &StaffMember,
        visitor: &Visitor,
        (list, at): (&'static str, Where),
    ) -> Result<(), Failure> {
        let (from, at) = (vicinity(visitor.address), at.name());
        tracing::info!(staff = %member.id, from, list, at, "somebody came from a network that is not on the list");
        let detail = json!({ "tenant": member.tenant, "from": from, "list": list, "at": at });
        let event = Event::new(Kind::StaffElsewhere, member.id.as_str(), detail);
        let scope = policy::oneself(member);
        Ok(self.stores().control().audit(tx, self.clock().now(), scope.actor(), &event).await?)
    }

    /// Whose list it is: one's own account, or somebody's below.
    async fn list_owner(
        &self,
        by: &StaffSession,
        whose: &Whose,
    ) -> Result<(TenantId, Option<StaffMember>), StaffError> {
        let control = self.stores().control();
        match whose {
            Whose::Tenant(tenant) => {
                control.organisation(tenant).await?.ok_or(StaffError::NotFound)?;
                Ok((tenant.clone(), None))
            }
            Whose::Account(id) => {
                let stored = control.staff(id).await?.ok_or(StaffError::NotFound)?;
                let member = self.member(&stored).await?;
                if !is_theirs(by, &member) {
                    return Err(StaffError::NotFound);
                }
                Ok((stored.tenant, Some(member)))
            }
        }
    }
}

fn is_theirs(by: &StaffSession, member: &StaffMember) -> bool {
    member.id == by.member.id || member.rank.is_below(by.member.rank)
}

fn target<'a>(tenant: &'a TenantId, member: Option<&'a StaffMember>) -> Target<'a> {
    match member {
        None => Target::all_of(tenant),
        Some(member) => Target { tenant, outlet: member.outlet.as_ref(), person: Some(&member.id) },
    }
}
