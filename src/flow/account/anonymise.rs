//! The operator carries out what students ask for: everything that says who somebody is, or leads to them, is taken out of
//! the university's database. References, counts and the audit trail stay whole (mission D3).

use std::collections::BTreeSet;

use serde_json::json;

use crate::{
    base::Timestamp,
    domain::{
        account::AccountId,
        audit::{Event, Kind},
        policy::Scope,
    },
    flow::{Failure, Pedell},
    store::tenant::{Overwritten, StoredAccount, StoredToken},
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
#[derive(Clone, Debug)]
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
        let now = self.clock().now();
        let mut tx = tenant.begin().await?;
        tenant.queue(&mut tx).await?;
        if student_of(tenant.account_in(&mut tx, account.as_str()).await?).is_none() {
            return Ok(None);
        }
        let tokens = tenant.tokens_of_in(&mut tx, &student).await?;
        let clients: BTreeSet<&str> = tokens.iter().map(|token| token.client.as_str()).collect();
        let instead = self.random().bytes();
        let overwritten = tenant.anonymise_account(&mut tx, account.as_str(), &student, &instead, now).await?;
        let detail = json!({
            "verifications": overwritten.verifications, "tokens": overwritten.tokens, "recipients": clients,
        });
        tenant.audit(&mut tx, now, scope, &Event::new(Kind::AccountAnonymised, account.as_str(), detail)).await?;
        tx.commit().await?;
        let Overwritten { verifications, tokens: overwritten } = overwritten;
        let mut recipients = Vec::with_capacity(tokens.len());
        for token in tokens {
            let name = self.issuer_name(&token.client).await?;
            let at = Timestamp::from_millis(token.issued_at);
            let StoredToken { client, subject, fields, .. } = token;
            recipients.push(Recipient { client, name, subject, fields, at });
        }
        Ok(Some(Anonymised { verifications, tokens: overwritten, recipients }))
    }
}
