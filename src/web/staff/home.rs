//! `/staff`: what needs attention.

use axum::{extract::State, response::Response};

use super::{Staff, Stop};
use crate::{
    domain::staff::Action,
    flow::Failure,
    web::{
        Door,
        page::staff::{
            Section,
            home::{Attention, Home},
        },
    },
};

/// Recovery codes at which somebody is reminded.
const FEW_CODES: i64 = 2;

/// `GET /staff`
pub(in crate::web) async fn show(State(door): State<Door>, staff: Staff) -> Result<Response, Stop> {
    let internal = |failure| staff.internal(&door, &failure);
    let sessions = door.pedell().sessions(&staff.session).await.map_err(internal)?;
    let attention = attention(&door, &staff).await.map_err(internal)?;
    let page = Home {
        frame: staff.frame(&door),
        nav: staff.nav(&door, Some(Section::Overview)),
        rank: staff.session.member.rank,
        ends_at: staff.session.ends_at,
        other_sessions: sessions.iter().filter(|session| !session.is_this).count(),
        attention,
    };
    Ok(staff.page(&door, &page))
}

async fn attention(door: &Door, staff: &Staff) -> Result<Vec<Attention>, Failure> {
    let (pedell, tenant) = (door.pedell(), &staff.session.member.tenant);
    let mut attention = Vec::new();
    let of = crate::domain::policy::Target::all_of(tenant);
    if let Ok(scope) = pedell.allow(&staff.session, Action::SeeRosters, of)
        && let Some(university) = pedell.university_of(&scope).await?
    {
        let semester = university.profile.calendar.semester_on(pedell.clock().now().date_in_berlin());
        let rosters = pedell.stores().tenant(&scope).await?.current_rosters().await?;
        let by_list = university.connection.settings.method() == crate::domain::eligibility::Method::Roster;
        if by_list && !rosters.iter().any(|roster| roster.semester == semester) {
            attention.push(Attention::NoRoster { semester: semester.to_string() });
        }
    }
    if let Ok(scope) = pedell.allow(&staff.session, Action::SeeConnection, of)
        && let Some(university) = pedell.university_of(&scope).await?
    {
        let faults = pedell.check_connection(&scope, &university).await?;
        let listed = faults.iter().filter(|fault| fault.code != "no_current_roster");
        attention.extend(listed.map(|fault| Attention::Connection(fault.to_string())));
        if pedell.open_promotion(&scope).await?.is_some() {
            attention.push(Attention::Promotion);
        }
    }
    if let Ok(views) = pedell.elevations_of(&staff.session, tenant).await {
        let now = pedell.clock().now();
        let current = views.into_iter().filter(|view| view.until > now);
        attention.extend(current.map(|view| Attention::Elevation { until: view.until }));
    }
    if let Some(until) = pedell.own_certificate_ends(&staff.session).await? {
        attention.push(Attention::OwnCertificate { until });
    }
    if let Ok(certificates) = pedell.certificates(&staff.session, tenant).await {
        let (now, warning) = (pedell.clock().now(), pedell.settings().staff.certificates.warning);
        let number = certificates.iter().filter(|certificate| certificate.ends_soon(now, warning)).count();
        if number > 0 {
            attention.push(Attention::Certificates(number));
        }
    }
    if staff.session.has_factor {
        let left = pedell.recovery_codes_left(&staff.session).await?;
        if left <= FEW_CODES {
            attention.push(Attention::RecoveryCodes(left));
        }
    }
    Ok(attention)
}
