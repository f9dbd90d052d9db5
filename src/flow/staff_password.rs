//! Passwords of staff: hashed off the async threads, a few at a time; chosen by the person, by the rules of
//! [`crate::domain::staff::password`].

use serde_json::json;

use super::{
    Failure, Pedell,
    staff::StaffError,
    staff_sessions::{Due, StaffSession},
};
use crate::{
    base::secret::{ExposeSecret, PlainToken, SecretString},
    domain::{
        audit::{Event, Kind},
        policy,
        staff::{StaffMember, password::PasswordRules},
    },
    store::control::StoredStaff,
    vault::PasswordHash,
};

impl Pedell {
    /// Compares a password with a hash; with nobody's, where there is no account.
    pub(super) async fn password_matches(
        &self,
        hash: Option<PasswordHash>,
        password: &SecretString,
    ) -> Result<bool, Failure> {
        let nobodys = || PasswordHash::nobodys(self.random(), self.settings().staff.password_cost);
        let (is_somebodys, hash) = (hash.is_some(), hash.unwrap_or_else(nobodys));
        let password = password.clone();
        let matches = self.0.hashing.run(move || hash.matches(&password)).await??;
        Ok(matches && is_somebodys)
    }

    /// Hashes a password, to be sealed.
    pub(super) async fn hash_password(&self, password: &SecretString) -> Result<PasswordHash, Failure> {
        let (random, password, cost) = (self.random().clone(), password.clone(), self.settings().staff.password_cost);
        Ok(self.0.hashing.run(move || PasswordHash::make(&random, &password, cost)).await??)
    }

    /// The hash of an account's password.
    pub(super) async fn stored_hash(&self, stored: &StoredStaff) -> Result<Option<PasswordHash>, Failure> {
        let Some(sealed) = &stored.password else { return Ok(None) };
        let plain = self.open_of_staff(&stored.tenant, &stored.id, "password", sealed).await?;
        PasswordHash::from_bytes(&plain).map(Some).ok_or(Failure::Corrupt("a password's hash"))
    }

    /// Hashes and seals what somebody chose, if it is good enough for them.
    pub(super) async fn choose_password(
        &self,
        member: &StaffMember,
        stored: &StoredStaff,
        password: &SecretString,
    ) -> Result<Vec<u8>, StaffError> {
        let control = self.stores().control();
        let has_factor = control.factors(&stored.id).await?.any();
        let rules = PasswordRules {
            with_second_factor: has_factor || self.needs_factor(stored).await?,
            composition: control.staff_rules(&stored.tenant).await?.password_composition,
        };
        let tenant = control.organisation(&stored.tenant).await?.ok_or(StaffError::NotFound)?;
        let names = [member.profile.name.as_str(), member.profile.login.as_str(), &tenant.name_de, &tenant.name_en];
        rules.check(password.expose_secret(), &names).map_err(StaffError::Password)?;
        if stored.must_change
            && let Some(managers) = self.stored_hash(stored).await?
            && self.password_matches(Some(managers), password).await?
        {
            return Err(StaffError::ManagersPassword);
        }
        let hash = self.hash_password(password).await?;
        Ok(self.seal_of_staff(&stored.tenant, &stored.id, "password", &hash.to_bytes()).await?)
    }

    /// Somebody chooses a new password: their other sessions end, this one goes on under another token.
    pub async fn change_password(
        &self,
        by: &StaffSession,
        present: &SecretString,
        new: &SecretString,
    ) -> Result<PlainToken, StaffError> {
        if by.due == Due::Code {
            return Err(StaffError::NotFound); // the second factor comes first
        }
        let control = self.stores().control();
        self.admit_proof(by).await?;
        let stored = control.staff(&by.member.id).await?.ok_or(StaffError::NotFound)?;
        let hash = self.stored_hash(&stored).await?;
        if !self.password_matches(hash, present).await? {
            return Err(StaffError::WrongPassword);
        }
        let sealed = self.choose_password(&by.member, &stored, new).await?;
        let token = PlainToken::fresh(self.random());
        let mut tx = control.begin().await?;
        self.forgive_proof(&mut tx, by).await?;
        control.set_staff_password(&mut tx, &stored.id, &sealed, false).await?;
        control.end_sessions(&mut tx, &stored.id, Some(&by.id)).await?;
        self.move_session(&mut tx, by, &token).await?;
        let event = Event::new(Kind::StaffPasswordSet, stored.id.as_str(), json!({ "tenant": stored.tenant }));
        control.audit(&mut tx, self.clock().now(), policy::oneself(&by.member).actor(), &event).await?;
        tx.commit().await?;
        Ok(token)
    }
}
