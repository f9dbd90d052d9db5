//! `/staff/invitation`: somebody sets the password of their new account.

use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};
use serde::Deserialize;

use super::{Opened, PostedByNobody, Stop};
use crate::{
    base::secret::{ExposeSecret, PlainToken, SecretString},
    flow::{invitation::Invited, staff::StaffError},
    web::{
        Door,
        frame::frame,
        page::{
            Language, Page,
            staff::{
                password::{InvitationView, Password, PasswordTrouble},
                problem::ProblemKind,
            },
        },
        student::way_back::redirect,
    },
};

#[derive(Deserialize)]
pub(in crate::web) struct Asked {
    #[serde(default)]
    code: String,
}

#[derive(Deserialize)]
pub(in crate::web) struct Typed {
    #[serde(default)]
    code: String,
    password: SecretString,
    again: SecretString,
}

/// `GET /staff/invitation`
pub(in crate::web) async fn show(
    State(door): State<Door>,
    Query(asked): Query<Asked>,
    opened: Opened,
) -> Result<Response, Stop> {
    let invited = invited(&door, opened.language, &asked.code).await?;
    Ok(page(&door, opened, invited, asked.code, PasswordTrouble::None))
}

/// `POST /staff/invitation`
pub(in crate::web) async fn accept(State(door): State<Door>, posted: PostedByNobody<Typed>) -> Result<Response, Stop> {
    let PostedByNobody { form, opened } = posted;
    let language = opened.language;
    let Some(typed) = form else {
        return Err(Stop::page(&door, language, None, ProblemKind::FormOver, &"a form without its key"));
    };
    let invited = invited(&door, language, &typed.code).await?;
    if typed.password.expose_secret() != typed.again.expose_secret() {
        return Ok(page(&door, opened, invited, typed.code, PasswordTrouble::Differ));
    }
    let code = PlainToken::presented(typed.code.as_str());
    match door.pedell().accept_invitation(&code, &typed.password, &opened.visitor).await {
        Ok(token) => Ok(opened.cookies.keep(&door, &token).with(redirect("/staff"))),
        Err(StaffError::Password(fault)) => Ok(page(&door, opened, invited, typed.code, PasswordTrouble::Fault(fault))),
        Err(StaffError::Elsewhere) => Err(Stop::elsewhere(&door, language)),
        Err(StaffError::ManagersPassword) => Ok(page(&door, opened, invited, typed.code, PasswordTrouble::Managers)),
        Err(StaffError::Certificate(refusal)) => Err(Stop::certificate(&door, language, refusal)),
        Err(StaffError::Failure(failure)) => Err(Stop::internal(&door, language, &failure)),
        Err(_) => Err(over(&door, language)),
    }
}

async fn invited(door: &Door, language: Language, code: &str) -> Result<Invited, Stop> {
    let found = door.pedell().invited(&PlainToken::presented(code)).await;
    found.map_err(|failure| Stop::internal(door, language, &failure))?.ok_or_else(|| over(door, language))
}

fn over(door: &Door, language: Language) -> Stop {
    Stop::page(door, language, None, ProblemKind::InvitationOver, &"no such open invitation")
}

fn page(door: &Door, opened: Opened, invited: Invited, code: String, trouble: PasswordTrouble) -> Response {
    let status = if trouble == PasswordTrouble::None { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let (id, jar) = opened.browser.identify(door);
    let tenant = match opened.language {
        Language::De => invited.tenant.name_de,
        Language::En => invited.tenant.name_en,
    };
    let page = Password {
        frame: frame(door, None),
        nav: None,
        form_key: door.pedell().form_key(id.as_bytes()),
        invitation: Some(InvitationView {
            code,
            name: invited.member.profile.name,
            login: invited.member.profile.login.to_string(),
            tenant,
        }),
        least: invited.least,
        is_due: false,
        trouble,
    };
    (status, jar, Html(page.render(opened.language))).into_response()
}
