//! `/verify/choose`: which university?

use axum::{
    Form,
    extract::{Query, State, rejection::FormRejection, rejection::QueryRejection},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use super::{
    Carried, address, anywhere, carried, proof_path,
    way_back::{redirect, refusal},
};
use crate::{
    domain::{reason::Reason, search::Query as Words, tenant::University},
    flow::discovery::Offered,
    protocol::saml::metadata::Names,
    web::{
        Door,
        caller::Browser,
        failure::PersonError,
        frame::frame,
        page::{
            Language,
            picker::{Choice, Picker},
            problem::ProblemKind,
        },
    },
};

#[derive(Deserialize)]
pub(in crate::web) struct Show {
    flow: String,
    q: Option<String>,
    ui_locales: Option<String>,
}

#[derive(Deserialize)]
pub(in crate::web) struct Chosen {
    flow: String,
    university: Option<String>,
    cancel: Option<String>,
    ui_locales: Option<String>,
}

/// `GET /verify/choose`
pub(in crate::web) async fn show(
    State(door): State<Door>,
    browser: Browser,
    headers: HeaderMap,
    query: Result<Query<Show>, QueryRejection>,
) -> Result<Response, PersonError> {
    let Query(show) = query.map_err(|rejection| {
        PersonError::new(&door, Language::default(), ProblemKind::BadRequest, &rejection.body_text())
    })?;
    let carried = carried(&door, &browser, &headers, &show.flow, show.ui_locales.as_deref()).await?;
    let universities = universities(&door, &carried).await?;
    if let [only] = universities.as_slice() {
        return Ok(onward(&door, browser, carried, only));
    }
    // A choice may lead to any university's identity provider.
    let leads_anywhere = universities.iter().any(|university| university.connection.settings.leaves_for_a_provider());
    let query = show.q.unwrap_or_default();
    let words = Words::new(&query);
    let offered = door.pedell().offer(universities);
    let remembered = browser
        .remembered_university()
        .and_then(|slug| offered.iter().find(|offered| offered.university.slug.as_str() == slug))
        .map(|offered| choice(&door, offered, carried.language));
    let mut found: Vec<Choice> = offered
        .iter()
        .filter(|offered| offered.is_found_by(&words))
        .map(|offered| choice(&door, offered, carried.language))
        .collect();
    found.sort_by_key(|choice| choice.name.to_lowercase());
    let elsewhere = door.pedell().elsewhere(&words, &offered);
    let page = Picker {
        frame: frame(&door, Some(&address("/verify/choose", &[("flow", &show.flow)]))),
        asking: carried.asking(),
        flow: show.flow,
        query,
        remembered,
        universities: found,
        knows_others: door.pedell().federation().knows_federations(),
        others: elsewhere.listed.iter().filter_map(|listed| name_of(&listed.names, carried.language)).collect(),
        more_others: elsewhere.more,
    };
    if leads_anywhere {
        return Ok(carried.page_that_leads_to(Some(anywhere(&door)), StatusCode::OK, &page));
    }
    Ok(carried.page(StatusCode::OK, &page))
}

/// `POST /verify/choose`
pub(in crate::web) async fn choose(
    State(door): State<Door>,
    browser: Browser,
    headers: HeaderMap,
    form: Result<Form<Chosen>, FormRejection>,
) -> Result<Response, PersonError> {
    let bad = |cause: String| PersonError::new(&door, Language::default(), ProblemKind::BadRequest, &cause);
    let Form(chosen) = form.map_err(|rejection| bad(rejection.body_text()))?;
    let carried = carried(&door, &browser, &headers, &chosen.flow, chosen.ui_locales.as_deref()).await?;
    if chosen.cancel.is_some() {
        return Ok(redirect(&refusal(&door, &carried.login.request.way_back(), Reason::ConsentDenied, None)));
    }
    let universities = universities(&door, &carried).await?;
    let slug = chosen.university.unwrap_or_default();
    match universities.iter().find(|university| university.slug.as_str() == slug) {
        Some(university) => Ok(onward(&door, browser, carried, university)),
        None => Err(bad("no such university".to_owned())),
    }
}

/// On to the university's own way of proving, with the choice sealed in.
fn onward(door: &Door, browser: Browser, mut carried: Carried, university: &University) -> Response {
    carried.login.request.university = Some(university.slug.to_string());
    let flow = door.pedell().seal_login(&carried.browser, &carried.login);
    let to = address(proof_path(university), &[("flow", &flow), ("ui_locales", carried.language.code())]);
    (browser.remember(door, Some(university.slug.as_str()), carried.language), redirect(&to)).into_response()
}

async fn universities(door: &Door, carried: &Carried) -> Result<Vec<University>, PersonError> {
    door.pedell()
        .universities_for(&carried.asked.client)
        .await
        .map_err(|failure| PersonError::internal(door, carried.language, &failure))
}

fn choice(door: &Door, offered: &Offered, language: Language) -> Choice {
    let profile = &offered.university.profile;
    let name = match language {
        Language::De => &profile.name_de,
        Language::En => &profile.name_en,
    };
    let logo_url = offered.idp.as_ref().and_then(|idp| idp.descriptor.logo_url.as_deref());
    Choice {
        id: offered.university.slug.to_string(),
        name: name.clone(),
        place: profile.place.clone(),
        also: offered.words().join(" "),
        logo: logo_url.and_then(|url| door.pedell().logos().key_of(url)),
    }
}

fn name_of(names: &Names, language: Language) -> Option<String> {
    let (own, other) = match language {
        Language::De => (&names.de, &names.en),
        Language::En => (&names.en, &names.de),
    };
    own.as_ref().or(other.as_ref()).or(names.any.as_ref()).cloned()
}
