//! `GET /account`: the account of whoever has a pass; for everybody else the question where they study.

use axum::{
    extract::{Query, State, rejection::QueryRejection},
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use serde::Deserialize;

use super::{
    super::{anywhere, choose::choice},
    bad, pass,
};
use crate::{
    domain::{account::Item, search::Query as Search},
    flow::{Failure, account::overview::Overview},
    store::tenant::StoredToken,
    web::{
        Door,
        caller::{self, Browser},
        failure::PersonError,
        frame::frame,
        page::{
            Language, Page,
            account::{self, AccountPage, Fact, Fault, HandedOver, Said},
            account_login::AccountLogin,
            picker::Choice,
        },
        security_headers::content_security_policy,
    },
};

#[derive(Deserialize)]
pub(in crate::web) struct Show {
    ui_locales: Option<String>,
    q: Option<String>,
}

/// `GET /account`
pub(in crate::web) async fn show(
    State(door): State<Door>,
    browser: Browser,
    headers: HeaderMap,
    query: Result<Query<Show>, QueryRejection>,
) -> Result<Response, PersonError> {
    let Query(show) = query.map_err(|rejection| bad(&door, &rejection.body_text()))?;
    let language = caller::language(show.ui_locales.as_deref(), &browser, &headers);
    if let Some((id, pass)) = pass(&door, &browser) {
        let overview = door.pedell().account_overview(&pass).await;
        if let Some(overview) = overview.map_err(|failure| PersonError::internal(&door, language, &failure))? {
            let flow = door.pedell().seal_account_form(&id, Some(&pass.account));
            return Ok(Html(page(&door, overview, flow, language, None).render(language)).into_response());
        }
    }
    ask(&door, browser, show.q.unwrap_or_default(), language).await
}

/// The account's page; `fault`: what was wrong with what was sent.
pub(super) fn page(
    door: &Door,
    overview: Overview,
    flow: String,
    language: Language,
    fault: Option<Fault>,
) -> AccountPage {
    let Overview { university, account, passed_on, issuers } = overview;
    let name = |client: &str| issuers.get(client).cloned().unwrap_or_else(|| client.to_owned());
    let record = account.record;
    let consents = record.consents.iter().map(|(client, consent)| account::Consent {
        client: client.clone(),
        issuer: name(client),
        fields: consent.fields.clone(),
        given_at: consent.given_at,
    });
    AccountPage {
        frame: frame(door, fault.is_none().then_some("/account")),
        flow,
        id: account.id.to_string(),
        university: match language {
            Language::De => university.profile.name_de,
            Language::En => university.profile.name_en,
        },
        facts: facts(record.received),
        birth_date: record.added.birth_date.map(|own| (own.value.date(), own.at)),
        picture: record.added.picture.map(|own| own.at),
        consents: consents.collect(),
        passed_on: passed_on.into_iter().map(|token| handed_over(token, name)).collect(),
        requested_at: account.requested_at,
        fault,
    }
}

fn facts(received: crate::domain::account::Received) -> Vec<Fact> {
    fn fact<T>(item: Option<Item<T>>, said: impl FnOnce(T) -> Said) -> Option<Fact> {
        item.map(|item| Fact { said: said(item.value), at: item.at, method: item.method })
    }
    [
        fact(received.given_names, |name| Said::GivenNames(name.as_str().to_owned())),
        fact(received.family_name, |name| Said::FamilyName(name.as_str().to_owned())),
        fact(received.birth_date, |born| Said::BirthDate(born.date())),
        fact(received.is_student, Said::IsStudent),
        fact(received.semesters, |semesters| {
            Said::Semesters(semesters.into_iter().map(super::super::ending::semester_name).collect())
        }),
        fact(received.entitlements, |entitlements| {
            Said::Entitlements(entitlements.into_iter().map(|e| (e.prefix, e.first, e.last)).collect())
        }),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn handed_over(token: StoredToken, name: impl Fn(&str) -> String) -> HandedOver {
    let names = |text: Option<String>| account::fields_named(text.as_deref().unwrap_or_default());
    HandedOver {
        issuer: name(&token.client),
        at: crate::base::Timestamp::from_millis(token.issued_at),
        fields: token.fields.is_some().then(|| names(token.fields.clone())),
        self_asserted: names(token.self_asserted),
    }
}

async fn ask(door: &Door, browser: Browser, query: String, language: Language) -> Result<Response, PersonError> {
    let internal = |failure: Failure| PersonError::internal(door, language, &failure);
    let universities = door.pedell().universities_with_accounts().await.map_err(internal)?;
    let search = Search::new(&query);
    let offered = door.pedell().offer(universities);
    let found = offered.iter().filter(|offered| offered.is_found_by(&search));
    let mut found: Vec<Choice> = found.map(|offered| choice(door, offered, language)).collect();
    found.sort_by_key(|choice| choice.name.to_lowercase());
    let (id, jar) = browser.identify(door);
    let page = AccountLogin {
        frame: frame(door, Some("/account")),
        flow: door.pedell().seal_account_form(&id, None),
        query,
        universities: found,
    };
    // A choice leads to any university's identity provider.
    let policy = content_security_policy(Some(anywhere(door)));
    let html = Html(page.render(language));
    Ok((StatusCode::OK, jar, [(header::CONTENT_SECURITY_POLICY, policy)], html).into_response())
}
