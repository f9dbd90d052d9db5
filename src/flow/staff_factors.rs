//! Somebody looks at what they prove themselves with, and takes one of them away; never the last.

use serde_json::json;

use super::{Failure, Pedell, staff::StaffError, staff_sessions::StaffSession};
use crate::{
    base::{Timestamp, secret::PlainToken},
    domain::{
        audit::{Event, Kind},
        policy,
    },
};

/// A passkey as its owner sees it.
#[derive(Clone, Debug)]
pub struct PasskeyView {
    /// To name it by.
    pub handle: String,
    /// What they call it.
    pub name: String,
    /// Whether it may live on several devices.
    pub is_synced: bool,
    /// When it was made.
    pub made_at: Timestamp,
    /// When it was last used.
    pub used_at: Option<Timestamp>,
}

impl Pedell {
    /// Somebody's own passkeys, oldest first.
    pub async fn passkeys(&self, by: &StaffSession) -> Result<Vec<PasskeyView>, Failure> {
        let mut views = Vec::new();
        for stored in self.stores().control().passkeys_of(&by.member.id).await? {
            let name = self.open_of_staff(&by.member.tenant, &by.member.id, "passkey", &stored.name).await?;
            views.push(PasskeyView {
                name: String::from_utf8_lossy(&name).into_owned(),
                is_synced: stored.backup_eligible != 0,
                made_at: Timestamp::from_millis(stored.created_at),
                used_at: stored.used_at.map(Timestamp::from_millis),
                handle: stored.handle,
            });
        }
        Ok(views)
    }

    /// Takes one of one's own factors away: a passkey by its handle, or the authenticator app (`app`). Takes a fresh
    /// proof; other sessions end.
    pub async fn remove_factor(&self, by: &StaffSession, which: &str) -> Result<PlainToken, StaffError> {
        if !by.is_in() || !by.has_factor {
            return Err(StaffError::NotFound);
        }
        let now = self.clock().now();
        if !by.is_fresh(now) {
            return Err(StaffError::StepUp);
        }
        let control = self.stores().control();
        let (tenant, id) = (&by.member.tenant, &by.member.id);
        let token = PlainToken::fresh(self.random());
        let mut tx = control.begin().await?;
        control.queue_for(&mut tx, tenant).await?; // two at once: one of them sees what the other left
        let is_gone = match which {
            "app" => control.delete_app(&mut tx, id).await?,
            handle => control.delete_passkey(&mut tx, id, handle).await?,
        };
        if !is_gone {
            return Err(StaffError::NotFound);
        }
        let left = control.factors_in(&mut tx, id).await?;
        if !left.any() || (by.passkey_is_demanded && left.passkeys == 0) {
            return Err(StaffError::LastFactor);
        }
        control.end_sessions(&mut tx, id, Some(&by.id)).await?;
        self.move_session(&mut tx, by, &token).await?;
        let factor = if which == "app" { "totp" } else { "passkey" };
        let detail = json!({ "tenant": tenant, "factor": factor, "which": which });
        let event = Event::new(Kind::StaffFactorRemoved, id.as_str(), detail);
        control.audit(&mut tx, now, policy::oneself(&by.member).actor(), &event).await?;
        tx.commit().await?;
        Ok(token)
    }
}
