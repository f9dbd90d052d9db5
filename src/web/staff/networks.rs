//! `/staff/networks`: from where staff may come, all of a tenant or one of them.

use std::fmt::Write;

use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use serde::Deserialize;

use super::{Posted, Staff, Stop, names::name_of};
use crate::{
    domain::{networks::AllowList, staff::StaffId, tenant::TenantId},
    flow::{
        staff::StaffError,
        staff_networks::{NetworkError, Whose},
    },
    web::{
        Door,
        page::{
            Href,
            staff::{
                Section,
                networks::{Fault, Networks},
            },
        },
        student::way_back::redirect,
    },
};

#[derive(Deserialize)]
pub(in crate::web) struct Asked {
    tenant: Option<String>,
    person: Option<String>,
}

#[derive(Deserialize)]
pub(in crate::web) struct NewList {
    tenant: Option<String>,
    person: Option<String>,
    #[serde(default)]
    networks: String,
}

/// `GET /staff/networks`
pub(in crate::web) async fn show(
    State(door): State<Door>,
    staff: Staff,
    Query(asked): Query<Asked>,
) -> Result<Response, Stop> {
    let whose = whose(&staff, asked.tenant.as_deref(), asked.person.as_deref());
    let whose = whose.map_err(|error| staff.stop(&door, error, "/staff/people"))?;
    page(&door, staff, &whose, None).await
}

/// `POST /staff/networks`
pub(in crate::web) async fn set(
    State(door): State<Door>,
    staff: Staff,
    Posted(new): Posted<NewList>,
) -> Result<Response, Stop> {
    let whose = whose(&staff, new.tenant.as_deref(), new.person.as_deref());
    let whose = whose.map_err(|error| staff.stop(&door, error, "/staff/people"))?;
    let fault = match door.pedell().set_networks(&staff.session, &staff.visitor, &whose, &new.networks).await {
        Ok(()) => return Ok(redirect(&path(&whose))),
        Err(NetworkError::Faulty(fault)) => Fault::Unreadable(fault),
        Err(NetworkError::LocksOut) => Fault::LocksOut,
        Err(NetworkError::Staff(error)) => return Err(staff.stop(&door, error, &path(&whose))),
    };
    page(&door, staff, &whose, Some((new.networks, fault))).await
}

/// A tenant's list.
pub(super) fn href(tenant: &TenantId) -> Option<Href> {
    Href::parse(&path(&Whose::Tenant(tenant.clone())))
}

fn path(whose: &Whose) -> String {
    match whose {
        Whose::Tenant(tenant) => format!("/staff/networks?tenant={tenant}"),
        Whose::Account(person) => format!("/staff/networks?person={person}"),
    }
}

fn whose(staff: &Staff, tenant: Option<&str>, person: Option<&str>) -> Result<Whose, StaffError> {
    let found = match person.filter(|person| !person.is_empty()) {
        Some(person) => StaffId::parse(person).map(Whose::Account),
        None => staff.tenant(tenant).map(Whose::Tenant),
    };
    found.ok_or(StaffError::NotFound)
}

async fn page(door: &Door, staff: Staff, whose: &Whose, refused: Option<(String, Fault)>) -> Result<Response, Stop> {
    let stop = |error| staff.stop(door, error, "/staff/people");
    let (pedell, session) = (door.pedell(), &staff.session);
    let list = pedell.networks(session, whose).await.map_err(stop)?;
    let organisation = pedell.tenant_seen_by(session, &list.tenant).await.map_err(stop)?;
    let (text, fault) = match refused {
        Some((typed, fault)) => (typed.chars().take(6_000).collect(), Some(fault)),
        None => (lines(&list.list), None),
    };
    let accounts = list.accounts.iter().map(|(member, has_one)| {
        let href = Href::parse(&path(&Whose::Account(member.id.clone())));
        (member.profile.name.clone(), *has_one, href)
    });
    let is_theirs = match &list.member {
        Some(member) => member.id == session.member.id,
        None => list.tenant == session.member.tenant,
    };
    let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = Networks {
        frame: staff.frame(door),
        nav: staff.nav(door, Some(Section::People)),
        tenant: name_of(&organisation, staff.language),
        tenant_id: list.tenant.to_string(),
        person: list.member.as_ref().map(|member| (member.id.to_string(), member.profile.name.clone())),
        text,
        here: staff.visitor.address,
        is_theirs,
        fault,
        accounts: accounts.collect(),
        back: list.member.is_some().then(|| href(&list.tenant)).flatten(),
    };
    Ok(staff.page_with(door, status, &page))
}

fn lines(list: &AllowList) -> String {
    list.networks().iter().fold(String::new(), |mut text, network| {
        let _ = writeln!(text, "{network}"); // a String takes everything
        text
    })
}
