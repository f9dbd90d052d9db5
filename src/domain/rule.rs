//! A product's rule: a small declarative document that says who is eligible (design decision 7).

use serde::{Deserialize, Serialize};

use super::semester::{Calendar, Semester};
use jiff::{ToSpan, civil::Date};

/// What makes a student eligible for a product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Counts up with each change; stands beside each decision.
    pub version: i64,
    /// Which semesters may be asked for.
    #[serde(default = "current_only")]
    pub semesters: Vec<SemesterChoice>,
    /// How many days before its first day the next semester may be asked for.
    #[serde(default = "sixty_days")]
    pub next_opens_days_before: u16,
    /// Entitlement prefixes of which one must cover today or the semester asked for; it then outranks the affiliation.
    /// Empty: affiliation `student` is enough.
    #[serde(default)]
    pub entitlement_prefixes: Vec<String>,
    /// Fields without which there is no token.
    #[serde(default)]
    pub required_fields: Vec<Field>,
    /// Fields for which the student's own word is good enough where the university says nothing: `birthdate`, `picture`.
    /// Only these ever stand in a token, marked as self-asserted. Names are the university's, whatever stands here.
    #[serde(default)]
    pub accept_self_asserted: Vec<Field>,
    /// How old the proof may be, in seconds.
    #[serde(default)]
    pub max_age_seconds: Option<u32>,
}

/// A semester relative to today.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SemesterChoice {
    /// The one that today lies in.
    Current,
    /// The one after it.
    Next,
}

/// A field of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// `given_name`
    GivenName,
    /// `family_name`
    FamilyName,
    /// `birthdate`
    Birthdate,
    /// `picture`: no university sends one; the student may add it.
    Picture,
}

impl Field {
    /// Every one, in the order in which people are told.
    pub const ALL: [Self; 4] = [Self::GivenName, Self::FamilyName, Self::Birthdate, Self::Picture];

    /// The claim's name (OpenID Connect Core §5.1).
    pub const fn claim(self) -> &'static str {
        match self {
            Self::GivenName => "given_name",
            Self::FamilyName => "family_name",
            Self::Birthdate => "birthdate",
            Self::Picture => "picture",
        }
    }
}

fn current_only() -> Vec<SemesterChoice> {
    vec![SemesterChoice::Current]
}

const fn sixty_days() -> u16 {
    60
}

impl Default for Rule {
    fn default() -> Self {
        Self {
            version: 1,
            semesters: vec![SemesterChoice::Current, SemesterChoice::Next],
            next_opens_days_before: sixty_days(),
            entitlement_prefixes: Vec::new(),
            required_fields: vec![Field::GivenName, Field::FamilyName],
            accept_self_asserted: Vec::new(),
            max_age_seconds: None,
        }
    }
}

impl Rule {
    /// Which semester an issuer asks for: `current` (or nothing), `next`, or a canonical key; `None` if the rule does not
    /// sell that one today.
    pub fn semester_asked(&self, asked: Option<&str>, calendar: &Calendar, today: Date) -> Option<Semester> {
        let current = calendar.semester_on(today);
        let next = current.next()?;
        let next_is_open = || {
            let opens = calendar.period(next).first.saturating_sub(i32::from(self.next_opens_days_before).days());
            self.semesters.contains(&SemesterChoice::Next) && today >= opens
        };
        let wanted = match asked {
            None | Some("current") => current,
            Some("next") => next,
            Some(key) => Semester::parse_canonical(key)?,
        };
        match wanted {
            semester if semester == current => self.semesters.contains(&SemesterChoice::Current),
            semester if semester == next => next_is_open(),
            _ => false,
        }
        .then_some(wanted)
    }
}
