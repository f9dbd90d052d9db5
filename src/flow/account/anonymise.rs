//! The operator carries out what students ask for: everything that says who somebody is, or leads to them, is taken out of
//! the university's database. References, counts and the audit trail stay whole (mission D3).

use serde_json::json;

use crate::{
    base::Timestamp,
    domain::{
        account::AccountId,
        audit::{Event, Kind},
        policy::Scope,
    },
    flow::{Failure, Pedell},
    store::tenant::StoredAccount,
    vault::Index,
};

/// Somebody waits for anonymisation.
#[derive(Clone, Debug)]
pub struct AnonymisationRequest {
    /// Which account.
    pub account: AccountId,
    /// Since when.
    pub requested_at: Timestamp,
}

/// What was done.
#[derive(Clone, Debug, Default)]
pub struct Anonymised {
    /// Verifications that lead to nobody any more.
    pub verifications: u64,
    /// Tokens that lead to nobody any more.
    pub tokens: u64,
    /// Who was told what, for them to be told; the newest first.
    pub recipients: Vec<Recipient>,
}

/// An issuer that has got something about the student.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// Its client id.
    pub client: String,
    /// Its name.
    pub name: String,
    /// As what it knows the student.
    pub subject: String,
    /// By the names of the claims; none if nobody wrote it down.
    pub fields: Option<String>,
    /// When.
    pub at: Timestamp,
}

impl Pedell {
    /// Who waits.
    pub async fn anonymisation_requests(&self, scope: &Scope) -> Result<Vec<AnonymisationRequest>, Failure> {
        let stored = self.stores().tenant(scope).await?.anonymisation_requests().await?;
        let request = |stored: StoredAccount| {
            let requested_at = Timestamp::from_millis(stored.requested_at?);
            Some(AnonymisationRequest { account: AccountId::parse(&stored.id)?, requested_at })
        };
        Ok(stored.into_iter().filter_map(request).collect())
    }

    /// Anonymises an account, asked for or not; `None` if there is none, or if it was done before. Whom the student's data
    /// were passed on to has to be told by the operator: it is not kept.
    pub async fn anonymise(&self, scope: &Scope, account: &AccountId) -> Result<Option<Anonymised>, Failure> {
        let tenant = self.stores().tenant(scope).await?;
        let student_of = |stored: Option<StoredAccount>| {
            stored.and_then(|stored| stored.student.as_deref().and_then(Index::from_bytes))
        };
        let Some(student) = student_of(tenant.account(account.as_str()).await?) else { return Ok(None) };
        let mut done = Anonymised::default();
        for token in tenant.tokens_of(&student).await? {
            let name = self.issuer_name(&token.client).await?;
            let at = Timestamp::from_millis(token.issued_at);
            done.recipients.push(Recipient {
                client: token.client,
                name,
                subject: token.subject,
                fields: token.fields,
                at,
            });
        }
        let now = self.clock().now();
        let mut tx = tenant.begin().await?;
        tenant.queue(&mut tx).await?;
        if student_of(tenant.account_in(&mut tx, account.as_str()).await?).is_none() {
            return Ok(None);
        }
        let instead = self.random().bytes();
        let overwritten = tenant.anonymise_account(&mut tx, account.as_str(), &student, &instead, now).await?;
        (done.verifications, done.tokens) = (overwritten.verifications, overwritten.tokens);
        let mut clients: Vec<&str> = done.recipients.iter().map(|recipient| recipient.client.as_str()).collect();
        clients.sort_unstable();
        clients.dedup();
        let detail = json!({
            "verifications": overwritten.verifications, "tokens": overwritten.tokens, "recipients": clients,
        });
        tenant.audit(&mut tx, now, scope, &Event::new(Kind::AccountAnonymised, account.as_str(), detail)).await?;
        tx.commit().await?;
        Ok(Some(done))
    }
}
