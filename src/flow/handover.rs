//! Between an eligible decision and the code: has the student agreed that this issuer gets these fields? Asked before the
//! first hand-over and whenever more is wanted, remembered in the account, withdrawable there.
//!
//! Who typed data into a form of ours was told there what the shop gets, and has no account to remember it in.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    Failure, Pedell,
    account::opened,
    conclude::Outcome,
    login::{AskedOf, Login},
    seen::{Seen, evidence_place},
};
use crate::{
    base::{Reference, Timestamp},
    domain::{
        account::AccountRecord,
        audit::{Event, Kind},
        client::Client,
        eligibility::is_too_old,
        policy::Scope,
        reason::Reason,
        rule::Field,
    },
    protocol::oidc::authorization_request::Scope as AskedScope,
    store::tenant::{StoredVerification, Tenant},
    vault::{Index, Purpose, Sealed, TenantKeys},
};

/// What is handed over once the student agrees. Travels sealed in the browser; nothing is written until then.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Handover {
    /// The login that it ends.
    pub login: Login,
    /// The eligible verification.
    pub verification: String,
    /// Its reference number.
    pub reference: Reference,
    /// What a token would hold, beside the enrollment itself.
    pub fields: Vec<Field>,
    /// Which of these are the student's own word.
    pub self_asserted: Vec<Field>,
    /// When enrollment was proven.
    pub proven_at: Timestamp,
    /// When the student has to begin anew.
    pub expires_at: Timestamp,
}

impl Purpose for Handover {
    const PURPOSE: &'static str = "handover";
}

/// What comes after an eligible decision.
#[derive(Debug)]
pub enum Next {
    /// Back to the shop, with this code.
    Code(String),
    /// The student has to be asked.
    Ask(Box<Handover>),
}

/// What came of a student's yes.
#[derive(Debug)]
pub enum Agreed {
    /// Back to the shop, with this code.
    Code(String),
    /// Meanwhile the proof is older than the rule or the shop allows.
    Late(Reason),
    /// The account is gone, or the verification is no longer the student's.
    Gone,
}

/// What a token for this issuer would hold of what there is: what it may have *and* asked for.
pub(super) fn fields_for(client: &Client, asked: AskedScope, seen: &Seen) -> Vec<Field> {
    let may = |field: &Field| client.issuer().is_some_and(|issuer| issuer.claims.contains(field));
    Field::ALL
        .into_iter()
        .filter(|field| asked.asks_for(*field) && may(field) && (seen.says(*field) || seen.added.has(*field)))
        .collect()
}

impl Pedell {
    /// The code, or the question that comes before it.
    pub async fn hand_over(
        &self,
        scope: &Scope,
        of: &AskedOf,
        login: &Login,
        outcome: &Outcome,
    ) -> Result<Next, Failure> {
        let tenant = self.stores().tenant(scope).await?;
        let verification =
            tenant.verification(&outcome.verification).await?.ok_or(Failure::Corrupt("a verification"))?;
        let seen = self.seen(scope, &verification).await?;
        if !seen.evidence.method.is_a_login() {
            return Ok(Next::Code(self.authorization_code(login, of, outcome)));
        }
        let fields = fields_for(&of.asked.client, login.request.scope, &seen);
        if let Some((record, _)) = self.record_of(scope, &tenant, &verification).await?
            && record.allows(of.asked.client.id.as_str(), &fields)
        {
            return Ok(Next::Code(self.authorization_code(login, of, outcome)));
        }
        let self_asserted = fields.iter().copied().filter(|field| seen.added.has(*field)).collect();
        Ok(Next::Ask(Box::new(Handover {
            login: login.clone(),
            verification: outcome.verification.clone(),
            reference: outcome.reference.clone(),
            fields,
            self_asserted,
            proven_at: seen.evidence.proven_at,
            expires_at: login.expires_at,
        })))
    }

    /// Seals the question for the browser that is asked.
    pub fn seal_handover(&self, browser: &str, handover: &Handover) -> String {
        self.instance_keys().seal(self.random(), browser, handover).as_str().to_owned()
    }

    /// Opens what the browser carried; `None` if it is over, altered, or another browser's.
    pub fn open_handover(&self, browser: &str, sealed: &str) -> Option<Handover> {
        let handover: Handover = self.instance_keys().open(browser, &Sealed::presented(sealed)).ok()?;
        (handover.expires_at > self.clock().now()).then_some(handover)
    }

    /// The student agrees. Agreeing twice is agreeing once.
    pub async fn agree(&self, scope: &Scope, of: &AskedOf, handover: &Handover) -> Result<Agreed, Failure> {
        let now = self.clock().now();
        let oldest = [of.asked.product.rule.max_age_seconds, handover.login.request.max_age_seconds];
        if is_too_old(handover.proven_at, oldest, now) {
            return Ok(Agreed::Late(Reason::LoginTooOld));
        }
        let tenant = self.stores().tenant(scope).await?;
        let Some(verification) = tenant.verification(&handover.verification).await? else { return Ok(Agreed::Gone) };
        let Some(student) = verification.student.as_deref().and_then(Index::from_bytes) else {
            return Ok(Agreed::Gone);
        };
        let Some((_, keys)) = self.record_of(scope, &tenant, &verification).await? else { return Ok(Agreed::Gone) };
        let mut tx = tenant.begin().await?;
        // Of two answers at the same moment, the second has to see the first.
        tenant.queue(&mut tx).await?;
        let stored = tenant.account_of_in(&mut tx, &student).await?;
        let account = stored.as_ref().map(|stored| opened(&keys, stored)).transpose()?.flatten();
        let Some(mut account) = account else { return Ok(Agreed::Gone) };
        let client = of.asked.client.id.as_str();
        if !account.record.allows(client, &handover.fields) {
            account.record.allow(client, &handover.fields, now);
            let sealed = self.sealed_account(&keys, &account);
            tenant.update_account(&mut tx, account.id.as_str(), &sealed, account.seen_at.as_millis()).await?;
            let fields: Vec<&str> = handover.fields.iter().map(|field| field.claim()).collect();
            let detail = json!({ "client": client, "fields": fields });
            tenant.audit(&mut tx, now, scope, &Event::new(Kind::ConsentGiven, account.id.as_str(), detail)).await?;
            tx.commit().await?;
        }
        let outcome = Outcome {
            reference: handover.reference.clone(),
            verification: handover.verification.clone(),
            decision: Ok(()),
            missing: Vec::new(),
        };
        Ok(Agreed::Code(self.authorization_code(&handover.login, of, &outcome)))
    }

    /// The student does not agree: recorded, without saying of which account.
    pub async fn decline(&self, scope: &Scope, handover: &Handover) -> Result<(), Failure> {
        let tenant = self.stores().tenant(scope).await?;
        let mut tx = tenant.begin().await?;
        let detail = json!({ "client": handover.login.request.client_id });
        let event = Event::new(Kind::ConsentDeclined, &handover.verification, detail);
        tenant.audit(&mut tx, self.clock().now(), scope, &event).await?;
        tx.commit().await?;
        Ok(())
    }

    /// What an eligible verification saw.
    pub(super) async fn seen(&self, scope: &Scope, verification: &StoredVerification) -> Result<Seen, Failure> {
        let sealed = verification.evidence.as_deref().ok_or(Failure::Corrupt("an eligible verification's evidence"))?;
        let version = sealed.first().copied().unwrap_or_default();
        let keys = self.tenant_keys_with(scope.tenant(), version).await?;
        let plain = keys.open(evidence_place(&verification.id), sealed).map_err(Failure::open("evidence"))?;
        serde_json::from_slice(&plain).map_err(|_| Failure::Corrupt("evidence"))
    }

    /// The account of a verification's student, with the keys that open it.
    async fn record_of(
        &self,
        scope: &Scope,
        tenant: &Tenant,
        verification: &StoredVerification,
    ) -> Result<Option<(AccountRecord, std::sync::Arc<TenantKeys>)>, Failure> {
        let Some(student) = verification.student.as_deref().and_then(Index::from_bytes) else { return Ok(None) };
        let Some(stored) = tenant.account_of(&student).await? else { return Ok(None) };
        let keys = self.account_keys(scope, Some(&stored)).await?;
        Ok(opened(&keys, &stored)?.map(|account| (account.record, keys)))
    }
}
