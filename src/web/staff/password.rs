//! `/staff/password`: somebody changes their password.

use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;

use super::{OnTheWay, Posted, Staff, Stop, login::seconds, visitor::due_path};
use crate::{
    base::{
        limits,
        secret::{ExposeSecret, SecretString},
    },
    flow::{staff::StaffError, staff_sessions::Due},
    web::{
        Door,
        page::staff::{
            Section,
            password::{Password, PasswordTrouble},
        },
        student::way_back::redirect,
    },
};

#[derive(Deserialize)]
pub(in crate::web) struct Typed {
    present: SecretString,
    password: SecretString,
    again: SecretString,
}

/// `GET /staff/password`
pub(in crate::web) async fn show(State(door): State<Door>, OnTheWay(staff): OnTheWay) -> Result<Response, Stop> {
    let staff = may_change(staff)?;
    Ok(page(&door, staff, PasswordTrouble::None))
}

/// `POST /staff/password`
pub(in crate::web) async fn change(
    State(door): State<Door>,
    OnTheWay(staff): OnTheWay,
    Posted(typed): Posted<Typed>,
) -> Result<Response, Stop> {
    let staff = may_change(staff)?;
    if typed.password.expose_secret() != typed.again.expose_secret() {
        return Ok(page(&door, staff, PasswordTrouble::Differ));
    }
    let trouble = match door.pedell().change_password(&staff.session, &typed.present, &typed.password).await {
        Ok(token) => return Ok(staff.cookies.keep(&door, &token).with(redirect("/staff"))),
        Err(StaffError::Password(fault)) => PasswordTrouble::Fault(fault),
        Err(StaffError::ManagersPassword) => PasswordTrouble::Managers,
        Err(StaffError::WrongPassword) => PasswordTrouble::WrongPresent,
        Err(StaffError::TooMany { until }) => PasswordTrouble::Wait(seconds(door.pedell().clock().now(), until)),
        Err(error) => return Err(staff.stop(&door, error, "/staff/password")),
    };
    Ok(page(&door, staff, trouble))
}

/// The second factor comes first.
fn may_change(staff: Staff) -> Result<Staff, Stop> {
    match staff.session.due {
        Due::Nothing | Due::Password => Ok(staff),
        due @ (Due::Code | Due::Enrol | Due::Passkey) => Err(Stop::to(due_path(due).unwrap_or("/staff"))),
    }
}

fn page(door: &Door, staff: Staff, trouble: PasswordTrouble) -> Response {
    let status = match trouble {
        PasswordTrouble::None => StatusCode::OK,
        PasswordTrouble::Wait(_) => StatusCode::TOO_MANY_REQUESTS,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let with_factor = staff.session.has_factor || staff.session.member.rank.needs_second_factor();
    let page = Password {
        frame: staff.frame(door),
        nav: Some(staff.nav(door, Some(Section::Account))),
        form_key: staff.session.form_key.clone(),
        invitation: None,
        least: if with_factor { limits::PASSWORD_LEAST_WITH_FACTOR } else { limits::PASSWORD_LEAST_ALONE },
        is_due: staff.session.due == Due::Password,
        trouble,
    };
    staff.page_with(door, status, &page)
}
