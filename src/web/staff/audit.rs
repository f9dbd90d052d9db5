//! `/staff/audit`: the trail, searched and taken out.

use axum::{
    extract::{Query, State},
    http::header,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::json;

use super::{Posted, Staff, Stop, days, names::name_of, verifications::short};
use crate::{
    base::{Timestamp, limits},
    domain::{checkpoint::Checkpoint, staff::StaffId, tenant::TenantId},
    flow::{
        checkpoints::CheckpointState,
        insight::{AuditExport, Trail},
        staff::StaffError,
    },
    store::{AuditEntry, AuditFilter},
    web::{
        Door,
        page::{
            Href,
            staff::{
                Section,
                audit::{Audit, CheckpointRow, Checkpoints, EntryRow, TypedAudit},
            },
        },
    },
};

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Asked {
    tenant: Option<String>,
    trail: String,
    kind: String,
    object: String,
    actor: String,
    from: String,
    to: String,
    before: Option<i64>,
    format: String,
}

impl Asked {
    fn trail(&self) -> Trail {
        if self.trail == "house" { Trail::House } else { Trail::Records }
    }

    fn filter(&self) -> AuditFilter {
        let (from, to) = days::between(&self.from, &self.to)
            .unwrap_or((Timestamp::from_seconds(0), Timestamp::from_millis(i64::MAX)));
        AuditFilter {
            actor: short(&self.actor),
            kind: short(&self.kind),
            object: short(&self.object),
            tenant: String::new(),
            from: from.as_millis(),
            to: to.as_millis(),
            before: self.before.unwrap_or_default(),
        }
    }
}

/// `GET /staff/audit`
pub(in crate::web) async fn show(
    State(door): State<Door>,
    staff: Staff,
    Query(asked): Query<Asked>,
) -> Result<Response, Stop> {
    let stop = |error| staff.stop(&door, error, "/staff/audit");
    let tenant = staff.tenant(asked.tenant.as_deref()).ok_or(StaffError::NotFound).map_err(stop)?;
    let found = door.pedell().search_audit(&staff.session, &tenant, asked.trail(), &asked.filter()).await;
    let found = found.map_err(stop)?;
    let state = door.pedell().trail_state(&staff.session, &tenant, asked.trail()).await.map_err(stop)?;
    let organisation = door.pedell().tenant_seen_by(&staff.session, &tenant).await.map_err(stop)?;
    let is_full = i64::try_from(found.len()).unwrap_or(i64::MAX) >= limits::ROWS_SHOWN;
    let older = found.last().filter(|_| is_full).and_then(|last| older(&tenant, &asked, last.seq));
    let mut entries = Vec::new();
    for entry in found {
        entries.push(row(&door, &staff, entry).await);
    }
    let page = Audit {
        frame: staff.frame(&door),
        nav: staff.nav(&door, Some(Section::Audit)),
        tenant: name_of(&organisation, staff.language),
        tenant_id: tenant.to_string(),
        typed: TypedAudit {
            house: asked.trail() == Trail::House,
            kind: short(&asked.kind),
            object: short(&asked.object),
            actor: short(&asked.actor),
            from: short(&asked.from),
            to: short(&asked.to),
        },
        entries,
        older,
        checkpoints: checkpoints(state),
    };
    Ok(staff.page(&door, &page))
}

/// `POST /staff/audit/export`
pub(in crate::web) async fn export(
    State(door): State<Door>,
    staff: Staff,
    Posted(asked): Posted<Asked>,
) -> Result<Response, Stop> {
    let stop = |error| staff.stop(&door, error, "/staff/audit");
    let tenant = staff.tenant(asked.tenant.as_deref()).ok_or(StaffError::NotFound).map_err(stop)?;
    let filter = AuditFilter { before: 0, ..asked.filter() };
    let export = door.pedell().export_audit(&staff.session, &tenant, asked.trail(), &filter).await.map_err(stop)?;
    let as_json = asked.format == "json";
    let (kind, file, text) = if as_json {
        ("application/json", "attachment; filename=\"audit.json\"", as_json_text(&door, &export))
    } else {
        ("text/csv; charset=utf-8", "attachment; filename=\"audit.csv\"", as_csv(&export))
    };
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, file)], text).into_response())
}

/// Entries and checkpoints, and the key that vouches for them, as an auditor verifies them without this gateway.
fn as_json_text(door: &Door, export: &AuditExport) -> String {
    let signed = export.checkpoints.iter().map(
        |checkpoint| json!({ "checkpoint": checkpoint.number, "seq": checkpoint.seq, "signed": checkpoint.signed }),
    );
    let document = json!({
        "entries": export.entries, "checkpoints": signed.collect::<Vec<_>>(), "key": door.pedell().audit_key().public(),
    });
    serde_json::to_string_pretty(&document).unwrap_or_default()
}

/// One table: a checkpoint is a row of the kind `checkpoint`, with its signed text as detail.
fn as_csv(export: &AuditExport) -> String {
    let mut text = String::from("seq,at,actor,kind,object,detail,hash\r\n");
    let mut row = |seq: i64, at: i64, cells: [&str; 5]| {
        let (seq, at) = (seq.to_string(), Timestamp::from_millis(at).to_string());
        let cells: Vec<String> = [seq.as_str(), at.as_str()].into_iter().chain(cells).map(quoted).collect();
        text.push_str(&cells.join(","));
        text.push_str("\r\n");
    };
    for entry in &export.entries {
        let hash = entry.hash_hex();
        row(entry.seq, entry.at, [&entry.actor, &entry.kind, &entry.object, &entry.detail, &hash]);
    }
    for checkpoint in &export.checkpoints {
        let number = checkpoint.number.to_string();
        row(checkpoint.seq, checkpoint.at, ["system", "checkpoint", &number, &checkpoint.signed, ""]);
    }
    text
}

fn checkpoints(state: CheckpointState) -> Checkpoints {
    let row = |checkpoint: Checkpoint| CheckpointRow {
        number: checkpoint.number,
        at: checkpoint.at(),
        seq: checkpoint.seq,
        hash: checkpoint.hash,
    };
    Checkpoints {
        newest: state.newest.into_iter().map(row).collect(),
        unsigned: state.unsigned,
        trouble: state.trouble,
    }
}

/// A cell that no spreadsheet takes for a formula.
fn quoted(cell: &str) -> String {
    let guard = if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    format!("\"{guard}{}\"", cell.replace('"', "\"\""))
}

/// An entry, with a name where it is theirs to see.
async fn row(door: &Door, staff: &Staff, entry: AuditEntry) -> EntryRow {
    let id = entry.actor.split(' ').nth(1).filter(|_| entry.actor.starts_with("staff ")).and_then(StaffId::parse);
    let person = match id {
        Some(id) => door.pedell().person(&staff.session, &id).await.ok(),
        None => None,
    };
    EntryRow {
        seq: entry.seq,
        at: Timestamp::from_millis(entry.at),
        actor: match person {
            Some(person) => format!("{} · {}", person.member.profile.name, entry.actor),
            None => entry.actor,
        },
        kind: entry.kind,
        object: entry.object,
        detail: entry.detail,
    }
}

fn older(tenant: &TenantId, asked: &Asked, last: i64) -> Option<Href> {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("tenant", tenant.as_str()).append_pair("trail", &short(&asked.trail));
    for (name, value) in [
        ("kind", &asked.kind),
        ("object", &asked.object),
        ("actor", &asked.actor),
        ("from", &asked.from),
        ("to", &asked.to),
    ] {
        query.append_pair(name, &short(value));
    }
    Href::parse(&format!("/staff/audit?{}", query.append_pair("before", &last.to_string()).finish()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        assert_eq!(quoted("=1+1"), "\"'=1+1\"");
        assert_eq!(quoted("a \"b\""), "\"a \"\"b\"\"\"");
    }
}
