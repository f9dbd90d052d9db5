//! `/staff/certificates`: people's certificates, and what their tenant asks of them.

use axum::{
    extract::{Query, State},
    http::header,
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use super::{Posted, Staff, Stop, names::name_of};
use crate::{
    base::secret::ExposeSecret,
    domain::{
        certificate::{CertificatePolicy, CompanyAuthority, MachineName, NameField, RevocationReason, Serial},
        policy::Target,
        staff::{Action, StaffId, StaffStatus},
        tenant::TenantId,
    },
    flow::{certificate_rules::RulesChange, staff::StaffError, staff_certificate::CertificateView},
    web::{
        Door,
        page::staff::{
            Section,
            certificates::{CertificateRow, CertificateState, Certificates, CompanyView, IssuedView},
        },
        student::way_back::redirect,
    },
};

#[derive(Deserialize)]
pub(in crate::web) struct Asked {
    tenant: Option<String>,
}

#[derive(Deserialize)]
pub(in crate::web) struct Issue {
    tenant: String,
    person: String,
    #[serde(default)]
    machine: String,
    #[serde(default)]
    request: String,
}

#[derive(Deserialize)]
pub(in crate::web) struct Waiting {
    sealed: String,
}

#[derive(Deserialize)]
pub(in crate::web) struct Revoke {
    serial: String,
    #[serde(default)]
    reason: String,
}

#[derive(Deserialize)]
pub(in crate::web) struct Rules {
    tenant: String,
    policy: String,
}

#[derive(Deserialize)]
pub(in crate::web) struct Company {
    tenant: String,
    #[serde(rename = "do")]
    what: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    pem: String,
    #[serde(default)]
    field: String,
    #[serde(default)]
    crl_url: String,
    #[serde(default)]
    stale_crl_hours: String,
}

#[derive(Deserialize)]
pub(in crate::web) struct ExternalName {
    person: String,
    #[serde(default)]
    name: String,
}

/// `GET /staff/certificates`
pub(in crate::web) async fn show(
    State(door): State<Door>,
    staff: Staff,
    Query(asked): Query<Asked>,
) -> Result<Response, Stop> {
    let tenant = staff.tenant(asked.tenant.as_deref()).ok_or(StaffError::NotFound);
    let tenant = tenant.map_err(|error| staff.stop(&door, error, "/staff/certificates"))?;
    page(&door, staff, &tenant, None).await
}

/// `POST /staff/certificates/issue`
pub(in crate::web) async fn issue(
    State(door): State<Door>,
    staff: Staff,
    Posted(form): Posted<Issue>,
) -> Result<Response, Stop> {
    let tenant = staff.tenant(Some(&form.tenant));
    let back = tenant.as_ref().map_or_else(|| "/staff/certificates".to_owned(), path);
    let stop = |error| staff.stop(&door, error, &back);
    let tenant = tenant.ok_or(StaffError::NotFound).map_err(stop)?;
    let person = StaffId::parse(&form.person).ok_or(StaffError::NotFound).map_err(stop)?;
    let (pedell, by) = (door.pedell(), &staff.session);
    // Whose it is comes before how the machine is called: a stranger learns nothing of either.
    let member = pedell.person_to_certify(by, &person).await.map_err(stop)?;
    if member.tenant != tenant {
        return Err(stop(StaffError::NotFound));
    }
    let machine = MachineName::parse(&form.machine).ok_or(StaffError::Name).map_err(stop)?;
    let name = format!("{} · {}", member.profile.name, machine.as_str());
    let issued = if form.request.trim().is_empty() {
        let made = pedell.issue_file(by, &person, &machine).await.map_err(stop)?;
        let password = made.password.expose_secret().to_owned();
        IssuedView::File { name, sealed: pedell.keep_waiting(by, made.file), password }
    } else {
        let made = pedell.issue_certificate(by, &person, &machine, &form.request).await.map_err(stop)?;
        IssuedView::Pem { name, pem: made.pem }
    };
    page(&door, staff, &tenant, Some(issued)).await
}

/// `POST /staff/certificates/file`: what [`issue`] has made, once more as a file.
pub(in crate::web) async fn take(
    State(door): State<Door>,
    staff: Staff,
    Posted(form): Posted<Waiting>,
) -> Result<Response, Stop> {
    let file = door.pedell().take_waiting(&staff.session, &form.sealed);
    let file = file.ok_or(StaffError::NotFound).map_err(|error| staff.stop(&door, error, "/staff/certificates"))?;
    let headers = [
        (header::CONTENT_TYPE, "application/x-pkcs12"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"pedell.p12\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, file).into_response())
}

/// `POST /staff/certificates/revoke`
pub(in crate::web) async fn revoke(
    State(door): State<Door>,
    staff: Staff,
    Posted(form): Posted<Revoke>,
) -> Result<Response, Stop> {
    let stop = |error| staff.stop(&door, error, "/staff/certificates");
    let serial = Serial::parse(&form.serial).ok_or(StaffError::NotFound).map_err(stop)?;
    let reason = RevocationReason::parse(&form.reason).unwrap_or_default();
    let tenant = door.pedell().revoke_certificate(&staff.session, serial, reason).await.map_err(stop)?;
    Ok(redirect(&path(&tenant)))
}

/// `POST /staff/certificates/rules`
pub(in crate::web) async fn set_rules(
    State(door): State<Door>,
    staff: Staff,
    Posted(form): Posted<Rules>,
) -> Result<Response, Stop> {
    let policy = CertificatePolicy::parse(&form.policy).map(RulesChange::Policy);
    change(&door, &staff, &form.tenant, policy).await
}

/// `POST /staff/certificates/companies`
pub(in crate::web) async fn set_company(
    State(door): State<Door>,
    staff: Staff,
    Posted(form): Posted<Company>,
) -> Result<Response, Stop> {
    let url = form.crl_url.trim();
    let trusted = NameField::parse(&form.field).map(|field| CompanyAuthority {
        name: form.name.trim().to_owned(),
        pem: form.pem.clone(),
        field,
        crl_url: (!url.is_empty()).then(|| url.to_owned()),
        stale_crl_hours: form.stale_crl_hours.trim().parse().unwrap_or_default(),
    });
    let wanted = match form.what.as_str() {
        "trust" => trusted.map(RulesChange::Trust),
        "distrust" => Some(RulesChange::Distrust(form.name.clone())),
        _ => None,
    };
    change(&door, &staff, &form.tenant, wanted).await
}

/// `POST /staff/certificates/name`
pub(in crate::web) async fn set_name(
    State(door): State<Door>,
    staff: Staff,
    Posted(form): Posted<ExternalName>,
) -> Result<Response, Stop> {
    let stop = |error| staff.stop(&door, error, "/staff/certificates");
    let person = StaffId::parse(&form.person).ok_or(StaffError::NotFound).map_err(stop)?;
    let stored = door.pedell().person_to_certify(&staff.session, &person).await.map_err(stop)?;
    door.pedell().set_external_name(&staff.session, &person, &form.name).await.map_err(stop)?;
    Ok(redirect(&path(&stored.tenant)))
}

async fn change(door: &Door, staff: &Staff, tenant: &str, wanted: Option<RulesChange>) -> Result<Response, Stop> {
    let tenant = staff.tenant(Some(tenant));
    let back = tenant.as_ref().map_or_else(|| "/staff/certificates".to_owned(), path);
    let stop = |error| staff.stop(door, error, &back);
    let tenant = tenant.ok_or(StaffError::NotFound).map_err(stop)?;
    // Nobody who may not change anything learns what can't be read either.
    let wanted = wanted.ok_or(StaffError::NotFound).map_err(stop)?;
    door.pedell().change_certificate_rules(&staff.session, &tenant, wanted).await.map_err(stop)?;
    Ok(redirect(&back))
}

async fn page(door: &Door, staff: Staff, tenant: &TenantId, issued: Option<IssuedView>) -> Result<Response, Stop> {
    let back = path(tenant);
    let stop = |error| staff.stop(door, error, &back);
    let internal = |failure| staff.internal(door, &failure);
    let (pedell, by) = (door.pedell(), &staff.session);
    let certificates = pedell.certificates(by, tenant).await.map_err(stop)?;
    let rules = pedell.certificate_rules(by, tenant).await.map_err(stop)?;
    let organisation = pedell.stores().control().organisation(tenant).await;
    let organisation = organisation.map_err(|error| stop(error.into()))?.ok_or(StaffError::NotFound).map_err(stop)?;
    let (now, warning) = (pedell.clock().now(), pedell.settings().staff.certificates.warning);
    let authority = pedell.authority().await.map_err(internal)?.map(|authority| {
        let until = authority.certificate.validity.not_after;
        (authority.certificate.name, until, until.since(now) < warning)
    });
    let state = |view: &CertificateView| match view.revoked {
        Some((_, reason)) => CertificateState::Revoked(reason),
        None if !view.is_good(now) => CertificateState::Over,
        None if view.ends_soon(now, warning) => CertificateState::EndsSoon,
        None => CertificateState::Good,
    };
    let rows = certificates.iter().map(|view| {
        let of = Target { tenant, outlet: view.member.outlet.as_ref(), person: Some(&view.member.id) };
        CertificateRow {
            serial: view.serial.to_string(),
            name: view.member.profile.name.clone(),
            machine: view.machine.clone(),
            until: view.validity.not_after,
            state: state(view),
            may_revoke: view.revoked.is_none() && by.may(Action::RevokeCertificate, of),
        }
    });
    let people = pedell.people_to_certify(by, tenant).await.map_err(internal)?;
    let people = people.into_iter().filter(|person| person.status != StaffStatus::Blocked);
    let page = Certificates {
        frame: staff.frame(door),
        nav: staff.nav(door, Some(Section::Certificates)),
        tenant: name_of(&organisation, staff.language),
        tenant_id: tenant.to_string(),
        policy: rules.policy,
        may_change: by.may(Action::ChangeCertificateRules, Target::all_of(tenant)),
        authority,
        rows: rows.collect(),
        people: people.map(|person| (person.id.to_string(), person.profile.name)).collect(),
        issued,
        companies: companies(door, &rules.companies).await.map_err(stop)?,
    };
    Ok(staff.page(door, &page))
}

async fn companies(door: &Door, companies: &[CompanyAuthority]) -> Result<Vec<CompanyView>, StaffError> {
    let mut views = Vec::new();
    for company in companies {
        views.push(CompanyView {
            name: company.name.clone(),
            field: company.field,
            fetched: door.pedell().list_fetched_at(company).await?,
            crl_url: company.crl_url.clone(),
            stale_crl_hours: company.stale_crl_hours,
        });
    }
    Ok(views)
}

fn path(tenant: &TenantId) -> String {
    format!("/staff/certificates?tenant={tenant}")
}
