//! `/try`: a university's IT logs in through its test connection and sees what arrived. The link is given out by
//! `pedell connection try`, or by the console.

use axum::{
    Form,
    extract::{Query, State, rejection::FormRejection, rejection::QueryRejection},
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use serde::Deserialize;

use super::{address, anywhere, ending::semester_name, form::TypedForm, way_back::redirect};
use crate::{
    domain::{connection::ConnectionSettings, tenant::University},
    flow::{
        Failure,
        errand::Errand,
        provider_login::ProviderLogin,
        trial::{self, Trial},
        verify_by_saml::SamlLogin,
    },
    protocol::oidc::rp::answer::Answer,
    web::{
        Door,
        caller::{self, Away, Browser},
        failure::PersonError,
        frame::frame,
        page::{
            self, Href, Language, Page,
            problem::ProblemKind,
            roster_form::{Fault, Field},
            trial_report::{Arrived, Remark, TrialReport, Verdict},
        },
        security_headers::content_security_policy,
    },
};

#[derive(Deserialize)]
pub(in crate::web) struct Asked {
    trial: String,
    ui_locales: Option<String>,
}

#[derive(Deserialize)]
pub(in crate::web) struct Departing {
    trial: String,
    ui_locales: Option<String>,
    #[serde(flatten)]
    typed: TypedForm,
}

/// Somebody who tries a connection.
pub(super) struct Visit<'a> {
    pub(super) trial: &'a Trial,
    pub(super) language: Language,
}

/// `GET /try`
pub(in crate::web) async fn show(
    State(door): State<Door>,
    browser: Browser,
    headers: HeaderMap,
    query: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, PersonError> {
    let Query(asked) = query.map_err(|rejection| bad(&door, &rejection.body_text()))?;
    let language = caller::language(asked.ui_locales.as_deref(), &browser, &headers);
    let trial = open(&door, language, &asked.trial)?;
    let visit = Visit { trial: &trial, language };
    let university = visit.university(&door).await?;
    let page = visit.page(&door, &university, asked.trial, Vec::new()).await?;
    let (_, jar) = browser.identify(&door);
    Ok((jar, page).into_response())
}

/// `POST /try`
pub(in crate::web) async fn depart(
    State(door): State<Door>,
    browser: Browser,
    headers: HeaderMap,
    form: Result<Form<Departing>, FormRejection>,
) -> Result<Response, PersonError> {
    let Form(asked) = form.map_err(|rejection| bad(&door, &rejection.body_text()))?;
    let language = caller::language(asked.ui_locales.as_deref(), &browser, &headers);
    let trial = open(&door, language, &asked.trial)?;
    let Some(id) = browser.id.clone() else {
        return Err(PersonError::new(&door, language, ProblemKind::CookiesOff, &"no cookie came back"));
    };
    let visit = Visit { trial: &trial, language };
    let university = visit.university(&door).await?;
    match &university.connection.settings {
        ConnectionSettings::Saml(connection) => {
            let departure = door.pedell().depart_for_saml(&id, Errand::Trial(trial.clone()), connection, None).await;
            let departure = departure.map_err(|failure| visit.internal(&door, &failure))?;
            let Some(departure) = departure else {
                let refusal = Some("unknown_identity_provider".to_owned());
                return visit.end(&door, &university, trial::TrialReport { refusal, ..Default::default() }).await;
            };
            let jar = browser.keep_login(&door, Away::Saml, &departure.relay, &departure.sealed, trial.expires_at);
            Ok((jar, redirect(&departure.url)).into_response())
        }
        ConnectionSettings::Oidc(_) | ConnectionSettings::OAuth(_) => {
            let errand = Errand::Trial(trial.clone());
            match door.pedell().depart_for_provider(&id, errand, &university, None, language.code()).await {
                Ok(departure) => {
                    let jar = browser.keep_login(
                        &door,
                        Away::Provider,
                        &departure.state,
                        &departure.sealed,
                        trial.expires_at,
                    );
                    Ok((jar, redirect(&departure.url)).into_response())
                }
                Err(refusal) => visit.end(&door, &university, trial::TrialReport::refused(refusal)).await,
            }
        }
        ConnectionSettings::Soap(settings) => {
            let typed = match asked.typed.read(&university.typed_fields()) {
                Ok(typed) => typed,
                Err(faults) => {
                    let page = visit.page(&door, &university, asked.trial, faults).await?;
                    return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
                }
            };
            let report = door.pedell().try_soap(&trial, &university, settings, &typed, None).await;
            visit.end(&door, &university, report.map_err(|failure| visit.internal(&door, &failure))?).await
        }
        ConnectionSettings::Roster(_) => Err(bad(&door, "there is nobody to ask")),
    }
}

impl Visit<'_> {
    /// What a SAML response says.
    pub(super) async fn saml_report(
        &self,
        door: &Door,
        pending: &SamlLogin,
        response: &str,
    ) -> Result<Response, PersonError> {
        let university = self.university(door).await?;
        let report = door.pedell().try_saml_response(&university, pending, response).await;
        self.end(door, &university, report.map_err(|failure| self.internal(door, &failure))?).await
    }

    /// What an OpenID provider or OAuth server says.
    pub(super) async fn provider_report(
        &self,
        door: &Door,
        pending: &ProviderLogin,
        answer: &Answer,
    ) -> Result<Response, PersonError> {
        let university = self.university(door).await?;
        let scope = self.trial.scope();
        let report = door.pedell().try_provider_answer(&scope, &university, pending, answer).await;
        self.end(door, &university, report.map_err(|failure| self.internal(door, &failure))?).await
    }

    /// Records how the try ended and shows what it found.
    pub(super) async fn end(
        &self,
        door: &Door,
        university: &University,
        report: trial::TrialReport,
    ) -> Result<Response, PersonError> {
        door.pedell().end_trial(self.trial, &report).await.map_err(|failure| self.internal(door, &failure))?;
        let verdict = |verdict: trial::Verdict| Verdict {
            product: match self.language {
                Language::De => verdict.product_de,
                Language::En => verdict.product_en,
            },
            issuer: verdict.issuer,
            semester: semester_name(verdict.semester),
            decision: verdict.decision,
        };
        let arrived = |arrived: trial::Arrived| Arrived {
            name: arrived.name,
            friendly_name: arrived.friendly_name,
            values: arrived.values,
            is_read: arrived.is_read,
            remark: arrived.remark.and_then(Remark::parse),
        };
        let again = door.pedell().seal_trial(self.trial);
        let page = TrialReport {
            frame: frame(door, None),
            university: self.name(university),
            refusal: report.refusal_in_words(),
            arrived: report.arrived.into_iter().map(arrived).collect(),
            missing: report.missing,
            knows_student: report.knows_student,
            verdicts: report.verdicts.into_iter().map(verdict).collect(),
            exchange: report.exchange.map(|exchange| (exchange.sent, exchange.received)),
            again: Href::parse(&address("/try", &[("trial", &again), ("ui_locales", self.language.code())])),
        };
        Ok((StatusCode::OK, Html(page.render(self.language))).into_response())
    }

    /// The page on which it begins.
    async fn page(
        &self,
        door: &Door,
        university: &University,
        sealed: String,
        trouble: Vec<(Field, Fault)>,
    ) -> Result<Response, PersonError> {
        let faults = door.pedell().check_connection(&self.trial.scope(), university).await;
        let faults = faults.map_err(|failure| self.internal(door, &failure))?;
        let is_service = matches!(university.connection.settings, ConnectionSettings::Soap(_));
        let page = page::trial::Trial {
            frame: frame(door, Some(&address("/try", &[("trial", &sealed)]))),
            university: self.name(university),
            version: university.connection.version,
            provider: provider(university),
            faults: faults.iter().map(ToString::to_string).collect(),
            fields: if is_service { university.typed_fields() } else { Vec::new() },
            trouble,
            trial: sealed,
        };
        let policy = content_security_policy(Some(anywhere(door)));
        Ok(([(header::CONTENT_SECURITY_POLICY, policy)], Html(page.render(self.language))).into_response())
    }

    async fn university(&self, door: &Door) -> Result<University, PersonError> {
        let found =
            door.pedell().tried_university(self.trial).await.map_err(|failure| self.internal(door, &failure))?;
        found.ok_or_else(|| PersonError::new(door, self.language, ProblemKind::TrialOver, &"the university is gone"))
    }

    fn name(&self, university: &University) -> String {
        match self.language {
            Language::De => university.profile.name_de.clone(),
            Language::En => university.profile.name_en.clone(),
        }
    }

    fn internal(&self, door: &Door, failure: &Failure) -> PersonError {
        PersonError::internal(door, self.language, failure)
    }
}

/// Who is asked; nobody where students type.
fn provider(university: &University) -> Option<String> {
    match &university.connection.settings {
        ConnectionSettings::Saml(connection) => Some(connection.entity_id.clone()),
        ConnectionSettings::Oidc(connection) => Some(connection.issuer.clone()),
        ConnectionSettings::OAuth(connection) => Some(connection.namespace()),
        ConnectionSettings::Soap(settings) => settings.endpoint.clone().or_else(|| settings.wsdl_url.clone()),
        ConnectionSettings::Roster(_) => None,
    }
}

fn open(door: &Door, language: Language, sealed: &str) -> Result<Trial, PersonError> {
    let over = || PersonError::new(door, language, ProblemKind::TrialOver, &"the trial's link does not open");
    door.pedell().open_trial(sealed).ok_or_else(over)
}

fn bad(door: &Door, cause: &str) -> PersonError {
    PersonError::new(door, Language::default(), ProblemKind::BadRequest, &cause)
}
