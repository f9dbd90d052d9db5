//! `/verify/roster` and `/verify/service`: the student types what the university's list, or its web service, knows.

use axum::{
    Form,
    extract::{Query, State, rejection::FormRejection, rejection::QueryRejection},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::Deserialize;

use super::{
    Carried, address, asked_of, carried,
    ending::{contact, minutes, name, not_on_sale, refused_until, semester_name},
    proof_path,
    way_back::{redirect, refusal, with_code},
};
use crate::{
    domain::{
        client::IssuerProfile,
        connection::ConnectionSettings,
        person::{BirthDate, BirthDateError, MatriculationNumber, PersonName, PostalCode, TypedFields},
        policy,
        reason::Reason,
        rule,
    },
    flow::{Failure, conclude::Finishes, login::AskedOf, verify_by_roster::Guesser, verify_typed::TypedAnswer},
    web::{
        Door,
        caller::{Address, Browser},
        failure::PersonError,
        frame::frame,
        page::{
            Href, Language,
            problem::ProblemKind,
            roster_form::{ComparedWith, Fault, Field, PassedOn, RosterForm, Trouble, Typed},
        },
    },
};

#[derive(Deserialize)]
pub(in crate::web) struct Show {
    flow: String,
    ui_locales: Option<String>,
}

#[derive(Deserialize)]
pub(in crate::web) struct Submitted {
    flow: String,
    ui_locales: Option<String>,
    cancel: Option<String>,
    #[serde(flatten)]
    typed: TypedForm,
}

/// The fields of a form for a student's data.
#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
pub(in crate::web) struct TypedForm {
    matriculation_number: String,
    given_names: String,
    family_name: String,
    birth_date: String,
    postal_code: String,
}

/// Whether this university's students prove themselves by what they type.
fn types_here(of: &AskedOf) -> bool {
    !of.university.typed_fields().is_empty()
}

/// `GET /verify/roster`
pub(in crate::web) async fn show(
    State(door): State<Door>,
    browser: Browser,
    headers: HeaderMap,
    query: Result<Query<Show>, QueryRejection>,
) -> Result<Response, PersonError> {
    let Query(show) = query.map_err(|rejection| bad(&door, &rejection.body_text()))?;
    let carried = carried(&door, &browser, &headers, &show.flow, show.ui_locales.as_deref()).await?;
    let Some(of) = asked_of(&door, &carried).await? else { return Ok(not_on_sale(&door, &carried)) };
    if !types_here(&of) {
        return Err(bad(&door, "this university's students do not prove themselves here"));
    }
    Ok(form(&door, &carried, &of, Typed::default(), Trouble::None))
}

/// `POST /verify/roster`
pub(in crate::web) async fn submit(
    State(door): State<Door>,
    Address(client_address): Address,
    browser: Browser,
    headers: HeaderMap,
    form_data: Result<Form<Submitted>, FormRejection>,
) -> Result<Response, PersonError> {
    let Form(submitted) = form_data.map_err(|rejection| bad(&door, &rejection.body_text()))?;
    let mut carried = carried(&door, &browser, &headers, &submitted.flow, submitted.ui_locales.as_deref()).await?;
    if submitted.cancel.is_some() {
        let way_back = carried.login.request.way_back();
        // Giving up after a refusal tells the shop the refusal.
        let (reason, reference) = match &carried.login.refusal {
            Some((reason, reference)) => (*reason, Some(reference)),
            None => (Reason::ConsentDenied, None),
        };
        return Ok(redirect(&refusal(&door, &way_back, reason, reference)));
    }
    let Some(of) = asked_of(&door, &carried).await? else { return Ok(not_on_sale(&door, &carried)) };
    if !types_here(&of) {
        return Err(bad(&door, "this university's students do not prove themselves here"));
    }
    let claim = match submitted.typed.read(&of.university.typed_fields()) {
        Ok(claim) => claim,
        Err(faults) => return Ok(form(&door, &carried, &of, submitted.typed.as_typed(), Trouble::Fields(faults))),
    };
    let internal = |failure: Failure| PersonError::internal(&door, carried.language, &failure);
    let expired = || PersonError::new(&door, carried.language, ProblemKind::FlowExpired, &"the client may not ask");
    let scope = policy::student(&carried.asked.client, &of.university).ok_or_else(expired)?;
    let guesser = Guesser { address: client_address, through: None };
    let answer = door.pedell().verify_typed(&scope, &of, &claim, guesser).await.map_err(internal)?;
    let max_age = carried.login.request.max_age_seconds;
    let concluded =
        door.pedell().conclude(&scope, &of, max_age, answer.finding(), Finishes::Login(&carried.login)).await;
    let outcome = concluded.map_err(internal)?;
    let Err(reason) = outcome.decision else {
        let code = door.pedell().authorization_code(&carried.login, &of, &outcome);
        return Ok(with_code(&door, &carried.login.request.way_back(), &code));
    };
    let trouble = match &answer {
        TypedAnswer::TooMany { until } => Trouble::Locked { minutes: minutes(door.pedell().clock().now(), *until) },
        TypedAnswer::NotFound | TypedAnswer::Refused { reason: Reason::NotEnrolled, .. } => {
            Trouble::NoMatch { reference: outcome.reference.clone() }
        }
        _ => return Ok(refused_until(&door, &carried, &of, (&outcome, reason), answer.retry_at())),
    };
    carried.login.refusal = Some((reason, outcome.reference));
    Ok(form(&door, &carried, &of, submitted.typed.as_typed(), trouble))
}

fn bad(door: &Door, cause: &str) -> PersonError {
    PersonError::new(door, Language::default(), ProblemKind::BadRequest, &cause)
}

fn form(door: &Door, carried: &Carried, of: &AskedOf, typed: Typed, trouble: Trouble) -> Response {
    let status = if matches!(trouble, Trouble::None) { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let flow = door.pedell().seal_login(&carried.browser, &carried.login);
    let action = proof_path(&of.university);
    let here = address(action, &[("flow", &flow)]);
    let profile = &of.university.profile;
    let page = RosterForm {
        frame: frame(door, Some(&here).filter(|_| status == StatusCode::OK).map(String::as_str)),
        asking: carried.asking(),
        university: name(of, carried.language),
        other_university: Href::parse(&address("/verify/choose", &[("flow", &flow)])),
        flow,
        semester: semester_name(of.semester),
        matriculation_is_digits: profile.numbers_are_digits,
        action,
        fields: of.university.typed_fields(),
        compared_with: match of.university.connection.settings {
            ConnectionSettings::Soap(_) => ComparedWith::Service,
            _ => ComparedWith::List,
        },
        passed_on: passed_on(carried),
        typed,
        trouble,
        help: profile.contact.as_deref().and_then(contact).map(|contact| contact.href),
    };
    carried.page(status, &page)
}

fn field<T, E>(
    text: &str,
    field: Field,
    faults: &mut Vec<(Field, Fault)>,
    parse: impl Fn(&str) -> Result<T, E>,
) -> Option<T> {
    let text = text.trim();
    let fault = match parse(text) {
        _ if text.is_empty() => Fault::Missing,
        _ if text.chars().count() > crate::base::limits::NAME_CHARS => Fault::TooLong,
        Ok(value) => return Some(value),
        Err(_) => Fault::Unreadable,
    };
    faults.push((field, fault));
    None
}

/// As people type it on a phone: `24.12.2003`, `24,12,2003`, `24/12/2003`, `24122003`, or what a browser fills in.
pub(super) fn typed_date(text: &str) -> Result<BirthDate, BirthDateError> {
    if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return BirthDate::parse(&format!("{}.{}.{}", &text[..2], &text[2..4], &text[4..]));
    }
    BirthDate::parse(&text.replace([',', '/', ' '], "."))
}

impl TypedForm {
    /// What was typed as types, or every fault at once. What is not asked for is not read.
    pub(in crate::web) fn read(&self, asked: &[Field]) -> Result<TypedFields, Vec<(Field, Fault)>> {
        let mut faults = Vec::new();
        let asks = |field| asked.contains(&field);
        let number =
            field(&self.matriculation_number, Field::MatriculationNumber, &mut faults, MatriculationNumber::parse);
        let given_names = asks(Field::GivenNames)
            .then(|| field(&self.given_names, Field::GivenNames, &mut faults, PersonName::parse))
            .flatten();
        let family_name = asks(Field::FamilyName)
            .then(|| field(&self.family_name, Field::FamilyName, &mut faults, PersonName::parse))
            .flatten();
        let birth_date = asks(Field::BirthDate)
            .then(|| field(&self.birth_date, Field::BirthDate, &mut faults, typed_date))
            .flatten();
        let postal_code = asks(Field::PostalCode)
            .then(|| field(&self.postal_code, Field::PostalCode, &mut faults, PostalCode::parse))
            .flatten();
        match number {
            Some(matriculation_number) if faults.is_empty() => {
                Ok(TypedFields { matriculation_number, given_names, family_name, birth_date, postal_code })
            }
            _ => Err(faults),
        }
    }

    /// The same, to be shown again.
    pub(in crate::web) fn as_typed(&self) -> Typed {
        // What is shown again is cut: nobody types more into the form, which has the same limit.
        let cut = |text: &str| text.chars().take(crate::base::limits::NAME_CHARS).collect();
        Typed {
            matriculation_number: cut(&self.matriculation_number),
            given_names: cut(&self.given_names),
            family_name: cut(&self.family_name),
            birth_date: cut(&self.birth_date),
            postal_code: cut(&self.postal_code),
        }
    }
}

/// What the issuer gets: what it may have *and* asked for, and what every token says.
fn passed_on(carried: &Carried) -> Vec<PassedOn> {
    let scope = carried.login.request.scope;
    let may = |claim: rule::Field| {
        carried.asked.client.issuer().is_some_and(|issuer: &IssuerProfile| issuer.claims.contains(&claim))
    };
    [
        (true, PassedOn::Enrollment),
        (scope.profile && may(rule::Field::GivenName), PassedOn::GivenNames),
        (scope.profile && may(rule::Field::FamilyName), PassedOn::FamilyName),
        (scope.birthdate && may(rule::Field::Birthdate), PassedOn::BirthDate),
        (true, PassedOn::Pseudonym),
    ]
    .into_iter()
    .filter_map(|(goes, what)| goes.then_some(what))
    .collect()
}
