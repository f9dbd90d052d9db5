//! `/staff/connection/edit`: the test connection's settings are written here. What is wrong with them is said; secrets go
//! in and never come out.

use std::collections::HashMap;

use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use serde::Deserialize;

use super::{Posted, Staff, Stop, connection, names::name_in};
use crate::{
    base::secret::SecretString,
    domain::{
        connection::{Connection, ConnectionFault, ConnectionSecrets, ConnectionSettings, Stage},
        policy::{Scope, Target},
        staff::Action,
    },
    flow::{
        connection_document::{self as document, BEGINNINGS, DocumentFault},
        connections::{ConnectionError, NewSecrets},
        staff::StaffError,
    },
    web::{
        Door,
        page::staff::{
            Section,
            connection_edit::{ConnectionEdit, EditOutcome, FaultRow},
        },
        student::way_back::redirect,
    },
};

#[derive(Deserialize)]
pub(in crate::web) struct Asked {
    tenant: Option<String>,
    kind: Option<String>,
}

/// The fields of the form, secrets by name among them.
type Fields = HashMap<String, String>;

/// `GET /staff/connection/edit`
pub(in crate::web) async fn show(
    State(door): State<Door>,
    staff: Staff,
    Query(asked): Query<Asked>,
) -> Result<Response, Stop> {
    let scope = allowed(&door, &staff, asked.tenant.as_deref())?;
    let tested = connection::university(&door, &staff, &scope, Stage::Test).await?.connection;
    let begun = BEGINNINGS.into_iter().find(|(kind, _)| Some(*kind) == asked.kind.as_deref());
    let text = begun.map_or_else(|| document::write(&tested.settings), |(_, text)| text.to_owned());
    page(&door, staff, &scope, tested.version, text, Vec::new(), EditOutcome::Asked).await
}

/// `POST /staff/connection/edit`
pub(in crate::web) async fn save(
    State(door): State<Door>,
    staff: Staff,
    Posted(mut fields): Posted<Fields>,
) -> Result<Response, Stop> {
    let scope = allowed(&door, &staff, fields.get("tenant").map(String::as_str))?;
    let tested = connection::university(&door, &staff, &scope, Stage::Test).await?.connection;
    // Browsers send CRLF.
    let text = fields.remove("document").unwrap_or_default().replace("\r\n", "\n");
    let version: i64 = fields.get("version").and_then(|version| version.parse().ok()).unwrap_or_default();
    if version != tested.version {
        return page(&door, staff, &scope, tested.version, text, Vec::new(), EditOutcome::Overtaken).await;
    }
    let settings = match document::read(&text) {
        Ok(settings) => settings,
        Err(faults) => {
            let rows = faults.into_iter().map(|fault| row_of_document(&text, fault)).collect();
            return page(&door, staff, &scope, version, text, rows, EditOutcome::Faulty).await;
        }
    };
    let secrets = secrets(&mut fields, &settings, &tested);
    let outcome = match door.pedell().set_test_connection(&scope, settings, secrets).await {
        Ok((_, faults)) if faults.is_empty() => return Ok(redirect(&connection::path(scope.tenant()))),
        Ok((saved, faults)) => {
            let rows = faults.iter().map(|fault| row_of_settings(&text, fault)).collect();
            return page(&door, staff, &scope, saved.version, text, rows, EditOutcome::Saved).await;
        }
        Err(ConnectionError::OtherAddressee) => EditOutcome::OtherAddressee,
        Err(ConnectionError::UnknownSecret(..) | ConnectionError::LargeSecret(_)) => EditOutcome::Secret,
        Err(error) => return Err(staff.stop_connection(&door, &error)),
    };
    page(&door, staff, &scope, version, text, Vec::new(), outcome).await
}

fn allowed(door: &Door, staff: &Staff, tenant: Option<&str>) -> Result<Scope, Stop> {
    let stop = |error| staff.stop(door, error, "/staff/connection");
    let tenant = staff.tenant(tenant).ok_or(StaffError::NotFound).map_err(stop)?;
    door.pedell().allow(&staff.session, Action::EditConnection, Target::all_of(&tenant)).map_err(stop)
}

/// What was typed, beside what there is unless that is to be forgotten. What takes no secrets has none.
fn secrets(fields: &mut Fields, settings: &ConnectionSettings, before: &Connection) -> NewSecrets {
    let mut typed = ConnectionSecrets::default();
    for name in document::secrets_of(settings).iter().chain(document::secrets_of(&before.settings)) {
        let secret = fields.remove(&format!("secret_{name}")).unwrap_or_default().replace("\r\n", "\n");
        if !secret.trim().is_empty() {
            typed.set(*name, SecretString::from(secret.trim_end_matches('\n').to_owned()));
        }
    }
    if fields.contains_key("forget") || settings.secret_names().is_empty() {
        NewSecrets::Replace(typed)
    } else {
        NewSecrets::Amend(typed)
    }
}

async fn page(
    door: &Door,
    staff: Staff,
    scope: &Scope,
    version: i64,
    text: String,
    faults: Vec<FaultRow>,
    outcome: EditOutcome,
) -> Result<Response, Stop> {
    let university = connection::university(door, &staff, scope, Stage::Test).await?;
    let there = door.pedell().connection_secrets(scope, &university.connection).await;
    let there = there.map_err(|failure| staff.internal(door, &failure))?;
    // Of the kind that is being written, or else of the one that there is.
    let settings = document::read(&text).unwrap_or_else(|_| university.connection.settings.clone());
    let secrets = document::secrets_of(&settings).iter();
    let profile = &university.profile;
    let page = ConnectionEdit {
        frame: staff.frame(door),
        nav: staff.nav(door, Some(Section::Connection)),
        university: name_in(staff.language, &profile.name_de, &profile.name_en),
        tenant_id: university.id.to_string(),
        version,
        document: text,
        secrets: secrets.map(|name| (*name, there.get(name).is_some())).collect(),
        faults,
        outcome,
    };
    let status = match outcome {
        EditOutcome::Asked | EditOutcome::Saved => StatusCode::OK,
        EditOutcome::Overtaken => StatusCode::CONFLICT,
        EditOutcome::Faulty | EditOutcome::OtherAddressee | EditOutcome::Secret => StatusCode::UNPROCESSABLE_ENTITY,
    };
    Ok(staff.page_with(door, status, &page))
}

fn row_of_document(text: &str, fault: DocumentFault) -> FaultRow {
    FaultRow { line: fault.line.map(|line| (line, line_of(text, line))), text: fault.text }
}

fn row_of_settings(text: &str, fault: &ConnectionFault) -> FaultRow {
    let line = document::line_of_fault(text, fault).map(|line| (line, line_of(text, line)));
    FaultRow { line, text: fault.to_string() }
}

/// What stands in a line, as far as it is shown.
fn line_of(text: &str, line: usize) -> String {
    text.lines().nth(line.saturating_sub(1)).unwrap_or_default().chars().take(100).collect()
}
