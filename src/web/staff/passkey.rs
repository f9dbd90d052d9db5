//! `/staff/passkey`, and where a passkey proves who it is: `/staff/code/passkey` and `/staff/step-up/passkey`.

use axum::{extract::State, http::StatusCode, response::Response};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Deserializer};

use super::{
    OnTheWay, Posted, Staff, Stop,
    code::{self, Ask},
    factor::shown,
    login::seconds,
    stop::local,
    visitor::due_path,
};
use crate::{
    flow::{
        staff::StaffError,
        staff_passkey::{NewPasskey, PasskeyAnswer, PasskeyQuestion},
        staff_sessions::Due,
    },
    web::{
        Door,
        page::staff::{Section, code::CodeTrouble, passkey::Passkey},
        student::way_back::redirect,
    },
};

#[derive(Deserialize)]
pub(in crate::web) struct Made {
    #[serde(default)]
    name: String,
    #[serde(default)]
    question: String,
    #[serde(default, deserialize_with = "bytes")]
    client_data: Vec<u8>,
    #[serde(default, deserialize_with = "bytes")]
    attestation_object: Vec<u8>,
}

#[derive(Deserialize)]
pub(in crate::web) struct Proven {
    #[serde(default)]
    back: String,
    #[serde(default)]
    question: String,
    #[serde(default, deserialize_with = "bytes")]
    credential: Vec<u8>,
    #[serde(default, deserialize_with = "bytes")]
    client_data: Vec<u8>,
    #[serde(default, deserialize_with = "bytes")]
    authenticator_data: Vec<u8>,
    #[serde(default, deserialize_with = "bytes")]
    signature: Vec<u8>,
    #[serde(default, deserialize_with = "bytes")]
    user_handle: Vec<u8>,
}

/// `GET /staff/passkey`
pub(in crate::web) async fn show(State(door): State<Door>, OnTheWay(staff): OnTheWay) -> Result<Response, Stop> {
    let staff = may_make(staff)?;
    let question = door.pedell().begin_passkey(&staff.session).await;
    let question = question.map_err(|error| staff.stop(&door, error, "/staff/passkey"))?;
    Ok(page(&door, staff, question, false))
}

/// `POST /staff/passkey`
pub(in crate::web) async fn make(
    State(door): State<Door>,
    OnTheWay(staff): OnTheWay,
    Posted(made): Posted<Made>,
) -> Result<Response, Stop> {
    let staff = may_make(staff)?;
    let new =
        NewPasskey { name: made.name, client_data: made.client_data, attestation_object: made.attestation_object };
    match door.pedell().add_passkey(&staff.session, &made.question, &new).await {
        Ok(proven) if proven.recovery_codes.is_empty() => {
            Ok(staff.cookies.keep(&door, &proven.token).with(redirect("/staff/account")))
        }
        Ok(proven) => shown(&door, staff, proven).await,
        Err(StaffError::WrongCode) => {
            let question = door.pedell().begin_passkey(&staff.session).await;
            let question = question.map_err(|error| staff.stop(&door, error, "/staff/passkey"))?;
            Ok(page(&door, staff, question, true))
        }
        Err(error) => Err(staff.stop(&door, error, "/staff/passkey")),
    }
}

/// `POST /staff/code/passkey`
pub(in crate::web) async fn prove(
    State(door): State<Door>,
    OnTheWay(staff): OnTheWay,
    Posted(proven): Posted<Proven>,
) -> Result<Response, Stop> {
    if staff.session.due != Due::Code {
        return Err(Stop::to(due_path(staff.session.due).unwrap_or("/staff")));
    }
    check(&door, staff, false, proven).await
}

/// `POST /staff/step-up/passkey`
pub(in crate::web) async fn step_up(
    State(door): State<Door>,
    staff: Staff,
    Posted(proven): Posted<Proven>,
) -> Result<Response, Stop> {
    check(&door, staff, true, proven).await
}

async fn check(door: &Door, staff: Staff, is_step_up: bool, proven: Proven) -> Result<Response, Stop> {
    let answer = PasskeyAnswer {
        id: proven.credential,
        client_data: proven.client_data,
        authenticator_data: proven.authenticator_data,
        signature: proven.signature,
        user_handle: proven.user_handle,
    };
    let trouble = match door.pedell().prove_passkey(&staff.session, &proven.question, &answer, &staff.visitor).await {
        Ok(raised) => {
            let known = door.pedell().remember_browser(staff.visitor.known.as_deref(), &staff.session.member);
            let cookies = staff.cookies.keep(door, &raised.token).remember(door, known);
            return Ok(cookies.with(redirect(&local(&proven.back))));
        }
        Err(StaffError::WrongCode) => CodeTrouble::WrongPasskey,
        Err(StaffError::TooMany { until }) => CodeTrouble::Wait(seconds(door.pedell().clock().now(), until)),
        Err(error) => return Err(staff.stop(door, error, "/staff")),
    };
    code::page(door, staff, Ask { is_step_up, back: &proven.back, trouble }).await
}

fn may_make(staff: Staff) -> Result<Staff, Stop> {
    match staff.session.due {
        Due::Nothing | Due::Enrol | Due::Passkey => Ok(staff),
        due @ (Due::Code | Due::Password) => Err(Stop::to(due_path(due).unwrap_or("/staff"))),
    }
}

fn page(door: &Door, staff: Staff, question: PasskeyQuestion, is_refused: bool) -> Response {
    let page = Passkey {
        frame: staff.frame(door),
        nav: staff.nav(door, Some(Section::Account)),
        is_due: staff.session.due == Due::Passkey,
        may_use_app: staff.session.due == Due::Enrol,
        options: question.options.to_string(),
        question: question.sealed,
        is_refused,
    };
    let status = if is_refused { StatusCode::UNAUTHORIZED } else { StatusCode::OK };
    staff.page_with(door, status, &page)
}

/// What the script wrote as base64url; anything else is nothing, which proves nothing.
fn bytes<'de, D: Deserializer<'de>>(field: D) -> Result<Vec<u8>, D::Error> {
    let text = std::borrow::Cow::<str>::deserialize(field)?;
    Ok(BASE64_URL_SAFE_NO_PAD.decode(text.as_bytes()).unwrap_or_default())
}
