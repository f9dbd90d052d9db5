//! What a student does about their account: adds what the university does not send, takes it back, withdraws a consent,
//! asks for anonymisation. Each is one transaction with its audit entry.

use serde_json::{Value, json};

use super::{Account, opened, photo_place, photo_row, visit::AccountPass};
use crate::{
    domain::{
        added::{Own, PhotoId},
        audit::{Event, Kind},
        person::BirthDate,
        rule::Field,
    },
    flow::{Failure, Pedell},
    store::{Tx, tenant::Tenant},
    vault::TenantKeys,
};

/// What is changed.
#[derive(Clone, Debug)]
pub enum AccountChange {
    /// The birth date, or none any more.
    BirthDate(Option<BirthDate>),
    /// No photo any more.
    RemovePhoto,
    /// This issuer (its client id) may be told nothing any more.
    Withdraw(String),
    /// The account is to be anonymised.
    RequestAnonymisation,
}

impl Pedell {
    /// Makes a change; whether the account is still there. What is so already is not changed again.
    pub async fn change_account(&self, pass: &AccountPass, change: &AccountChange) -> Result<bool, Failure> {
        let Some(mut open) = self.open_for_change(pass).await? else { return Ok(false) };
        let now = self.clock().now();
        let record = &mut open.account.record;
        let (kind, detail) = match change {
            AccountChange::BirthDate(Some(value)) => {
                record.added.birth_date = Some(Own { value: *value, at: now });
                (Kind::AccountChanged, changed(Field::Birthdate, "added"))
            }
            AccountChange::BirthDate(None) if record.added.birth_date.take().is_some() => {
                (Kind::AccountChanged, changed(Field::Birthdate, "removed"))
            }
            AccountChange::RemovePhoto if record.added.picture.take().is_some() => {
                open.tenant.delete_photo(&mut open.tx, pass.account.as_str()).await?;
                (Kind::AccountChanged, changed(Field::Picture, "removed"))
            }
            AccountChange::Withdraw(client) if record.consents.remove(client).is_some() => {
                (Kind::ConsentWithdrawn, json!({ "client": client }))
            }
            AccountChange::RequestAnonymisation
                if open.tenant.request_anonymisation(&mut open.tx, pass.account.as_str(), now).await? =>
            {
                (Kind::AnonymisationRequested, json!({}))
            }
            _ => return Ok(true),
        };
        self.finish_change(pass, open, kind, detail).await?;
        Ok(true)
    }

    /// Keeps a photo: a JPEG that [`crate::protocol::photo`] made.
    pub async fn add_photo(&self, pass: &AccountPass, jpeg: &[u8]) -> Result<bool, Failure> {
        let Some(mut open) = self.open_for_change(pass).await? else { return Ok(false) };
        let photo = PhotoId::fresh(self.clock(), self.random());
        let account = pass.account.as_str();
        let sealed = open.keys.seal(self.random(), photo_place(&photo_row(account, photo.as_str())), jpeg);
        open.tenant.put_photo(&mut open.tx, account, photo.as_str(), &sealed).await?;
        open.account.record.added.picture = Some(Own { value: photo, at: self.clock().now() });
        self.finish_change(pass, open, Kind::AccountChanged, changed(Field::Picture, "added")).await?;
        Ok(true)
    }

    async fn open_for_change(&self, pass: &AccountPass) -> Result<Option<Opened>, Failure> {
        let scope = pass.scope();
        let tenant = self.stores().tenant(&scope).await?;
        let Some(stored) = tenant.account(pass.account.as_str()).await? else { return Ok(None) };
        let keys = self.account_keys(&scope, Some(&stored)).await?;
        let mut tx = tenant.begin().await?;
        // Of two changes at the same moment, the second has to see the first.
        tenant.queue(&mut tx).await?;
        let Some(stored) = tenant.account_in(&mut tx, pass.account.as_str()).await? else { return Ok(None) };
        Ok(opened(&keys, &stored)?.map(|account| Opened { tenant, tx, keys, account }))
    }

    async fn finish_change(
        &self,
        pass: &AccountPass,
        Opened { tenant, mut tx, keys, account }: Opened,
        kind: Kind,
        detail: Value,
    ) -> Result<(), Failure> {
        let sealed = self.sealed_account(&keys, &account);
        tenant.update_account(&mut tx, account.id.as_str(), &sealed, account.seen_at.as_millis()).await?;
        let event = Event::new(kind, account.id.as_str(), detail);
        tenant.audit(&mut tx, self.clock().now(), &pass.scope(), &event).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// An account within a transaction in which nobody else changes it.
struct Opened {
    tenant: Tenant,
    tx: Tx,
    keys: std::sync::Arc<TenantKeys>,
    account: Account,
}

/// Which field, never its value.
fn changed(field: Field, what: &str) -> Value {
    json!({ "field": field.claim(), "what": what })
}
