//! `POST /account/login`: the student leaves for the university that they chose.

use axum::{
    Form,
    extract::{State, rejection::FormRejection},
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use super::{super::way_back::redirect, bad};
use crate::{
    domain::connection::ConnectionSettings,
    flow::{Failure, errand::Errand},
    web::{
        Door,
        caller::{self, Away, Browser},
        failure::PersonError,
        page::problem::ProblemKind,
    },
};

#[derive(Deserialize)]
pub(in crate::web) struct Chosen {
    flow: String,
    university: String,
    ui_locales: Option<String>,
}

/// `POST /account/login`
pub(in crate::web) async fn depart(
    State(door): State<Door>,
    browser: Browser,
    headers: HeaderMap,
    form: Result<Form<Chosen>, FormRejection>,
) -> Result<Response, PersonError> {
    let Form(chosen) = form.map_err(|rejection| bad(&door, &rejection.body_text()))?;
    let language = caller::language(chosen.ui_locales.as_deref(), &browser, &headers);
    let Some(id) = browser.id.clone() else {
        return Err(PersonError::new(&door, language, ProblemKind::CookiesOff, &"no cookie came back"));
    };
    if !door.pedell().is_account_form(&id, &chosen.flow, None) {
        let cause = &"the form is not one of this browser";
        return Err(PersonError::new(&door, language, ProblemKind::AccountClosed, cause));
    }
    let internal = |failure: Failure| PersonError::internal(&door, language, &failure);
    let universities = door.pedell().universities_with_accounts().await.map_err(internal)?;
    let university = universities.iter().find(|university| university.slug.as_str() == chosen.university);
    let university = university.ok_or_else(|| bad(&door, "no such university, or nobody to log in at"))?;
    let errand = Errand::Account(door.pedell().begin_account_visit(university));
    let until = errand.expires_at();
    match &university.connection.settings {
        ConnectionSettings::Saml(connection) => {
            let departure = door.pedell().depart_for_saml(&id, errand, connection, None).await.map_err(internal)?;
            let departure = departure.ok_or_else(|| {
                let cause = &"there is no metadata of the university's identity provider";
                PersonError::new(&door, language, ProblemKind::AccountLogin, cause)
            })?;
            let jar = browser.keep_login(&door, Away::Saml, &departure.relay, &departure.sealed, until);
            Ok((jar, redirect(&departure.url)).into_response())
        }
        ConnectionSettings::Oidc(_) | ConnectionSettings::OAuth(_) => {
            let departure = door.pedell().depart_for_provider(&id, errand, university, None, language.code()).await;
            let departure = departure
                .map_err(|refusal| PersonError::new(&door, language, ProblemKind::AccountLogin, &refusal.code()))?;
            let jar = browser.keep_login(&door, Away::Provider, &departure.state, &departure.sealed, until);
            Ok((jar, redirect(&departure.url)).into_response())
        }
        ConnectionSettings::Roster(_) | ConnectionSettings::Soap(_) => Err(bad(&door, "there is nobody to log in at")),
    }
}
