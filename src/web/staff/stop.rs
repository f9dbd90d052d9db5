//! Where it does not go on: to the login, to what is due first, or to a page that says why.

use axum::{
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};

use super::Staff;
use crate::{
    base::Reference,
    flow::{Failure, connections::ConnectionError, staff::StaffError},
    web::{
        Door,
        frame::frame,
        page::{
            Language, Page,
            staff::{
                Nav,
                problem::{Problem, ProblemKind, Refusal},
            },
        },
        student::way_back::redirect,
    },
};

/// Why it does not go on.
#[derive(Debug)]
pub(in crate::web) struct Stop(Box<Response>);

impl Stop {
    /// Somewhere else first.
    pub(super) fn to(path: &str) -> Self {
        Self(Box::new(redirect(path)))
    }

    /// A page that says why. The cause goes to the log, under the page's number.
    pub(super) fn page(
        door: &Door,
        language: Language,
        nav: Option<Nav>,
        kind: ProblemKind,
        cause: &dyn std::fmt::Display,
    ) -> Self {
        let reference = Reference::fresh(door.pedell().random());
        if kind == ProblemKind::Internal {
            tracing::error!(%reference, %cause, "a request failed");
        } else {
            tracing::info!(%reference, ?kind, %cause, "somebody of staff was stopped");
        }
        let status = match kind {
            ProblemKind::NotFound => StatusCode::NOT_FOUND,
            ProblemKind::FormOver => StatusCode::FORBIDDEN,
            ProblemKind::InvitationOver => StatusCode::GONE,
            ProblemKind::BadRequest => StatusCode::BAD_REQUEST,
            ProblemKind::Refused(_) => StatusCode::CONFLICT,
            ProblemKind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let page = Problem { frame: frame(door, None), nav, kind, reference };
        Self(Box::new((status, Html(page.render(language))).into_response()))
    }

    /// Ours.
    pub(super) fn internal(door: &Door, language: Language, failure: &Failure) -> Self {
        Self::page(door, language, None, ProblemKind::Internal, failure)
    }
}

impl IntoResponse for Stop {
    fn into_response(self) -> Response {
        *self.0
    }
}

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

/// A path of the console; anything else is the overview: no form can lead elsewhere.
pub(super) fn local(back: &str) -> String {
    let is_ours = (back == "/staff" || back.starts_with("/staff/"))
        && back.len() <= 500
        && back.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
        && !back.contains("//")
        && !back.contains("..");
    if is_ours { back.to_owned() } else { "/staff".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_led_out_of_the_console() {
        for good in ["/staff", "/staff/people?tenant=01ARZ3NDEKTSV4RRFFQ69G5FAV"] {
            assert_eq!(local(good), good);
        }
        for bad in [
            "",
            "//evil.example",
            "https://evil.example",
            "/staffevil",
            "/staff//evil.example",
            "/staff/\\evil",
            "/staff/../authorize",
            "/staff/\r\nSet-Cookie: x",
            "javascript:alert(1)",
            "/",
        ] {
            assert_eq!(local(bad), "/staff", "{bad}");
        }
    }
}
