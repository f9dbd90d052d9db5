//! Sessions of staff: eight hours from the login and no longer, under a token that changes whenever more is proven.

use std::sync::Arc;

use serde_json::json;

use super::{
    Failure, Pedell,
    certificate_check::Binding,
    staff::{SessionPlace, StaffError},
};
use crate::{
    base::{
        Timestamp, limits,
        secret::{PlainToken, TokenHash},
    },
    domain::{
        audit::{Event, Kind},
        certificate::CertificateRefusal,
        policy::{self, Scope, Target},
        staff::{Action, Organisation, StaffMember},
        tenant::TenantId,
    },
    protocol::x509::ShownCertificate,
    store::{
        Tx,
        control::{Factors, SessionStage, StoredSession},
    },
};

/// Somebody who is logged in, or on the way.
#[derive(Clone, Debug)]
pub struct StaffSession {
    /// To name it by; opens nothing.
    pub id: String,
    /// Who.
    pub member: StaffMember,
    /// Whose they are.
    pub tenant: Organisation,
    /// What is asked of them before anything else.
    pub due: Due,
    /// Whether there is a second factor.
    pub has_factor: bool,
    /// What they can prove themselves with.
    pub factors: Factors,
    /// Whether a passkey is asked of them.
    pub passkey_is_demanded: bool,
    /// When it ends, whatever happens.
    pub ends_at: Timestamp,
    /// When a factor was last proven.
    pub proven_at: Option<Timestamp>,
    /// What a form of this session carries, so that no other site can post it.
    pub form_key: String,
    /// Whose views they have taken.
    pub elevated: Vec<TenantId>,
    /// The certificate that it is bound to; it was shown with this request, and is good.
    pub certificate: Option<Arc<ShownCertificate>>,
    began_at: Timestamp,
    token: TokenHash,
}

/// What came of looking for a session.
#[derive(Debug)]
pub enum SessionFound {
    /// It goes on.
    Goes(Box<StaffSession>),
    /// There is one, but not for whoever shows this certificate, or none.
    Certificate(CertificateRefusal),
    /// There is none, or not any more.
    None,
}

/// What is asked of somebody before anything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// Nothing: they are in.
    Nothing,
    /// A code of the second factor.
    Code,
    /// A password of their own.
    Password,
    /// To set a second factor up.
    Enrol,
    /// To make a passkey.
    Passkey,
}

/// A session as its owner sees it.
#[derive(Clone, Debug)]
pub struct SessionView {
    /// To name it by.
    pub id: String,
    /// From where.
    pub place: SessionPlace,
    /// When it began.
    pub began_at: Timestamp,
    /// When something was last done in it.
    pub seen_at: Timestamp,
    /// When it ends.
    pub ends_at: Timestamp,
    /// Whether it is the one that looks.
    pub is_this: bool,
}

/// Something done in a session is written down no more often than this.
const TOUCH_EVERY: std::time::Duration = std::time::Duration::from_secs(30);

impl StaffSession {
    /// Whether everything was proven.
    pub fn is_in(&self) -> bool {
        self.due == Due::Nothing
    }

    /// Whether a factor was proven just now.
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        self.proven_at.is_some_and(|proven| now.since(proven) < limits::STAFF_STEP_UP_LIFE)
    }

    /// Whether a code proves who they are: not where a passkey is asked for, once there is one.
    pub fn takes_codes(&self) -> bool {
        !self.passkey_is_demanded || self.factors.passkeys == 0
    }

    /// Whether the policy lets them do this there.
    pub fn may(&self, action: Action, of: Target<'_>) -> bool {
        self.is_in() && policy::staff(&self.member, action, of, self.elevated.contains(of.tenant)).is_some()
    }

    pub(super) const fn token(&self) -> &TokenHash {
        &self.token
    }
}

impl Pedell {
    /// Leave to do this there: what is not theirs is not there, and what is dangerous takes a fresh factor.
    pub fn allow(&self, by: &StaffSession, action: Action, of: Target<'_>) -> Result<Scope, StaffError> {
        if !by.is_in() {
            return Err(StaffError::NotFound);
        }
        let elevated = by.elevated.contains(of.tenant);
        let scope = policy::staff(&by.member, action, of, elevated).ok_or(StaffError::NotFound)?;
        if action.is_dangerous() && !by.is_fresh(self.clock().now()) {
            return Err(StaffError::StepUp);
        }
        Ok(scope)
    }

    /// The session with this token, if it is one that goes on without a certificate.
    pub async fn staff_session(&self, token: &PlainToken) -> Result<Option<StaffSession>, Failure> {
        Ok(match self.staff_session_with(token, None).await? {
            SessionFound::Goes(session) => Some(*session),
            SessionFound::Certificate(_) | SessionFound::None => None,
        })
    }

    /// The session with this token, if it is one that goes on, for whoever shows this certificate.
    pub async fn staff_session_with(
        &self,
        token: &PlainToken,
        shown: Option<&Arc<ShownCertificate>>,
    ) -> Result<SessionFound, Failure> {
        let now = self.clock().now();
        let control = self.stores().control();
        let token = token.hash();
        let Some(session) = control.session(&token).await? else { return Ok(SessionFound::None) };
        if now >= session.ends_at || now.since(session.seen_at) >= self.settings().staff.idle {
            return Ok(SessionFound::None);
        }
        let Some(stored) = control.staff(&session.staff).await? else { return Ok(SessionFound::None) };
        let member = self.member(&stored).await?;
        if !member.works_on(now.date_in_berlin()) {
            return Ok(SessionFound::None);
        }
        let certificate = match self.check_session_certificate(&session, &member, shown).await? {
            Ok(certificate) => certificate,
            Err(refusal) => return Ok(SessionFound::Certificate(refusal)),
        };
        if now.since(session.seen_at) >= TOUCH_EVERY {
            control.touch_session(&token, now).await?;
        }
        let factors = control.factors(&stored.id).await?;
        let has_factor = factors.any();
        let rules = control.staff_rules(&stored.tenant).await?;
        let passkey_is_demanded = rules.demand_passkey(stored.rank);
        let due = match session.stage {
            SessionStage::Password if has_factor => Due::Code,
            _ if stored.must_change => Due::Password,
            _ if passkey_is_demanded && factors.passkeys == 0 => Due::Passkey,
            _ if !has_factor && self.needs_factor(&stored).await? => Due::Enrol,
            SessionStage::Password => Due::Password, // the factor was taken away meanwhile, which ends sessions too
            SessionStage::Full => Due::Nothing,
        };
        let Some(tenant) = control.organisation(&stored.tenant).await? else { return Ok(SessionFound::None) };
        let views = control.elevations_by(&stored.id, now).await?;
        Ok(SessionFound::Goes(Box::new(StaffSession {
            id: session.id,
            member,
            tenant,
            due,
            has_factor,
            factors,
            passkey_is_demanded,
            ends_at: session.ends_at,
            proven_at: session.proven_at,
            form_key: self.form_key(token.as_bytes()),
            elevated: views.into_iter().map(|view| view.tenant).collect(),
            certificate,
            began_at: session.began_at,
            token,
        })))
    }

    /// What a form carries that belongs to this secret of the browser.
    pub fn form_key(&self, secret: &[u8]) -> String {
        let index = self.instance_keys().index("form", secret);
        index.as_bytes().iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
    }

    /// Begins a session: the password was right, and `binding` says that the certificate was looked at. `full` if there is
    /// no second factor that has to follow.
    pub(super) async fn begin_session(
        &self,
        tx: &mut Tx,
        member: &StaffMember,
        place: &SessionPlace,
        binding: Binding,
        full: bool,
    ) -> Result<PlainToken, Failure> {
        let now = self.clock().now();
        let token = PlainToken::fresh(self.random());
        let id = crate::base::id::fresh(self.clock(), self.random());
        let plain = serde_json::json!(place).to_string();
        let life = if full { limits::STAFF_SESSION_LIFE } else { limits::STAFF_SECOND_FACTOR_TIME };
        let session = StoredSession {
            staff: member.id.clone(),
            stage: if full { SessionStage::Full } else { SessionStage::Password },
            began_at: now,
            seen_at: now,
            ends_at: now.plus(life),
            proven_at: None,
            certificate: binding.into_thumbprint(),
            place: self.instance_keys().seal_at_rest(self.random(), &place_name(&id), plain.as_bytes()),
            id,
        };
        self.stores().control().insert_session(tx, &session, &token.hash()).await?;
        Ok(token)
    }

    /// The session goes on with everything proven, under another token.
    pub(super) async fn raise_session(
        &self,
        tx: &mut Tx,
        by: &StaffSession,
        token: &PlainToken,
        proven: bool,
    ) -> Result<(), StaffError> {
        let ends_at = by.began_at.plus(limits::STAFF_SESSION_LIFE);
        let now = self.clock().now();
        let tokens = (by.token(), &token.hash());
        let raised = self.stores().control().raise_session(tx, tokens, ends_at, proven.then_some(now), now).await?;
        if raised { Ok(()) } else { Err(StaffError::NotFound) }
    }

    /// The session goes on as it is, under another token; one that waited only for a password is in.
    pub(super) async fn move_session(
        &self,
        tx: &mut Tx,
        by: &StaffSession,
        token: &PlainToken,
    ) -> Result<(), StaffError> {
        // Stage `full` is not "in": a second factor that is asked for and not there is still due.
        self.raise_session(tx, by, token, false).await
    }

    /// Somebody's sessions that go on.
    pub async fn sessions(&self, by: &StaffSession) -> Result<Vec<SessionView>, Failure> {
        let now = self.clock().now();
        let idle = self.settings().staff.idle;
        let stored = self.stores().control().sessions_of(&by.member.id).await?;
        let living = stored.into_iter().filter(|session| now < session.ends_at && now.since(session.seen_at) < idle);
        living
            .map(|session| {
                let plain = self
                    .instance_keys()
                    .open_at_rest(&place_name(&session.id), &session.place)
                    .map_err(Failure::open("a session's place"))?;
                Ok(SessionView {
                    is_this: session.id == by.id,
                    place: serde_json::from_slice(&plain).map_err(|_| Failure::Corrupt("a session's place"))?,
                    id: session.id,
                    began_at: session.began_at,
                    seen_at: session.seen_at,
                    ends_at: session.ends_at,
                })
            })
            .collect()
    }

    /// Ends one of one's own sessions.
    pub async fn end_session(&self, by: &StaffSession, id: &str) -> Result<(), StaffError> {
        let control = self.stores().control();
        let mut tx = control.begin().await?;
        if !control.end_session(&mut tx, &by.member.id, id).await? {
            return Err(StaffError::NotFound);
        }
        self.audit_end(&mut tx, by, if id == by.id { Kind::StaffLoggedOut } else { Kind::StaffSessionsEnded }).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Ends all of one's own sessions but this.
    pub async fn end_other_sessions(&self, by: &StaffSession) -> Result<(), StaffError> {
        let control = self.stores().control();
        let mut tx = control.begin().await?;
        control.end_sessions(&mut tx, &by.member.id, Some(&by.id)).await?;
        self.audit_end(&mut tx, by, Kind::StaffSessionsEnded).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn audit_end(&self, tx: &mut Tx, by: &StaffSession, kind: Kind) -> Result<(), Failure> {
        let event = Event::new(kind, by.member.id.as_str(), json!({ "tenant": by.member.tenant }));
        let scope = policy::oneself(&by.member);
        Ok(self.stores().control().audit(tx, self.clock().now(), scope.actor(), &event).await?)
    }
}

fn place_name(session: &str) -> String {
    format!("staff-session/{session}")
}
