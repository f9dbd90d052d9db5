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
        page::staff::{
            code::{Code, CodeTrouble},
            passkey::PasskeyForm,
        },
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

/// What a page asks for.
pub(super) struct Ask<'a> {
    pub(super) is_step_up: bool,
    pub(super) back: &'a str,
    pub(super) trouble: CodeTrouble,
}

/// `GET /staff/code`
pub(in crate::web) async fn show(State(door): State<Door>, OnTheWay(staff): OnTheWay) -> Result<Response, Stop> {
    match staff.session.due {
        Due::Code => page(&door, staff, Ask { is_step_up: false, back: "/staff", trouble: CodeTrouble::None }).await,
        due => Ok(redirect(due_path(due).unwrap_or("/staff"))),
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
    OnTheWay(staff): OnTheWay,
    Query(asked): Query<Asked>,
) -> Result<Response, Stop> {
    let staff = may_step_up(staff)?;
    if !staff.session.has_factor {
        return Ok(redirect("/staff/factor"));
    }
    page(&door, staff, Ask { is_step_up: true, back: &asked.back, trouble: CodeTrouble::None }).await
}

/// `POST /staff/step-up`
pub(in crate::web) async fn step_up(
    State(door): State<Door>,
    OnTheWay(staff): OnTheWay,
    Posted(typed): Posted<Typed>,
) -> Result<Response, Stop> {
    check(&door, may_step_up(staff)?, true, &typed).await
}

/// Whoever is in; and whoever has to make a passkey, which takes a fresh code of what they have.
fn may_step_up(staff: Staff) -> Result<Staff, Stop> {
    match due_path(staff.session.due) {
        Some(path) if staff.session.due != Due::Passkey => Err(Stop::to(path)),
        _ => Ok(staff),
    }
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
    page(door, staff, Ask { is_step_up, back: &typed.back, trouble }).await
}

/// Asks for whatever proves who it is.
pub(super) async fn page(door: &Door, staff: Staff, ask: Ask<'_>) -> Result<Response, Stop> {
    let question = door.pedell().ask_passkey(&staff.session).await;
    let question = question.map_err(|failure| staff.internal(door, &failure))?;
    let page = Code {
        frame: staff.frame(door),
        nav: staff.nav(door, None),
        is_step_up: ask.is_step_up,
        back: local(ask.back),
        takes_codes: staff.session.takes_codes(),
        has_app: staff.session.factors.apps > 0,
        passkey: question.map(|asked| PasskeyForm { options: asked.options.to_string(), question: asked.sealed }),
        trouble: ask.trouble,
    };
    Ok(staff.page_with(door, status(ask.trouble), &page))
}

/// What the browser is told.
pub(super) const fn status(trouble: CodeTrouble) -> StatusCode {
    match trouble {
        CodeTrouble::None => StatusCode::OK,
        CodeTrouble::Wrong | CodeTrouble::WrongPasskey => StatusCode::UNAUTHORIZED,
        CodeTrouble::Wait(_) => StatusCode::TOO_MANY_REQUESTS,
    }
}
