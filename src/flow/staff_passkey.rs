//! Passkeys: made on the account's page or where one is asked for, and proven at login and for what is dangerous. A
//! challenge belongs to one session, lives for minutes and is answered once.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    Failure, Pedell,
    staff::{StaffError, Visitor, name},
    staff_factor::Proven,
    staff_sessions::{Due, StaffSession},
};
use crate::{
    base::{
        Timestamp, limits,
        secret::{PlainToken, TokenHash},
    },
    domain::{
        audit::{Event, Kind},
        policy,
        staff::StaffId,
    },
    protocol::webauthn::{self, Assertion, Expected, Known, Refusal, Registration, RelyingParty, User},
    store::control::StoredPasskey,
    vault::{Purpose, Sealed},
};

/// A question to somebody's authenticator: travels sealed in the form.
#[derive(Serialize, Deserialize)]
struct Challenge {
    staff: StaffId,
    makes: bool,
    bytes: [u8; 32],
    expires_at: Timestamp,
}

impl Purpose for Challenge {
    const PURPOSE: &'static str = "passkey-challenge";
}

/// What a browser is asked.
#[derive(Debug)]
pub struct PasskeyQuestion {
    /// For `navigator.credentials`.
    pub options: serde_json::Value,
    /// Comes back with the answer.
    pub sealed: String,
}

/// What the browser answers when a passkey is made.
#[derive(Debug, Default)]
pub struct NewPasskey {
    /// What its owner calls it.
    pub name: String,
    /// `clientDataJSON`
    pub client_data: Vec<u8>,
    /// `attestationObject`
    pub attestation_object: Vec<u8>,
}

/// What the browser answers when one is proven.
#[derive(Clone, Debug, Default)]
pub struct PasskeyAnswer {
    /// Of the credential.
    pub id: Vec<u8>,
    /// `clientDataJSON`
    pub client_data: Vec<u8>,
    /// `authenticatorData`
    pub authenticator_data: Vec<u8>,
    /// `signature`
    pub signature: Vec<u8>,
    /// Empty, if the authenticator has not said whose it is.
    pub user_handle: Vec<u8>,
}

impl Pedell {
    /// Whether browsers make passkeys for this instance's address.
    pub fn has_passkeys(&self) -> bool {
        self.relying_party().is_some()
    }

    /// Begins to make a passkey; beside another factor it takes a fresh proof.
    pub async fn begin_passkey(&self, by: &StaffSession) -> Result<PasskeyQuestion, StaffError> {
        self.may_make(by)?;
        let party = self.relying_party().ok_or(StaffError::NotFound)?;
        let (bytes, sealed) = self.new_challenge(by, true);
        let login = by.member.profile.login.to_string();
        let handle = self.user_handle(&by.member.id);
        let user = User { handle: &handle, login: &login, name: &by.member.profile.name };
        let options = webauthn::creation(&party, user, &bytes, &self.credentials_of(by).await?);
        Ok(PasskeyQuestion { options, sealed })
    }

    /// The browser has made one: it counts, every other session ends. There are recovery codes if there were none.
    pub async fn add_passkey(&self, by: &StaffSession, sealed: &str, new: &NewPasskey) -> Result<Proven, StaffError> {
        self.may_make(by)?;
        let called = name(&new.name)?;
        if called.chars().count() > limits::PASSKEY_NAME_CHARS {
            return Err(StaffError::Name);
        }
        let (tenant, id) = (&by.member.tenant, &by.member.id);
        let party = self.relying_party().ok_or(StaffError::NotFound)?;
        let challenge = self.open_challenge(by, sealed, true).ok_or(StaffError::WrongCode)?;
        let answer = Registration { client_data: &new.client_data, attestation_object: &new.attestation_object };
        let made = webauthn::register(answer, &challenge.expects(&party)).map_err(|refusal| {
            tracing::info!(staff = id.as_str(), %refusal, "a new passkey was refused");
            StaffError::WrongCode
        })?;
        let now = self.clock().now();
        let stored = StoredPasskey {
            id: made.id,
            handle: crate::base::id::fresh(self.clock(), self.random()),
            public_key: made.public_key,
            sign_count: made.sign_count.into(),
            backup_eligible: made.is_backup_eligible.into(),
            name: self.seal_of_staff(tenant, id, "passkey", called.as_bytes()).await?,
            created_at: now.as_millis(),
            used_at: None,
        };
        let control = self.stores().control();
        let token = PlainToken::fresh(self.random());
        let mut tx = control.begin().await?;
        control.queue_for(&mut tx, tenant).await?;
        control.take_staff(&mut tx, id).await?; // as in `confirm_enrolment`
        let there = control.factors_in(&mut tx, id).await?;
        let is_new = control.use_challenge(&mut tx, &challenge.hash(), challenge.expires_at).await?
            && usize::try_from(there.passkeys).is_ok_and(|count| count < limits::PASSKEYS)
            && control.insert_passkey(&mut tx, id, &stored).await?;
        if !is_new {
            return Err(StaffError::WrongCode);
        }
        let recovery_codes = if there.any() { Vec::new() } else { self.new_recovery_codes(&mut tx, id).await? };
        control.end_sessions(&mut tx, id, Some(&by.id)).await?;
        self.raise_session(&mut tx, by, &token, true).await?;
        let detail = json!({ "tenant": tenant, "factor": "passkey", "passkey": stored.handle });
        let event = Event::new(Kind::StaffFactorSet, id.as_str(), detail);
        control.audit(&mut tx, now, policy::oneself(&by.member).actor(), &event).await?;
        tx.commit().await?;
        Ok(Proven { token, recovery_codes })
    }

    /// Asks for a proof, of somebody who has a passkey.
    pub async fn ask_passkey(&self, by: &StaffSession) -> Result<Option<PasskeyQuestion>, Failure> {
        let Some(party) = self.relying_party().filter(|_| by.factors.passkeys > 0) else { return Ok(None) };
        let (bytes, sealed) = self.new_challenge(by, false);
        let options = webauthn::request(&party, &bytes, &self.credentials_of(by).await?);
        Ok(Some(PasskeyQuestion { options, sealed }))
    }

    /// Proves the second factor with a passkey, at login or anew for what is dangerous.
    pub async fn prove_passkey(
        &self,
        by: &StaffSession,
        sealed: &str,
        answer: &PasskeyAnswer,
        visitor: &Visitor,
    ) -> Result<Proven, StaffError> {
        self.admit_proof(by).await?;
        let control = self.stores().control();
        let (challenge, proof) = match self.checked(by, sealed, answer).await? {
            Ok(checked) => checked,
            Err(why) => return self.refuse_passkey(by, why, visitor).await,
        };
        let now = self.clock().now();
        let token = PlainToken::fresh(self.random());
        let id = &by.member.id;
        let mut tx = control.begin().await?;
        if !control.use_challenge(&mut tx, &challenge.hash(), challenge.expires_at).await? {
            drop(tx);
            return self.refuse_passkey(by, "answered", visitor).await;
        }
        if !control.use_passkey(&mut tx, id, &answer.id, proof.sign_count.into(), now).await? {
            drop(tx);
            return self.refuse_passkey(by, "counter", visitor).await;
        }
        self.forgive_proof(&mut tx, by).await?;
        self.raise_session(&mut tx, by, &token, true).await?;
        let kind = if by.due == Due::Code { "login" } else { "step_up" };
        let detail = json!({ "tenant": by.member.tenant, "from": visitor.network(), "for": kind, "factor": "passkey" });
        let event = Event::new(Kind::StaffFactorProven, id.as_str(), detail);
        control.audit(&mut tx, now, policy::oneself(&by.member).actor(), &event).await?;
        tx.commit().await?;
        Ok(Proven { token, recovery_codes: Vec::new() })
    }

    /// Whether it is an answer to this session's question, by one of this person's passkeys; else why not.
    async fn checked(
        &self,
        by: &StaffSession,
        sealed: &str,
        answer: &PasskeyAnswer,
    ) -> Result<Result<(Challenge, webauthn::Proof), &'static str>, StaffError> {
        let party = self.relying_party().ok_or(StaffError::NotFound)?;
        let Some(challenge) = self.open_challenge(by, sealed, false) else { return Ok(Err("challenge")) };
        if !answer.user_handle.is_empty() && answer.user_handle != self.user_handle(&by.member.id) {
            return Ok(Err("user_handle"));
        }
        let stored = self.stores().control().passkey(&by.member.id, &answer.id).await?;
        let Some(stored) = stored else { return Ok(Err("unknown")) };
        let known = Known {
            public_key: &stored.public_key,
            sign_count: u32::try_from(stored.sign_count).map_err(|_| Failure::Corrupt("a passkey's counter"))?,
            is_backup_eligible: stored.backup_eligible != 0,
        };
        let assertion = Assertion {
            client_data: &answer.client_data,
            authenticator_data: &answer.authenticator_data,
            signature: &answer.signature,
        };
        Ok(match webauthn::assert(assertion, &known, &challenge.expects(&party)) {
            Ok(proof) => Ok((challenge, proof)),
            Err(refusal) => {
                if refusal == Refusal::Counter {
                    tracing::warn!(staff = by.member.id.as_str(), "a passkey's counter went back: is there a copy?");
                }
                Err(refusal.name())
            }
        })
    }

    async fn refuse_passkey<T>(
        &self,
        by: &StaffSession,
        why: &'static str,
        visitor: &Visitor,
    ) -> Result<T, StaffError> {
        let control = self.stores().control();
        let detail = json!({ "tenant": by.member.tenant, "from": visitor.network(), "factor": "passkey", "why": why });
        let event = Event::new(Kind::StaffCodeRefused, by.member.id.as_str(), detail);
        let mut tx = control.begin().await?;
        control.audit(&mut tx, self.clock().now(), policy::oneself(&by.member).actor(), &event).await?;
        tx.commit().await?;
        Err(StaffError::WrongCode)
    }

    fn may_make(&self, by: &StaffSession) -> Result<(), StaffError> {
        match by.due {
            Due::Code | Due::Password => Err(StaffError::NotFound),
            _ if !by.has_factor || by.is_fresh(self.clock().now()) => Ok(()),
            Due::Enrol | Due::Passkey | Due::Nothing => Err(StaffError::StepUp),
        }
    }

    fn new_challenge(&self, by: &StaffSession, makes: bool) -> ([u8; 32], String) {
        let bytes = self.random().bytes();
        let expires_at = self.clock().now().plus(limits::PASSKEY_CHALLENGE_LIFE);
        let challenge = Challenge { staff: by.member.id.clone(), makes, bytes, expires_at };
        (bytes, self.instance_keys().seal(self.random(), &by.id, &challenge).as_str().to_owned())
    }

    fn open_challenge(&self, by: &StaffSession, sealed: &str, makes: bool) -> Option<Challenge> {
        let challenge: Challenge = self.instance_keys().open(&by.id, &Sealed::presented(sealed)).ok()?;
        let fits =
            challenge.staff == by.member.id && challenge.makes == makes && self.clock().now() < challenge.expires_at;
        fits.then_some(challenge)
    }

    async fn credentials_of(&self, by: &StaffSession) -> Result<Vec<Vec<u8>>, Failure> {
        let there = self.stores().control().passkeys_of(&by.member.id).await?;
        Ok(there.into_iter().map(|passkey| passkey.id).collect())
    }

    fn relying_party(&self) -> Option<RelyingParty> {
        RelyingParty::at(&self.settings().public_url)
    }

    /// By what an authenticator knows somebody: says nothing to anybody else.
    fn user_handle(&self, id: &StaffId) -> [u8; 16] {
        *self.instance_keys().index("passkey-user", id.as_str().as_bytes()).as_bytes()
    }
}

impl Challenge {
    fn expects<'a>(&'a self, party: &'a RelyingParty) -> Expected<'a> {
        Expected { party, challenge: &self.bytes, user_verification: true }
    }

    fn hash(&self) -> TokenHash {
        PlainToken::presented(self.bytes.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))).hash()
    }
}
