//! `/staff/tenants`: the operator's list, new tenants, and the view of one.

use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;

use super::{Posted, Staff, Stop, names::name_of, people, visitor::section_action};
use crate::{
    domain::{
        policy::Target,
        staff::{Action, TenantKind},
        tenant::Slug,
    },
    flow::staff::StaffError,
    web::{
        Door,
        page::{
            Href,
            staff::{
                Section,
                tenants::{TenantFault, TenantRow, Tenants},
            },
        },
        student::way_back::redirect,
    },
};

#[derive(Deserialize)]
pub(in crate::web) struct NewTenant {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    slug: String,
    #[serde(default)]
    name_de: String,
    #[serde(default)]
    name_en: String,
}

#[derive(Deserialize)]
pub(in crate::web) struct View {
    tenant: String,
    #[serde(default)]
    reason: String,
    hours: Option<u32>,
    end: Option<String>,
}

/// `GET /staff/tenants`
pub(in crate::web) async fn show(State(door): State<Door>, staff: Staff) -> Result<Response, Stop> {
    list(&door, staff, None).await
}

/// `POST /staff/tenants`
pub(in crate::web) async fn add(
    State(door): State<Door>,
    staff: Staff,
    Posted(new): Posted<NewTenant>,
) -> Result<Response, Stop> {
    let stop = |error| staff.stop(&door, error, "/staff/tenants");
    let Some(kind @ (TenantKind::University | TenantKind::Agency)) = TenantKind::parse(&new.kind) else {
        return Err(stop(StaffError::NotFound));
    };
    // Who may not is told nothing about the form.
    let own = staff.session.member.tenant.clone();
    door.pedell().allow(&staff.session, Action::CreateTenant, Target::all_of(&own)).map_err(stop)?;
    let Some(slug) = Slug::parse(new.slug.trim()) else { return list(&door, staff, Some(TenantFault::Slug)).await };
    match door.pedell().create_tenant(&staff.session, kind, slug, (&new.name_de, &new.name_en)).await {
        Ok(_) => Ok(redirect("/staff/tenants")),
        Err(StaffError::SlugTaken) => list(&door, staff, Some(TenantFault::SlugTaken)).await,
        Err(StaffError::Name) => list(&door, staff, Some(TenantFault::Name)).await,
        Err(error) => Err(stop(error)),
    }
}

/// `POST /staff/tenants/view`
pub(in crate::web) async fn view(
    State(door): State<Door>,
    staff: Staff,
    Posted(view): Posted<View>,
) -> Result<Response, Stop> {
    let stop = |error| staff.stop(&door, error, "/staff/tenants");
    let tenant = staff.tenant(Some(&view.tenant)).ok_or(StaffError::NotFound).map_err(stop)?;
    if view.end.is_some() {
        door.pedell().end_elevation(&staff.session, &tenant).await.map_err(stop)?;
        return Ok(redirect("/staff/tenants"));
    }
    let hours = view.hours.unwrap_or(1);
    match door.pedell().take_elevation(&staff.session, &tenant, &view.reason, hours).await {
        Ok(_) => Ok(redirect("/staff/tenants")),
        Err(StaffError::Name) => list(&door, staff, Some(TenantFault::Reason)).await,
        Err(error) => Err(stop(error)),
    }
}

async fn list(door: &Door, staff: Staff, fault: Option<TenantFault>) -> Result<Response, Stop> {
    let session = &staff.session;
    if !session.may(Action::SeeTenants, Target::all_of(&session.member.tenant)) {
        return Err(staff.stop(door, StaffError::NotFound, "/staff"));
    }
    let internal = |failure| staff.internal(door, &failure);
    let tenants = door.pedell().tenants_seen_by(session).await.map_err(internal)?;
    let views = door.pedell().own_elevations(session).await.map_err(internal)?;
    let rows = tenants.iter().map(|tenant| {
        let view = views.iter().find(|view| view.tenant == tenant.id);
        let sections = Section::ALL.into_iter().filter(|section| fits(*section, tenant.kind));
        let seen = sections.filter(|section| {
            // Figures name nobody: they take no view.
            (view.is_some() || *section == Section::Statistics)
                && section_action(*section).is_some_and(|action| session.may(action, Target::all_of(&tenant.id)))
        });
        TenantRow {
            id: tenant.id.to_string(),
            slug: tenant.slug.to_string(),
            name: name_of(tenant, staff.language),
            kind: tenant.kind,
            invite: (tenant.kind != TenantKind::Operator).then(|| people::invite(&tenant.id)).flatten(),
            viewed_until: view.map(|view| view.until),
            links: seen
                .filter_map(|section| {
                    Some((section, Href::parse(&format!("{}?tenant={}", section.path(), tenant.id))?))
                })
                .collect(),
        }
    });
    let page = Tenants {
        frame: staff.frame(door),
        nav: staff.nav(door, Some(Section::Tenants)),
        tenants: rows.collect(),
        fault,
    };
    let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(staff.page_with(door, status, &page))
}

/// Whether a kind of tenant has such a page.
fn fits(section: Section, kind: TenantKind) -> bool {
    match section {
        Section::Tenants
        | Section::Counter
        | Section::Counters
        | Section::Issuers
        | Section::Overview
        | Section::Account => false,
        Section::Connection | Section::Rosters | Section::Machines => kind == TenantKind::University,
        Section::People | Section::Certificates | Section::Audit | Section::Verifications | Section::Statistics => {
            kind != TenantKind::Operator
        }
    }
}
