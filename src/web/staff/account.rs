//! `/staff/account`: one's own sessions, password and second factor.

use axum::{extract::State, response::Response};
use serde::Deserialize;

use super::{Nothing, Posted, Staff, Stop};
use crate::web::{
    Door,
    page::staff::{
        Section,
        account::{Account, PasskeyRow, SessionRow},
        recovery::Recovery,
    },
    student::way_back::redirect,
};

#[derive(Deserialize)]
pub(in crate::web) struct Which {
    #[serde(default)]
    session: String,
}

#[derive(Deserialize)]
pub(in crate::web) struct WhichFactor {
    #[serde(default)]
    factor: String,
}

/// `GET /staff/account`
pub(in crate::web) async fn show(State(door): State<Door>, staff: Staff) -> Result<Response, Stop> {
    let internal = |failure| staff.internal(&door, &failure);
    let sessions = door.pedell().sessions(&staff.session).await.map_err(internal)?;
    let codes_left = door.pedell().recovery_codes_left(&staff.session).await.map_err(internal)?;
    let passkeys = door.pedell().passkeys(&staff.session).await.map_err(internal)?;
    let rows = sessions.into_iter().map(|session| SessionRow {
        id: session.id,
        address: session.place.address,
        browser: session.place.browser,
        began_at: session.began_at,
        seen_at: session.seen_at,
        is_this: session.is_this,
    });
    let page = Account {
        frame: staff.frame(&door),
        nav: staff.nav(&door, Some(Section::Account)),
        login: staff.session.member.profile.login.to_string(),
        has_factor: staff.session.has_factor,
        has_app: staff.session.factors.apps > 0,
        passkeys: passkeys
            .into_iter()
            .map(|passkey| PasskeyRow {
                handle: passkey.handle,
                name: passkey.name,
                is_synced: passkey.is_synced,
                made_at: passkey.made_at,
                used_at: passkey.used_at,
            })
            .collect(),
        has_passkeys: door.pedell().has_passkeys(),
        codes_left,
        sessions: rows.collect(),
    };
    Ok(staff.page(&door, &page))
}

/// `POST /staff/account/end`
pub(in crate::web) async fn end(
    State(door): State<Door>,
    staff: Staff,
    Posted(which): Posted<Which>,
) -> Result<Response, Stop> {
    let ended = match which.session.as_str() {
        "others" => door.pedell().end_other_sessions(&staff.session).await,
        id => door.pedell().end_session(&staff.session, id).await,
    };
    ended.map_err(|error| staff.stop(&door, error, "/staff/account"))?;
    Ok(redirect("/staff/account"))
}

/// `POST /staff/account/factor`
pub(in crate::web) async fn remove_factor(
    State(door): State<Door>,
    staff: Staff,
    Posted(which): Posted<WhichFactor>,
) -> Result<Response, Stop> {
    let removed = door.pedell().remove_factor(&staff.session, &which.factor).await;
    let token = removed.map_err(|error| staff.stop(&door, error, "/staff/account"))?;
    Ok(staff.cookies.keep(&door, &token).with(redirect("/staff/account")))
}

/// `POST /staff/account/recovery-codes`
pub(in crate::web) async fn renew_codes(
    State(door): State<Door>,
    staff: Staff,
    Posted(Nothing {}): Posted<Nothing>,
) -> Result<Response, Stop> {
    let codes = door.pedell().renew_recovery_codes(&staff.session).await;
    let codes = codes.map_err(|error| staff.stop(&door, error, "/staff/account"))?;
    let page = Recovery {
        frame: staff.frame(&door),
        nav: staff.nav(&door, Some(Section::Account)),
        codes: codes.iter().map(|code| code.expose().to_owned()).collect(),
    };
    Ok(staff.page(&door, &page))
}
