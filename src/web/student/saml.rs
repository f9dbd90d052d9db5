//! `/verify/saml`: the student leaves for the university's login, and comes back with what it says.

use axum::{
    Form,
    extract::{Query, State, rejection::FormRejection, rejection::QueryRejection},
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use super::{
    account, asked_of, carried, carried_login,
    ending::{conclude, not_on_sale, scope},
    trial,
    way_back::redirect,
};
use crate::{
    base::limits,
    domain::{connection::ConnectionSettings, reason::Reason, rule::Rule},
    flow::{
        conclude::{Finding, Once},
        errand::Errand,
        verify_by_saml::{SamlAnswer, Unusable},
    },
    web::{
        Door,
        caller::{Away, Browser},
        failure::PersonError,
        page::{Language, problem::ProblemKind},
    },
};

#[derive(Deserialize)]
pub(in crate::web) struct Depart {
    flow: String,
    ui_locales: Option<String>,
}

#[derive(Deserialize)]
pub(in crate::web) struct Arrive {
    #[serde(rename = "SAMLResponse")]
    response: String,
    #[serde(rename = "RelayState", default)]
    relay: String,
}

/// `GET /verify/saml`
pub(in crate::web) async fn depart(
    State(door): State<Door>,
    browser: Browser,
    headers: HeaderMap,
    query: Result<Query<Depart>, QueryRejection>,
) -> Result<Response, PersonError> {
    let Query(depart) = query.map_err(|rejection| bad(&door, &rejection.body_text()))?;
    let carried = carried(&door, &browser, &headers, &depart.flow, depart.ui_locales.as_deref()).await?;
    let Some(of) = asked_of(&door, &carried).await? else { return Ok(not_on_sale(&door, &carried)) };
    let ConnectionSettings::Saml(connection) = &of.university.connection.settings else {
        return Err(bad(&door, "this university's students do not log in"));
    };
    let errand = Errand::Shop(Box::new(carried.login.clone()));
    let max_age = of.max_age_seconds(&carried.login);
    let departure = door.pedell().depart_for_saml(&carried.browser, errand, connection, max_age).await;
    if let Some(departure) = departure.map_err(|failure| PersonError::internal(&door, carried.language, &failure))? {
        let jar = browser.keep_login(&door, Away::Saml, &departure.relay, &departure.sealed, carried.login.expires_at);
        return Ok((jar, redirect(&departure.url)).into_response());
    }
    tracing::error!(idp = connection.entity_id, "there is no metadata of this identity provider");
    let scope = scope(&door, &carried, &of)?;
    let unknown = Finding::Unusable { reason: Reason::SourceUnavailable, code: "unknown_identity_provider" };
    conclude(&door, &carried, &scope, &of, unknown).await
}

/// `POST /verify/saml`, from our own page that took the response across.
pub(in crate::web) async fn arrive(
    State(door): State<Door>,
    browser: Browser,
    headers: HeaderMap,
    form: Result<Form<Arrive>, FormRejection>,
) -> Result<Response, PersonError> {
    let Form(arrived) = form.map_err(|rejection| bad(&door, &rejection.body_text()))?;
    let language = crate::web::caller::language(None, &browser, &headers);
    if !browser.is_known() {
        return Err(PersonError::new(&door, language, ProblemKind::CookiesOff, &"no cookie came back"));
    }
    let id = browser.id.clone().unwrap_or_default();
    let is_ours = !arrived.relay.is_empty() && arrived.relay.len() <= limits::RELAY_STATE_BYTES;
    let kept = is_ours.then(|| browser.kept_login(Away::Saml, &arrived.relay)).flatten();
    let pending = kept.and_then(|sealed| door.pedell().open_saml_login(&id, &arrived.relay, &sealed));
    let pending = pending.ok_or_else(|| {
        let cause = &"this browser has no login with this RelayState under way";
        PersonError::new(&door, language, ProblemKind::FlowExpired, cause)
    })?;
    let login = match &pending.errand {
        Errand::Shop(login) => login.as_ref().clone(),
        Errand::Trial(trial) => {
            let visit = trial::Visit { trial, language };
            return visit.saml_report(&door, &pending, &arrived.response).await;
        }
        Errand::Account(visit) => {
            let arrival = account::Arrival::begin(&door, id, language, visit).await?;
            let (scope, university) = (visit.scope(), &arrival.university);
            let rule = Rule::default();
            let answer = door.pedell().read_saml_response(&scope, university, &rule, &pending, &arrived.response).await;
            let answer = answer.map_err(|failure| PersonError::internal(&door, language, &failure))?;
            return arrival.end(&door, browser, finding(&answer)).await;
        }
    };
    let carried = carried_login(&door, &browser, &headers, id, login, None).await?;
    let Some(of) = asked_of(&door, &carried).await? else { return Ok(not_on_sale(&door, &carried)) };
    let scope = scope(&door, &carried, &of)?;
    let rule = &of.asked.product.rule;
    let answer = door.pedell().read_saml_response(&scope, &of.university, rule, &pending, &arrived.response).await;
    let answer = answer.map_err(|failure| PersonError::internal(&door, carried.language, &failure))?;
    conclude(&door, &carried, &scope, &of, finding(&answer)).await
}

fn finding(answer: &SamlAnswer) -> Finding<'_> {
    match answer {
        SamlAnswer::Believed { evidence, student, assertion, until } => Finding::Seen {
            evidence,
            student: *student,
            once: Some(Once { kind: "assertion", id: assertion, until: *until }),
        },
        SamlAnswer::Anonymous(missing) => Finding::Unusable { reason: Reason::AttributeMissing, code: missing },
        SamlAnswer::Unusable(unusable) => {
            let reason = match unusable {
                Unusable::Refused(_) => Reason::LoginFailed,
                Unusable::UnknownProvider => Reason::SourceUnavailable,
            };
            Finding::Unusable { reason, code: unusable.code() }
        }
    }
}

fn bad(door: &Door, cause: &str) -> PersonError {
    PersonError::new(door, Language::default(), ProblemKind::BadRequest, &cause)
}
