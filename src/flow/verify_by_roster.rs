//! A student (or a shop, or a clerk) gives data; the university's imported list says whether they are enrolled.
//!
//! Unknown numbers and wrong names get the same answer after the same work, so that nobody can find out who studies
//! where. Guessing is bounded per number, and per address or person; an attempt is counted before it is looked up.

use std::net::IpAddr;

use zeroize::Zeroizing;

use super::{Failure, Pedell, login::AskedOf};
use crate::{
    base::Timestamp,
    domain::{
        eligibility::{Evidence, Method},
        matching::{MatchRule, matches},
        person::{MatriculationNumber, StudentRecord, TypedClaim, TypedField},
        policy::Scope,
        semester::Semester,
    },
    peers::source::Asker,
    store::tenant::{RosterInfo, Tenant},
    vault::{Index, Place, TenantKeys},
};

/// What the list said.
#[derive(Debug)]
pub enum RosterAnswer {
    /// The person is on a list (not necessarily that of the semester asked for: the decision says).
    Found {
        /// What was seen.
        evidence: Box<Evidence>,
        /// Keyed hash of who it is.
        student: Index,
    },
    /// Not on a list, or with other data: nobody can tell which.
    NotFound,
    /// The university has no list for this semester yet: not the same as "not enrolled".
    NoRoster,
    /// Too many wrong attempts.
    TooMany {
        /// When it works again.
        until: Timestamp,
    },
}

/// Where typed data come from, for bounding guesses.
#[derive(Clone, Copy, Debug)]
pub struct Guesser<'a> {
    /// The network address.
    pub address: IpAddr,
    /// The client that says so, if we only have its word: what it says about addresses counts for itself alone.
    pub through: Option<&'a str>,
}

impl<'a> Guesser<'a> {
    /// Somebody whom we know: counted by themselves, wherever they sit. `name` has a space, as no client id has.
    pub const fn known_as(name: &'a str) -> Self {
        Self { address: IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED), through: Some(name) }
    }
}

/// The place of a roster's record: bound to its list and its number, so that it opens nowhere else.
pub(super) fn record_place(row: &[u8]) -> Place<'_> {
    Place { table: "roster_rows", column: "record", row }
}

/// The bytes that stand for a roster's row in its [`Place`].
pub(super) fn row_key(roster: &str, number: &Index) -> Vec<u8> {
    [roster.as_bytes(), number.as_bytes()].concat()
}

/// The purpose under which matriculation numbers are indexed.
pub(super) const NUMBER: &str = "matriculation-number";

impl Pedell {
    /// Looks a person up in the university's lists.
    pub async fn ask_roster(
        &self,
        scope: &Scope,
        of: &AskedOf,
        typed: &TypedClaim,
        from: Guesser<'_>,
    ) -> Result<RosterAnswer, Failure> {
        let now = self.clock().now();
        let tenant = self.stores().tenant(scope).await?;
        let rosters = tenant.current_rosters().await?;
        if !rosters.iter().any(|roster| roster.semester == of.semester) {
            return Ok(RosterAnswer::NoRoster);
        }
        let indexed_with = rosters.iter().map(|roster| roster.key_version).max().unwrap_or_default();
        let keys = match self.tenant_keys_with(scope.tenant(), indexed_with).await {
            // What nobody can read any more is not there.
            Err(Failure::KeysGone(_)) => return Ok(RosterAnswer::NoRoster),
            keys => keys?,
        };
        let guesses = Guesses::of(&keys, &typed.matriculation_number, from);
        if let Some(until) = self.too_many(&tenant, &guesses, now).await? {
            return Ok(RosterAnswer::TooMany { until });
        }
        let rule = MatchRule { require_birth_date: of.university.typed_fields().contains(&TypedField::BirthDate) };
        let mut semesters = Vec::new();
        let mut seen = None;
        // The list of the semester asked for comes first: its spelling counts.
        let (asked_for, others): (Vec<_>, Vec<_>) = rosters.iter().partition(|roster| roster.semester == of.semester);
        for roster in asked_for.into_iter().chain(others) {
            let record = self.record(&tenant, &keys, roster, &typed.matriculation_number).await?;
            if matches(&record, typed, &rule) {
                semesters.push(roster.semester);
                seen.get_or_insert((record, roster.imported_at));
            }
        }
        let Some((record, imported_at)) = seen else { return Ok(RosterAnswer::NotFound) };
        self.take_back(&tenant, &guesses, now).await?;
        let student = keys.identity(NUMBER, record.matriculation_number.normalised().as_bytes());
        let evidence = Box::new(evidence(record, semesters, now, imported_at));
        Ok(RosterAnswer::Found { evidence, student })
    }

    /// The record under this number, or one that matches nobody: unknown numbers take the same path and the same work.
    async fn record(
        &self,
        tenant: &Tenant,
        keys: &TenantKeys,
        roster: &RosterInfo,
        number: &MatriculationNumber,
    ) -> Result<StudentRecord, Failure> {
        let index = keys
            .index(roster.key_version, NUMBER, number.normalised().as_bytes())
            .map_err(Failure::open("a roster's index"))?;
        let row = row_key(&roster.id, &index);
        let sealed = match tenant.roster_record(&roster.id, &index).await? {
            Some(sealed) => sealed,
            None => keys.seal(self.random(), record_place(&row), &StudentRecord::nobody().to_bytes()),
        };
        let plain: Zeroizing<Vec<u8>> =
            keys.open(record_place(&row), &sealed).map_err(Failure::open("a roster's record"))?;
        StudentRecord::from_bytes(&plain).ok().ok_or(Failure::Corrupt("a roster's record"))
    }

    /// Counts this attempt; says until when there were too many.
    pub(super) async fn too_many(
        &self,
        tenant: &Tenant,
        guesses: &Guesses,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, Failure> {
        let window = self.settings().attempt_window;
        let (who, limits) = guesses.with_limits(self);
        let (failures, until) = tenant.failures(&who, now, window).await?;
        if failures.iter().zip(&limits).any(|(failures, limit)| failures >= limit) {
            return Ok(Some(until));
        }
        // Attempts that run at the same moment each see their own count.
        let counted = tenant.count_attempts(&who, now, window).await?;
        let is_over = counted.iter().zip(&limits).any(|(counted, limit)| counted > limit);
        Ok(is_over.then_some(until))
    }

    /// Takes an attempt back that was no guess. `counted_at` is when it was counted: its window may be over by now.
    pub(super) async fn take_back(
        &self,
        tenant: &Tenant,
        guesses: &Guesses,
        counted_at: Timestamp,
    ) -> Result<(), Failure> {
        let (who, _) = guesses.with_limits(self);
        Ok(tenant.uncount_attempts(&who, counted_at, self.settings().attempt_window).await?)
    }
}

/// Whose failures are counted, as keyed hashes.
pub(super) struct Guesses {
    number: Index,
    /// None where only the number is counted.
    address: Option<Index>,
}

impl Guesses {
    pub(super) fn of(keys: &TenantKeys, number: &MatriculationNumber, guesser: Guesser<'_>) -> Self {
        // A whole IPv6 /64 is one household's.
        let network = match guesser.address.to_canonical() {
            IpAddr::V4(v4) => v4.to_string(),
            IpAddr::V6(v6) => format!("{:?}", &v6.segments()[..4]),
        };
        Self {
            number: keys.identity("guessed-number", number.normalised().as_bytes()),
            address: Some(
                keys.identity(
                    "guessing-address",
                    format!("{} {network}", guesser.through.unwrap_or_default()).as_bytes(),
                ),
            ),
        }
    }

    /// Of somebody who is bounded in another way than by an address.
    pub(super) fn of_number(keys: &TenantKeys, number: &MatriculationNumber) -> Self {
        Self { number: keys.identity("guessed-number", number.normalised().as_bytes()), address: None }
    }

    /// Tells those who ask a source apart.
    pub(super) fn asker(&self) -> Asker {
        let half = |index: &Index| index.as_bytes().iter().take(8).fold(0, |sum, byte| sum << 8 | u64::from(*byte));
        Asker { address: self.address.as_ref().map_or(0, half), number: half(&self.number) }
    }

    /// Who is counted, and how many failures each may have in a window.
    fn with_limits(&self, pedell: &Pedell) -> (Vec<&Index>, Vec<i64>) {
        let settings = pedell.settings();
        let number = (&self.number, i64::from(settings.failed_attempts_per_number));
        let address = self.address.iter().map(|address| (address, i64::from(settings.failed_attempts_per_address)));
        std::iter::once(number).chain(address).unzip()
    }
}

fn evidence(record: StudentRecord, semesters: Vec<Semester>, now: Timestamp, imported_at: Timestamp) -> Evidence {
    Evidence {
        method: Method::Roster,
        is_student: Some(true),
        semesters,
        entitlements: Vec::new(),
        given_names: Some(record.given_names),
        family_name: Some(record.family_name),
        birth_date: record.birth_date,
        proven_at: now,
        source_updated_at: Some(imported_at),
        missing: Vec::new(),
    }
}
