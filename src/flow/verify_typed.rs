//! Somebody types a student's data: a student, a shop's form, a clerk at a counter. One question, whatever the university
//! compares it with: its imported list or its web service.

use super::{
    Failure, Pedell,
    conclude::Finding,
    login::AskedOf,
    verify_by_roster::{Guesser, RosterAnswer},
};
use crate::{
    base::Timestamp,
    domain::{
        connection::ConnectionSettings,
        eligibility::Evidence,
        person::{TypedField, TypedFields},
        policy::Scope,
        reason::Reason,
    },
    vault::Index,
};

/// What the university said.
#[derive(Debug)]
pub enum TypedAnswer {
    /// It knows this student.
    Found {
        /// What was seen.
        evidence: Box<Evidence>,
        /// Keyed hash of who it is.
        student: Index,
    },
    /// No such student, or other data: nobody can tell which.
    NotFound,
    /// Something else than "enrolled" or "not enrolled", by a code of the university's own.
    Refused {
        /// What that means.
        reason: Reason,
        /// For support.
        code: String,
    },
    /// It could not be asked. Says nothing about the student.
    Unavailable {
        /// Why, for support; none where there is nothing to ask.
        code: Option<&'static str>,
        /// When trying again is worth it, if that can be told.
        retry_at: Option<Timestamp>,
    },
    /// Too many wrong attempts.
    TooMany {
        /// When it works again.
        until: Timestamp,
    },
    /// The university compares something that was not typed.
    Incomplete(TypedField),
}

impl Pedell {
    /// Asks the university about typed data.
    pub async fn verify_typed(
        &self,
        scope: &Scope,
        of: &AskedOf,
        typed: &TypedFields,
        from: Guesser<'_>,
    ) -> Result<TypedAnswer, Failure> {
        match &of.university.connection.settings {
            ConnectionSettings::Roster(_) => {
                let Some(claim) = typed.claim() else {
                    let names = [TypedField::GivenNames, TypedField::FamilyName];
                    let missing = names.into_iter().find(|name| !typed.has(*name));
                    return Ok(TypedAnswer::Incomplete(missing.unwrap_or(TypedField::FamilyName)));
                };
                Ok(self.ask_roster(scope, of, &claim, from).await?.into())
            }
            ConnectionSettings::Soap(settings) => {
                if let Some(missing) = settings.fields.iter().find(|field| !typed.has(**field)) {
                    return Ok(TypedAnswer::Incomplete(*missing));
                }
                self.ask_soap(scope, of, settings, typed, from).await
            }
            ConnectionSettings::Saml(_) | ConnectionSettings::Oidc(_) | ConnectionSettings::OAuth(_) => {
                Ok(TypedAnswer::Unavailable { code: None, retry_at: None })
            }
        }
    }
}

impl TypedAnswer {
    /// What there is to decide about.
    pub fn finding(&self) -> Finding<'_> {
        match self {
            Self::Found { evidence, student } => Finding::Seen { evidence, student: *student, once: None },
            Self::NotFound => Finding::Nothing(Reason::NotEnrolled),
            Self::Refused { reason, code } => Finding::Unusable { reason: *reason, code },
            Self::Unavailable { code: Some(code), .. } => Finding::Unusable { reason: Reason::SourceUnavailable, code },
            Self::Unavailable { code: None, .. } => Finding::Nothing(Reason::SourceUnavailable),
            Self::TooMany { .. } => Finding::Nothing(Reason::TooManyAttempts),
            Self::Incomplete(_) => Finding::Nothing(Reason::AttributeMissing),
        }
    }

    /// When trying again is worth it.
    pub fn retry_at(&self) -> Option<Timestamp> {
        match self {
            Self::TooMany { until } => Some(*until),
            Self::Unavailable { retry_at, .. } => *retry_at,
            _ => None,
        }
    }
}

impl From<RosterAnswer> for TypedAnswer {
    fn from(answer: RosterAnswer) -> Self {
        match answer {
            RosterAnswer::Found { evidence, student } => Self::Found { evidence, student },
            RosterAnswer::NotFound => Self::NotFound,
            RosterAnswer::NoRoster => Self::Unavailable { code: None, retry_at: None },
            RosterAnswer::TooMany { until } => Self::TooMany { until },
        }
    }
}
