//! `pedell serve`

use std::{path::PathBuf, time::Duration};

use tokio::{net::TcpListener, signal, task::JoinHandle};

use super::{CliError, config::Config, open};
use crate::{
    flow::Pedell,
    web::{Door, metrics_router, router, serve},
};

/// How often what has expired is forgotten.
const TIDY_EVERY: Duration = Duration::from_mins(10);
/// How often the folder of identity providers is looked at.
const WATCH_EVERY: Duration = Duration::from_secs(5);

pub(super) async fn run(config: &Config) -> Result<(), CliError> {
    open::start_log(config);
    let pedell = open::pedell(config).await?;
    let listener = TcpListener::bind(config.server.listen)
        .await
        .map_err(|error| format!("can't listen on {}: {error}", config.server.listen))?;
    tracing::info!(address = %listener.local_addr()?, public_url = %pedell.settings().public_url, "Pedell is at the door");
    let figures = figures(config, &pedell).await?;
    let folder = config.saml.idp_metadata_folder.clone();
    refresh(&pedell, folder.clone()).await;
    let watching = tokio::spawn(watch(pedell.clone(), folder));
    let tidying = tokio::spawn(tidy(pedell.clone()));
    serve(listener, router(Door::new(pedell.clone(), open::door_settings(config))), asked_to_end()).await;
    tidying.abort();
    watching.abort();
    if let Some(figures) = figures {
        figures.abort();
    }
    pedell.stores().close().await;
    Ok(())
}

/// Serves `/metrics`, if that is wanted.
async fn figures(config: &Config, pedell: &Pedell) -> Result<Option<JoinHandle<()>>, CliError> {
    let Some(address) = config.metrics.listen else { return Ok(None) };
    let listener =
        TcpListener::bind(address).await.map_err(|error| format!("can't listen on {address} ([metrics]): {error}"))?;
    tracing::info!(address = %listener.local_addr()?, "figures are at /metrics");
    let router = metrics_router(pedell.clone());
    Ok(Some(tokio::spawn(serve(listener, router, std::future::pending()))))
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

/// Reads changed metadata of identity providers, for as long as the service runs.
pub(super) async fn watch(pedell: Pedell, folder: PathBuf) {
    loop {
        tokio::time::sleep(WATCH_EVERY).await;
        refresh(&pedell, folder.clone()).await;
    }
}

/// Reads them once.
pub(super) async fn refresh(pedell: &Pedell, folder: PathBuf) {
    let (federation, now) = (pedell.federation().clone(), pedell.clock().now());
    match tokio::task::spawn_blocking(move || federation.refresh(&folder, now)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::error!(%error, "the folder of identity providers can't be read"),
        Err(error) => tracing::error!(%error, "reading identity providers has stopped half-way"),
    }
}

pub(super) async fn tidy(pedell: Pedell) {
    loop {
        if let Err(error) = pedell.tidy().await {
            tracing::error!(%error, "tidying failed");
        }
        tokio::time::sleep(TIDY_EVERY).await;
    }
}
