//! `/staff/rosters`: a university's lists. A file is streamed: never whole in memory, never on disk in the clear.

use std::{io, sync::Arc};

use axum::{
    body::Bytes,
    extract::{
        Multipart, Query, State,
        multipart::{Field, MultipartRejection},
    },
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use futures_util::StreamExt;
use serde::Deserialize;
use subtle::ConstantTimeEq;
use tokio::sync::mpsc;
use tokio_util::io::{StreamReader, SyncIoBridge};

use super::{Posted, Staff, Stop, connection::who, names::name_of};
use crate::{
    base::limits,
    domain::{
        policy::{Scope, Target},
        semester::{KeyForm, Semester, parse_key},
        staff::Action,
        tenant::{TenantId, University},
    },
    flow::{
        import_roster::{ImportError, ImportOptions, ImportReport, Outcome, Refusal, RollBackError},
        staff::StaffError,
    },
    store::tenant::{RosterInfo, RosterStage},
    web::{
        Door,
        page::staff::{
            Section,
            problem::ProblemKind,
            rosters::{ListRow, Report, ReportOutcome, RosterRefusal, RosterTrouble, Rosters},
        },
        security_headers::content_security_policy,
        student::way_back::redirect,
        uploads::without_pauses,
    },
};

#[derive(Deserialize)]
pub(in crate::web) struct Asked {
    tenant: Option<String>,
}

#[derive(Deserialize)]
pub(in crate::web) struct Which {
    #[serde(default)]
    tenant: String,
    #[serde(default)]
    semester: String,
}

/// What stands in a form before its file.
#[derive(Default)]
struct Fields {
    form_key: String,
    tenant: String,
    semester: String,
    what: String,
    skip_faulty: bool,
    allow_shrink: bool,
}

/// Pieces of a file that may wait for whoever reads them.
const PIECES: usize = 8;

/// `GET /staff/rosters`
pub(in crate::web) async fn show(
    State(door): State<Door>,
    staff: Staff,
    Query(asked): Query<Asked>,
) -> Result<Response, Stop> {
    let tenant = staff.tenant(asked.tenant.as_deref());
    let (scope, university) = at(&door, &staff, Action::SeeRosters, tenant).await?;
    page(&door, staff, &scope, &university, None, None).await
}

/// `POST /staff/rosters`
pub(in crate::web) async fn send(
    State(door): State<Door>,
    staff: Staff,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, Stop> {
    let bad = |cause: &dyn std::fmt::Display| {
        Stop::page(&door, staff.language, Some(staff.nav(&door, None)), ProblemKind::BadRequest, cause)
    };
    let mut form = form.map_err(|rejection| bad(&rejection))?;
    let mut fields = Fields::default();
    loop {
        let field = form.next_field().await.map_err(|error| bad(&error))?;
        let name = field.as_ref().and_then(|field| field.name().map(str::to_owned)).unwrap_or_default();
        match field {
            Some(field) if name == "file" => return sent(&door, staff, &fields, Some(field)).await,
            Some(field) => fields.set(&name, short(field).await.map_err(|error| bad(&error))?),
            None => return sent(&door, staff, &fields, None).await,
        }
    }
}

/// `POST /staff/rosters/roll-back`
pub(in crate::web) async fn roll_back(
    State(door): State<Door>,
    staff: Staff,
    Posted(which): Posted<Which>,
) -> Result<Response, Stop> {
    let (scope, university) = at(&door, &staff, Action::RollBackRoster, staff.tenant(Some(&which.tenant))).await?;
    let trouble = match semester(&university, &which.semester) {
        None => RosterTrouble::Semester,
        Some(semester) => match door.pedell().roll_back_roster(&scope, semester).await {
            Ok(_) => return Ok(redirect(&format!("/staff/rosters?tenant={}", university.id))),
            Err(RollBackError::NothingBefore) => RosterTrouble::NothingBefore,
            Err(RollBackError::Overtaken) => RosterTrouble::Overtaken,
            Err(RollBackError::Failure(failure)) => return Err(staff.internal(&door, &failure)),
        },
    };
    page(&door, staff, &scope, &university, None, Some(trouble)).await
}

/// The form has come as far as its file, or has none.
async fn sent(door: &Door, staff: Staff, fields: &Fields, file: Option<Field<'_>>) -> Result<Response, Stop> {
    if !bool::from(fields.form_key.as_bytes().ct_eq(staff.session.form_key.as_bytes())) {
        return Err(Stop::page(door, staff.language, None, ProblemKind::FormOver, &"a form without its key"));
    }
    let (scope, university) = at(door, &staff, Action::ImportRoster, staff.tenant(Some(&fields.tenant))).await?;
    let outcome = match (file, semester(&university, &fields.semester)) {
        (_, None) => Err(RosterTrouble::Semester),
        (Some(file), Some(semester)) if file.file_name().is_some_and(|name| !name.is_empty()) => {
            import(door, &staff, &scope, (&university, semester), fields, file).await?
        }
        _ => Err(RosterTrouble::NoFile),
    };
    match outcome {
        Ok(report) => page(door, staff, &scope, &university, Some(report), None).await,
        Err(trouble) => page(door, staff, &scope, &university, None, Some(trouble)).await,
    }
}

async fn import(
    door: &Door,
    staff: &Staff,
    scope: &Scope,
    (university, semester): (&University, Semester),
    fields: &Fields,
    file: Field<'_>,
) -> Result<Result<Report, RosterTrouble>, Stop> {
    let Some(_place) = door.uploads().take(&university.id) else { return Ok(Err(RosterTrouble::Busy)) };
    let options = ImportOptions {
        dry_run: fields.what != "import",
        skip_faulty: fields.skip_faulty,
        allow_shrink: fields.allow_shrink,
        max_bytes: door.settings().roster_max_bytes,
        max_rows: door.settings().roster_max_rows,
        ..ImportOptions::default()
    };
    let (send, receive) = mpsc::channel::<io::Result<Bytes>>(PIECES);
    let pieces = futures_util::stream::unfold(receive, async |mut receive: mpsc::Receiver<_>| {
        receive.recv().await.map(|piece| (piece, receive))
    });
    let reader = SyncIoBridge::new(StreamReader::new(Box::pin(pieces)));
    let passing_on = async move {
        let mut pieces = without_pauses(file);
        // A file that breaks off is an error to whoever reads it, never a shorter file.
        while let Some(piece) = pieces.next().await {
            let is_over = piece.is_err();
            if send.send(piece).await.is_err() || is_over {
                break;
            }
        }
    };
    let importing = door.pedell().import_roster(scope, university, semester, reader, options, Arc::new(|_| ()));
    let ((), imported) = tokio::join!(passing_on, importing);
    Ok(match imported {
        Ok(report) => Ok(shown(&report)),
        Err(ImportError::Refused(report)) => Ok(shown(&report)),
        Err(ImportError::Unreadable(fault)) => Err(RosterTrouble::Unreadable(fault.to_string())),
        Err(ImportError::Overtaken) => Err(RosterTrouble::Overtaken),
        Err(ImportError::Failure(failure)) => return Err(staff.internal(door, &failure)),
    })
}

fn shown(report: &ImportReport) -> Report {
    let difference = &report.difference;
    let faults = report
        .faults
        .iter()
        .map(|fault| (fault.line, fault.column.clone().unwrap_or_default(), fault.code, fault.message.clone()));
    Report {
        outcome: match report.outcome {
            Outcome::Imported => ReportOutcome::Imported,
            Outcome::Preview => ReportOutcome::Preview,
            Outcome::Refused => ReportOutcome::Refused,
        },
        refusal: report.refusal.map(|refusal| match refusal {
            Refusal::FaultyRows => RosterRefusal::FaultyRows,
            Refusal::Empty => RosterRefusal::Empty,
            Refusal::Shrinks { removed_percent, .. } => RosterRefusal::Shrinks(removed_percent),
        }),
        counts: [
            report.rows_read,
            report.rows,
            difference.added,
            difference.changed,
            difference.unchanged,
            difference.removed,
            report.duplicates,
        ],
        fault_count: report.fault_count,
        faults: faults.take(limits::ROSTER_FAULTS_SHOWN).collect(),
    }
}

/// A university whose lists they may see or change; anything else is not there.
async fn at(door: &Door, staff: &Staff, action: Action, tenant: Option<TenantId>) -> Result<(Scope, University), Stop> {
    let stop = |error| staff.stop(door, error, "/staff/rosters");
    let tenant = tenant.ok_or(StaffError::NotFound).map_err(stop)?;
    let scope = door.pedell().allow(&staff.session, action, Target::all_of(&tenant)).map_err(stop)?;
    let university = door.pedell().university_of(&scope).await.map_err(|failure| staff.internal(door, &failure))?;
    Ok((scope, university.ok_or(StaffError::NotFound).map_err(stop)?))
}

async fn page(
    door: &Door,
    staff: Staff,
    scope: &Scope,
    university: &University,
    report: Option<Report>,
    trouble: Option<RosterTrouble>,
) -> Result<Response, Stop> {
    let lists = door.pedell().rosters(scope).await.map_err(|failure| staff.internal(door, &failure))?;
    let mut rows = Vec::new();
    for list in lists.iter().filter(|list| list.stage != RosterStage::Loading) {
        rows.push(row(door, &staff, list, &lists).await);
    }
    let organisation = door.pedell().tenant_seen_by(&staff.session, &university.id).await;
    let organisation = organisation.map_err(|error| staff.stop(door, error, "/staff"))?;
    let refused = report.as_ref().is_some_and(|report| report.outcome == ReportOutcome::Refused);
    let status = if trouble.is_some() || refused { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let current = university.profile.calendar.semester_on(door.pedell().clock().now().date_in_berlin());
    let page = Rosters {
        frame: staff.frame(door),
        nav: staff.nav(door, Some(Section::Rosters)),
        university: name_of(&organisation, staff.language),
        tenant_id: university.id.to_string(),
        lists: rows,
        semester: current.to_string(),
        may_import: staff.session.may(Action::ImportRoster, Target::all_of(&university.id)),
        report,
        trouble,
    };
    let mut response = staff.page_with(door, status, &page);
    // `assets/upload.js` sends the file to this very page, to show how far it is.
    let policy = format!("{}; connect-src 'self'", content_security_policy(None));
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    Ok(response)
}

async fn row(door: &Door, staff: &Staff, list: &RosterInfo, lists: &[RosterInfo]) -> ListRow {
    let is_current = list.stage == RosterStage::Current;
    let before = |other: &RosterInfo| other.semester == list.semester && other.stage == RosterStage::Previous;
    ListRow {
        semester: list.semester.to_string(),
        is_current,
        rows: list.row_count,
        at: list.imported_at,
        by: who(door, staff, &list.imported_by).await,
        can_roll_back: is_current && lists.iter().any(before),
    }
}

fn semester(university: &University, text: &str) -> Option<Semester> {
    let forms = match university.profile.semester_keys.as_slice() {
        [] => KeyForm::ALL,
        own => own,
    };
    // The page offers the canonical form, whatever the university's own is.
    Semester::parse_canonical(text.trim()).or_else(|| parse_key(text.trim(), forms).ok())
}

impl Fields {
    fn set(&mut self, name: &str, value: String) {
        match name {
            "form_key" => self.form_key = value,
            "tenant" => self.tenant = value,
            "semester" => self.semester = value,
            "do" => self.what = value,
            "skip_faulty" => self.skip_faulty = true,
            "allow_shrink" => self.allow_shrink = true,
            _ => {}
        }
    }
}

/// A field that is no file, as far as it is read.
async fn short(mut field: Field<'_>) -> Result<String, axum::extract::multipart::MultipartError> {
    let mut bytes = Vec::new();
    while let Some(piece) = field.chunk().await? {
        let room = limits::FORM_FIELD_BYTES.saturating_sub(bytes.len());
        bytes.extend_from_slice(piece.get(..room).unwrap_or(&piece));
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
