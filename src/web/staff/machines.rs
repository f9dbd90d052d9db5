//! `/staff/machines`: what uploads a university's rosters.

use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
};
use serde::Deserialize;

use super::{Posted, Staff, Stop, issuers::networks};
use crate::{
    base::limits,
    domain::{
        client::{CertificateRule, Client, ClientId},
        policy::Target,
        staff::Action,
        tenant::TenantId,
    },
    flow::{
        clients::{ClientChange, ClientError, NewMachine, ProfileFault},
        staff::StaffError,
    },
    web::{
        Door,
        page::{
            Language,
            staff::{
                Section,
                machines::{MachineFault, MachineRow, Machines, Shown, TypedMachine},
            },
        },
        student::way_back::redirect,
    },
};

#[derive(Deserialize)]
pub(in crate::web) struct Asked {
    tenant: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct New {
    tenant: String,
    name: String,
    networks: String,
    certificate: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Change {
    tenant: String,
    #[serde(rename = "do")]
    what: String,
    networks: String,
    certificate: String,
}

/// What is shown beside the list.
#[derive(Default)]
struct Beside {
    secret: Option<(String, String)>,
    fault: Option<MachineFault>,
    typed: TypedMachine,
}

/// `GET /staff/machines`
pub(in crate::web) async fn show(
    State(door): State<Door>,
    staff: Staff,
    Query(asked): Query<Asked>,
) -> Result<Response, Stop> {
    let tenant = staff.tenant(asked.tenant.as_deref()).ok_or(StaffError::NotFound);
    let tenant = tenant.map_err(|error| staff.stop(&door, error, "/staff/machines"))?;
    page(&door, staff, &tenant, Beside::default()).await
}

/// `POST /staff/machines`
pub(in crate::web) async fn register(
    State(door): State<Door>,
    staff: Staff,
    Posted(new): Posted<New>,
) -> Result<Response, Stop> {
    let tenant = staff.tenant(Some(&new.tenant)).ok_or(StaffError::NotFound);
    let tenant = tenant.map_err(|error| staff.stop(&door, error, "/staff/machines"))?;
    let cut = |text: &str| text.chars().take(limits::CLIENT_FIELD_CHARS).collect::<String>();
    let typed = TypedMachine { name: cut(&new.name), networks: cut(&new.networks), certificate: cut(&new.certificate) };
    // Who may not is told nothing about the form.
    let allowed = door.pedell().allow(&staff.session, Action::ChangeMachines, Target::all_of(&tenant));
    allowed.map_err(|error| staff.stop(&door, error, &path(&tenant)))?;
    let Ok(networks) = networks(&new.networks) else {
        let beside = Beside { fault: Some(MachineFault::Networks), typed, ..Beside::default() };
        return page(&door, staff, &tenant, beside).await;
    };
    let machine = NewMachine { name: new.name, networks, certificate: pem(&new.certificate) };
    let beside = match door.pedell().register_machine(&staff.session, &tenant, machine).await {
        Ok((client, secret)) => {
            Beside { secret: Some((client.id.to_string(), secret.expose().to_owned())), ..Beside::default() }
        }
        Err(error) => {
            let fault = fault(error).map_err(|error| staff.stop(&door, error, &path(&tenant)))?;
            Beside { fault: Some(fault), typed, ..Beside::default() }
        }
    };
    page(&door, staff, &tenant, beside).await
}

/// `POST /staff/machines/{id}`
pub(in crate::web) async fn change(
    State(door): State<Door>,
    staff: Staff,
    Path(id): Path<String>,
    Posted(change): Posted<Change>,
) -> Result<Response, Stop> {
    let tenant = staff.tenant(Some(&change.tenant)).ok_or(StaffError::NotFound);
    let tenant = tenant.map_err(|error| staff.stop(&door, error, "/staff/machines"))?;
    let back = path(&tenant);
    let stop = |error| staff.stop(&door, error, &back);
    door.pedell().allow(&staff.session, Action::ChangeMachines, Target::all_of(&tenant)).map_err(stop)?;
    let id = ClientId::parse(&id).ok_or(StaffError::NotFound).map_err(stop)?;
    let change = match change.what.as_str() {
        "secret" => ClientChange::NewSecret,
        "no_secret" => ClientChange::NoSecret,
        "networks" => {
            let Ok(networks) = networks(&change.networks) else {
                let beside = Beside { fault: Some(MachineFault::Networks), ..Beside::default() };
                return page(&door, staff, &tenant, beside).await;
            };
            ClientChange::Networks(networks)
        }
        "certificate" => ClientChange::Certificate(pem(&change.certificate)),
        "no_certificate" => ClientChange::Certificate(None),
        "block" => ClientChange::Active(false),
        "unblock" => ClientChange::Active(true),
        _ => return Err(stop(StaffError::NotFound)),
    };
    match door.pedell().change_machine(&staff.session, &tenant, &id, change).await {
        Ok(None) => Ok(redirect(&back)),
        Ok(Some(secret)) => {
            let secret = Some((id.to_string(), secret.expose().to_owned()));
            page(&door, staff, &tenant, Beside { secret, ..Beside::default() }).await
        }
        Err(error) => {
            let fault = fault(error).map_err(stop)?;
            page(&door, staff, &tenant, Beside { fault: Some(fault), ..Beside::default() }).await
        }
    }
}

async fn page(door: &Door, staff: Staff, tenant: &TenantId, beside: Beside) -> Result<Response, Stop> {
    let back = path(tenant);
    let stop = |error| staff.stop(door, error, &back);
    let machines = door.pedell().machines(&staff.session, tenant).await.map_err(stop)?;
    let scope = door.pedell().allow(&staff.session, Action::SeeMachines, Target::all_of(tenant)).map_err(stop)?;
    let university = door.pedell().university_of(&scope).await.map_err(|failure| staff.internal(door, &failure))?;
    let profile = university.ok_or(StaffError::NotFound).map_err(stop)?.profile;
    let status = if beside.fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = Machines {
        frame: staff.frame(door),
        nav: staff.nav(door, Some(Section::Machines)),
        university: match staff.language {
            Language::De => profile.name_de,
            Language::En => profile.name_en,
        },
        tenant_id: tenant.to_string(),
        machines: machines.iter().map(row).collect(),
        may_change: staff.session.may(Action::ChangeMachines, Target::all_of(tenant)),
        secret: beside.secret,
        fault: beside.fault,
        typed: beside.typed,
    };
    Ok(staff.page_with(door, status, &page))
}

fn row(client: &Client) -> MachineRow {
    let profile = &client.profile;
    MachineRow {
        id: client.id.to_string(),
        name: profile.name.clone(),
        is_active: client.active,
        networks: profile.networks.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
        certificate: match &profile.certificate {
            None => Shown::Nothing,
            Some(CertificateRule::Registered(pem)) => Shown::Registered(pem.clone()),
            Some(CertificateRule::Issued { dns_name, .. }) => Shown::Issued(dns_name.clone()),
        },
    }
}

fn path(tenant: &TenantId) -> String {
    format!("/staff/machines?tenant={tenant}")
}

/// What was typed, if anything was.
fn pem(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| format!("{text}\n"))
}

/// What the form is told; what it can't help is stopped.
fn fault(error: ClientError) -> Result<MachineFault, StaffError> {
    match error {
        ClientError::Staff(error) => Err(error),
        ClientError::Profile(ProfileFault::Name) => Ok(MachineFault::Name),
        ClientError::Profile(ProfileFault::Certificate(_)) => Ok(MachineFault::Certificate),
        ClientError::Profile(_) => Ok(MachineFault::Other),
    }
}
