//! `/token`: a code becomes an eligibility token, once. One transaction.

use std::sync::Arc;

use thiserror::Error;

use super::{
    Failure, Pedell,
    account::{Account, opened},
    conclude::AuthorizationCode,
    handover::fields_for,
    seen::{Seen, evidence_place},
};
use crate::{
    base::{Reference, Timestamp},
    domain::{
        client::Client,
        person::{BirthDate, PersonName},
        policy::{self, Scope},
        rule::Field,
        semester::Semester,
        tenant::University,
    },
    protocol::{
        jwt::eligibility::{Confirmation, EligibilityClaims, SemesterClaim, UniversityClaim},
        oidc::authorization_request::Scope as AskedScope,
        x509::Thumbprint,
    },
    store::tenant::{StoredAccount, StoredVerification, Tenant},
    vault::{Index, Sealed, SigningKey, TenantKeys},
};

/// What a client presents with a code (RFC 6749 §4.1.3, RFC 7636 §4.5).
#[derive(Clone, Debug)]
pub struct CodeGrant {
    /// `code`.
    pub code: String,
    /// `redirect_uri`.
    pub redirect_uri: String,
    /// `code_verifier`.
    pub verifier: String,
}

/// What the token is asked for with.
#[derive(Clone, Debug)]
pub struct TokenRequest {
    /// Claims asked for.
    pub scope: AskedScope,
    /// For the token.
    pub nonce: Option<String>,
    /// The certificate that the token is bound to (RFC 8705 §3.1).
    pub bound_to: Option<Thumbprint>,
}

/// An issued token.
#[derive(Clone, Debug)]
pub struct Issued {
    /// The eligibility token: a signed JWT.
    pub id_token: String,
    /// What it says.
    pub claims: EligibilityClaims,
    /// Scopes that were granted.
    pub scope: AskedScope,
}

/// Why there is no token.
#[derive(Debug, Error)]
pub enum IssueError {
    /// The code is altered, over, another client's, or its redirect URI or verifier is wrong: one answer for all
    /// (`invalid_grant`), the cause is for the log.
    #[error("{0}")]
    Grant(&'static str),
    /// The code was used before; the token that it gave is cancelled (RFC 6749 §4.1.2).
    #[error("the code was used before; its token is cancelled")]
    Replayed,
    /// Ours.
    #[error(transparent)]
    Failure(#[from] Failure),
}

impl Pedell {
    /// Turns a code into a token.
    pub async fn issue_token(
        &self,
        client: &Client,
        grant: &CodeGrant,
        bound_to: Option<Thumbprint>,
    ) -> Result<Issued, IssueError> {
        let now = self.clock().now();
        let code: AuthorizationCode = self
            .instance_keys()
            .open("", &Sealed::presented(grant.code.as_str()))
            .map_err(|_| IssueError::Grant("the code is not one of ours"))?;
        if code.client != client.id {
            return Err(IssueError::Grant("the code is another client's"));
        }
        if code.expires_at <= now {
            return Err(IssueError::Grant("the code is over"));
        }
        if code.redirect_uri != grant.redirect_uri {
            return Err(IssueError::Grant("redirect_uri is not the one of the request"));
        }
        if !code.challenge.is_met_by(&grant.verifier) {
            return Err(IssueError::Grant("code_verifier does not fit the code_challenge"));
        }
        let university = self
            .stores()
            .control()
            .university_by_id(&code.tenant)
            .await
            .map_err(Failure::from)?
            .ok_or(IssueError::Grant("the university is not active"))?;
        let scope = policy::issuer(client, &university)
            .ok_or(IssueError::Grant("the client may no longer ask about this university"))?;
        let tenant = self.stores().tenant(&scope).await.map_err(Failure::from)?;
        let verification = tenant
            .verification(&code.verification)
            .await
            .map_err(Failure::from)?
            // One that was anonymised since has no evidence any more.
            .filter(|verification| verification.outcome == "eligible" && verification.evidence.is_some())
            .ok_or(IssueError::Grant("there is no eligible verification"))?;
        let request = TokenRequest { scope: code.scope, nonce: code.nonce.clone(), bound_to };
        let spends = Spends { code: code.id, login: code.login, until: code.expires_at };
        let draft = self.draft(&tenant, scope, client, university, request, verification, Some(spends)).await?;
        self.write_token(&tenant, draft).await
    }

    /// Issues a token for a verification without a code in between (direct check).
    pub(super) async fn issue_directly(
        &self,
        scope: &Scope,
        client: &Client,
        university: &University,
        request: TokenRequest,
        verification: &str,
    ) -> Result<Issued, Failure> {
        let tenant = self.stores().tenant(scope).await?;
        let stored = tenant.verification(verification).await?.ok_or(Failure::Corrupt("a verification"))?;
        let draft = self.draft(&tenant, scope.clone(), client, university.clone(), request, stored, None).await?;
        match self.write_token(&tenant, draft).await {
            Ok(issued) => Ok(issued),
            Err(IssueError::Failure(failure)) => Err(failure),
            // Nobody logs in to be checked directly, so that there is no consent to miss.
            Err(IssueError::Grant(_) | IssueError::Replayed) => Err(Failure::Corrupt("a direct check's method")),
        }
    }

    /// Gets everything ready that a token needs. Before the transaction: one that waits for a second connection while
    /// it holds the first would, with enough of its kind, wait for ever.
    #[expect(clippy::too_many_arguments, reason = "each is a thing of its own, and there are two callers")]
    async fn draft(
        &self,
        tenant: &Tenant,
        scope: Scope,
        client: &Client,
        university: University,
        request: TokenRequest,
        verification: StoredVerification,
        spends: Option<Spends>,
    ) -> Result<Draft, Failure> {
        let sealed = verification.evidence.as_deref().ok_or(Failure::Corrupt("an eligible verification's evidence"))?;
        let student = verification
            .student
            .as_deref()
            .and_then(Index::from_bytes)
            .ok_or(Failure::Corrupt("an eligible verification's student"))?;
        let mut keys = self.tenant_keys_with(&university.id, sealed.first().copied().unwrap_or_default()).await?;
        let plain = keys.open(evidence_place(&verification.id), sealed).map_err(Failure::open("evidence"))?;
        let seen: Seen = serde_json::from_slice(&plain).map_err(|_| Failure::Corrupt("evidence"))?;
        if seen.evidence.method.is_a_login() {
            // The account may have been sealed with a newer key than the evidence.
            let account = tenant.account_of(&student).await?.and_then(|account| account.record);
            let version = account.and_then(|record| record.first().copied()).unwrap_or_default();
            keys = self.tenant_keys_with(&university.id, version).await?;
        }
        let signer = self.signing_ring().await?.active;
        let jti = self.fresh_jti(&university);
        let client = client.clone();
        Ok(Draft { scope, client, university, request, verification, student, seen, keys, signer, jti, spends })
    }

    /// What the token says.
    pub(super) fn claims(
        &self,
        draft: &Draft,
        leave: &Leave,
        first_issued_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<EligibilityClaims, Failure> {
        let verification = &draft.verification;
        let Seen { evidence, added } = &draft.seen;
        let semester =
            Semester::parse_canonical(&verification.semester).ok_or(Failure::Corrupt("a verification's semester"))?;
        let period = draft.university.profile.calendar.period(semester);
        let goes = |field: Field| leave.fields.contains(&field);
        let name = |field: Field, name: &Option<PersonName>| {
            name.as_ref().filter(|_| goes(field)).map(|name| name.as_str().to_owned())
        };
        let own_birth_date = added.birth_date.as_ref().map(|own| own.value);
        let birth_date = evidence.birth_date.or(own_birth_date).filter(|_| goes(Field::Birthdate));
        let expires_at = now.plus(self.settings().token_life);
        let picture = added.picture.as_ref().zip(leave.account.as_ref()).filter(|_| goes(Field::Picture));
        let client = draft.client.id.as_str();
        let picture = picture.map(|(own, account)| {
            self.picture_address(&draft.university.id, &account.id, &own.value, client, expires_at)
        });
        let own = |field: &&Field| added.has(**field);
        let self_asserted = leave.fields.iter().filter(own).map(|field| field.claim().to_owned()).collect();
        let reference = Reference::parse(&verification.reference).ok_or(Failure::Corrupt("a reference"))?;
        Ok(EligibilityClaims {
            iss: self.settings().public_url.clone(),
            sub: self.instance_keys().pairwise_subject(
                draft.client.id.as_str(),
                &[draft.university.id.as_str().as_bytes(), draft.student.as_bytes()].concat(),
            ),
            aud: draft.client.id.to_string(),
            iat: now.as_seconds(),
            exp: expires_at.as_seconds(),
            auth_time: evidence.proven_at.as_seconds(),
            jti: draft.jti.clone(),
            nonce: draft.request.nonce.clone(),
            cnf: draft.request.bound_to.clone().map(|x5t_s256| Confirmation { x5t_s256 }),
            university: UniversityClaim {
                id: draft.university.slug.to_string(),
                name: draft.university.profile.name_de.clone(),
            },
            semester: SemesterClaim {
                key: semester.to_string(),
                first_day: period.first.to_string(),
                last_day: period.last.to_string(),
            },
            product: verification.product.clone(),
            proof_method: verification.method.clone(),
            source_updated_at: evidence.source_updated_at.map(Timestamp::as_seconds),
            repeat: first_issued_at.is_some(),
            first_issued_at: first_issued_at.map(Timestamp::as_seconds),
            verification: reference.to_string(),
            given_name: name(Field::GivenName, &evidence.given_names),
            family_name: name(Field::FamilyName, &evidence.family_name),
            birthdate: birth_date.map(BirthDate::to_iso),
            picture,
            self_asserted,
        })
    }

    /// A `jti` says in whose database it is, so that a token can be cancelled long after its keys are gone.
    fn fresh_jti(&self, university: &University) -> String {
        format!("{}.{}", university.slug, crate::base::id::fresh(self.clock(), self.random()))
    }
}

/// What a token is about, before it is one.
pub(super) struct Draft {
    pub(super) scope: Scope,
    pub(super) client: Client,
    pub(super) university: University,
    pub(super) request: TokenRequest,
    pub(super) verification: StoredVerification,
    pub(super) student: Index,
    pub(super) seen: Seen,
    keys: Arc<TenantKeys>,
    pub(super) signer: Arc<SigningKey>,
    pub(super) jti: String,
    pub(super) spends: Option<Spends>,
}

/// What is used up by a token.
pub(super) struct Spends {
    /// The code's id.
    pub(super) code: String,
    /// The login that it came of.
    pub(super) login: String,
    /// When the code is over.
    pub(super) until: Timestamp,
}

/// What may stand in a token.
pub(super) struct Leave {
    pub(super) fields: Vec<Field>,
    /// The student's, if they logged in.
    account: Option<Account>,
}

/// What may stand in the token: what there is, what the issuer may have *and* asked for, and what a student who logged in
/// has agreed to, as it is at this moment.
pub(super) fn leave(draft: &Draft, stored: Option<&StoredAccount>) -> Result<Leave, IssueError> {
    let mut fields = fields_for(&draft.client, draft.request.scope, &draft.seen);
    if !draft.seen.evidence.method.is_a_login() {
        return Ok(Leave { fields, account: None });
    }
    let account = stored.map(|stored| opened(&draft.keys, stored)).transpose()?.flatten();
    let account = account.ok_or(IssueError::Grant("the student's account is gone"))?;
    let consent = account.record.consents.get(draft.client.id.as_str());
    let consent = consent.ok_or(IssueError::Grant("the student has not agreed, or no longer"))?;
    fields.retain(|field| consent.fields.contains(field));
    Ok(Leave { fields, account: Some(account) })
}
