//! A student leaves for a university's OpenID provider or OAuth server, and comes back with a code: what both have in
//! common. What the code is good for, [`super::verify_by_oidc`] and [`super::verify_by_oauth`] find out.
//!
//! What the login needs travels sealed in the browser ([`ProviderLogin`]), under the `state` that the provider gives back,
//! and opens in that browser only. Each university has an address of its own to come back to, so that an answer of one
//! provider can never be taken for another's, even where neither names itself (RFC 9700 §4.4.2).

use std::time::Duration;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    Failure, Pedell,
    errand::Errand,
    trial::{Arrived, TrialReport},
};
use crate::{
    base::{
        Timestamp, limits,
        secret::{ExposeSecret, PlainToken},
    },
    domain::{
        claim_map::ClaimMap,
        connection::{ConnectionFault, ConnectionSecrets, ConnectionSettings, Stage},
        eligibility::{Evidence, Method},
        json_pointer::JsonPointer,
        oidc_connection::{CLIENT_SECRET, ClientAuthentication, PRIVATE_KEY},
        policy::Scope,
        rule::Rule,
        semester::KeyForm,
        tenant::University,
    },
    peers::{
        oidc::{ClientProof, is_the_providers},
        source::{Asker, Source, Trouble},
    },
    protocol::oidc::rp::{
        Refusal,
        answer::Answer,
        evidence::{Reading, Remark, evidence},
        request::Binding,
    },
    vault::{ClientKey, Index, Purpose, Sealed},
};

/// A login that is at a provider.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ProviderLogin {
    /// What for.
    pub errand: Errand,
    /// The university's short name, as in the address to come back to.
    pub university: String,
    /// Who was asked, and as whom.
    pub asked: Asked,
    /// What binds the answer to this login.
    pub binding: Binding,
    /// When the student left.
    pub departed: Timestamp,
    /// How old the login there may be, if that was asked for.
    pub max_age_seconds: Option<u32>,
}

/// Who was asked: a connection may be changed while a student is away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The issuer identifier, or what stands for it.
    pub provider: String,
    /// Who we are there.
    pub client_id: String,
}

impl Purpose for ProviderLogin {
    const PURPOSE: &'static str = "provider-login";
}

/// A student sent to a provider.
#[derive(Clone, Debug)]
pub struct ProviderDeparture {
    /// Where to.
    pub url: String,
    /// The `state`: 22 characters.
    pub state: String,
    /// For the browser to keep under that name.
    pub sealed: String,
}

/// What came back, for a student.
#[derive(Debug)]
pub enum ProviderAnswer {
    /// The provider said who it is.
    Believed {
        /// What it said.
        evidence: Box<Evidence>,
        /// Keyed hash of who it is.
        student: Index,
    },
    /// It did not, or is not believed.
    Refused(Refusal),
}

/// What a provider said about somebody whom it let in.
#[derive(Debug)]
pub(super) struct Said {
    /// Which kind of provider.
    pub(super) method: Method,
    /// Who it is, together with where that is unique.
    pub(super) subject: (String, String),
    /// Which claim means what.
    pub(super) map: ClaimMap,
    /// When the student logged in.
    pub(super) proven_at: Timestamp,
    /// Everything.
    pub(super) claims: Value,
}

/// Where a student is sent.
pub(super) struct Destination {
    pub(super) asked: Asked,
    pub(super) max_age_seconds: Option<u32>,
    pub(super) binding: Binding,
    pub(super) url: String,
}

/// The purpose under which students' identifiers at their provider are indexed.
const KEY: &str = "provider-subject";

/// The purpose under which a login's codes are counted.
const CODES: &str = "provider-codes";

impl ProviderLogin {
    /// Under which the answer with this code is remembered: however often the browser brings it, it counts once.
    pub fn once(&self, answer: &Answer) -> String {
        let code = answer.code(None, false).map(|code| code.expose_secret().to_owned()).unwrap_or_default();
        let hash = PlainToken::presented(format!("{}\n{code}", self.binding.state)).hash();
        BASE64_URL_SAFE_NO_PAD.encode(hash.as_bytes())
    }
}

impl Pedell {
    /// Where a university's students come back to; its IT registers this at the provider.
    pub fn provider_redirect_uri(&self, university: &str) -> String {
        format!("{}/verify/oidc/{university}", self.settings().public_url)
    }

    /// Sends a student to the provider. `max_age_seconds`: how old the login there may be, by the product's rule and the
    /// shop's own wish.
    pub async fn depart_for_provider(
        &self,
        browser: &str,
        errand: Errand,
        university: &University,
        max_age_seconds: Option<u32>,
        language: &str,
    ) -> Result<ProviderDeparture, Refusal> {
        // Told before the student has typed a password, rather than after.
        if university.connection.stage == Stage::Live
            && self.provider_source(university).resting_until().is_some_and(|until| until > self.clock().now())
        {
            return Err(Refusal::Resting);
        }
        let redirect_uri = self.provider_redirect_uri(university.slug.as_str());
        let destination = match &university.connection.settings {
            ConnectionSettings::Oidc(connection) => {
                self.oidc_destination(connection, &redirect_uri, max_age_seconds, language).await?
            }
            ConnectionSettings::OAuth(connection) => {
                self.oauth_destination(connection, &redirect_uri, max_age_seconds)?
            }
            _ => return Err(Refusal::ConnectionChanged),
        };
        let pending = ProviderLogin {
            errand,
            university: university.slug.to_string(),
            asked: destination.asked,
            binding: destination.binding,
            departed: self.clock().now(),
            max_age_seconds: destination.max_age_seconds,
        };
        let state = pending.binding.state.clone();
        let sealed = self.instance_keys().seal(self.random(), &bound(browser, &state), &pending);
        Ok(ProviderDeparture { url: destination.url, state, sealed: sealed.as_str().to_owned() })
    }

    /// Opens what the browser kept; `None` if it is over, altered, of another login, another browser, or if the answer came
    /// to another university's address.
    pub fn open_provider_login(
        &self,
        browser: &str,
        university: &str,
        state: &str,
        sealed: &str,
    ) -> Option<ProviderLogin> {
        let sealed = Sealed::presented(sealed);
        let pending: ProviderLogin = self.instance_keys().open(&bound(browser, state), &sealed).ok()?;
        (pending.university == university && pending.errand.expires_at() > self.clock().now()).then_some(pending)
    }

    /// Finds out what a student's answer is good for: asks the provider. `rule`: what it is needed for.
    pub async fn read_provider_answer(
        &self,
        scope: &Scope,
        university: &University,
        rule: &Rule,
        pending: &ProviderLogin,
        answer: &Answer,
    ) -> Result<ProviderAnswer, Failure> {
        let said = match self.ask_provider(scope, university, pending, answer).await? {
            Ok(said) => said,
            Err(refusal) => {
                tracing::info!(provider = pending.asked.provider, code = refusal.code(), %refusal, "a login at a provider was refused");
                return Ok(ProviderAnswer::Refused(refusal));
            }
        };
        let (evidence, remarks) = said.evidence(university.profile.semester_forms(), rule);
        if !evidence.missing.is_empty() || !remarks.is_empty() {
            tracing::info!(provider = pending.asked.provider, missing = ?evidence.missing, ?remarks, "claims are missing or unusable");
        }
        let (namespace, subject) = &said.subject;
        let student =
            self.tenant_keys(scope.tenant()).await?.identity(KEY, format!("{namespace}\n{subject}").as_bytes());
        Ok(ProviderAnswer::Believed { evidence: Box::new(evidence), student })
    }

    /// The same for somebody who tries the connection: what arrived, and what would be decided.
    pub async fn try_provider_answer(
        &self,
        scope: &Scope,
        university: &University,
        pending: &ProviderLogin,
        answer: &Answer,
    ) -> Result<TrialReport, Failure> {
        let said = match self.ask_provider(scope, university, pending, answer).await? {
            Ok(said) => said,
            Err(refusal) => return Ok(TrialReport::refused(refusal)),
        };
        let forms = university.profile.semester_forms();
        let (verdicts, missing) = self.verdicts(university, |rule| said.evidence(forms, rule).0).await?;
        let (_, remarks) = said.evidence(forms, &Rule::default());
        let arrived = said.arrived(&remarks);
        Ok(TrialReport { arrived, missing, knows_student: true, verdicts, ..TrialReport::default() })
    }

    /// Counts a code of this login; whether it may be exchanged. Whoever has a login may invent codes for it, and each would
    /// be a call to the university's token endpoint with our credentials.
    async fn may_exchange(&self, scope: &Scope, pending: &ProviderLogin) -> Result<bool, Failure> {
        let login = self.tenant_keys(scope.tenant()).await?.identity(CODES, pending.binding.state.as_bytes());
        let tenant = self.stores().tenant(scope).await?;
        Ok(tenant.count_until(&login, pending.errand.expires_at()).await? <= limits::PROVIDER_CODES)
    }

    async fn ask_provider(
        &self,
        scope: &Scope,
        university: &University,
        pending: &ProviderLogin,
        answer: &Answer,
    ) -> Result<Result<Said, Refusal>, Failure> {
        if answer.code(None, false).is_ok() && !self.may_exchange(scope, pending).await? {
            return Ok(Err(Refusal::TooManyCodes));
        }
        let secrets = self.connection_secrets(scope, &university.connection).await?;
        let asking = async |left| {
            let asking = async {
                match &university.connection.settings {
                    ConnectionSettings::Oidc(connection) => self.ask_oidc(connection, &secrets, pending, answer).await,
                    ConnectionSettings::OAuth(connection) => {
                        self.ask_oauth(connection, &secrets, pending, answer).await
                    }
                    _ => Err(Refusal::ConnectionChanged),
                }
            };
            tokio::time::timeout(left, asking).await.unwrap_or(Err(Refusal::TooSlow))
        };
        // Without a code there is nothing to ask; and who tries a connection says nothing about the students' one.
        if answer.code(None, false).is_err() || university.connection.stage != Stage::Live {
            return Ok(asking(limits::PROVIDER_LOGIN_TIME).await);
        }
        let ask = |left| {
            let asking = asking(left);
            async {
                match asking.await {
                    Err(refusal) if is_the_providers(refusal) => Err(refusal),
                    answered => Ok(answered),
                }
            }
        };
        // Random as it is, a login's state tells the students apart.
        let state = pending.binding.state.bytes();
        let asker = Asker::somewhere(state.fold(0_u64, |sum, byte| sum.rotate_left(6) ^ u64::from(byte)));
        Ok(match self.provider_source(university).ask(asker, limits::PROVIDER_LOGIN_TIME, ask).await {
            Ok(answered) => answered,
            Err(Trouble::Resting(_)) => Err(Refusal::Resting),
            Err(Trouble::Busy) => Err(Refusal::Busy),
            Err(Trouble::Failed(refusal)) => Err(refusal),
        })
    }

    /// The provider as a source that can fail: see [`crate::peers::source`].
    fn provider_source(&self, university: &University) -> Source {
        self.sources().source(university.slug.as_str(), university.connection.version)
    }
}

/// What keeps the secrets of a connection from working.
pub(super) fn check_client_secrets(
    authentication: ClientAuthentication,
    secrets: &ConnectionSecrets,
) -> Vec<ConnectionFault> {
    match client_proof(authentication, None, "", secrets) {
        Ok(_) => Vec::new(),
        Err(Refusal::SecretMissing) => {
            let (kind, name) = (authentication.name(), authentication.secret_names().join(", "));
            let text = format!("{kind} needs the secret {name}: give it with --secret {name}=FILE");
            vec![ConnectionFault::blocking("secret_missing", text)]
        }
        Err(_) => {
            let text = "private_key is not a PEM block PRIVATE KEY (PKCS#8) with an EC P-256, P-384 or RSA key";
            vec![ConnectionFault::blocking("client_key", text)]
        }
    }
}

/// How we prove at the token endpoint that it is us.
pub(super) fn client_proof(
    authentication: ClientAuthentication,
    key_id: Option<&str>,
    audience: &str,
    secrets: &ConnectionSecrets,
) -> Result<ClientProof, Refusal> {
    let secret =
        |name| secrets.get(name).filter(|secret| !secret.expose_secret().is_empty()).ok_or(Refusal::SecretMissing);
    Ok(match authentication {
        ClientAuthentication::ClientSecretBasic => ClientProof::Basic(secret(CLIENT_SECRET)?.clone()),
        ClientAuthentication::ClientSecretPost => ClientProof::Post(secret(CLIENT_SECRET)?.clone()),
        ClientAuthentication::PrivateKeyJwt => ClientProof::PrivateKeyJwt {
            key: ClientKey::from_pem(secret(PRIVATE_KEY)?).map_err(|_| Refusal::ClientKey)?,
            kid: key_id.map(str::to_owned),
            audience: audience.to_owned(),
        },
    })
}

/// A fault of the provider as its IT reads it when the connection is checked.
pub(super) fn provider_fault(refusal: Refusal) -> ConnectionFault {
    ConnectionFault::blocking(refusal.code(), refusal.to_string())
}

/// The provider's clock against ours, if its answer had a date.
pub(super) fn clock_fault(theirs: Option<Timestamp>, ours: Timestamp) -> Option<ConnectionFault> {
    let theirs = theirs?;
    let apart = ours.since(theirs).max(theirs.since(ours));
    // Its date has whole seconds, and the answer took a moment.
    (apart > limits::CLOCK_SKEW.saturating_sub(Duration::from_secs(10))).then(|| {
        let text =
            format!("the provider's clock and ours are {} seconds apart: logins will be refused", apart.as_secs());
        ConnectionFault::warning("provider_clock", text)
    })
}

impl Said {
    fn evidence(&self, forms: &[KeyForm], rule: &Rule) -> (Evidence, Vec<Remark>) {
        let reading = Reading { method: self.method, map: &self.map, forms, rule, proven_at: self.proven_at };
        evidence(&self.claims, &reading)
    }

    /// Every claim at the top, as it came; values that are no text as JSON.
    fn arrived(&self, remarks: &[Remark]) -> Vec<Arrived> {
        let members = self.claims.as_object().into_iter().flatten();
        let read: Vec<&JsonPointer> = self.map.pointers().collect();
        members
            .map(|(name, value)| {
                let is_below = |pointer: &JsonPointer| pointer.first_step() == name;
                let values: Vec<String> = match value {
                    Value::Array(values) => values.iter().take(limits::CLAIM_VALUES).map(shown).collect(),
                    other => vec![shown(other)],
                };
                let remark = remarks.iter().find(|remark| is_below(&remark.pointer)).map(|remark| remark.why.code());
                let is_read = name == "sub" || read.iter().any(|pointer| is_below(pointer));
                Arrived { name: name.clone(), friendly_name: None, values, is_read, remark }
            })
            .collect()
    }
}

fn shown(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    text.chars().take(limits::NAME_CHARS).collect()
}

fn bound(browser: &str, state: &str) -> String {
    format!("{browser}\n{state}")
}

impl TrialReport {
    /// Nothing came that is believed.
    pub fn refused(refusal: Refusal) -> Self {
        Self { refusal: Some(refusal.code().to_owned()), ..Self::default() }
    }
}
