//! `/staff/counter`: a clerk types what a student at the counter says.

use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use serde::Deserialize;

use super::{Posted, Staff, Stop};
use crate::{
    base::Reference,
    domain::{
        client::Product,
        connection::ConnectionSettings,
        eligibility::Evidence,
        person::{BirthDate, PersonName},
        reason::Reason,
        rule,
        tenant::University,
    },
    flow::{
        counter::{CounterCheck, CounterOffer},
        staff::StaffError,
        verify_typed::TypedAnswer,
    },
    web::{
        Door,
        page::{
            Href, Language,
            roster_form::{ComparedWith, Trouble, Typed},
            staff::{
                Section,
                counter::{Counter, CounterForm, OfferRow, SemesterRow},
                counter_outcome::CounterOutcome,
            },
        },
        student::{
            ending::{minutes, semester_name},
            form::TypedForm,
        },
    },
};

#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Asked {
    client: String,
    product: String,
    university: String,
}

#[derive(Deserialize)]
pub(in crate::web) struct Check {
    #[serde(default)]
    client: String,
    #[serde(default)]
    product: String,
    #[serde(default)]
    university: String,
    #[serde(default)]
    semester: String,
    #[serde(default)]
    form: String,
    #[serde(flatten)]
    typed: TypedForm,
}

/// `GET /staff/counter`
pub(in crate::web) async fn show(
    State(door): State<Door>,
    staff: Staff,
    Query(asked): Query<Asked>,
) -> Result<Response, Stop> {
    let stop = |error| staff.stop(&door, error, "/staff/counter");
    let offers = door.pedell().counter_offers(&staff.session).await.map_err(stop)?;
    let chosen = match offers.as_slice() {
        [only] if asked.client.is_empty() => Some(only.clone()),
        _ if asked.client.is_empty() => None,
        _ => {
            let Asked { client, product, university } = &asked;
            Some(door.pedell().counter_offer(&staff.session, client, product, university).await.map_err(stop)?)
        }
    };
    let form = chosen.map(|offer| form(&door, &offer, staff.language, "", Typed::default(), Trouble::None));
    Ok(page(&door, staff, &offers, form))
}

/// `POST /staff/counter`
pub(in crate::web) async fn check(
    State(door): State<Door>,
    staff: Staff,
    Posted(check): Posted<Check>,
) -> Result<Response, Stop> {
    let stop = |error| staff.stop(&door, error, "/staff/counter");
    let (pedell, session) = (door.pedell(), &staff.session);
    let Check { client, product, university, semester, form: sent, typed } = &check;
    let offers = pedell.counter_offers(session).await.map_err(stop)?;
    let offer = pedell.counter_offer(session, client, product, university).await.map_err(stop)?;
    let again = |staff: Staff, trouble| {
        let form = form(&door, &offer, staff.language, semester, typed.as_typed(), trouble);
        page(&door, staff, &offers, Some(form))
    };
    let fields = match typed.read(&offer.university.typed_fields()) {
        Ok(fields) => fields,
        Err(faults) => return Ok(again(staff, Trouble::Fields(faults))),
    };
    let checked = pedell.check_at_counter(session, &offer, semester, &fields, sent).await.map_err(stop)?;
    match (&checked.answer, checked.outcome.decision) {
        (TypedAnswer::TooMany { until }, _) => {
            let minutes = minutes(pedell.clock().now(), *until);
            Ok(again(staff, Trouble::Locked { minutes }))
        }
        // The university's settings were changed a moment ago: it compares something else now.
        (TypedAnswer::Incomplete(_), _) => Err(stop(StaffError::NotFound)),
        (TypedAnswer::NotFound | TypedAnswer::Refused { reason: Reason::NotEnrolled, .. }, Err(_)) => {
            Ok(again(staff, Trouble::NoMatch { reference: checked.outcome.reference }))
        }
        _ => Ok(outcome(&door, staff, &offer, checked)),
    }
}

fn page(door: &Door, staff: Staff, offers: &[CounterOffer], form: Option<CounterForm>) -> Response {
    let rows = offers.iter().filter_map(|offer| {
        Some(OfferRow {
            university: university_name(&offer.university, staff.language),
            product: product_name(&offer.product, staff.language),
            issuer: offer.client.profile.name.clone(),
            href: Href::parse(&path(offer))?,
        })
    });
    let is_again = form.as_ref().is_some_and(|form| !matches!(form.trouble, Trouble::None));
    let page = Counter {
        frame: staff.frame(door),
        nav: staff.nav(door, Some(Section::Counter)),
        offers: rows.collect(),
        form,
    };
    let status = if is_again { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    staff.page_with(door, status, &page)
}

fn form(
    door: &Door,
    offer: &CounterOffer,
    language: Language,
    semester: &str,
    typed: Typed,
    trouble: Trouble,
) -> CounterForm {
    let semesters = door.pedell().counter_semesters(offer).into_iter();
    let semesters = semesters.map(|(key, period)| SemesterRow { name: semester_name(key), key, period });
    CounterForm {
        university: university_name(&offer.university, language),
        product: product_name(&offer.product, language),
        issuer: offer.client.profile.name.clone(),
        carried: [
            ("client", offer.client.id.to_string()),
            ("product", offer.product.key.clone()),
            ("university", offer.university.slug.to_string()),
            // Another form each time it is shown: sent twice, it is one check.
            ("form", Reference::fresh(door.pedell().random()).as_str().to_owned()),
        ],
        semesters: semesters.collect(),
        semester: semester.to_owned(),
        matriculation_is_digits: offer.university.profile.numbers_are_digits,
        fields: offer.university.typed_fields(),
        compared_with: compared_with(&offer.university),
        typed,
        trouble,
    }
}

fn outcome(door: &Door, staff: Staff, offer: &CounterOffer, checked: CounterCheck) -> Response {
    let CounterCheck { of, answer, outcome } = checked;
    let retry_at = answer.retry_at();
    let seen = match answer {
        TypedAnswer::Found { evidence, .. } if outcome.decision.is_ok() => Some(evidence),
        _ => None,
    };
    let may = |field| offer.client.issuer().is_some_and(|issuer| issuer.claims.contains(&field));
    let allowed = |field| seen.as_deref().filter(|_| may(field));
    let name = |seen: Option<&Evidence>, name: fn(&Evidence) -> Option<&PersonName>| {
        seen.and_then(name).map(|name| name.as_str().to_owned())
    };
    let now = door.pedell().clock().now();
    let page = CounterOutcome {
        frame: staff.frame(door),
        nav: staff.nav(door, Some(Section::Counter)),
        decision: outcome.decision,
        missing: outcome.missing,
        retry_in_minutes: retry_at
            .filter(|_| outcome.decision == Err(Reason::SourceUnavailable))
            .map(|at| minutes(now, at)),
        reference: outcome.reference,
        university: university_name(&of.university, staff.language),
        product: product_name(&offer.product, staff.language),
        issuer: offer.client.profile.name.clone(),
        semester: SemesterRow { name: semester_name(of.semester), key: of.semester, period: of.period },
        given_names: name(allowed(rule::Field::GivenName), |seen| seen.given_names.as_ref()),
        family_name: name(allowed(rule::Field::FamilyName), |seen| seen.family_name.as_ref()),
        birth_date: allowed(rule::Field::Birthdate).and_then(|seen| seen.birth_date).map(BirthDate::date),
        compared_with: match seen.as_deref().map(|seen| seen.method) {
            // It may have stood in for a web service.
            Some(crate::domain::eligibility::Method::Roster) => ComparedWith::List,
            _ => compared_with(&of.university),
        },
        source_updated_at: seen.as_deref().and_then(|seen| seen.source_updated_at),
        when: now,
        again: Href::parse(&path(offer)),
    };
    staff.page(door, &page)
}

fn path(offer: &CounterOffer) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("client", offer.client.id.as_str())
        .append_pair("product", &offer.product.key)
        .append_pair("university", offer.university.slug.as_str())
        .finish();
    format!("/staff/counter?{query}")
}

fn compared_with(university: &University) -> ComparedWith {
    match university.connection.settings {
        ConnectionSettings::Soap(_) => ComparedWith::Service,
        _ => ComparedWith::List,
    }
}

fn university_name(university: &University, language: Language) -> String {
    match language {
        Language::De => university.profile.name_de.clone(),
        Language::En => university.profile.name_en.clone(),
    }
}

fn product_name(product: &Product, language: Language) -> String {
    match language {
        Language::De => product.name_de.clone(),
        Language::En => product.name_en.clone(),
    }
}
