//! `/token`: a code becomes an eligibility token, once. One transaction.

use std::sync::Arc;

use serde_json::json;
use thiserror::Error;

use super::{Failure, Pedell, conclude::AuthorizationCode, conclude::evidence_place};
use crate::{
    base::{Reference, Timestamp, limits},
    domain::{
        audit::{Event, Kind},
        client::{Client, IssuerProfile},
        eligibility::Evidence,
        person::BirthDate,
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
    store::{
        Tx,
        tenant::{StoredToken, StoredVerification, Tenant, Used},
    },
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
            .filter(|verification| verification.outcome == "eligible")
            .ok_or(IssueError::Grant("there is no eligible verification"))?;
        let request = TokenRequest { scope: code.scope, nonce: code.nonce.clone(), bound_to };
        let draft = self.draft(client, &university, request, verification).await?;
        let jti = self.fresh_jti(&university);
        let mut tx = tenant.begin().await.map_err(Failure::from)?;
        let used =
            tenant.use_once(&mut tx, "code", &code.id, Some(&jti), code.expires_at).await.map_err(Failure::from)?;
        if let Used::Before(earlier) = used {
            self.cancel_replayed(&tenant, tx, &scope, client, earlier).await?;
            return Err(IssueError::Replayed);
        }
        // A student who goes back and sends the form again has another code of the same login: no token, and no harm to
        // the first. The last of those codes is over a minute after the login is.
        let all_over = code.expires_at.plus(limits::LOGIN_LIFE);
        let token = tenant.use_once(&mut tx, "token", &code.login, None, all_over).await.map_err(Failure::from)?;
        if token != Used::First {
            return Err(IssueError::Grant("the login has given a token already"));
        }
        let issued = self.write_token(&tenant, tx, &scope, &draft, jti).await?;
        Ok(issued)
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
        let draft = self.draft(client, university, request, stored).await?;
        let tx = tenant.begin().await?;
        self.write_token(&tenant, tx, scope, &draft, self.fresh_jti(university)).await
    }

    /// Gets everything ready that a token needs. Before the transaction: one that waits for a second connection while
    /// it holds the first would, with enough of its kind, wait for ever.
    async fn draft<'a>(
        &self,
        client: &'a Client,
        university: &'a University,
        request: TokenRequest,
        verification: StoredVerification,
    ) -> Result<Draft<'a>, Failure> {
        let sealed_with = verification.evidence.as_deref().and_then(|sealed| sealed.first()).copied();
        let keys = self.tenant_keys_with(&university.id, sealed_with.unwrap_or_default()).await?;
        let signer = self.signing_ring().await?.active;
        Ok(Draft { client, university, request, verification, keys, signer })
    }

    /// Signs and records a token, and commits. Signed before the commit: what is recorded was given.
    async fn write_token(
        &self,
        tenant: &Tenant,
        mut tx: Tx,
        scope: &Scope,
        draft: &Draft<'_>,
        jti: String,
    ) -> Result<Issued, Failure> {
        let now = self.clock().now();
        let verification = &draft.verification;
        let student = verification
            .student
            .as_deref()
            .and_then(Index::from_bytes)
            .ok_or(Failure::Corrupt("an eligible verification's student"))?;
        // Of two tokens at the same moment, the second has to see the first.
        tenant.queue(&mut tx).await?;
        let first_issued_at = tenant
            .first_issued_at(&mut tx, &student, &verification.client, &verification.product, &verification.semester)
            .await?;
        let claims = self.claims(draft, &student, jti, first_issued_at)?;
        let id_token = draft.signer.sign("JWT", &claims)?;
        let token = StoredToken {
            jti: claims.jti.clone(),
            verification: verification.id.clone(),
            client: draft.client.id.to_string(),
            product: verification.product.clone(),
            semester: verification.semester.clone(),
            student: student.as_bytes().to_vec(),
            subject: claims.sub.clone(),
            issued_at: now.as_millis(),
            expires_at: Timestamp::from_seconds(claims.exp).as_millis(),
            first_issued_at: first_issued_at.map(Timestamp::as_millis),
            redeemed_at: None,
            cancelled_at: None,
            cancel_reason: None,
        };
        tenant.insert_token(&mut tx, &token).await?;
        let detail = json!({ "verification": verification.id, "client": token.client, "repeat": claims.repeat });
        tenant.audit(&mut tx, now, scope, &Event::new(Kind::TokenIssued, &claims.jti, detail)).await?;
        tx.commit().await?;
        Ok(Issued { id_token, claims, scope: draft.request.scope })
    }

    /// What the token says. A field stands in it only if the issuer may have it *and* asked for it.
    fn claims(
        &self,
        draft: &Draft<'_>,
        student: &Index,
        jti: String,
        first_issued_at: Option<Timestamp>,
    ) -> Result<EligibilityClaims, Failure> {
        let now = self.clock().now();
        let verification = &draft.verification;
        let sealed = verification.evidence.as_deref().ok_or(Failure::Corrupt("an eligible verification's evidence"))?;
        let plain = draft.keys.open(evidence_place(&verification.id), sealed).map_err(Failure::open("evidence"))?;
        let evidence: Evidence = serde_json::from_slice(&plain).map_err(|_| Failure::Corrupt("evidence"))?;
        let semester =
            Semester::parse_canonical(&verification.semester).ok_or(Failure::Corrupt("a verification's semester"))?;
        let period = draft.university.profile.calendar.period(semester);
        let may =
            |field: Field| draft.client.issuer().is_some_and(|issuer: &IssuerProfile| issuer.claims.contains(&field));
        let reference = Reference::parse(&verification.reference).ok_or(Failure::Corrupt("a reference"))?;
        Ok(EligibilityClaims {
            iss: self.settings().public_url.clone(),
            sub: self.instance_keys().pairwise_subject(
                draft.client.id.as_str(),
                &[draft.university.id.as_str().as_bytes(), student.as_bytes()].concat(),
            ),
            aud: draft.client.id.to_string(),
            iat: now.as_seconds(),
            exp: now.plus(self.settings().token_life).as_seconds(),
            auth_time: evidence.proven_at.as_seconds(),
            jti,
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
            given_name: evidence
                .given_names
                .filter(|_| draft.request.scope.profile && may(Field::GivenName))
                .map(|name| name.as_str().to_owned()),
            family_name: evidence
                .family_name
                .filter(|_| draft.request.scope.profile && may(Field::FamilyName))
                .map(|name| name.as_str().to_owned()),
            birthdate: evidence
                .birth_date
                .filter(|_| draft.request.scope.birthdate && may(Field::Birthdate))
                .map(BirthDate::to_iso),
        })
    }

    /// A replayed code means that somebody else has it: what it gave is cancelled.
    async fn cancel_replayed(
        &self,
        tenant: &Tenant,
        mut tx: Tx,
        scope: &Scope,
        client: &Client,
        jti: Option<String>,
    ) -> Result<(), Failure> {
        let jti = jti.ok_or(Failure::Corrupt("a used code"))?;
        let now = self.clock().now();
        tenant.cancel_token(&mut tx, &jti, client.id.as_str(), Some("code_replayed"), now).await?;
        tenant
            .audit(&mut tx, now, scope, &Event::new(Kind::CodeReplayed, &jti, json!({ "client": client.id })))
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// A `jti` says in whose database it is, so that a token can be cancelled long after its keys are gone.
    fn fresh_jti(&self, university: &University) -> String {
        format!("{}.{}", university.slug, crate::base::id::fresh(self.clock(), self.random()))
    }
}

/// What a token is about, before it is one.
struct Draft<'a> {
    client: &'a Client,
    university: &'a University,
    request: TokenRequest,
    verification: StoredVerification,
    keys: Arc<TenantKeys>,
    signer: Arc<SigningKey>,
}
