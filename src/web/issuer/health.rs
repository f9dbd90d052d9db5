//! For load balancers.

use axum::{extract::State, http::StatusCode};

use crate::web::Door;

/// `GET /healthz`: the process answers.
pub(in crate::web) async fn live() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the database answers too.
pub(in crate::web) async fn ready(State(door): State<Door>) -> (StatusCode, &'static str) {
    match door.pedell().stores().control().ping().await {
        Ok(()) => (StatusCode::OK, "ok\n"),
        Err(error) => {
            tracing::error!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
        }
    }
}
