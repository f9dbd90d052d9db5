//! `/staff/audit`: the trail, searched and taken out.

use axum::{
    extract::{Query, State},
    http::header,
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use super::{Posted, Staff, Stop, days, names::name_of, verifications::short};
use crate::{
    base::{Timestamp, limits},
    domain::{staff::StaffId, tenant::TenantId},
    flow::{insight::Trail, staff::StaffError},
    store::{AuditEntry, AuditFilter},
    web::{
        Door,
        page::{
            Href,
            staff::{
                Section,
                audit::{Audit, EntryRow, TypedAudit},
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
    let entries = door.pedell().export_audit(&staff.session, &tenant, asked.trail(), &filter).await.map_err(stop)?;
    let as_json = asked.format == "json";
    let (kind, file, text) = if as_json {
        let text = serde_json::to_string_pretty(&entries).unwrap_or_default();
        ("application/json", "attachment; filename=\"audit.json\"", text)
    } else {
        ("text/csv; charset=utf-8", "attachment; filename=\"audit.csv\"", as_csv(&entries))
    };
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, file)], text).into_response())
}

fn as_csv(entries: &[AuditEntry]) -> String {
    let mut text = String::from("seq,at,actor,kind,object,detail\r\n");
    for entry in entries {
        let at = Timestamp::from_millis(entry.at).to_string();
        let seq = entry.seq.to_string();
        let cells = [&seq, &at, &entry.actor, &entry.kind, &entry.object, &entry.detail];
        let cells: Vec<String> = cells.into_iter().map(|cell| quoted(cell)).collect();
        text.push_str(&cells.join(","));
        text.push_str("\r\n");
    }
    text
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
