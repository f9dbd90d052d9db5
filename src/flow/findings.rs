//! What needs somebody: judged once, for `pedell doctor` and for the console's overview.

use jiff::{ToSpan, civil::Date};

use super::{Failure, Pedell, checkpoints::CheckpointTrouble};
use crate::{
    base::{Timestamp, limits},
    domain::{
        checkpoint::TrailOf,
        connection::{ConnectionFault, ConnectionSettings},
        policy::Scope,
        semester::Semester,
        tenant::University,
    },
    peers::federation::SourceReport,
    store::control::KeyStage,
};

/// Something that needs somebody. As text: in words for the operator and the university's IT.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// Students type, and there is nothing to compare with.
    NoRoster {
        /// The current semester.
        semester: Semester,
    },
    /// The next semester begins soon, and there is no list for it.
    NoNextRoster {
        /// Which.
        semester: Semester,
        /// Its first day.
        begins: Date,
    },
    /// The list of the current semester has not been replaced for long.
    OldRoster {
        /// Which.
        semester: Semester,
        /// When it was imported.
        imported_at: Timestamp,
    },
    /// What keeps the live connection from working, or soon will.
    Connection(ConnectionFault),
    /// The university's source fails and is left alone.
    SourceResting {
        /// Whose: the short name.
        university: String,
        /// Until then.
        until: Timestamp,
    },
    /// A second person has to decide.
    Promotion {
        /// Which version of the test connection.
        version: i64,
    },
    /// An audit trail and its checkpoints.
    Trail(CheckpointTrouble),
    /// The key that signs tokens does so for long.
    SigningKeyOld {
        /// Since when there is this key.
        since: Timestamp,
    },
    /// A federation's metadata.
    Federation {
        /// Its name.
        name: String,
        /// What is wrong, in words.
        text: String,
    },
}

impl Finding {
    /// Whether something fails, now. The others are due soon, or are for people to look at.
    pub const fn is_fault(&self) -> bool {
        match self {
            Self::NoRoster { .. }
            | Self::SourceResting { .. }
            | Self::Federation { .. }
            | Self::Trail(CheckpointTrouble::DoesNotFit) => true,
            Self::Connection(fault) => fault.blocks,
            Self::NoNextRoster { .. }
            | Self::OldRoster { .. }
            | Self::Promotion { .. }
            | Self::Trail(CheckpointTrouble::Overdue)
            | Self::SigningKeyOld { .. } => false,
        }
    }
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoRoster { semester } => {
                write!(f, "there is no list for {semester}: students get `source_unavailable`")
            }
            Self::NoNextRoster { semester, begins } => {
                write!(f, "the coming semester {semester} begins {begins} and has no list yet")
            }
            Self::OldRoster { semester, imported_at } => {
                write!(f, "the list of {semester} was imported {imported_at}: is it still current?")
            }
            Self::Connection(fault) => fault.fmt(f),
            Self::SourceResting { university, until } => {
                write!(f, "the source of {university} fails and is left alone until {until}")
            }
            Self::Promotion { version } => write!(f, "version {version} of the connection waits for a second person"),
            Self::Trail(CheckpointTrouble::DoesNotFit) => f.write_str(
                "the audit trail does not fit its newest checkpoint: `pedell audit verify` says what is wrong",
            ),
            Self::Trail(CheckpointTrouble::Overdue) => {
                f.write_str("entries of the audit trail wait for a checkpoint: does `pedell serve` run?")
            }
            Self::SigningKeyOld { since } => {
                write!(f, "the same key signs tokens since {since}: `pedell keys rotate`")
            }
            Self::Federation { name, text } => write!(f, "federation {name}: {text}"),
        }
    }
}

/// How a federation's metadata stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FederationState {
    /// Its name.
    pub name: String,
    /// In words.
    pub text: String,
    /// Whether somebody has to look.
    pub is_fault: bool,
}

impl Pedell {
    /// What of a university needs somebody who may know of it.
    pub async fn findings_of(&self, scope: &Scope, university: &University) -> Result<Vec<Finding>, Failure> {
        let mut findings = self.roster_findings(scope, university).await?;
        let faults = self.check_connection(scope, university).await?;
        // The list was judged already.
        let faults = faults.into_iter().filter(|fault| fault.code != "no_current_roster");
        findings.extend(faults.map(Finding::Connection));
        findings.extend(self.resting().into_iter().filter(|(name, _)| name == university.slug.as_str()).map(resting));
        let promotion = self.open_promotion(scope).await?;
        findings.extend(promotion.map(|promotion| Finding::Promotion { version: promotion.version }));
        findings.extend(self.trail_finding(&TrailOf::Tenant(university.id.clone())).await?);
        Ok(findings)
    }

    /// Lists alone: for whoever looks after them.
    pub async fn roster_findings(&self, scope: &Scope, university: &University) -> Result<Vec<Finding>, Failure> {
        let is_needed = match &university.connection.settings {
            ConnectionSettings::Roster(_) => true,
            ConnectionSettings::Soap(soap) => soap.fall_back_to_roster,
            _ => false,
        };
        if !is_needed {
            return Ok(Vec::new());
        }
        let (calendar, now) = (&university.profile.calendar, self.clock().now());
        let today = now.date_in_berlin();
        let (current, soon) = (calendar.semester_on(today), today.saturating_add(limits::NEXT_ROSTER_DAYS.days()));
        let next = calendar.semester_on(soon);
        let rosters = self.stores().tenant(scope).await?.current_rosters().await?;
        let mut findings = Vec::new();
        match rosters.iter().find(|roster| roster.semester == current) {
            None => findings.push(Finding::NoRoster { semester: current }),
            Some(roster) if now.since(roster.imported_at) > limits::ROSTER_OLD => {
                findings.push(Finding::OldRoster { semester: current, imported_at: roster.imported_at });
            }
            Some(_) => {}
        }
        if next != current && !rosters.iter().any(|roster| roster.semester == next) {
            findings.push(Finding::NoNextRoster { semester: next, begins: calendar.period(next).first });
        }
        Ok(findings)
    }

    /// What of the instance needs its operator.
    pub async fn findings_of_instance(&self) -> Result<Vec<Finding>, Failure> {
        let mut findings = Vec::new();
        let now = self.clock().now();
        let keys = self.stores().control().signing_keys(now).await?;
        // The key that waits was made when the present one began to sign.
        if let Some(waiting) = keys.iter().rev().find(|key| key.stage == KeyStage::Next.name()) {
            let since = Timestamp::from_millis(waiting.created_at);
            if now.since(since) > limits::SIGNING_KEY_OLD {
                findings.push(Finding::SigningKeyOld { since });
            }
        }
        let faulty = self.federation_states().into_iter().filter(|state| state.is_fault);
        findings.extend(faulty.map(|state| Finding::Federation { name: state.name, text: state.text }));
        findings.extend(self.resting().into_iter().map(resting));
        findings.extend(self.trail_finding(&TrailOf::Instance).await?);
        Ok(findings)
    }

    /// How each federation's metadata stand.
    pub fn federation_states(&self) -> Vec<FederationState> {
        let now = self.clock().now();
        self.federation().reports().iter().map(|report| state_of(report, now)).collect()
    }

    /// Sources that fail and are left alone, by their universities' short names.
    fn resting(&self) -> Vec<(String, Timestamp)> {
        self.sources().each().into_iter().filter_map(|(name, _, until)| Some((name, until?))).collect()
    }

    async fn trail_finding(&self, trail: &TrailOf) -> Result<Option<Finding>, Failure> {
        Ok(self.checkpoint_state(trail, 1).await?.trouble.map(Finding::Trail))
    }
}

fn resting((university, until): (String, Timestamp)) -> Finding {
    Finding::SourceResting { university, until }
}

fn state_of(report: &SourceReport, now: Timestamp) -> FederationState {
    let trouble = report
        .trouble
        .as_ref()
        .map(|trouble| format!("{} for {} attempts since {}", trouble.code, trouble.times, trouble.since));
    let (is_fault, text) = match (report.valid_until, report.usable_until, trouble) {
        (None, _, None) if report.on_demand => (false, format!("asked when needed: {}", report.url)),
        (None, _, Some(trouble)) => (true, format!("there is no copy: {trouble}")),
        (None, _, None) => (true, "there is no copy yet: `pedell serve` fetches it".to_owned()),
        (Some(until), Some(usable), trouble) if until <= now => {
            let used = if usable > now { format!("is used until {usable}") } else { "is no longer used".to_owned() };
            let trouble = trouble.unwrap_or_else(|| "no newer one".to_owned());
            (true, format!("the last good copy has expired at {until} and {used}: {trouble}"))
        }
        (Some(until), _, Some(trouble)) => {
            (true, format!("the last good copy is used, valid until {until}: {trouble}"))
        }
        (Some(until), _, None) => {
            (false, format!("{} identity providers, valid until {until}", report.identity_providers))
        }
    };
    FederationState { name: report.name.clone(), text, is_fault }
}
