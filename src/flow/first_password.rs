//! A manager gives somebody a first password instead of a link (mission S3): good for one login and not for long, and
//! never kept.

use super::{Pedell, staff::StaffError, staff_admin::NewStaff, staff_sessions::StaffSession};
use crate::{
    base::{Timestamp, secret::SecretString},
    domain::{
        audit::Kind,
        policy::Target,
        staff::{Action, StaffId, StaffStatus},
        tenant::TenantId,
    },
    store::control::StoredStaff,
};

impl Pedell {
    /// A new account with a password of the manager's: until when somebody can come in with it. The rules of passwords
    /// hold for it too, and it opens nothing but the page where another one is chosen.
    pub async fn create_staff(
        &self,
        by: &StaffSession,
        tenant: &TenantId,
        new: NewStaff,
        password: &SecretString,
    ) -> Result<(StaffId, Timestamp), StaffError> {
        let of = Target { tenant, outlet: new.place.outlet.as_ref(), person: None };
        let scope = self.allow(by, Action::InviteStaff, of)?;
        let control = self.stores().control();
        let organisation = control.organisation(tenant).await?.ok_or(StaffError::NotFound)?;
        self.check_place(by, &organisation, &new.place).await?;
        let (account, login) = self.new_account(&organisation, new).await?;
        let member = self.member(&account).await?;
        let sealed = self.choose_password(&member, &account, password).await?;
        let stored = StoredStaff { password: Some(sealed), must_change: true, status: StaffStatus::Active, ..account };
        let mut tx = control.begin().await?;
        if !control.insert_staff(&mut tx, &stored, &login).await? {
            return Err(StaffError::LoginTaken);
        }
        self.audit_staff(&mut tx, &scope, Kind::StaffCreated, &stored).await?;
        tx.commit().await?;
        Ok((stored.id, stored.created_at.plus(self.settings().staff.invitation_life)))
    }

    /// Until when a password that is the manager's works, if it is: as long as a link would.
    pub(super) fn first_password_until(&self, stored: &StoredStaff) -> Option<Timestamp> {
        stored.must_change.then(|| stored.created_at.plus(self.settings().staff.invitation_life))
    }
}
