//! An invitation: a link that lets one person set their own password, once and not for long.

use serde_json::json;

use super::{
    Failure, Pedell,
    staff::{StaffError, Visitor},
    staff_networks::Where,
};
use crate::{
    base::{
        Random, Timestamp,
        secret::{PlainToken, SecretString},
    },
    domain::{
        audit::{Event, Kind},
        policy,
        staff::{Organisation, StaffMember},
    },
    store::{Tx, control::StoredStaff},
};

/// Whom an invitation is for.
#[derive(Debug)]
pub struct Invited {
    /// Who.
    pub member: StaffMember,
    /// Whose they are.
    pub tenant: Organisation,
    /// The fewest characters of the password that is to be chosen.
    pub least: usize,
}

/// A link that was made.
#[derive(Debug)]
pub struct Invitation {
    /// The path with the code; shown once.
    pub path: String,
    /// Until when it works.
    pub expires_at: Timestamp,
}

impl Pedell {
    /// Whom an open invitation is for.
    pub async fn invited(&self, code: &PlainToken) -> Result<Option<Invited>, Failure> {
        let control = self.stores().control();
        let now = self.clock().now();
        let Some(id) = control.invitation(&code.hash(), now).await? else { return Ok(None) };
        let Some(stored) = control.staff(&id).await? else { return Ok(None) };
        let Some(tenant) = control.organisation(&stored.tenant).await? else { return Ok(None) };
        let member = self.member(&stored).await?;
        if member.is_over(now.date_in_berlin()) || stored.status == crate::domain::staff::StaffStatus::Blocked {
            return Ok(None);
        }
        let with_second_factor = self.needs_factor(&stored).await? || control.factors(&id).await?.any();
        let rules = crate::domain::staff::password::PasswordRules { with_second_factor, composition: false };
        Ok(Some(Invited { member, tenant, least: rules.least() }))
    }

    /// The person sets their password: the invitation is used up, and a session begins.
    pub async fn accept_invitation(
        &self,
        code: &PlainToken,
        password: &SecretString,
        visitor: &Visitor,
    ) -> Result<PlainToken, StaffError> {
        let invited = self.invited(code).await?.ok_or(StaffError::NotFound)?;
        let control = self.stores().control();
        let now = self.clock().now();
        let member = &invited.member;
        if !self.may_begin_from(member, visitor, Where::Invitation).await? {
            return Err(StaffError::Elsewhere);
        }
        let stored = control.staff(&member.id).await?.ok_or(StaffError::NotFound)?;
        let binding = self.admit_certificate(member, visitor).await?;
        let sealed = self.choose_password(member, &stored, password).await?;
        let mut tx = control.begin().await?;
        if control.use_invitation(&mut tx, &code.hash(), now).await?.is_none() {
            return Err(StaffError::NotFound);
        }
        control.set_staff_password(&mut tx, &member.id, &sealed, false).await?;
        control.end_sessions(&mut tx, &member.id, None).await?;
        let has_factor = control.factors_in(&mut tx, &member.id).await?.any();
        let token = self.begin_session(&mut tx, member, &visitor.place(), binding, !has_factor).await?;
        let detail = json!({ "tenant": member.tenant, "from": visitor.network() });
        let event = Event::new(Kind::StaffInvitationAccepted, member.id.as_str(), detail);
        control.audit(&mut tx, now, policy::oneself(member).actor(), &event).await?;
        tx.commit().await?;
        Ok(token)
    }

    /// A new link; earlier ones of the same person stop working.
    pub(super) async fn new_invitation(&self, tx: &mut Tx, stored: &StoredStaff) -> Result<Invitation, Failure> {
        let now = self.clock().now();
        let code = invitation_code(self.random());
        let expires_at = now.plus(self.settings().staff.invitation_life);
        self.stores().control().insert_invitation(tx, &stored.id, &code.hash(), expires_at, now).await?;
        Ok(Invitation { path: format!("/staff/invitation?code={}", code.expose()), expires_at })
    }
}

/// 128 random bits.
fn invitation_code(random: &Random) -> PlainToken {
    let hex = random.bytes::<16>().iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
    PlainToken::presented(hex)
}
