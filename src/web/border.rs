//! Closes doors to regions of the internet ([`super::regions`]): one page, or one sentence for machines, with a reference
//! under which the log says why. Health checks, figures and the pages' own files are not behind any of these doors.

use axum::{
    extract::{FromRequestParts, Request, State},
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{
    Door,
    caller::{self, Address, Browser},
    failure::{IssuerError, PersonError},
    page::{Language, problem::ProblemKind},
    regions::ClosedDoors,
    staff,
};
use crate::{base::Reference, domain::networks::vicinity, protocol::oidc::OAuthErrorCode};

/// Before the console.
pub(super) async fn of_staff(State(door): State<Door>, address: Address, request: Request, next: Next) -> Response {
    match cause(&door, ClosedDoors::Staff, &address) {
        None => next.run(request).await,
        Some(cause) => staff::blocked(&door, language(&door, request).await, &cause),
    }
}

/// Before what machines call.
pub(super) async fn of_machines(State(door): State<Door>, address: Address, request: Request, next: Next) -> Response {
    let Some(cause) = cause(&door, ClosedDoors::Machines, &address) else { return next.run(request).await };
    let reference = Reference::fresh(door.pedell().random());
    tracing::info!(%reference, cause, "a machine was stopped");
    let text = format!("nothing is taken from this network; our reference is {reference}");
    IssuerError::new(OAuthErrorCode::AccessDenied, text).with_status(StatusCode::FORBIDDEN).into_response()
}

/// Before students' pages.
pub(super) async fn of_students(State(door): State<Door>, address: Address, request: Request, next: Next) -> Response {
    match cause(&door, ClosedDoors::All, &address) {
        None => next.run(request).await,
        Some(cause) => {
            let language = language(&door, request).await;
            PersonError::new(&door, language, ProblemKind::BlockedRegion, &cause).into_response()
        }
    }
}

fn cause(door: &Door, which: ClosedDoors, Address(address): &Address) -> Option<String> {
    let is_closed = door.settings().regions.close(which, *address);
    is_closed.then(|| format!("from a blocked region: {}", vicinity(*address)))
}

async fn language(door: &Door, request: Request) -> Language {
    let (mut parts, _) = request.into_parts();
    let Ok(browser) = Browser::from_request_parts(&mut parts, door).await;
    caller::language(None, &browser, &parts.headers)
}
