//! Where it does not go on: to the login, to what is due first, or to a page that says why.

use axum::{
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};

use crate::{
    base::Reference,
    domain::certificate::CertificateRefusal,
    flow::Failure,
    web::{
        Door,
        frame::frame,
        page::{
            Language, Page,
            staff::{
                Nav,
                problem::{Problem, ProblemKind},
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
            ProblemKind::FormOver
            | ProblemKind::Certificate(_)
            | ProblemKind::Elsewhere
            | ProblemKind::BlockedRegion => StatusCode::FORBIDDEN,
            ProblemKind::InvitationOver => StatusCode::GONE,
            ProblemKind::BadRequest => StatusCode::BAD_REQUEST,
            ProblemKind::Refused(_) => StatusCode::CONFLICT,
            ProblemKind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let page = Problem { frame: frame(door, None), nav, kind, reference };
        Self(Box::new((status, Html(page.render(language))).into_response()))
    }

    /// From a network that is not on the list. The flow has written down which list.
    pub(super) fn elsewhere(door: &Door, language: Language) -> Self {
        Self::page(door, language, None, ProblemKind::Elsewhere, &"from a network that is not on the list")
    }

    /// A certificate that does not let them in.
    pub(super) fn certificate(door: &Door, language: Language, refusal: CertificateRefusal) -> Self {
        Self::page(door, language, None, ProblemKind::Certificate(refusal), &refusal.name())
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

/// From a region that the console is closed to.
pub(in crate::web) fn blocked(door: &Door, language: Language, cause: &dyn std::fmt::Display) -> Response {
    Stop::page(door, language, None, ProblemKind::BlockedRegion, cause).into_response()
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
