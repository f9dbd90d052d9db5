//! `PUT /v1/rosters/{semester}`: a university's machine sends a new list. Streamed: the file is never whole in memory
//! and never on disk in the clear.

use std::sync::Arc;

use axum::{
    Json,
    body::Body,
    extract::{Path, Query, State, rejection::QueryRejection},
    http::{HeaderMap, StatusCode},
};
use futures_util::StreamExt;
use serde::Deserialize;
use tokio_util::io::{StreamReader, SyncIoBridge};

use crate::{
    base::limits,
    domain::{
        client::Client,
        policy,
        semester::{KeyForm, parse_key},
    },
    flow::import_roster::{ImportError, ImportOptions, ImportReport},
    protocol::{oidc::OAuthErrorCode, roster_csv::RosterError},
    web::{Door, certificate::Caller, client_credentials::credentials, failure::IssuerError, uploads::without_pauses},
};

/// What the machine may choose.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct Choice {
    /// Only say what would happen.
    #[serde(default)]
    dry_run: bool,
    /// Import the rows that are right although others are faulty.
    #[serde(default)]
    skip_faulty: bool,
    /// Import although most of the current list would go.
    #[serde(default)]
    allow_shrink: bool,
}

/// Who uploads, and not too often.
async fn uploader(door: &Door, headers: &HeaderMap, caller: &Caller) -> Result<Client, IssuerError> {
    let client = door.pedell().authenticate_client(&credentials(headers)?, caller.from()).await?;
    if door.pressure().admits(&client.id) { Ok(client) } else { Err(IssuerError::too_many(&client.id)) }
}

/// Reads a little of what nobody wants: clients that are still sending when the answer comes tend not to read it.
async fn drain(body: Body) {
    let mut stream = body.into_data_stream();
    let reading = async {
        let mut bytes = 0;
        while let Some(Ok(chunk)) = stream.next().await {
            bytes += chunk.len();
            if bytes > limits::DRAINED_BYTES {
                break;
            }
        }
    };
    drop(tokio::time::timeout(limits::DRAINED_TIME, reading).await);
}

/// `PUT /v1/rosters/{semester}`
#[utoipa::path(put, path = "/v1/rosters/{semester}", tag = "Roster", security(("basic" = []), ("bearer" = [])),
    params(("semester" = String, Path, description = "In any form the university uses: 2026W, WS2026/27 …"), Choice),
    request_body(content = String, content_type = "text/csv", description = "The list; see docs/rosters.md"),
    responses(
        (status = 200, description = "Imported, or what a dry run found", body = serde_json::Value),
        (status = 422, description = "The list was refused; nothing was changed", body = serde_json::Value),
        (status = 400, description = "The request or the file can not be read", body = crate::web::failure::ErrorBody),
        (status = 401, description = "Client authentication failed", body = crate::web::failure::ErrorBody),
        (status = 403, description = "This client does not upload rosters", body = crate::web::failure::ErrorBody),
        (status = 409, description = "Another import was finished meanwhile", body = crate::web::failure::ErrorBody),
        (status = 413, description = "The file has too many bytes or rows", body = crate::web::failure::ErrorBody),
    ))]
pub(in crate::web) async fn upload(
    State(door): State<Door>,
    caller: Caller,
    headers: HeaderMap,
    Path(semester): Path<String>,
    choice: Result<Query<Choice>, QueryRejection>,
    body: Body,
) -> Result<(StatusCode, Json<ImportReport>), IssuerError> {
    let invalid = |text: String| IssuerError::new(OAuthErrorCode::InvalidRequest, text);
    let client = match uploader(&door, &headers, &caller).await {
        Ok(client) => client,
        Err(refusal) => {
            drain(body).await;
            return Err(refusal);
        }
    };
    let Query(choice) = choice.map_err(|rejection| invalid(rejection.body_text()))?;
    let not_allowed = || {
        IssuerError::new(OAuthErrorCode::UnauthorizedClient, "this client does not upload rosters")
            .with_status(StatusCode::FORBIDDEN)
    };
    let scope = policy::uploader(&client).ok_or_else(not_allowed)?;
    let university = door.pedell().university_of(&scope).await.map_err(IssuerError::from)?.ok_or_else(not_allowed)?;
    let forms = match university.profile.semester_keys.as_slice() {
        [] => KeyForm::ALL,
        own => own,
    };
    let semester = parse_key(&semester, forms).map_err(|error| invalid(format!("semester: {error}")))?;
    let options = ImportOptions {
        dry_run: choice.dry_run,
        skip_faulty: choice.skip_faulty,
        allow_shrink: choice.allow_shrink,
        max_bytes: door.settings().roster_max_bytes,
        max_rows: door.settings().roster_max_rows,
        ..ImportOptions::default()
    };
    let _place = door.uploads().take(&university.id).ok_or_else(|| {
        IssuerError::new(
            OAuthErrorCode::TemporarilyUnavailable,
            "other lists are being imported, or another one of yours; send this one again in a minute",
        )
    })?;
    let reader = SyncIoBridge::new(StreamReader::new(without_pauses(body.into_data_stream())));
    let imported = door.pedell().import_roster(&scope, &university, semester, reader, options, Arc::new(|_| ())).await;
    match imported {
        Ok(report) => Ok((StatusCode::OK, Json(report))),
        Err(ImportError::Refused(report)) => Ok((StatusCode::UNPROCESSABLE_ENTITY, Json(*report))),
        Err(ImportError::Unreadable(fault)) => Err(match fault {
            RosterError::TooManyBytes { .. } | RosterError::TooManyRows { .. } => {
                invalid(fault.to_string()).with_status(StatusCode::PAYLOAD_TOO_LARGE)
            }
            _ => invalid(fault.to_string()),
        }),
        Err(error @ ImportError::Overtaken) => Err(invalid(error.to_string()).with_status(StatusCode::CONFLICT)),
        Err(ImportError::Failure(failure)) => Err(failure.into()),
    }
}
