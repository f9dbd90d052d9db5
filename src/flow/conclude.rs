//! The ending that every way of proving shares: decide, record, and give the shop a code or a reason.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::json;

pub use super::once::Once;
use super::{
    Failure, Pedell,
    account::{Account, LoggedIn, opened},
    login::{AskedOf, Login},
    seen::{Seen, evidence_place},
};
use crate::{
    base::{Reference, Timestamp, limits},
    domain::{
        audit::{Event, Kind},
        client::ClientId,
        eligibility::{Detail, Evidence, Question, decide, lacking},
        policy::{Actor, Scope},
        reason::Reason,
        tenant::TenantId,
    },
    protocol::oidc::{CodeChallenge, authorization_request::Scope as AskedScope},
    store::{
        Tx,
        tenant::{StoredVerification, Tenant, Used},
    },
    vault::{Index, Purpose, TenantKeys},
};

/// What came of a verification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The number for support.
    pub reference: Reference,
    /// Its id.
    pub verification: String,
    /// Eligible, or why not.
    pub decision: Result<(), Reason>,
    /// What the source did not say, if that is why.
    pub missing: Vec<Detail>,
}

/// What was found out about a student before deciding.
#[derive(Debug)]
pub enum Finding<'a> {
    /// A source answered.
    Seen {
        /// What it said.
        evidence: &'a Evidence,
        /// Keyed hash of who it is.
        student: Index,
        /// What it said may count once only.
        once: Option<Once<'a>>,
    },
    /// A source answered something that nothing can be decided on; the code is for support, under the reference.
    Unusable {
        /// What people are told.
        reason: Reason,
        /// What exactly was wrong.
        code: &'a str,
    },
    /// There is nothing to decide about.
    Nothing(Reason),
}

/// What a decision finishes.
#[derive(Clone, Copy, Debug)]
pub enum Finishes<'a> {
    /// Nothing: a machine asks as often as it likes.
    Nothing,
    /// A student's login, by an eligible decision: finished before, it gives the same verification again.
    Login(&'a Login),
    /// A form that was sent at a counter, with all that was typed. Sent again it gives the same verification again, unless
    /// there was no verdict.
    Form(Once<'a>),
}

/// An authorization code: sealed, it carries its own contents (design decision 3).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AuthorizationCode {
    /// Its own id: presented twice, somebody else has it.
    pub id: String,
    /// The login's id: however often it is finished, and however many codes that gives, one token is issued.
    pub login: String,
    /// Whose database the verification is in.
    pub tenant: TenantId,
    /// Which verification.
    pub verification: String,
    /// For whom.
    pub client: ClientId,
    /// RFC 6749 §4.1.3.
    pub redirect_uri: String,
    /// PKCE.
    pub challenge: CodeChallenge,
    /// For the token.
    pub nonce: Option<String>,
    /// Claims asked for.
    pub scope: AskedScope,
    /// 60 s after the login was finished.
    pub expires_at: Timestamp,
}

impl Purpose for AuthorizationCode {
    const PURPOSE: &'static str = "authorization-code";
}

impl Outcome {
    /// A verification that was concluded before, as eligible.
    fn again(earlier: StoredVerification) -> Result<Self, Failure> {
        let reference = Reference::parse(&earlier.reference).ok_or(Failure::Corrupt("a reference"))?;
        Ok(Self { reference, verification: earlier.id, decision: Ok(()), missing: Vec::new() })
    }

    /// A verification that was concluded before, whichever way. `lacking`: what it lacked, if it lacked something.
    fn repeated(earlier: StoredVerification, lacking: Vec<Detail>) -> Result<Self, Failure> {
        let decision = earlier.reason.as_deref().and_then(Reason::parse).map_or(Ok(()), Err);
        let missing = if decision == Err(Reason::AttributeMissing) { lacking } else { Vec::new() };
        Ok(Self { decision, missing, ..Self::again(earlier)? })
    }
}

/// What came of the same form before, if it was sent before. One without a verdict may be sent again.
async fn sent_before(
    tenant: &Tenant,
    tx: &mut Tx,
    once: Once<'_>,
    verification: &str,
    decision: Result<(), Reason>,
) -> Result<Option<StoredVerification>, Failure> {
    if decision.is_err_and(|reason| reason.is_no_verdict() || reason.is_temporary()) {
        return Ok(None);
    }
    match tenant.use_once(tx, once.kind, once.id, Some(verification), once.until).await? {
        Used::Before(Some(earlier)) => Ok(tenant.verification_in(tx, &earlier).await?),
        Used::Before(None) | Used::First => Ok(None),
    }
}

impl StoredVerification {
    fn refuse(&mut self, reason: Reason) {
        "refused".clone_into(&mut self.outcome);
        self.reason = Some(reason.code().to_owned());
    }

    /// Whether it is the same student's, asked about the same, and eligible.
    fn repeats(&self, again: &Self) -> bool {
        self.outcome == "eligible"
            && (&self.student, &self.client, &self.product, &self.semester)
                == (&again.student, &again.client, &again.product, &again.semester)
    }
}

/// What the trail says of a verification: codes, and at whose counter it was typed, if it was.
fn recorded(verification: &StoredVerification, reference: &Reference) -> serde_json::Value {
    let mut detail = json!({
        "reference": reference, "client": verification.client, "product": verification.product,
        "semester": verification.semester, "method": verification.method, "outcome": verification.outcome,
        "reason": verification.reason, "rule_version": verification.rule_version,
    });
    if let Some(agency) = &verification.agency {
        detail["counter"] = json!({ "agency": agency, "outlet": verification.outlet });
    }
    detail
}

impl Pedell {
    /// Decides and records, in one transaction with the audit entry. A double click is one verification.
    pub async fn conclude(
        &self,
        scope: &Scope,
        of: &AskedOf,
        max_age_seconds: Option<u32>,
        finding: Finding<'_>,
        finishes: Finishes<'_>,
    ) -> Result<Outcome, Failure> {
        let now = self.clock().now();
        let rule = &of.asked.product.rule;
        let question = Question { rule, semester: of.semester, period: of.period, max_age_seconds, now };
        // A list may have answered in a service's place.
        let method = match &finding {
            Finding::Seen { evidence, .. } => evidence.method,
            Finding::Unusable { .. } | Finding::Nothing(_) => of.university.connection.settings.method(),
        };
        let tenant = self.stores().tenant(scope).await?;
        let logged_in = match &finding {
            Finding::Seen { evidence, student, .. } if evidence.method.is_a_login() => {
                Some(LoggedIn { student: *student, evidence, at: now })
            }
            _ => None,
        };
        let needs_keys = !matches!(finding, Finding::Nothing(_));
        let (account, keys) = self.account_before(scope, &tenant, logged_in.as_ref(), needs_keys).await?;
        let (mut decision, lacking, seen, once, kept) = match finding {
            Finding::Seen { evidence, student, once } => {
                let added = account.map(|account| account.record.added.counting(rule, evidence)).unwrap_or_default();
                let decision = decide(&question, evidence, &added);
                let lacking = lacking(rule, evidence, &added);
                (decision, lacking, Some(student), once, Some(json!(Seen { evidence: evidence.clone(), added })))
            }
            // It said something, and nobody knows of whom.
            Finding::Unusable { reason, code } => {
                (Err(reason), vec![Detail::Identifier], None, None, Some(json!({ "refusal": code })))
            }
            Finding::Nothing(reason) => (Err(reason), Vec::new(), None, None, None),
        };
        let id = crate::base::id::fresh(self.clock(), self.random());
        let reference = Reference::fresh(self.random());
        let sealed = kept.zip(keys.as_ref()).map(|(kept, keys)| {
            let plain = zeroize::Zeroizing::new(kept.to_string());
            keys.seal(self.random(), evidence_place(&id), plain.as_bytes())
        });
        let counter = if let Actor::Counter { at, .. } = scope.actor() { Some(at) } else { None };
        let mut verification = StoredVerification {
            id: id.clone(),
            reference: reference.as_str().to_owned(),
            client: of.asked.client.id.to_string(),
            product: of.asked.product.key.clone(),
            semester: of.semester.to_string(),
            method: method.code().to_owned(),
            outcome: if decision.is_ok() { "eligible" } else { "refused" }.to_owned(),
            reason: decision.err().map(|reason| reason.code().to_owned()),
            rule_version: rule.version,
            student: seen.map(|student| student.as_bytes().to_vec()),
            evidence: sealed,
            at: now.as_millis(),
            agency: counter.map(|at| at.agency.to_string()),
            outlet: counter.and_then(|at| at.outlet.as_ref()).map(ToString::to_string),
            clerk: counter.map(|at| at.clerk.to_string()),
        };
        // An answer that was used before, or that ends somebody else's login, opens and changes no account.
        let mut is_this_students = true;
        let mut tx = tenant.begin().await?;
        if let Some(once) = once
            && let Used::Before(earlier) = tenant.use_once(&mut tx, once.kind, once.id, Some(&id), once.until).await?
        {
            // The same browser posting the same answer again (a double click) gets the same verification again.
            let earlier = match earlier {
                Some(earlier) => tenant.verification_in(&mut tx, &earlier).await?,
                None => None,
            };
            match earlier.filter(|earlier| decision.is_ok() && earlier.repeats(&verification)) {
                Some(earlier) => return Outcome::again(earlier),
                None => decision = Err(Reason::LoginFailed),
            }
            is_this_students = false;
            verification.refuse(Reason::LoginFailed);
        }
        if let Finishes::Form(once) = finishes
            && let Some(earlier) = sent_before(&tenant, &mut tx, once, &id, decision).await?
        {
            return Outcome::repeated(earlier, lacking);
        }
        if let (Finishes::Login(login), Ok(())) = (finishes, decision)
            && let Used::Before(earlier) =
                tenant.use_once(&mut tx, "login", &login.id, Some(&id), login.expires_at).await?
        {
            let earlier = earlier.ok_or(Failure::Corrupt("a finished login"))?;
            let earlier =
                tenant.verification_in(&mut tx, &earlier).await?.ok_or(Failure::Corrupt("a finished login"))?;
            if earlier.student == verification.student {
                return Outcome::again(earlier);
            }
            // One login, two students: the second is not handed the first one's answer.
            decision = Err(Reason::NotEnrolled);
            is_this_students = false;
            verification.refuse(Reason::NotEnrolled);
        }
        tenant.insert_verification(&mut tx, &verification).await?;
        let detail = recorded(&verification, &reference);
        tenant.audit(&mut tx, now, scope, &Event::new(Kind::VerificationDecided, &id, detail)).await?;
        if let Some((login, keys)) = logged_in.filter(|_| is_this_students).zip(keys.as_ref()) {
            self.note_login(&tenant, &mut tx, scope, keys, &login).await?;
        }
        tx.commit().await?;
        let missing = if decision == Err(Reason::AttributeMissing) { lacking } else { Vec::new() };
        Ok(Outcome { reference, verification: id, decision, missing })
    }

    /// What was concluded of a statement that may count once only, if it was: the same browser brings it again.
    pub async fn concluded_before(&self, scope: &Scope, kind: &str, id: &str) -> Result<Option<Outcome>, Failure> {
        let tenant = self.stores().tenant(scope).await?;
        let Some(verification) = tenant.result_of(kind, id).await? else { return Ok(None) };
        let Some(earlier) = tenant.verification(&verification).await? else { return Ok(None) };
        Ok(Some(Outcome::repeated(earlier, Vec::new())?))
    }

    /// The account of whoever logged in as it was before, and the keys that open it and seal what is seen. Without keys
    /// where nothing is sealed: that they were deleted keeps nobody from being told that the university cannot be asked.
    async fn account_before(
        &self,
        scope: &Scope,
        tenant: &Tenant,
        logged_in: Option<&LoggedIn<'_>>,
        needs_keys: bool,
    ) -> Result<(Option<Account>, Option<Arc<TenantKeys>>), Failure> {
        if !needs_keys {
            return Ok((None, None));
        }
        let stored = match logged_in {
            Some(login) => tenant.account_of(&login.student).await?,
            None => None,
        };
        let keys = self.account_keys(scope, stored.as_ref()).await?;
        let account = stored.as_ref().map(|stored| opened(&keys, stored)).transpose()?.flatten();
        Ok((account, Some(keys)))
    }

    /// The code that takes an eligible student back to the shop. Who logged in is asked first ([`Pedell::hand_over`]).
    pub fn authorization_code(&self, login: &Login, of: &AskedOf, outcome: &Outcome) -> String {
        let code = AuthorizationCode {
            id: crate::base::id::fresh(self.clock(), self.random()),
            login: login.id.clone(),
            tenant: of.university.id.clone(),
            verification: outcome.verification.clone(),
            client: of.asked.client.id.clone(),
            redirect_uri: login.request.redirect_uri.clone(),
            challenge: login.request.challenge.clone(),
            nonce: login.request.nonce.clone(),
            scope: login.request.scope,
            expires_at: self.clock().now().plus(limits::CODE_LIFE),
        };
        self.instance_keys().seal(self.random(), "", &code).as_str().to_owned()
    }
}
