//! `/staff/login` and `/staff/logout`.

use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};
use serde::Deserialize;

use super::{Nothing, OnTheWay, Opened, Posted, PostedByNobody, Stop, visitor::due_path};
use crate::{
    base::{Timestamp, secret::SecretString},
    flow::{staff_login::LoginAnswer, staff_sessions::SessionFound},
    web::{
        Door,
        frame::frame,
        page::{
            Page,
            staff::login::{Login, LoginTrouble},
        },
        student::way_back::redirect,
    },
};

#[derive(Deserialize)]
pub(in crate::web) struct Asked {
    over: Option<String>,
}

#[derive(Deserialize)]
pub(in crate::web) struct Typed {
    #[serde(default)]
    login: String,
    password: SecretString,
}

/// `GET /staff/login`
pub(in crate::web) async fn show(
    State(door): State<Door>,
    on_the_way: Result<OnTheWay, Stop>,
    Query(asked): Query<Asked>,
    opened: Opened,
) -> Response {
    if let Ok(OnTheWay(staff)) = on_the_way {
        return redirect(due_path(staff.session.due).unwrap_or("/staff"));
    }
    let trouble = if asked.over.is_some() { LoginTrouble::Over } else { LoginTrouble::None };
    page(&door, opened, String::new(), trouble)
}

/// `POST /staff/login`
pub(in crate::web) async fn log_in(State(door): State<Door>, posted: PostedByNobody<Typed>) -> Result<Response, Stop> {
    let PostedByNobody { form, opened } = posted;
    let Some(typed) = form else { return Ok(page(&door, opened, String::new(), LoginTrouble::Again)) };
    let login: String = typed.login.chars().take(64).collect();
    let language = opened.language;
    let internal = |failure| Stop::internal(&door, language, &failure);
    let answer = door.pedell().staff_login(&typed.login, &typed.password, &opened.visitor).await.map_err(internal)?;
    Ok(match answer {
        LoginAnswer::Certificate(refusal) => return Err(Stop::certificate(&door, language, refusal)),
        LoginAnswer::Refused => page(&door, opened, login, LoginTrouble::Refused),
        LoginAnswer::Elsewhere => return Err(Stop::elsewhere(&door, language)),
        LoginAnswer::Wait { until } => {
            let trouble = LoginTrouble::Wait(seconds(door.pedell().clock().now(), until));
            page(&door, opened, login, trouble)
        }
        LoginAnswer::Begun(token) => {
            let shown = opened.visitor.certificate.as_ref();
            let found = door.pedell().staff_session_with(&token, shown).await.map_err(internal)?;
            let SessionFound::Goes(session) = found else { return Err(Stop::to("/staff/login")) };
            let mut cookies = opened.cookies.keep(&door, &token);
            if session.is_in() {
                let known = door.pedell().remember_browser(opened.visitor.known.as_deref(), &session.member);
                cookies = cookies.remember(&door, known);
            }
            cookies.with(redirect(due_path(session.due).unwrap_or("/staff")))
        }
    })
}

/// `POST /staff/logout`
pub(in crate::web) async fn log_out(
    State(door): State<Door>,
    OnTheWay(staff): OnTheWay,
    Posted(Nothing {}): Posted<Nothing>,
) -> Result<Response, Stop> {
    let ended = door.pedell().end_session(&staff.session, &staff.session.id).await;
    ended.map_err(|error| staff.stop(&door, error, "/staff"))?;
    Ok(staff.cookies.forget(&door).with(redirect("/staff/login?over=1")))
}

/// Whole seconds until then, at least one.
pub(super) fn seconds(now: Timestamp, until: Timestamp) -> u64 {
    u64::try_from(until.since(now).as_millis().div_ceil(1000)).unwrap_or(u64::MAX).max(1)
}

fn page(door: &Door, opened: Opened, login: String, trouble: LoginTrouble) -> Response {
    let status = match trouble {
        LoginTrouble::None | LoginTrouble::Over => StatusCode::OK,
        LoginTrouble::Refused => StatusCode::UNAUTHORIZED,
        LoginTrouble::Wait(_) => StatusCode::TOO_MANY_REQUESTS,
        LoginTrouble::Again => StatusCode::FORBIDDEN,
    };
    let here = (status == StatusCode::OK).then_some("/staff/login");
    let (id, jar) = opened.browser.identify(door);
    let page = Login { frame: frame(door, here), form_key: door.pedell().form_key(id.as_bytes()), login, trouble };
    (status, jar, Html(page.render(opened.language))).into_response()
}
