//! `/staff`: what needs attention.

use axum::{extract::State, response::Response};

use super::{Staff, Stop};
use crate::{
    base::limits,
    domain::{
        policy::Target,
        staff::{Action, Rank, StaffStatus},
    },
    flow::{Failure, Pedell, staff::StaffError, staff_admin::Person},
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
    let of = Target::all_of(tenant);
    let mut findings = Vec::new();
    if let Ok(scope) = pedell.allow(&staff.session, Action::SeeConnection, of)
        && let Some(university) = pedell.university_of(&scope).await?
    {
        findings = pedell.findings_of(&scope, &university).await?;
    } else if let Ok(scope) = pedell.allow(&staff.session, Action::SeeRosters, of)
        && let Some(university) = pedell.university_of(&scope).await?
    {
        findings = pedell.roster_findings(&scope, &university).await?;
    }
    if staff.session.member.rank == Rank::Operator {
        findings.extend(pedell.findings_of_instance().await?);
    }
    let mut attention: Vec<_> = findings.into_iter().map(Attention::Found).collect();
    if let Ok(views) = pedell.elevations_of(&staff.session, tenant).await {
        let now = pedell.clock().now();
        let current = views.into_iter().filter(|view| view.until > now);
        attention.extend(current.map(|view| Attention::Elevation { until: view.until }));
    }
    attention.extend(invitations(pedell, staff).await?);
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

/// People who have not come in yet, and soon can't any more.
async fn invitations(pedell: &Pedell, staff: &Staff) -> Result<Option<Attention>, Failure> {
    let people = match pedell.people(&staff.session, &staff.session.member.tenant).await {
        Ok(people) => people,
        Err(StaffError::Failure(failure)) => return Err(failure),
        Err(_) => return Ok(None), // not theirs to see
    };
    let soon = pedell.clock().now().plus(limits::INVITATION_LAPSES);
    let lapses = |person: &&Person| {
        let waits = person.member.status == StaffStatus::Invited || person.first_password_until.is_some();
        let until = person.invited_until.max(person.first_password_until);
        person.is_below
            && waits
            && person.member.status != StaffStatus::Blocked
            && until.is_none_or(|until| until < soon)
    };
    let count = people.iter().filter(lapses).count();
    Ok((count > 0).then_some(Attention::Invitations { count }))
}
