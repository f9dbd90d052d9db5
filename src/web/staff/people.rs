//! `/staff/people`: who works at a tenant.

use axum::{
    extract::{Query, State},
    response::Response,
};
use serde::Deserialize;

use super::{Posted, Staff, Stop, names::name_of, networks};
use crate::{
    domain::{
        policy::Target,
        staff::{
            Action,
            rules::{PasskeyDemand, StaffRules},
        },
        tenant::TenantId,
    },
    flow::{staff::StaffError, staff_admin},
    web::{
        Door,
        page::{
            Href,
            staff::{
                Section,
                people::{People, PersonRow},
            },
        },
        student::way_back::redirect,
    },
};

#[derive(Deserialize)]
pub(in crate::web) struct Asked {
    tenant: Option<String>,
}

#[derive(Deserialize)]
pub(in crate::web) struct NewOutlet {
    tenant: String,
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
pub(in crate::web) struct NewRules {
    tenant: String,
    second_factor_for_all: Option<String>,
    password_composition: Option<String>,
    #[serde(default)]
    passkey: String,
}

/// `GET /staff/people`
pub(in crate::web) async fn show(
    State(door): State<Door>,
    staff: Staff,
    Query(asked): Query<Asked>,
) -> Result<Response, Stop> {
    let stop = |error| staff.stop(&door, error, "/staff/people");
    let tenant = staff.tenant(asked.tenant.as_deref()).ok_or(StaffError::NotFound).map_err(stop)?;
    let (pedell, session) = (door.pedell(), &staff.session);
    let people = pedell.people(session, &tenant).await.map_err(stop)?;
    let organisation = pedell.tenant_seen_by(session, &tenant).await.map_err(stop)?;
    let outlets = pedell.outlets(session, &tenant).await.map_err(stop)?;
    let outlet_name = |person: &staff_admin::Person| {
        let id = person.member.outlet.as_ref()?;
        outlets.iter().find(|outlet| outlet.id == *id).map(|outlet| outlet.name.clone())
    };
    let today = pedell.clock().now().date_in_berlin();
    let rows = people.iter().map(|person| PersonRow {
        name: person.member.profile.name.clone(),
        login: person.member.profile.login.to_string(),
        rank: person.member.rank,
        outlet: outlet_name(person),
        status: person.member.status,
        is_over: person.member.is_over(today),
        has_factor: person.has_factor,
        invited_until: person.invited_until,
        href: person.is_below.then(|| Href::parse(&format!("/staff/people/{}", person.member.id))).flatten(),
    });
    let rules = pedell.staff_rules(session, &tenant).await.ok();
    let all = Target::all_of(&tenant);
    let page = People {
        frame: staff.frame(&door),
        nav: staff.nav(&door, Some(Section::People)),
        tenant: name_of(&organisation, staff.language),
        tenant_id: tenant.to_string(),
        people: rows.collect(),
        invite: staff.may_at(Action::InviteStaff, &tenant).then(|| invite(&tenant)).flatten(),
        may_add_outlet: session.may(Action::ChangeOutlets, all)
            && organisation.kind == crate::domain::staff::TenantKind::Agency,
        outlets: outlets.iter().map(|outlet| outlet.name.clone()).collect(),
        rules,
        networks: session.may(Action::ChangeNetworks, all).then(|| networks::href(&tenant)).flatten(),
    };
    Ok(staff.page(&door, &page))
}

/// `POST /staff/people/outlets`
pub(in crate::web) async fn add_outlet(
    State(door): State<Door>,
    staff: Staff,
    Posted(new): Posted<NewOutlet>,
) -> Result<Response, Stop> {
    let stop = |error| staff.stop(&door, error, "/staff/people");
    let tenant = staff.tenant(Some(&new.tenant)).ok_or(StaffError::NotFound).map_err(stop)?;
    door.pedell().create_outlet(&staff.session, &tenant, &new.name).await.map_err(stop)?;
    Ok(redirect(&path(&tenant)))
}

/// `POST /staff/people/rules`
pub(in crate::web) async fn set_rules(
    State(door): State<Door>,
    staff: Staff,
    Posted(new): Posted<NewRules>,
) -> Result<Response, Stop> {
    let stop = |error| staff.stop(&door, error, "/staff/people");
    let tenant = staff.tenant(Some(&new.tenant)).ok_or(StaffError::NotFound).map_err(stop)?;
    let rules = StaffRules {
        second_factor_for_all: new.second_factor_for_all.is_some(),
        password_composition: new.password_composition.is_some(),
        passkey: PasskeyDemand::parse(&new.passkey).unwrap_or_default(),
    };
    door.pedell().set_staff_rules(&staff.session, &tenant, rules).await.map_err(stop)?;
    Ok(redirect(&path(&tenant)))
}

/// The people of a tenant.
pub(super) fn path(tenant: &TenantId) -> String {
    format!("/staff/people?tenant={tenant}")
}

/// To invite somebody there.
pub(super) fn invite(tenant: &TenantId) -> Option<Href> {
    Href::parse(&format!("/staff/people/new?tenant={tenant}"))
}
