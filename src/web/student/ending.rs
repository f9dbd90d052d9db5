//! What every way of proving ends with: a code for the shop, a page that says why not, or the shop's own mistake.

use axum::{http::StatusCode, response::Response};

use super::{
    Carried, address, proof_path,
    way_back::{redirect, refusal, with_code, with_error},
};
use crate::{
    base::Timestamp,
    domain::{
        eligibility::Detail,
        policy::{self, Scope},
        reason::Reason,
        rule::Field,
        semester::{Semester, Term},
    },
    flow::{
        Failure,
        conclude::{Finding, Finishes, Outcome},
        handover::Next,
        login::AskedOf,
    },
    protocol::oidc::{OAuthError, OAuthErrorCode},
    web::{
        Door,
        failure::PersonError,
        frame::frame,
        page::{
            Href, Language,
            problem::ProblemKind,
            refused::{self, Contact, Refused},
            roster_form::SemesterName,
        },
    },
};

/// A refusal, with the number for support and the way back.
pub(super) fn refused(door: &Door, carried: &Carried, of: &AskedOf, outcome: &Outcome, reason: Reason) -> Response {
    refused_until(door, carried, of, (outcome, reason), None)
}

/// The same, with the moment from which trying again is worth it, where a source could not be asked.
pub(super) fn refused_until(
    door: &Door,
    carried: &Carried,
    of: &AskedOf,
    (outcome, reason): (&Outcome, Reason),
    retry_at: Option<Timestamp>,
) -> Response {
    let way_back = carried.login.request.way_back();
    let back = refusal(door, &way_back, reason, Some(&outcome.reference));
    let flow = door.pedell().seal_login(&carried.browser, &carried.login);
    let Some(back) = url::Url::parse(&back).ok().as_ref().and_then(Href::redirect) else { return redirect(&back) };
    let now = door.pedell().clock().now();
    let contacts = of.university.profile.contact.as_deref().and_then(contact).into_iter().collect();
    let page = Refused {
        frame: frame(door, None),
        asking: carried.asking(),
        reason,
        missing: outcome.missing.clone(),
        reference: outcome.reference.clone(),
        university: Some(refused::University { name: name(of, carried.language), contacts }),
        semester: Some(semester_name(of.semester)),
        when: now,
        retry_in_minutes: retry_at.filter(|_| reason == Reason::SourceUnavailable).map(|at| minutes(now, at)),
        again: Href::parse(&address(proof_path(&of.university), &[("flow", &flow)])),
        account: may_add(of, outcome)
            .then(|| Href::parse(&address("/account", &[("ui_locales", carried.language.code())])))
            .flatten(),
        back,
    };
    carried.page(StatusCode::OK, &page)
}

/// Whether what is missing is something that the student may add.
fn may_add(of: &AskedOf, outcome: &Outcome) -> bool {
    let accepts = |field| of.asked.product.rule.accept_self_asserted.contains(&field);
    let may_be_added = |detail: &Detail| match detail {
        Detail::BirthDate => accepts(Field::Birthdate),
        Detail::Picture => accepts(Field::Picture),
        _ => false,
    };
    of.university.connection.settings.leaves_for_a_provider() && outcome.missing.iter().any(may_be_added)
}

/// Decides on what a provider said, and sends the student on: with a code, or to a page that says why not.
pub(super) async fn conclude(
    door: &Door,
    carried: &Carried,
    scope: &Scope,
    of: &AskedOf,
    finding: Finding<'_>,
) -> Result<Response, PersonError> {
    let code = match &finding {
        Finding::Unusable { code, .. } => Some((*code).to_owned()),
        Finding::Seen { evidence, .. } if !evidence.missing.is_empty() => Some(evidence.missing.join(", ")),
        _ => None,
    };
    let max_age = carried.login.request.max_age_seconds;
    let internal = |failure: Failure| PersonError::internal(door, carried.language, &failure);
    let outcome =
        door.pedell().conclude(scope, of, max_age, finding, Finishes::Login(&carried.login)).await.map_err(internal)?;
    conclusion(door, carried, scope, of, &outcome, code.as_deref()).await
}

/// The same for what was decided already: back to the shop with a code, or to the question first whether it may have it.
/// `code`: for the log.
pub(super) async fn conclusion(
    door: &Door,
    carried: &Carried,
    scope: &Scope,
    of: &AskedOf,
    outcome: &Outcome,
    code: Option<&str>,
) -> Result<Response, PersonError> {
    if let Err(reason) = outcome.decision {
        let reference = &outcome.reference;
        tracing::info!(%reference, reason = reason.code(), code, "a login ended without a token");
        return Ok(refused(door, carried, of, outcome, reason));
    }
    let internal = |failure: Failure| PersonError::internal(door, carried.language, &failure);
    Ok(match door.pedell().hand_over(scope, of, &carried.login, outcome).await.map_err(internal)? {
        Next::Code(code) => with_code(door, &carried.login.request.way_back(), &code),
        Next::Ask(handover) => {
            let flow = door.pedell().seal_handover(&carried.browser, &handover);
            let language = carried.language.code();
            redirect(&address("/verify/consent", &[("flow", &flow), ("ui_locales", language)]))
        }
    })
}

/// What a student whom this shop sent over may.
pub(super) fn scope(door: &Door, carried: &Carried, of: &AskedOf) -> Result<Scope, PersonError> {
    policy::student(&carried.asked.client, &of.university)
        .ok_or_else(|| PersonError::new(door, carried.language, ProblemKind::FlowExpired, &"the client may not ask"))
}

/// The rule does not sell this semester today, at this university: the shop asked for something that there is not.
pub(super) fn not_on_sale(door: &Door, carried: &Carried) -> Response {
    let error =
        OAuthError::new(OAuthErrorCode::InvalidRequest, "this semester is not on sale at this university today");
    with_error(door, &carried.login.request.way_back(), &error)
}

/// Whole minutes from now until then, at least one.
pub(in crate::web) fn minutes(now: Timestamp, until: Timestamp) -> u32 {
    u32::try_from(until.since(now).as_secs().div_ceil(60)).unwrap_or(u32::MAX).max(1)
}

/// The university's name.
pub(super) fn name(of: &AskedOf, language: Language) -> String {
    match language {
        Language::De => of.university.profile.name_de.clone(),
        Language::En => of.university.profile.name_en.clone(),
    }
}

/// As pages say it.
pub(in crate::web) fn semester_name(semester: Semester) -> SemesterName {
    match semester.term() {
        Term::Winter => SemesterName::Winter(semester.year()),
        Term::Summer => SemesterName::Summer(semester.year()),
    }
}

/// An address to write to, a number to call or a page to open.
pub(in crate::web) fn contact(text: &str) -> Option<Contact> {
    let href = Href::mail(text).or_else(|| Href::parse(text)).or_else(|| {
        let digits: String = text.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
        Href::parse(&format!("tel:{digits}")).filter(|_| digits.len() >= 6)
    })?;
    Some(Contact { label: text.to_owned(), href })
}
