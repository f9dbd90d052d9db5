//! `pedell serve`

use std::time::Duration;

use tokio::{net::TcpListener, signal};

use super::{CliError, config::Config, open};
use crate::{
    flow::Pedell,
    web::{Door, router, serve},
};

/// How often what has expired is forgotten.
const TIDY_EVERY: Duration = Duration::from_mins(10);

pub(super) async fn run(config: &Config) -> Result<(), CliError> {
    open::start_log(config);
    let pedell = open::pedell(config).await?;
    let listener = TcpListener::bind(config.server.listen)
        .await
        .map_err(|error| format!("can't listen on {}: {error}", config.server.listen))?;
    tracing::info!(address = %listener.local_addr()?, public_url = %pedell.settings().public_url, "Pedell is at the door");
    let tidying = tokio::spawn(tidy(pedell.clone()));
    serve(listener, router(Door::new(pedell.clone(), open::door_settings(config))), asked_to_end()).await;
    tidying.abort();
    pedell.stores().close().await;
    Ok(())
}

/// Ctrl-C, or SIGTERM from whatever supervises the process.
pub(super) async fn asked_to_end() {
    let interrupt = signal::ctrl_c();
    #[cfg(unix)]
    match signal::unix::signal(signal::unix::SignalKind::terminate()) {
        Ok(mut terminate) => tokio::select! {
            _ = interrupt => (),
            _ = terminate.recv() => (),
        },
        Err(_) => drop(interrupt.await),
    }
    #[cfg(not(unix))]
    drop(interrupt.await);
}

pub(super) async fn tidy(pedell: Pedell) {
    loop {
        if let Err(error) = pedell.tidy().await {
            tracing::error!(%error, "tidying failed");
        }
        tokio::time::sleep(TIDY_EVERY).await;
    }
}
