//! Tokens that wait at the same moment are written in one transaction: either all of what it holds is there, or none. Each
//! is still judged by itself: who replays a code, or whose consent is gone, takes nobody else's token away.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::{Arc, Mutex, PoisonError},
};

use serde_json::json;

use super::{
    Failure, Pedell,
    issue_token::{Draft, IssueError, Issued, leave},
    together::Desk,
};
use crate::{
    base::{Timestamp, limits},
    domain::{
        audit::{Event, Kind},
        tenant::TenantId,
    },
    store::{
        Tx,
        tenant::{OneTime, StoredAccount, StoredToken, Tenant, Used},
    },
};

type TokenDesk = Desk<Draft, Result<Issued, IssueError>>;

/// A desk for each tenant, since each has its own database.
#[derive(Default)]
pub(super) struct TokenDesks(Mutex<HashMap<TenantId, Arc<TokenDesk>>>);

/// What a draft turns into on its way to a token.
enum Standing {
    /// A token.
    Good,
    /// Its code gave a token before, or is about to in this round.
    Replayed(Option<String>),
    /// None.
    Refused(IssueError),
}

/// Of whom, for what: the second of the same is a repeat.
type Same = (Vec<u8>, String, String, String);

impl Pedell {
    /// Records what a draft becomes, together with those that wait beside it.
    pub(super) async fn write_token(&self, tenant: &Tenant, draft: Draft) -> Result<Issued, IssueError> {
        let desk = {
            let mut desks = self.0.token_desks.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(desks.entry(draft.university.id.clone()).or_default())
        };
        let (pedell, tenant) = (self.clone(), tenant.clone());
        let work = move |drafts: Vec<Draft>| {
            let (pedell, tenant) = (pedell.clone(), tenant.clone());
            async move {
                let many = drafts.len();
                match pedell.write_tokens(&tenant, &drafts).await {
                    Ok(results) => results,
                    Err(failure) => {
                        let failure = Arc::new(failure);
                        (0..many).map(|_| Err(Failure::Together(failure.clone()).into())).collect()
                    }
                }
            }
        };
        let written = desk.hand_in(draft, limits::TOKENS_AT_ONCE, work).await;
        written.unwrap_or(Err(Failure::Stopped("writing tokens").into()))
    }

    /// Signs and records the tokens of a round, and commits. Signed before the commit: what is recorded was given.
    async fn write_tokens(
        &self,
        tenant: &Tenant,
        drafts: &[Draft],
    ) -> Result<Vec<Result<Issued, IssueError>>, Failure> {
        let now = self.clock().now();
        let mut tx = tenant.begin().await?;
        // Of two tokens at the same moment, the second has to see the first; and a consent that is being withdrawn either
        // stops the token or comes after it.
        let head = tenant.queue(&mut tx).await?;
        let mut standings = spend(tenant, &mut tx, drafts).await?;
        let accounts = accounts(tenant, &mut tx, drafts).await?;
        let mut first = first_tokens(tenant, &mut tx, drafts).await?;
        let mut given: Vec<Option<Issued>> = Vec::with_capacity(drafts.len());
        let (mut tokens, mut events) = (Vec::new(), Vec::new());
        for (draft, standing) in drafts.iter().zip(&mut standings) {
            let mut issued = None;
            if matches!(standing, Standing::Good) {
                let before = first.entry(same(draft));
                let first_issued_at = match &before {
                    Entry::Occupied(at) => Some(*at.get()),
                    Entry::Vacant(_) => None,
                };
                match self.token(draft, &accounts, first_issued_at, now) {
                    Ok((token, signed)) => {
                        before.or_insert(now);
                        events.push((&draft.scope, issued_event(&token, &signed)));
                        tokens.push(token);
                        issued = Some(signed);
                    }
                    Err(refused) => {
                        give_back(tenant, &mut tx, draft).await?;
                        *standing = Standing::Refused(refused);
                    }
                }
            }
            given.push(issued);
        }
        tenant.insert_tokens(&mut tx, &tokens).await?;
        for (draft, standing) in drafts.iter().zip(&standings) {
            if let Standing::Replayed(earlier) = standing {
                events.push((&draft.scope, cancel_replayed(tenant, &mut tx, draft, earlier.as_deref(), now).await?));
            }
        }
        if !events.is_empty() {
            let events: Vec<_> = events.iter().map(|(scope, event)| (*scope, event)).collect();
            tenant.audit_each(&mut tx, head, now, &events).await?;
        }
        tx.commit().await?;
        let results = standings.into_iter().zip(given).map(|(standing, issued)| match (standing, issued) {
            (Standing::Good, Some(issued)) => Ok(issued),
            (Standing::Replayed(_), _) => Err(IssueError::Replayed),
            (Standing::Refused(error), _) => Err(error),
            (Standing::Good, None) => Err(Failure::Stopped("writing a token").into()),
        });
        Ok(results.collect())
    }

    /// What a draft becomes: what is recorded, and what is given.
    fn token(
        &self,
        draft: &Draft,
        accounts: &HashMap<Vec<u8>, StoredAccount>,
        first_issued_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<(StoredToken, Issued), IssueError> {
        let leave = leave(draft, accounts.get(draft.student.as_bytes().as_slice()))?;
        let claims = self.claims(draft, &leave, first_issued_at, now)?;
        let id_token = draft.signer.sign("JWT", &claims).map_err(Failure::from)?;
        let fields: Vec<&str> = leave.fields.iter().map(|field| field.claim()).collect();
        let token = StoredToken {
            jti: claims.jti.clone(),
            verification: draft.verification.id.clone(),
            client: draft.client.id.to_string(),
            product: draft.verification.product.clone(),
            semester: draft.verification.semester.clone(),
            student: draft.student.as_bytes().to_vec(),
            subject: claims.sub.clone(),
            issued_at: now.as_millis(),
            expires_at: Timestamp::from_seconds(claims.exp).as_millis(),
            first_issued_at: first_issued_at.map(Timestamp::as_millis),
            redeemed_at: None,
            cancelled_at: None,
            cancel_reason: None,
            fields: Some(fields.join(" ")),
            self_asserted: (!claims.self_asserted.is_empty()).then(|| claims.self_asserted.join(" ")),
        };
        Ok((token, Issued { id_token, claims, scope: draft.request.scope }))
    }
}

/// Uses up the drafts' codes, and the logins that they came of.
async fn spend(tenant: &Tenant, tx: &mut Tx, drafts: &[Draft]) -> Result<Vec<Standing>, Failure> {
    let codes: Vec<_> = drafts
        .iter()
        .filter_map(|draft| {
            let spends = draft.spends.as_ref()?;
            Some(OneTime { value: &spends.code, result: Some(&draft.jti), expires_at: spends.until })
        })
        .collect();
    let mut good = tenant.use_each_once(tx, "code", &codes).await?;
    let mut standings = Vec::with_capacity(drafts.len());
    for draft in drafts {
        standings.push(match &draft.spends {
            Some(spends) if !good.remove(&spends.code) => {
                let jti = Some(draft.jti.as_str());
                match tenant.use_once(tx, "code", &spends.code, jti, spends.until).await? {
                    Used::Before(earlier) => Standing::Replayed(earlier),
                    Used::First => Standing::Good, // forgotten between the two statements
                }
            }
            _ => Standing::Good,
        });
    }
    // A student who goes back and sends the form again has another code of the same login: no token, and no harm to the
    // first. The last of those codes is over a minute after the login is.
    let still_good = |(draft, standing): (&Draft, &Standing)| {
        draft.spends.as_ref().filter(|_| matches!(standing, Standing::Good)).map(|spends| {
            let all_over = spends.until.plus(limits::LOGIN_LIFE);
            (spends.login.clone(), all_over)
        })
    };
    let logins: Vec<_> = drafts.iter().zip(&standings).filter_map(still_good).collect();
    let logins: Vec<_> =
        logins.iter().map(|(login, until)| OneTime { value: login, result: None, expires_at: *until }).collect();
    let mut good = tenant.use_each_once(tx, "token", &logins).await?;
    for (draft, standing) in drafts.iter().zip(&mut standings) {
        if let Some(spends) = draft.spends.as_ref().filter(|_| matches!(standing, Standing::Good))
            && !good.remove(&spends.login)
        {
            tenant.give_back(tx, "code", &spends.code).await?;
            *standing = Standing::Refused(IssueError::Grant("the login has given a token already"));
        }
    }
    Ok(standings)
}

/// Nothing comes of a draft: its code and its login are as they were.
async fn give_back(tenant: &Tenant, tx: &mut Tx, draft: &Draft) -> Result<(), Failure> {
    if let Some(spends) = &draft.spends {
        tenant.give_back(tx, "code", &spends.code).await?;
        tenant.give_back(tx, "token", &spends.login).await?;
    }
    Ok(())
}

/// The accounts of those who logged in, by student.
async fn accounts(tenant: &Tenant, tx: &mut Tx, drafts: &[Draft]) -> Result<HashMap<Vec<u8>, StoredAccount>, Failure> {
    let logged_in = drafts.iter().filter(|draft| draft.seen.evidence.method.is_a_login());
    let students: Vec<_> = logged_in.map(|draft| &draft.student).collect();
    let accounts = tenant.accounts_of_in(tx, &students).await?;
    Ok(accounts.into_iter().filter_map(|account| Some((account.student.clone()?, account))).collect())
}

/// When each of these students was first given a token, of each kind.
async fn first_tokens(tenant: &Tenant, tx: &mut Tx, drafts: &[Draft]) -> Result<HashMap<Same, Timestamp>, Failure> {
    let students: Vec<_> = drafts.iter().map(|draft| &draft.student).collect();
    let known = tenant.first_tokens(tx, &students).await?.into_iter();
    Ok(known
        .map(|first| {
            let at = Timestamp::from_millis(first.issued_at);
            ((first.student, first.client, first.product, first.semester), at)
        })
        .collect())
}

fn same(draft: &Draft) -> Same {
    let verification = &draft.verification;
    let (client, product) = (verification.client.clone(), verification.product.clone());
    (draft.student.as_bytes().to_vec(), client, product, verification.semester.clone())
}

fn issued_event(token: &StoredToken, issued: &Issued) -> Event {
    let detail = json!({ "verification": token.verification, "client": token.client, "repeat": issued.claims.repeat });
    Event::new(Kind::TokenIssued, &token.jti, detail)
}

/// A replayed code means that somebody else has it: what it gave is cancelled.
async fn cancel_replayed(
    tenant: &Tenant,
    tx: &mut Tx,
    draft: &Draft,
    earlier: Option<&str>,
    now: Timestamp,
) -> Result<Event, Failure> {
    let jti = earlier.ok_or(Failure::Corrupt("a used code"))?;
    tenant.cancel_token(tx, jti, draft.client.id.as_str(), Some("code_replayed"), now).await?;
    Ok(Event::new(Kind::CodeReplayed, jti, json!({ "client": draft.client.id })))
}
