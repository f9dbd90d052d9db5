//! `/why`: a reference number tells why, and nothing about the person.

use axum::{
    extract::{Query, State, rejection::QueryRejection},
    http::HeaderMap,
    response::Html,
};
use serde::Deserialize;

use super::ending::contact;
use crate::{
    base::Reference,
    web::{
        Door,
        caller::{self, Browser},
        failure::PersonError,
        frame::frame,
        page::{
            Language, Page,
            lookup::{Answer, Lookup, Past},
            problem::ProblemKind,
        },
    },
};

#[derive(Deserialize)]
pub(in crate::web) struct Asked {
    reference: Option<String>,
    ui_locales: Option<String>,
}

/// `GET /why`
pub(in crate::web) async fn show(
    State(door): State<Door>,
    browser: Browser,
    headers: HeaderMap,
    query: Result<Query<Asked>, QueryRejection>,
) -> Result<Html<String>, PersonError> {
    let Query(asked) = query.map_err(|rejection| {
        PersonError::new(&door, Language::default(), ProblemKind::BadRequest, &rejection.body_text())
    })?;
    let language = caller::language(asked.ui_locales.as_deref(), &browser, &headers);
    let typed: String = asked.reference.unwrap_or_default().trim().chars().take(40).collect();
    let answer = match Reference::parse(&typed) {
        _ if typed.is_empty() => Answer::NotAsked,
        None => Answer::Unreadable,
        Some(reference) => answer(&door, language, reference).await?,
    };
    Ok(Html(Lookup { frame: frame(&door, Some("/why")), typed, answer }.render(language)))
}

async fn answer(door: &Door, language: Language, reference: Reference) -> Result<Answer, PersonError> {
    let explained =
        door.pedell().explain(&reference).await.map_err(|failure| PersonError::internal(door, language, &failure))?;
    let Some(explained) = explained else { return Ok(Answer::NotFound) };
    let profile = &explained.university.profile;
    let name = match language {
        Language::De => &profile.name_de,
        Language::En => &profile.name_en,
    };
    let past = Past {
        reference,
        when: explained.at,
        university: Some(name.clone()),
        issuer: explained.issuer,
        help: profile.contact.as_deref().and_then(contact).map(|contact| contact.href),
    };
    Ok(match explained.decision {
        Ok(()) => Answer::Verified(past),
        Err(reason) => Answer::Refused(past, reason),
    })
}
