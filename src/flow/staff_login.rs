//! Staff log in: a name and a password, then the second factor ([`super::staff_factor`]).
//!
//! Until the password is right, every failure gets the same answer after the same work. Guessing is slowed per address,
//! per name from one address, and per name from browsers that have never logged it in; a browser that has is counted by
//! itself, so that no stranger can keep somebody out of their usual browser (decision 0020).

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    Failure, Pedell,
    staff::{StaffError, Visitor},
    staff_networks::Where,
    staff_sessions::StaffSession,
};
use crate::{
    base::{
        Timestamp,
        secret::{PlainToken, SecretString},
    },
    domain::{
        audit::{Event, Kind},
        certificate::CertificateRefusal,
        policy::{self, Actor},
        staff::{LoginName, StaffId, StaffMember},
    },
    store::{
        Tx,
        control::{Admission, Slowing, StoredStaff},
    },
    vault::{Index, PasswordHash, Purpose, Sealed},
};

/// What came of a login.
#[derive(Debug)]
pub enum LoginAnswer {
    /// The password was right: the session's token. Whether they are in is the session's to say.
    Begun(PlainToken),
    /// Wrong, unknown, blocked, over: nobody can tell which.
    Refused,
    /// The password was right, and the network is none that they may come from. Says no more than a login without such a
    /// list would.
    Elsewhere,
    /// The password was right, but there is no getting in with this certificate, or without one.
    Certificate(CertificateRefusal),
    /// Too many wrong attempts, at this name or from this address.
    Wait {
        /// When it works again.
        until: Timestamp,
    },
}

/// Whom this browser has logged in before. Kept in the browser, sealed.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct KnownBrowser {
    /// Which browser.
    id: String,
    /// Who, newest last.
    staff: Vec<StaffId>,
}

impl Purpose for KnownBrowser {
    const PURPOSE: &'static str = "known-browser";
}

/// People whom one browser is remembered for: a counter has several clerks.
const KNOWN_STAFF: usize = 8;

/// One address may be a whole office.
const BY_ADDRESS: Slowing = Slowing { free: 50, most: Duration::from_secs(60) };
const BY_NAME_AND_ADDRESS: Slowing = Slowing { free: 5, most: Duration::from_mins(15) };
const BY_NAME_AND_BROWSER: Slowing = Slowing { free: 10, most: Duration::from_mins(5) };
/// Never long: a stranger causes it.
const BY_NAME: Slowing = Slowing { free: 50, most: Duration::from_secs(30) };
/// Whoever tries codes knows the password already.
const BY_ACCOUNT: Slowing = Slowing { free: 5, most: Duration::from_mins(2) };

/// What counts an attempt.
struct Counters {
    /// Forgotten by a success.
    own: (Index, Slowing),
    /// Kept, but for this attempt.
    shared: Vec<(Index, Slowing)>,
}

impl Pedell {
    /// Logs somebody in, as far as name and password go.
    pub async fn staff_login(
        &self,
        login: &str,
        password: &SecretString,
        visitor: &Visitor,
    ) -> Result<LoginAnswer, Failure> {
        let control = self.stores().control();
        // What can't be a name is nobody's, and counted like one.
        let name = LoginName::parse(login).ok_or_else(|| login.trim().to_ascii_lowercase());
        let index = match &name {
            Ok(name) => self.login_index(name),
            Err(text) => self.instance_keys().index("staff-login", text.as_bytes()),
        };
        let stored = control.staff_by_login(&index).await?;
        let counters = self.counters(&index, stored.as_ref(), visitor);
        if let Some(until) = self.admit_attempt(&counters).await? {
            return Ok(LoginAnswer::Wait { until });
        }
        let hash = match &stored {
            Some(stored) => self.stored_hash(stored).await?,
            None => None,
        };
        let cost = hash.as_ref().map(PasswordHash::cost);
        let matches = self.password_matches(hash, password).await?;
        let now = self.clock().now();
        let member = match &stored {
            Some(stored) if matches => Some((self.member(stored).await?, stored)),
            _ => None,
        };
        let Some((member, stored)) = member.filter(|(member, stored)| {
            member.works_on(now.date_in_berlin()) && self.first_password_until(stored).is_none_or(|until| now < until)
        }) else {
            self.refuse_login(stored.as_ref(), visitor).await?;
            return Ok(LoginAnswer::Refused);
        };
        if !self.may_begin_from(&member, visitor, Where::Login).await? {
            return Ok(LoginAnswer::Elsewhere);
        }
        let is_of_today = cost == Some(self.settings().staff.password_cost);
        let rehashed = if is_of_today { None } else { Some(self.hash_password(password).await?) };
        let binding = match self.admit_certificate(&member, visitor).await {
            Ok(binding) => binding,
            Err(StaffError::Certificate(refusal)) => {
                let mut tx = control.begin().await?;
                self.forgive_attempt(&mut tx, &counters).await?;
                tx.commit().await?;
                return Ok(LoginAnswer::Certificate(refusal));
            }
            Err(StaffError::Failure(failure)) => return Err(failure),
            Err(_) => return Ok(LoginAnswer::Refused),
        };
        let mut tx = control.begin().await?;
        // Whoever changed the password or set a factor up while ours was looked at has ended every session: this one too.
        let present = control.take_staff(&mut tx, &stored.id).await?;
        if present.is_none_or(|present| present.password != stored.password) {
            drop(tx);
            self.refuse_login(Some(stored), visitor).await?;
            return Ok(LoginAnswer::Refused);
        }
        let has_factor = control.factors_in(&mut tx, &stored.id).await?.any();
        self.forgive_attempt(&mut tx, &counters).await?;
        if let Some(hash) = rehashed {
            let sealed = self.seal_of_staff(&stored.tenant, &stored.id, "password", &hash.to_bytes()).await?;
            control.set_staff_password(&mut tx, &stored.id, &sealed, stored.must_change).await?;
        }
        let token = self.begin_session(&mut tx, &member, &visitor.place(), binding, !has_factor).await?;
        self.audit_login(&mut tx, Kind::StaffLoggedIn, &member, visitor).await?;
        tx.commit().await?;
        Ok(LoginAnswer::Begun(token))
    }

    /// Counts an attempt at something that takes a proof within a session; an error if there were too many.
    pub(super) async fn admit_proof(&self, by: &StaffSession) -> Result<(), StaffError> {
        let mut tx = self.stores().control().begin().await?;
        let who = self.proof_counter(&by.member.id);
        let now = self.clock().now();
        match self.stores().control().admit(&mut tx, &who, BY_ACCOUNT, now).await? {
            Admission::NotBefore(until) => Err(StaffError::TooMany { until }),
            Admission::Admitted => Ok(tx.commit().await?),
        }
    }

    /// The proof was right.
    pub(super) async fn forgive_proof(&self, tx: &mut Tx, by: &StaffSession) -> Result<(), Failure> {
        Ok(self.stores().control().forgive(tx, &self.proof_counter(&by.member.id)).await?)
    }

    /// What this browser keeps after it has logged this person in.
    pub fn remember_browser(&self, known: Option<&str>, member: &StaffMember) -> String {
        let mut browser = known.and_then(|known| self.known_browser(known)).unwrap_or_else(|| KnownBrowser {
            id: crate::base::id::fresh(self.clock(), self.random()),
            staff: Vec::new(),
        });
        browser.staff.retain(|id| *id != member.id);
        browser.staff.push(member.id.clone());
        let over = browser.staff.len().saturating_sub(KNOWN_STAFF);
        browser.staff.drain(..over);
        self.instance_keys().seal(self.random(), "", &browser).as_str().to_owned()
    }

    fn known_browser(&self, sealed: &str) -> Option<KnownBrowser> {
        self.instance_keys().open("", &Sealed::<KnownBrowser>::presented(sealed)).ok()
    }

    fn proof_counter(&self, id: &StaffId) -> Index {
        self.instance_keys().index("staff-proof", id.as_str().as_bytes())
    }

    fn counters(&self, name: &Index, stored: Option<&StoredStaff>, visitor: &Visitor) -> Counters {
        let index = |purpose: &str, parts: &[&[u8]]| self.instance_keys().index(purpose, &parts.concat());
        let household = visitor.household();
        let address = (index("staff-from", &[household.as_bytes()]), BY_ADDRESS);
        let known = visitor.known.as_deref().and_then(|sealed| self.known_browser(sealed));
        let known = known.filter(|known| stored.is_some_and(|stored| known.staff.contains(&stored.id)));
        let name = name.as_bytes();
        match known {
            Some(known) => Counters {
                own: (index("staff-in", &[name, known.id.as_bytes()]), BY_NAME_AND_BROWSER),
                shared: vec![address],
            },
            None => Counters {
                own: (index("staff-at", &[name, household.as_bytes()]), BY_NAME_AND_ADDRESS),
                shared: vec![address, (index("staff-name", &[name]), BY_NAME)],
            },
        }
    }

    /// Counts an attempt with every counter, or with none if one of them says to wait.
    async fn admit_attempt(&self, counters: &Counters) -> Result<Option<Timestamp>, Failure> {
        let now = self.clock().now();
        let control = self.stores().control();
        let mut tx = control.begin().await?;
        for (who, slowing) in counters.shared.iter().chain([&counters.own]) {
            if let Admission::NotBefore(until) = control.admit(&mut tx, who, *slowing, now).await? {
                return Ok(Some(until));
            }
        }
        tx.commit().await?;
        Ok(None)
    }

    /// The password was right.
    async fn forgive_attempt(&self, tx: &mut Tx, counters: &Counters) -> Result<(), Failure> {
        let control = self.stores().control();
        control.forgive(tx, &counters.own.0).await?;
        for (who, _) in &counters.shared {
            control.take_back(tx, who).await?;
        }
        Ok(())
    }

    /// Records a refusal, whether there is such an account or not: it takes as long.
    async fn refuse_login(&self, stored: Option<&StoredStaff>, visitor: &Visitor) -> Result<(), Failure> {
        let control = self.stores().control();
        let object = stored.map_or("unknown", |stored| stored.id.as_str());
        let tenant = stored.map(|stored| &stored.tenant);
        let event = Event::new(Kind::StaffLoginRefused, object, json!({ "tenant": tenant, "from": visitor.network() }));
        let mut tx = control.begin().await?;
        control.audit(&mut tx, self.clock().now(), &Actor::System, &event).await?;
        tx.commit().await?;
        tracing::info!(staff = object, from = visitor.network(), "a login was refused");
        Ok(())
    }

    pub(super) async fn audit_login(
        &self,
        tx: &mut Tx,
        kind: Kind,
        member: &StaffMember,
        visitor: &Visitor,
    ) -> Result<(), Failure> {
        let detail = json!({ "tenant": member.tenant, "from": visitor.network() });
        let event = Event::new(kind, member.id.as_str(), detail);
        let scope = policy::oneself(member);
        Ok(self.stores().control().audit(tx, self.clock().now(), scope.actor(), &event).await?)
    }
}
