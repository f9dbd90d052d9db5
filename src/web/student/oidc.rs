//! `/verify/oidc`: the student leaves for the university's OpenID provider or OAuth server, and comes back with a code to
//! the university's own address.

use axum::{
    extract::{
        Path, Query, State,
        rejection::{PathRejection, QueryRejection},
    },
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use super::{
    account, asked_of, carried, carried_login,
    ending::{conclude, conclusion, not_on_sale, scope},
    trial,
    way_back::redirect,
};
use crate::{
    base::limits,
    domain::{connection::ConnectionSettings, rule::Rule},
    flow::{
        conclude::{Finding, Once},
        errand::Errand,
        provider_login::{ProviderAnswer, ProviderLogin},
    },
    protocol::oidc::rp::{Refusal, answer::Answer},
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

/// What an answer of a provider is remembered as.
const ONCE: &str = "provider-answer";

/// `GET /verify/oidc`
pub(in crate::web) async fn depart(
    State(door): State<Door>,
    browser: Browser,
    headers: HeaderMap,
    query: Result<Query<Depart>, QueryRejection>,
) -> Result<Response, PersonError> {
    let Query(depart) = query.map_err(|rejection| bad(&door, &rejection.body_text()))?;
    let carried = carried(&door, &browser, &headers, &depart.flow, depart.ui_locales.as_deref()).await?;
    let Some(of) = asked_of(&door, &carried).await? else { return Ok(not_on_sale(&door, &carried)) };
    if !matches!(of.university.connection.settings, ConnectionSettings::Oidc(_) | ConnectionSettings::OAuth(_)) {
        return Err(bad(&door, "this university's students do not log in at a provider"));
    }
    let errand = Errand::Shop(Box::new(carried.login.clone()));
    let max_age = of.max_age_seconds(&carried.login);
    let language = carried.language.code();
    match door.pedell().depart_for_provider(&carried.browser, errand, &of.university, max_age, language).await {
        Ok(departure) => {
            let jar = browser.keep_login(
                &door,
                Away::Provider,
                &departure.state,
                &departure.sealed,
                carried.login.expires_at,
            );
            Ok((jar, redirect(&departure.url)).into_response())
        }
        Err(refusal) => {
            let scope = scope(&door, &carried, &of)?;
            conclude(&door, &carried, &scope, &of, unusable(refusal)).await
        }
    }
}

/// `GET /verify/oidc/{university}`
pub(in crate::web) async fn arrive(
    State(door): State<Door>,
    browser: Browser,
    headers: HeaderMap,
    path: Result<Path<String>, PathRejection>,
    query: Result<Query<Answer>, QueryRejection>,
) -> Result<Response, PersonError> {
    let Path(university) = path.map_err(|rejection| bad(&door, &rejection.body_text()))?;
    let Query(answer) = query.map_err(|rejection| bad(&door, &rejection.body_text()))?;
    let language = crate::web::caller::language(None, &browser, &headers);
    if !browser.is_known() {
        return Err(PersonError::new(&door, language, ProblemKind::CookiesOff, &"no cookie came back"));
    }
    let id = browser.id.clone().unwrap_or_default();
    let state = answer.state.as_deref().filter(|state| !state.is_empty() && state.len() <= limits::RELAY_STATE_BYTES);
    let kept = state.and_then(|state| Some((state, browser.kept_login(Away::Provider, state)?)));
    let pending = kept.and_then(|(state, sealed)| door.pedell().open_provider_login(&id, &university, state, &sealed));
    let pending = pending.ok_or_else(|| {
        let cause = &"this browser has no login with this state under way at this university";
        PersonError::new(&door, language, ProblemKind::FlowExpired, cause)
    })?;
    let login = match &pending.errand {
        Errand::Shop(login) => login.as_ref().clone(),
        Errand::Trial(trial) => {
            let visit = trial::Visit { trial, language };
            return visit.provider_report(&door, &pending, &answer).await;
        }
        Errand::Account(visit) => {
            let arrival = account::Arrival::begin(&door, id, language, visit).await?;
            let internal = |failure| PersonError::internal(&door, language, &failure);
            let (scope, university, once) = (visit.scope(), &arrival.university, pending.once(&answer));
            let rule = Rule::default();
            let said = door.pedell().read_provider_answer(&scope, university, &rule, &pending, &answer).await;
            let said = said.map_err(internal)?;
            if let ProviderAnswer::Refused(Refusal::CodeRefused) = said
                && door.pedell().was_entered(visit, ONCE, &once).await.map_err(internal)?
            {
                return Ok(arrival.to_the_account());
            }
            return arrival.end(&door, browser, finding(&said, &once, &pending)).await;
        }
    };
    let carried = carried_login(&door, &browser, &headers, id, login, None).await?;
    let Some(of) = asked_of(&door, &carried).await? else { return Ok(not_on_sale(&door, &carried)) };
    let scope = scope(&door, &carried, &of)?;
    let internal = |failure| PersonError::internal(&door, carried.language, &failure);
    let once = pending.once(&answer);
    let rule = &of.asked.product.rule;
    let said = door.pedell().read_provider_answer(&scope, &of.university, rule, &pending, &answer).await;
    let said = said.map_err(internal)?;
    // The same browser brings the same code again, which the provider has seen: what came of it then stands.
    if let ProviderAnswer::Refused(Refusal::CodeRefused | Refusal::TooManyCodes) = said
        && let Some(outcome) = door.pedell().concluded_before(&scope, ONCE, &once).await.map_err(internal)?
    {
        return conclusion(&door, &carried, &scope, &of, &outcome, Some("again")).await;
    }
    conclude(&door, &carried, &scope, &of, finding(&said, &once, &pending)).await
}

fn finding<'a>(said: &'a ProviderAnswer, once: &'a str, pending: &ProviderLogin) -> Finding<'a> {
    match said {
        ProviderAnswer::Believed { evidence, student } => Finding::Seen {
            evidence,
            student: *student,
            once: Some(Once { kind: ONCE, id: once, until: pending.errand.expires_at() }),
        },
        ProviderAnswer::Refused(refusal) => unusable(*refusal),
    }
}

fn unusable(refusal: Refusal) -> Finding<'static> {
    Finding::Unusable { reason: refusal.reason(), code: refusal.code() }
}

fn bad(door: &Door, cause: &str) -> PersonError {
    PersonError::new(door, Language::default(), ProblemKind::BadRequest, &cause)
}
