//! The second factor: set up with an authenticator app, proven at login and for what is dangerous, and recovery codes for
//! the day the phone is gone. Every code counts once. Passkeys are [`super::staff_passkey`].

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    Failure, Pedell,
    staff::{StaffError, Visitor},
    staff_sessions::{Due, StaffSession},
};
use crate::{
    base::{
        Random, Timestamp, limits,
        secret::{PlainToken, TokenHash},
    },
    domain::{
        audit::{Event, Kind},
        policy,
        staff::StaffId,
    },
    protocol::totp::TotpSecret,
    store::Tx,
    vault::{Purpose, Sealed},
};

/// A second factor that is being set up: travels sealed in the form, and counts once a first code was right.
#[derive(Serialize, Deserialize)]
struct Enrolment {
    staff: StaffId,
    secret: Vec<u8>,
    expires_at: Timestamp,
}

impl Purpose for Enrolment {
    const PURPOSE: &'static str = "enrolment";
}

/// What somebody's app needs to be told.
#[derive(Debug)]
pub struct NewFactor {
    /// The secret.
    pub secret: TotpSecret,
    /// Which account it is, as the app will show it.
    pub account: String,
    /// Comes back with the first code.
    pub sealed: String,
}

/// A factor was set or proven: the session's new token, and recovery codes if there are new ones.
#[derive(Debug)]
pub struct Proven {
    /// The session goes on under it.
    pub token: PlainToken,
    /// Shown once.
    pub recovery_codes: Vec<PlainToken>,
}

impl Pedell {
    /// Begins to set a second factor up, or another one in its place, which takes a fresh proof of the old.
    pub fn begin_enrolment(&self, by: &StaffSession) -> Result<NewFactor, StaffError> {
        self.may_enrol(by)?;
        let secret = TotpSecret::fresh(self.random());
        let enrolment = Enrolment {
            staff: by.member.id.clone(),
            secret: secret.as_bytes().to_vec(),
            expires_at: self.clock().now().plus(limits::STAFF_SECOND_FACTOR_TIME),
        };
        let sealed = self.instance_keys().seal(self.random(), &by.id, &enrolment).as_str().to_owned();
        Ok(NewFactor { secret, account: by.member.profile.login.to_string(), sealed })
    }

    /// What a form that was sealed earlier is about, to show it again after a wrong code.
    pub fn resume_enrolment(&self, by: &StaffSession, sealed: &str) -> Result<NewFactor, StaffError> {
        self.may_enrol(by)?;
        let enrolment = self.open_enrolment(by, sealed)?;
        let secret = TotpSecret::from_bytes(&enrolment.secret).ok_or(Failure::Corrupt("an enrolment"))?;
        Ok(NewFactor { secret, account: by.member.profile.login.to_string(), sealed: sealed.to_owned() })
    }

    /// The first code was typed: the factor counts, every other session ends.
    pub async fn confirm_enrolment(&self, by: &StaffSession, sealed: &str, code: &str) -> Result<Proven, StaffError> {
        let factor = self.resume_enrolment(by, sealed)?;
        self.admit_proof(by).await?;
        let now = self.clock().now();
        let step = factor.secret.step_of(&digits(code), now).ok_or(StaffError::WrongCode)?;
        let (tenant, id) = (&by.member.tenant, &by.member.id);
        let sealed = self.seal_of_staff(tenant, id, "factor", factor.secret.as_bytes()).await?;
        let control = self.stores().control();
        let token = PlainToken::fresh(self.random());
        let mut tx = control.begin().await?;
        self.forgive_proof(&mut tx, by).await?;
        // A login by password alone that is under way comes before, and ends with the others, or after, and needs a code.
        control.take_staff(&mut tx, id).await?;
        control.put_factor(&mut tx, id, &sealed, step, now).await?;
        let recovery_codes = self.new_recovery_codes(&mut tx, id).await?;
        control.end_sessions(&mut tx, id, Some(&by.id)).await?;
        self.raise_session(&mut tx, by, &token, true).await?;
        let event = Event::new(Kind::StaffFactorSet, id.as_str(), json!({ "tenant": tenant, "factor": "totp" }));
        control.audit(&mut tx, now, policy::oneself(&by.member).actor(), &event).await?;
        tx.commit().await?;
        Ok(Proven { token, recovery_codes })
    }

    /// Proves the second factor, at login or anew for what is dangerous: a code of the app, or a recovery code.
    pub async fn prove_factor(&self, by: &StaffSession, code: &str, visitor: &Visitor) -> Result<Proven, StaffError> {
        if !by.takes_codes() {
            return Err(StaffError::PasskeyOnly);
        }
        self.admit_proof(by).await?;
        let control = self.stores().control();
        let now = self.clock().now();
        let token = PlainToken::fresh(self.random());
        let typed = digits(code);
        let is_code = typed.len() == 6;
        // Read before the transaction: see `issue_token`.
        let step = if is_code { self.step_of(by, &typed, now).await? } else { None };
        let mut tx = control.begin().await?;
        let is_right = match step {
            Some(step) => control.use_step(&mut tx, &by.member.id, step).await?,
            None if is_code => false,
            None => control.use_recovery_code(&mut tx, &by.member.id, &recovery_hash(code), now).await?,
        };
        if !is_right {
            drop(tx);
            self.refuse_code(by, visitor).await?;
            return Err(StaffError::WrongCode);
        }
        self.forgive_proof(&mut tx, by).await?;
        self.raise_session(&mut tx, by, &token, true).await?;
        let kind = if by.due == Due::Code { "login" } else { "step_up" };
        let with = if is_code { "totp" } else { "recovery_code" };
        let detail = json!({ "tenant": by.member.tenant, "from": visitor.network(), "for": kind, "factor": with });
        let event = Event::new(Kind::StaffFactorProven, by.member.id.as_str(), detail);
        control.audit(&mut tx, now, policy::oneself(&by.member).actor(), &event).await?;
        tx.commit().await?;
        Ok(Proven { token, recovery_codes: Vec::new() })
    }

    /// New recovery codes in place of the old ones; takes a fresh factor.
    pub async fn renew_recovery_codes(&self, by: &StaffSession) -> Result<Vec<PlainToken>, StaffError> {
        if !by.is_in() || !by.has_factor {
            return Err(StaffError::NotFound);
        }
        let now = self.clock().now();
        if !by.is_fresh(now) {
            return Err(StaffError::StepUp);
        }
        let control = self.stores().control();
        let mut tx = control.begin().await?;
        let codes = self.new_recovery_codes(&mut tx, &by.member.id).await?;
        let detail = json!({ "tenant": by.member.tenant });
        let event = Event::new(Kind::StaffRecoveryCodesMade, by.member.id.as_str(), detail);
        control.audit(&mut tx, now, policy::oneself(&by.member).actor(), &event).await?;
        tx.commit().await?;
        Ok(codes)
    }

    /// How many recovery codes somebody has left.
    pub async fn recovery_codes_left(&self, by: &StaffSession) -> Result<i64, Failure> {
        Ok(self.stores().control().recovery_codes_left(&by.member.id).await?)
    }

    fn may_enrol(&self, by: &StaffSession) -> Result<(), StaffError> {
        match (by.due, by.has_factor) {
            (Due::Enrol, _) | (Due::Nothing, false) => Ok(()),
            (Due::Nothing, true) if by.is_fresh(self.clock().now()) => Ok(()),
            (Due::Nothing, true) => Err(StaffError::StepUp),
            (Due::Code | Due::Password | Due::Passkey, _) => Err(StaffError::NotFound),
        }
    }

    fn open_enrolment(&self, by: &StaffSession, sealed: &str) -> Result<Enrolment, StaffError> {
        let opened: Result<Enrolment, _> = self.instance_keys().open(&by.id, &Sealed::presented(sealed));
        let enrolment = opened.map_err(|_| StaffError::NotFound)?;
        let is_theirs = enrolment.staff == by.member.id && self.clock().now() < enrolment.expires_at;
        if is_theirs { Ok(enrolment) } else { Err(StaffError::NotFound) }
    }

    async fn step_of(&self, by: &StaffSession, code: &str, now: Timestamp) -> Result<Option<i64>, Failure> {
        let Some(factor) = self.stores().control().factor(&by.member.id).await? else { return Ok(None) };
        let plain = self.open_of_staff(&by.member.tenant, &by.member.id, "factor", &factor.secret).await?;
        let secret = TotpSecret::from_bytes(&plain).ok_or(Failure::Corrupt("a second factor"))?;
        Ok(secret.step_of(code, now))
    }

    pub(super) async fn new_recovery_codes(&self, tx: &mut Tx, id: &StaffId) -> Result<Vec<PlainToken>, Failure> {
        let codes: Vec<PlainToken> = (0..limits::RECOVERY_CODES).map(|_| recovery_code(self.random())).collect();
        let hashes: Vec<TokenHash> = codes.iter().map(|code| recovery_hash(code.expose())).collect();
        self.stores().control().put_recovery_codes(tx, id, &hashes).await?;
        Ok(codes)
    }

    async fn refuse_code(&self, by: &StaffSession, visitor: &Visitor) -> Result<(), Failure> {
        let control = self.stores().control();
        let detail = json!({ "tenant": by.member.tenant, "from": visitor.network() });
        let event = Event::new(Kind::StaffCodeRefused, by.member.id.as_str(), detail);
        let mut tx = control.begin().await?;
        control.audit(&mut tx, self.clock().now(), policy::oneself(&by.member).actor(), &event).await?;
        Ok(tx.commit().await?)
    }
}

/// What was typed, without the spaces that apps show.
fn digits(code: &str) -> String {
    code.chars().filter(|c| !c.is_whitespace()).take(64).collect()
}

/// Crockford's alphabet: nothing that is mistaken for something else.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Twenty-four characters, 120 random bits: `7K3Q-9XTR-…`. So many that a plain hash is enough to keep them (ASVS 6.5.2).
fn recovery_code(random: &Random) -> PlainToken {
    let text: String = random.bytes::<24>().iter().map(|byte| char::from(ALPHABET[usize::from(byte & 31)])).collect();
    let groups: Vec<&str> = (0..24).step_by(4).filter_map(|at| text.get(at..at + 4)).collect();
    PlainToken::presented(groups.join("-"))
}

/// The hash of a recovery code, as people type it.
fn recovery_hash(typed: &str) -> TokenHash {
    let plain = typed.chars().filter(char::is_ascii_alphanumeric).take(64).map(|c| match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        c => c,
    });
    PlainToken::presented(plain.collect::<String>()).hash()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recovery_code_is_read_as_people_type_it() {
        let code = recovery_code(&Random::seeded(5));
        let text = code.expose();
        assert_eq!((text.len(), text.matches('-').count()), (29, 5), "{text}");
        let typed = text.to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l");
        assert_eq!(recovery_hash(&typed).as_bytes(), recovery_hash(text).as_bytes());
        assert_ne!(recovery_hash("").as_bytes(), recovery_hash(text).as_bytes());
    }
}
