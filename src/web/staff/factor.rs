//! `/staff/factor`: somebody sets a second factor up.

use axum::{extract::State, response::Response};
use serde::Deserialize;

use super::{OnTheWay, Posted, Staff, Stop, code::status, login::seconds, visitor::due_path};
use crate::{
    flow::{
        staff::StaffError,
        staff_factor::{NewFactor, Proven},
        staff_sessions::{Due, SessionFound},
    },
    web::{
        Door,
        page::{
            Page as _,
            staff::{Section, code::CodeTrouble, enrol::Enrol, qr::Qr, recovery::Recovery},
        },
    },
};

#[derive(Deserialize)]
pub(in crate::web) struct Typed {
    #[serde(default)]
    enrolment: String,
    #[serde(default)]
    code: String,
}

/// `GET /staff/factor`
pub(in crate::web) async fn show(State(door): State<Door>, OnTheWay(staff): OnTheWay) -> Result<Response, Stop> {
    let staff = may_enrol(staff)?;
    let factor = door.pedell().begin_enrolment(&staff.session);
    let factor = factor.map_err(|error| staff.stop(&door, error, "/staff/factor"))?;
    Ok(page(&door, staff, &factor, CodeTrouble::None))
}

/// `POST /staff/factor`
pub(in crate::web) async fn confirm(
    State(door): State<Door>,
    OnTheWay(staff): OnTheWay,
    Posted(typed): Posted<Typed>,
) -> Result<Response, Stop> {
    let staff = may_enrol(staff)?;
    let pedell = door.pedell();
    let trouble = match pedell.confirm_enrolment(&staff.session, &typed.enrolment, &typed.code).await {
        Ok(proven) => return shown(&door, staff, proven).await,
        Err(StaffError::WrongCode) => CodeTrouble::Wrong,
        Err(StaffError::TooMany { until }) => CodeTrouble::Wait(seconds(pedell.clock().now(), until)),
        Err(error) => return Err(staff.stop(&door, error, "/staff/factor")),
    };
    let factor = pedell.resume_enrolment(&staff.session, &typed.enrolment);
    let factor = factor.map_err(|error| staff.stop(&door, error, "/staff/factor"))?;
    Ok(page(&door, staff, &factor, trouble))
}

/// The recovery codes, under the session's new token.
pub(super) async fn shown(door: &Door, mut staff: Staff, proven: Proven) -> Result<Response, Stop> {
    let found = door.pedell().staff_session_with(&proven.token, staff.visitor.certificate.as_ref()).await;
    let SessionFound::Goes(session) = found.map_err(|failure| staff.internal(door, &failure))? else {
        return Err(Stop::to("/staff/login"));
    };
    staff.session = *session;
    let known = door.pedell().remember_browser(staff.visitor.known.as_deref(), &staff.session.member);
    let cookies = staff.cookies.clone().keep(door, &proven.token).remember(door, known);
    let page = Recovery {
        frame: crate::web::frame::frame(door, None),
        nav: staff.nav(door, Some(Section::Account)),
        codes: proven.recovery_codes.iter().map(|code| code.expose().to_owned()).collect(),
    };
    Ok(cookies.with(axum::response::Html(page.render(staff.language))))
}

fn may_enrol(staff: Staff) -> Result<Staff, Stop> {
    match staff.session.due {
        Due::Nothing | Due::Enrol => Ok(staff),
        due @ (Due::Code | Due::Password | Due::Passkey) => Err(Stop::to(due_path(due).unwrap_or("/staff"))),
    }
}

fn page(door: &Door, staff: Staff, factor: &NewFactor, trouble: CodeTrouble) -> Response {
    let host = door.pedell().settings().public_url.split("//").last().unwrap_or_default().to_owned();
    let uri = factor.secret.otpauth_uri(&format!("Pedell {host}").replace(':', " "), &factor.account);
    let secret = factor.secret.base32();
    let groups: Vec<String> =
        secret.chars().collect::<Vec<_>>().chunks(4).map(|group| group.iter().collect()).collect();
    let page = Enrol {
        frame: staff.frame(door),
        nav: staff.nav(door, Some(Section::Account)),
        is_due: staff.session.due == Due::Enrol,
        may_use_passkey: staff.session.due == Due::Enrol && door.pedell().has_passkeys(),
        qr: Qr::of(&uri),
        secret: groups.join(" "),
        account: factor.account.clone(),
        enrolment: factor.sealed.clone(),
        trouble,
    };
    staff.page_with(door, status(trouble), &page)
}
