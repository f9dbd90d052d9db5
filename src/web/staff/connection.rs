//! `/staff/connection`: what students use, what is tried, and who asks and decides that the one become the other.

use axum::{
    extract::{Query, State},
    response::Response,
};
use serde::Deserialize;

use super::{Posted, Staff, Stop};
use crate::{
    domain::{
        connection::{Promotion, Stage},
        policy::{Scope, Target},
        staff::{Action, StaffId},
        tenant::{TenantId, University},
    },
    flow::staff::StaffError,
    web::{
        Door,
        page::{
            Language,
            staff::{
                Section,
                connection::{ConnectionPage, PromotionView, StageView},
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
pub(in crate::web) struct Act {
    #[serde(default)]
    tenant: String,
    #[serde(rename = "do")]
    what: String,
    /// Which version the page showed, for a decision about it.
    #[serde(default)]
    version: i64,
}

/// `GET /staff/connection`
pub(in crate::web) async fn show(
    State(door): State<Door>,
    staff: Staff,
    Query(asked): Query<Asked>,
) -> Result<Response, Stop> {
    let stop = |error| staff.stop(&door, error, "/staff/connection");
    let tenant = staff.tenant(asked.tenant.as_deref()).ok_or(StaffError::NotFound).map_err(stop)?;
    let scope = door.pedell().allow(&staff.session, Action::SeeConnection, Target::all_of(&tenant)).map_err(stop)?;
    page(&door, staff, &scope, None).await
}

/// `POST /staff/connection`
pub(in crate::web) async fn act(
    State(door): State<Door>,
    staff: Staff,
    Posted(act): Posted<Act>,
) -> Result<Response, Stop> {
    let tenant = staff.tenant(Some(&act.tenant));
    let back = tenant.as_ref().map_or_else(|| "/staff/connection".to_owned(), path);
    let stop = |error| staff.stop(&door, error, &back);
    let tenant = tenant.ok_or(StaffError::NotFound).map_err(stop)?;
    let pedell = door.pedell();
    let allow = |action| pedell.allow(&staff.session, action, Target::all_of(&tenant)).map_err(stop);
    let done = match act.what.as_str() {
        "try" => {
            let scope = allow(Action::TryConnection)?;
            university(&door, &staff, &scope, Stage::Test).await?;
            let trial = pedell.begin_trial(&scope).await.map_err(|failure| staff.internal(&door, &failure))?;
            let link = format!("{}{}", pedell.settings().public_url, pedell.trial_path(&trial));
            return page(&door, staff, &scope, Some(link)).await;
        }
        "promote" => pedell.request_promotion(&allow(Action::RequestPromotion)?).await,
        "approve" => pedell.decide_promotion(&allow(Action::DecidePromotion)?, act.version, true).await,
        "reject" => pedell.decide_promotion(&allow(Action::DecidePromotion)?, act.version, false).await,
        _ => return Err(stop(StaffError::NotFound)),
    };
    done.map_err(|error| staff.stop_connection(&door, &error))?;
    Ok(redirect(&back))
}

pub(super) fn path(tenant: &TenantId) -> String {
    format!("/staff/connection?tenant={tenant}")
}

pub(super) async fn university(door: &Door, staff: &Staff, scope: &Scope, stage: Stage) -> Result<University, Stop> {
    let found = door.pedell().university_at(scope, stage).await.map_err(|failure| staff.internal(door, &failure))?;
    found.ok_or_else(|| staff.stop(door, StaffError::NotFound, "/staff"))
}

async fn page(door: &Door, staff: Staff, scope: &Scope, trial: Option<String>) -> Result<Response, Stop> {
    let pedell = door.pedell();
    let live = university(door, &staff, scope, Stage::Live).await?;
    let test = university(door, &staff, scope, Stage::Test).await?;
    let promotion = pedell.open_promotion(scope).await.map_err(|failure| staff.internal(door, &failure))?;
    let promotion = match promotion {
        Some(promotion) => Some(promotion_view(door, &staff, scope, promotion).await),
        None => None,
    };
    let page = ConnectionPage {
        frame: staff.frame(door),
        nav: staff.nav(door, Some(Section::Connection)),
        university: match staff.language {
            Language::De => live.profile.name_de.clone(),
            Language::En => live.profile.name_en.clone(),
        },
        tenant_id: live.id.to_string(),
        test: stage(door, &staff, scope, &test).await?,
        live: stage(door, &staff, scope, &live).await?,
        promotion,
        trial,
        may_edit: staff.session.may(Action::EditConnection, Target::all_of(scope.tenant())),
        may_change: staff.session.may(Action::DecidePromotion, Target::all_of(scope.tenant())),
    };
    Ok(staff.page(door, &page))
}

async fn stage(door: &Door, staff: &Staff, scope: &Scope, university: &University) -> Result<StageView, Stop> {
    let connection = &university.connection;
    let faults = match connection.version {
        0 => Vec::new(),
        _ => {
            door.pedell().check_connection(scope, university).await.map_err(|failure| staff.internal(door, &failure))?
        }
    };
    let changed = match &connection.changed {
        Some(changed) => Some((changed.at, who(door, staff, &changed.by).await)),
        None => None,
    };
    Ok(StageView {
        version: connection.version,
        settings: serde_json::to_string_pretty(&connection.settings).unwrap_or_default(),
        changed,
        faults: faults.iter().map(ToString::to_string).collect(),
    })
}

async fn promotion_view(door: &Door, staff: &Staff, scope: &Scope, promotion: Promotion) -> PromotionView {
    PromotionView {
        version: promotion.version,
        at: promotion.requested.at,
        by: who(door, staff, &promotion.requested.by).await,
        is_own: promotion.requested.by == scope.actor().to_string(),
    }
}

/// Somebody's name instead of their id, if it is theirs to see.
pub(super) async fn who(door: &Door, staff: &Staff, actor: &str) -> String {
    let mut words = actor.split(' ');
    let (Some("staff"), Some(id)) = (words.next(), words.next().and_then(StaffId::parse)) else {
        return actor.to_owned();
    };
    match door.pedell().person(&staff.session, &id).await {
        Ok(person) => person.member.profile.name,
        Err(_) => actor.to_owned(),
    }
}
