//! A student's own account (mission V9): made at the first login at the university, opened by logging in there again.
//!
//! [`note_login`](Pedell::note_login) is where every kind of login ends up, in the transaction that records it. [`visit`]
//! lets its student in, [`overview`] shows it, [`change`] is what they may do about it, [`anonymise`] what the operator does
//! when they ask. Whom they allow what is asked in [`super::handover`].
//!
//! An account is found by the keyed hash of its student alone. Everything in it is sealed for its own row.

pub mod anonymise;
pub mod change;
pub mod overview;
pub mod visit;

use std::sync::Arc;

use serde_json::json;

use super::{Failure, Pedell};
use crate::{
    base::Timestamp,
    domain::{
        account::{AccountId, AccountRecord},
        audit::{Event, Kind},
        eligibility::Evidence,
        policy::Scope,
    },
    store::{
        Tx,
        tenant::{StoredAccount, Tenant},
    },
    vault::{Index, Place, TenantKeys},
};

/// An account, opened.
#[derive(Clone, Debug)]
pub struct Account {
    /// Which.
    pub id: AccountId,
    /// What stands in it.
    pub record: AccountRecord,
    /// When it was made.
    pub created_at: Timestamp,
    /// The last login.
    pub seen_at: Timestamp,
    /// When the student asked for anonymisation.
    pub requested_at: Option<Timestamp>,
}

/// A login that is believed.
pub(super) struct LoggedIn<'a> {
    /// Who.
    pub(super) student: Index,
    /// What the university said.
    pub(super) evidence: &'a Evidence,
    /// When.
    pub(super) at: Timestamp,
}

/// Where an account's record is sealed for.
fn record_place(id: &str) -> Place<'_> {
    Place { table: "accounts", column: "record", row: id.as_bytes() }
}

/// The bytes that stand for a photo in its [`Place`].
fn photo_row(account: &str, photo: &str) -> Vec<u8> {
    format!("{account} {photo}").into_bytes()
}

fn photo_place(row: &[u8]) -> Place<'_> {
    Place { table: "account_photos", column: "photo", row }
}

/// Opens an account; `None` if it was anonymised.
pub(super) fn opened(keys: &TenantKeys, stored: &StoredAccount) -> Result<Option<Account>, Failure> {
    let Some(sealed) = stored.record.as_deref() else { return Ok(None) };
    let plain = keys.open(record_place(&stored.id), sealed).map_err(Failure::open("an account"))?;
    let record = serde_json::from_slice(&plain).map_err(|_| Failure::Corrupt("an account"))?;
    Ok(Some(Account {
        id: AccountId::parse(&stored.id).ok_or(Failure::Corrupt("an account's id"))?,
        record,
        created_at: Timestamp::from_millis(stored.created_at),
        seen_at: Timestamp::from_millis(stored.seen_at),
        requested_at: stored.requested_at.map(Timestamp::from_millis),
    }))
}

impl Pedell {
    /// The keys that open this account, if there is one, and seal what becomes of it. Before a transaction begins: see
    /// [`super::issue_token`].
    pub(super) async fn account_keys(
        &self,
        scope: &Scope,
        stored: Option<&StoredAccount>,
    ) -> Result<Arc<TenantKeys>, Failure> {
        let sealed = stored.and_then(|stored| stored.record.as_deref());
        let version = sealed.and_then(|sealed| sealed.first()).copied().unwrap_or_default();
        self.tenant_keys_with(scope.tenant(), version).await
    }

    pub(super) fn sealed_account(&self, keys: &TenantKeys, account: &Account) -> Vec<u8> {
        let plain = zeroize::Zeroizing::new(json!(account.record).to_string());
        keys.seal(self.random(), record_place(account.id.as_str()), plain.as_bytes())
    }

    /// Takes what a login said into the student's account, which is made if there is none. The transaction has queued
    /// already, so that of two first logins at one moment the second sees what the first made.
    pub(super) async fn note_login(
        &self,
        tenant: &Tenant,
        tx: &mut Tx,
        scope: &Scope,
        keys: &TenantKeys,
        login: &LoggedIn<'_>,
    ) -> Result<AccountId, Failure> {
        let stored = tenant.account_of_in(tx, &login.student).await?;
        let before = stored.as_ref().map(|stored| opened(keys, stored)).transpose()?.flatten();
        let is_new = before.is_none();
        let mut account = before.unwrap_or_else(|| Account {
            id: AccountId::fresh(self.clock(), self.random()),
            record: AccountRecord::default(),
            created_at: login.at,
            seen_at: login.at,
            requested_at: None,
        });
        account.record.received.take(login.evidence, login.at);
        let sealed = self.sealed_account(keys, &account);
        if !is_new {
            tenant.update_account(tx, account.id.as_str(), &sealed, login.at.as_millis()).await?;
            return Ok(account.id);
        }
        let row = StoredAccount {
            id: account.id.to_string(),
            student: Some(login.student.as_bytes().to_vec()),
            record: Some(sealed),
            created_at: login.at.as_millis(),
            seen_at: login.at.as_millis(),
            requested_at: None,
            anonymised_at: None,
        };
        tenant.insert_account(tx, &row).await?;
        tenant.audit(tx, login.at, scope, &Event::new(Kind::AccountCreated, account.id.as_str(), json!({}))).await?;
        Ok(account.id)
    }
}
