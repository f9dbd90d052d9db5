//! `/verify/consent`: the student agrees that this shop gets these fields, or does not.

use axum::{
    Form,
    extract::{Query, State, rejection::FormRejection, rejection::QueryRejection},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::Deserialize;

use super::{
    Carried, address, asked_of, carried_login,
    ending::{name, not_on_sale, scope},
    way_back::{redirect, refusal, with_code},
};
use crate::{
    domain::{reason::Reason, rule::Field},
    flow::{
        Failure,
        handover::{Agreed, Handover},
    },
    web::{
        Door,
        caller::{self, Browser},
        failure::PersonError,
        frame::frame,
        page::{Href, Language, consent::Consent, problem::ProblemKind, roster_form::PassedOn},
    },
};

#[derive(Deserialize)]
pub(in crate::web) struct Show {
    flow: String,
    ui_locales: Option<String>,
}

#[derive(Deserialize)]
pub(in crate::web) struct Answered {
    flow: String,
    ui_locales: Option<String>,
    agree: Option<String>,
}

/// `GET /verify/consent`
pub(in crate::web) async fn show(
    State(door): State<Door>,
    browser: Browser,
    headers: HeaderMap,
    query: Result<Query<Show>, QueryRejection>,
) -> Result<Response, PersonError> {
    let Query(show) = query.map_err(|rejection| bad(&door, &rejection.body_text()))?;
    let (handover, carried) = opened(&door, &browser, &headers, &show.flow, show.ui_locales.as_deref()).await?;
    let Some(of) = asked_of(&door, &carried).await? else { return Ok(not_on_sale(&door, &carried)) };
    let page = Consent {
        frame: frame(&door, Some(&address("/verify/consent", &[("flow", &show.flow)]))),
        asking: carried.asking(),
        university: name(&of, carried.language),
        flow: show.flow,
        passed_on: passed_on(&handover),
        account: Href::parse(&address("/account", &[("ui_locales", carried.language.code())])),
    };
    Ok(carried.page(StatusCode::OK, &page))
}

/// `POST /verify/consent`
pub(in crate::web) async fn answer(
    State(door): State<Door>,
    browser: Browser,
    headers: HeaderMap,
    form: Result<Form<Answered>, FormRejection>,
) -> Result<Response, PersonError> {
    let Form(answered) = form.map_err(|rejection| bad(&door, &rejection.body_text()))?;
    let (handover, carried) = opened(&door, &browser, &headers, &answered.flow, answered.ui_locales.as_deref()).await?;
    let Some(of) = asked_of(&door, &carried).await? else { return Ok(not_on_sale(&door, &carried)) };
    let internal = |failure: Failure| PersonError::internal(&door, carried.language, &failure);
    let scope = scope(&door, &carried, &of)?;
    let way_back = carried.login.request.way_back();
    if answered.agree.is_none() {
        door.pedell().decline(&scope, &handover).await.map_err(internal)?;
        // Without the reference number: by it the shop could look up what the student does not want it to know.
        return Ok(redirect(&refusal(&door, &way_back, Reason::ConsentDenied, None)));
    }
    match door.pedell().agree(&scope, &of, &handover).await.map_err(internal)? {
        Agreed::Code(code) => Ok(with_code(&door, &way_back, &code)),
        Agreed::Late(reason) => Ok(redirect(&refusal(&door, &way_back, reason, Some(&handover.reference)))),
        Agreed::Gone => {
            Err(PersonError::new(&door, carried.language, ProblemKind::FlowExpired, &"the account is gone"))
        }
    }
}

async fn opened(
    door: &Door,
    browser: &Browser,
    headers: &HeaderMap,
    flow: &str,
    ui_locales: Option<&str>,
) -> Result<(Handover, Carried), PersonError> {
    let language = caller::language(ui_locales, browser, headers);
    let Some(id) = browser.id.clone() else {
        return Err(PersonError::new(door, language, ProblemKind::CookiesOff, &"no cookie came back"));
    };
    let handover = door.pedell().open_handover(&id, flow).ok_or_else(|| {
        PersonError::new(door, language, ProblemKind::FlowExpired, &"the question's state does not open")
    })?;
    let login = handover.login.clone();
    let carried = carried_login(door, browser, headers, id, login, ui_locales).await?;
    Ok((handover, carried))
}

fn passed_on(handover: &Handover) -> Vec<(PassedOn, bool)> {
    let item = |field: &Field| {
        let what = match field {
            Field::GivenName => PassedOn::GivenNames,
            Field::FamilyName => PassedOn::FamilyName,
            Field::Birthdate => PassedOn::BirthDate,
            Field::Picture => PassedOn::Picture,
        };
        (what, handover.self_asserted.contains(field))
    };
    let fields = handover.fields.iter().map(item);
    [(PassedOn::Enrollment, false)].into_iter().chain(fields).chain([(PassedOn::Pseudonym, false)]).collect()
}

fn bad(door: &Door, cause: &str) -> PersonError {
    PersonError::new(door, Language::default(), ProblemKind::BadRequest, &cause)
}
