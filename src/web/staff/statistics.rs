//! `/staff/statistics` and `/staff/statistics.csv`: figures without anybody in them.

use std::{collections::BTreeMap, fmt::Write};

use axum::{
    extract::{Query, State},
    http::header,
    response::{IntoResponse, Response},
};
use jiff::{ToSpan, civil::Date};
use serde::Deserialize;

use super::{Staff, Stop, days, names::name_of};
use crate::{
    base::{Timestamp, limits},
    domain::{reason::Reason, tenant::TenantId},
    flow::{insight::Figures, staff::StaffError},
    web::{
        Door,
        page::{
            Href,
            staff::{
                Section,
                statistics::{Chart, Statistics},
            },
        },
    },
};

#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Asked {
    tenant: Option<String>,
    from: String,
    to: String,
}

/// What was asked for, as it is shown.
struct Shown {
    tenant: TenantId,
    from: Date,
    to: Date,
    figures: Figures,
    is_unreadable: bool,
}

/// `GET /staff/statistics`
pub(in crate::web) async fn show(
    State(door): State<Door>,
    staff: Staff,
    Query(asked): Query<Asked>,
) -> Result<Response, Stop> {
    let stop = |error| staff.stop(&door, error, "/staff/statistics");
    let shown = look(&door, &staff, &asked).await.map_err(stop)?;
    let organisation = door.pedell().tenant_seen_by(&staff.session, &shown.tenant).await.map_err(stop)?;
    let mut by_day: BTreeMap<i64, (i64, i64)> = BTreeMap::new();
    let (mut by_reason, mut by_semester, mut eligible) = (BTreeMap::new(), BTreeMap::new(), 0);
    for day in &shown.figures.days {
        let bar = by_day.entry(day.day).or_default();
        *by_semester.entry(day.semester.clone()).or_insert(0) += day.count;
        if day.reason.is_empty() {
            bar.0 += day.count;
            eligible += day.count;
            continue;
        }
        bar.1 += day.count;
        if let Some(reason) = Reason::parse(&day.reason) {
            by_reason.entry(reason.code()).or_insert((reason, 0)).1 += day.count;
        }
    }
    let mut refused: Vec<(Reason, i64)> = by_reason.into_values().collect();
    refused.sort_by_key(|(reason, count)| (-count, reason.code()));
    let bars: Vec<(i64, i64)> = match (by_day.first_key_value(), by_day.last_key_value()) {
        (Some((first, _)), Some((last, _))) => {
            (*first..=*last).map(|day| by_day.get(&day).copied().unwrap_or_default()).collect()
        }
        _ => Vec::new(),
    };
    let page = Statistics {
        frame: staff.frame(&door),
        nav: staff.nav(&door, Some(Section::Statistics)),
        tenant: name_of(&organisation, staff.language),
        tenant_id: shown.tenant.to_string(),
        from: shown.from.to_string(),
        to: shown.to.to_string(),
        is_unreadable: shown.is_unreadable,
        chart: Chart::of(&bars),
        eligible,
        refused,
        tokens: shown.figures.tokens.map(|tokens| [tokens.issued, tokens.repeats, tokens.redeemed, tokens.cancelled]),
        outlets: shown.figures.outlets,
        semesters: by_semester.into_iter().collect(),
        csv: Href::parse(&format!("/staff/statistics.csv?tenant={}&from={}&to={}", shown.tenant, shown.from, shown.to)),
    };
    Ok(staff.page(&door, &page))
}

/// `GET /staff/statistics.csv`
pub(in crate::web) async fn csv(
    State(door): State<Door>,
    staff: Staff,
    Query(asked): Query<Asked>,
) -> Result<Response, Stop> {
    let shown = look(&door, &staff, &asked).await.map_err(|error| staff.stop(&door, error, "/staff/statistics"))?;
    let mut text = String::from("day,semester,outcome,reason,count\r\n");
    for day in &shown.figures.days {
        let date = Timestamp::from_seconds(day.day * 86_400).to_string();
        let date = date.split('T').next().unwrap_or_default();
        let outcome = if day.reason.is_empty() { "eligible" } else { "refused" };
        let _ = write!(text, "{date},{},{outcome},{},{}\r\n", day.semester, day.reason, day.count);
    }
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"statistics.csv\""),
    ];
    Ok((headers, text).into_response())
}

/// The figures of the days that were asked for; of the last thirty, if those are none.
async fn look(door: &Door, staff: &Staff, asked: &Asked) -> Result<Shown, StaffError> {
    let tenant = staff.tenant(asked.tenant.as_deref()).ok_or(StaffError::NotFound)?;
    let today = door.pedell().clock().now().date_in_berlin();
    let usual = (today.saturating_sub(30.days()), today);
    let typed = match (asked.from.trim(), asked.to.trim()) {
        ("", "") => Some(usual),
        (from, to) => chosen(from, to),
    };
    let (from, to) = typed.unwrap_or(usual);
    let (begin, end) = days::between(&from.to_string(), &to.to_string()).ok_or(StaffError::NotFound)?;
    let figures = door.pedell().figures(&staff.session, &tenant, begin, end).await?;
    Ok(Shown { tenant, from, to, figures, is_unreadable: typed.is_none() })
}

fn chosen(from: &str, to: &str) -> Option<(Date, Date)> {
    let (from, to): (Date, Date) = (from.parse().ok()?, to.parse().ok()?);
    let days = (to - from).get_days();
    (0..=limits::STATISTICS_DAYS).contains(&days).then_some((from, to))
}
