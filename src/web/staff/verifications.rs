//! `/staff/verifications`: what was decided, and why.

use std::collections::HashMap;

use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use serde::Deserialize;

use super::{Staff, Stop, days, names::name_of};
use crate::{
    base::{Reference, Timestamp, limits},
    domain::{reason::Reason, staff::StaffId, tenant::TenantId},
    flow::{insight::SeenVerification, staff::StaffError},
    store::tenant::VerificationFilter,
    web::{
        Door,
        page::{
            Href,
            staff::{
                Section,
                verifications::{TypedSearch, VerificationRow, Verifications},
            },
        },
    },
};

#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Asked {
    tenant: Option<String>,
    reference: String,
    outcome: String,
    reason: String,
    from: String,
    to: String,
    before: String,
}

/// `GET /staff/verifications`
pub(in crate::web) async fn show(
    State(door): State<Door>,
    staff: Staff,
    Query(asked): Query<Asked>,
) -> Result<Response, Stop> {
    let stop = |error| staff.stop(&door, error, "/staff/verifications");
    let tenant = staff.tenant(asked.tenant.as_deref()).ok_or(StaffError::NotFound).map_err(stop)?;
    let (from, to) =
        days::between(&asked.from, &asked.to).unwrap_or((Timestamp::from_seconds(0), Timestamp::from_millis(i64::MAX)));
    let filter = VerificationFilter {
        outcome: short(&asked.outcome),
        reason: short(&asked.reason),
        semester: String::new(),
        from: from.as_millis(),
        to: to.as_millis(),
        before: short(&asked.before),
    };
    // Who may not look is told nothing, whatever they look for.
    let mut found = door.pedell().verifications(&staff.session, &tenant, &filter).await.map_err(stop)?;
    let mut is_unknown = false;
    if !asked.reference.trim().is_empty() {
        found = match Reference::parse(&asked.reference) {
            Some(reference) => {
                let one = door.pedell().verification_by_number(&staff.session, &tenant, &reference).await;
                one.map_err(stop)?.into_iter().collect()
            }
            None => Vec::new(),
        };
        is_unknown = found.is_empty();
    }
    let organisation = door.pedell().tenant_seen_by(&staff.session, &tenant).await.map_err(stop)?;
    let is_full = i64::try_from(found.len()).unwrap_or(i64::MAX) >= limits::ROWS_SHOWN;
    let older = found.last().filter(|_| is_full).and_then(|last| older(&tenant, &asked, &last.stored.id));
    let mut names = HashMap::new();
    let mut rows = Vec::new();
    for seen in found {
        rows.push(row(&door, &staff, &mut names, seen).await);
    }
    let page = Verifications {
        frame: staff.frame(&door),
        nav: staff.nav(&door, Some(Section::Verifications)),
        university: name_of(&organisation, staff.language),
        tenant_id: tenant.to_string(),
        typed: TypedSearch {
            reference: short(&asked.reference),
            outcome: filter.outcome,
            reason: filter.reason,
            from: short(&asked.from),
            to: short(&asked.to),
        },
        rows,
        older,
        is_unknown,
    };
    let status = if is_unknown { StatusCode::NOT_FOUND } else { StatusCode::OK };
    Ok(staff.page_with(&door, status, &page))
}

/// `names`: of those who typed something, as far as they are known by now.
async fn row(
    door: &Door,
    staff: &Staff,
    names: &mut HashMap<StaffId, Option<String>>,
    seen: SeenVerification,
) -> VerificationRow {
    let stored = seen.stored;
    let counter = match (&seen.agency, stored.clerk.as_deref().and_then(StaffId::parse)) {
        (Some(agency), _) => Some(name_of(agency, staff.language)),
        (None, Some(clerk)) if clerk == staff.session.member.id => Some(staff.session.member.profile.name.clone()),
        (None, Some(clerk)) => {
            if !names.contains_key(&clerk) {
                // A senior clerk sees what the outlet did, and not who works there.
                let person = door.pedell().person(&staff.session, &clerk).await;
                names.insert(clerk.clone(), person.ok().map(|person| person.member.profile.name));
            }
            names.get(&clerk).cloned().flatten()
        }
        (None, None) => None,
    };
    let reference = Reference::parse(&stored.reference);
    VerificationRow {
        reference: reference.map_or_else(|| stored.reference.clone(), |reference| reference.to_string()),
        at: Timestamp::from_millis(stored.at),
        issuer: seen.issuer,
        product: stored.product,
        semester: stored.semester,
        method: stored.method,
        counter,
        university: seen.university.map(|university| name_of(&university, staff.language)),
        decision: match stored.reason {
            None => Ok(()),
            Some(code) => Err(Reason::parse(&code).unwrap_or(Reason::SourceUnavailable)),
        },
    }
}

fn older(tenant: &TenantId, asked: &Asked, last: &str) -> Option<Href> {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("tenant", tenant.as_str())
        .append_pair("outcome", &short(&asked.outcome))
        .append_pair("from", &short(&asked.from))
        .append_pair("to", &short(&asked.to))
        .append_pair("before", last)
        .finish();
    Href::parse(&format!("/staff/verifications?{query}"))
}

/// What somebody typed, cut to what is looked for.
pub(super) fn short(text: &str) -> String {
    text.trim().chars().take(limits::SEARCH_CHARS).collect()
}
