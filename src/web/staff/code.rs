//! `/staff/code` and `/staff/step-up`: the second factor, at login and anew.

use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use serde::Deserialize;

use super::{OnTheWay, Posted, Staff, Stop, login::seconds, stop::local, visitor::due_path};
use crate::{
    flow::{staff::StaffError, staff_sessions::Due},
    web::{
        Door,
        page::staff::code::{Code, CodeTrouble},
        student::way_back::redirect,
    },
};

#[derive(Deserialize)]
pub(in crate::web) struct Asked {
    #[serde(default)]
    back: String,
}

#[derive(Deserialize)]
pub(in crate::web) struct Typed {
    #[serde(default)]
    code: String,
    #[serde(default)]
    back: String,
}

/// `GET /staff/code`
pub(in crate::web) async fn show(State(door): State<Door>, OnTheWay(staff): OnTheWay) -> Response {
    match staff.session.due {
        Due::Code => page(&door, staff, false, "/staff", CodeTrouble::None),
        due => redirect(due_path(due).unwrap_or("/staff")),
    }
}

/// `POST /staff/code`
pub(in crate::web) async fn prove(
    State(door): State<Door>,
    OnTheWay(staff): OnTheWay,
    Posted(typed): Posted<Typed>,
) -> Result<Response, Stop> {
    if staff.session.due != Due::Code {
        return Err(Stop::to(due_path(staff.session.due).unwrap_or("/staff")));
    }
    check(&door, staff, false, &typed).await
}

/// `GET /staff/step-up`
pub(in crate::web) async fn show_step_up(
    State(door): State<Door>,
    staff: Staff,
    Query(asked): Query<Asked>,
) -> Response {
    if !staff.session.has_factor {
        return redirect("/staff/factor");
    }
    page(&door, staff, true, &asked.back, CodeTrouble::None)
}

/// `POST /staff/step-up`
pub(in crate::web) async fn step_up(
    State(door): State<Door>,
    staff: Staff,
    Posted(typed): Posted<Typed>,
) -> Result<Response, Stop> {
    check(&door, staff, true, &typed).await
}

async fn check(door: &Door, staff: Staff, is_step_up: bool, typed: &Typed) -> Result<Response, Stop> {
    let trouble = match door.pedell().prove_factor(&staff.session, &typed.code, &staff.visitor).await {
        Ok(proven) => {
            let known = door.pedell().remember_browser(staff.visitor.known.as_deref(), &staff.session.member);
            let cookies = staff.cookies.keep(door, &proven.token).remember(door, known);
            return Ok(cookies.with(redirect(&local(&typed.back))));
        }
        Err(StaffError::WrongCode) => CodeTrouble::Wrong,
        Err(StaffError::TooMany { until }) => CodeTrouble::Wait(seconds(door.pedell().clock().now(), until)),
        Err(error) => return Err(staff.stop(door, error, "/staff")),
    };
    Ok(page(door, staff, is_step_up, &typed.back, trouble))
}

fn page(door: &Door, staff: Staff, is_step_up: bool, back: &str, trouble: CodeTrouble) -> Response {
    let page = Code { frame: staff.frame(door), nav: staff.nav(door, None), is_step_up, back: local(back), trouble };
    staff.page_with(door, status(trouble), &page)
}

/// What the browser is told.
pub(super) const fn status(trouble: CodeTrouble) -> StatusCode {
    match trouble {
        CodeTrouble::None => StatusCode::OK,
        CodeTrouble::Wrong => StatusCode::UNAUTHORIZED,
        CodeTrouble::Wait(_) => StatusCode::TOO_MANY_REQUESTS,
    }
}
