//! What an error of a flow means to somebody who is in.

use super::{Staff, Stop};
use crate::{
    flow::{Failure, connections::ConnectionError, staff::StaffError},
    web::{
        Door,
        page::staff::problem::{ProblemKind, Refusal},
    },
};

impl Staff {
    /// What an error means to somebody who is in. `back`: where they go on after a fresh code.
    pub(super) fn stop(&self, door: &Door, error: StaffError, back: &str) -> Stop {
        let page = |kind, cause: &dyn std::fmt::Display| {
            Stop::page(door, self.language, Some(self.nav(door, None)), kind, cause)
        };
        match error {
            StaffError::StepUp => Stop::to(&step_up(back)),
            StaffError::NotFound => page(ProblemKind::NotFound, &"not there, or not theirs"),
            StaffError::LastManager => page(ProblemKind::Refused(Refusal::LastManager), &error),
            StaffError::LastFactor => page(ProblemKind::Refused(Refusal::LastFactor), &error),
            StaffError::NoPasskey => page(ProblemKind::Refused(Refusal::NoPasskey), &error),
            StaffError::Certificate(refusal) => Stop::certificate(door, self.language, refusal),
            StaffError::NoAuthority => page(ProblemKind::Refused(Refusal::NoAuthority), &error),
            StaffError::Request(_) => page(ProblemKind::Refused(Refusal::CertificateRequest), &error),
            StaffError::LockOut => page(ProblemKind::Refused(Refusal::LockOut), &error),
            StaffError::Company(_) => page(ProblemKind::Refused(Refusal::Company), &error),
            StaffError::ExternalName => page(ProblemKind::Refused(Refusal::ExternalName), &error),
            StaffError::Failure(failure) => page(ProblemKind::Internal, &failure),
            other => page(ProblemKind::BadRequest, &other),
        }
    }

    /// The same for what is done to a connection.
    pub(super) fn stop_connection(&self, door: &Door, error: &ConnectionError) -> Stop {
        let kind = match error {
            ConnectionError::SamePerson => ProblemKind::Refused(Refusal::SamePerson),
            ConnectionError::NothingAsked => ProblemKind::Refused(Refusal::NothingAsked),
            ConnectionError::Overtaken => ProblemKind::Refused(Refusal::Overtaken),
            ConnectionError::Faulty(_) => ProblemKind::Refused(Refusal::Faulty),
            ConnectionError::NoTestConnection => ProblemKind::Refused(Refusal::NoTestConnection),
            ConnectionError::NoUniversity => ProblemKind::NotFound,
            ConnectionError::Failure(_) => ProblemKind::Internal,
            _ => ProblemKind::BadRequest,
        };
        Stop::page(door, self.language, Some(self.nav(door, None)), kind, error)
    }

    /// Ours.
    pub(super) fn internal(&self, door: &Door, failure: &Failure) -> Stop {
        Stop::page(door, self.language, Some(self.nav(door, None)), ProblemKind::Internal, failure)
    }
}

/// Where a fresh code is asked for.
fn step_up(back: &str) -> String {
    let back: String = url::form_urlencoded::byte_serialize(back.as_bytes()).collect();
    format!("/staff/step-up?back={back}")
}
