//! `pedell serve`

use std::{path::PathBuf, time::Duration};

use tokio::{net::TcpListener, signal};

use super::{CliError, config::Config, open};
use crate::{
    flow::Pedell,
    web::{Door, router, serve},
};

/// How often what has expired is forgotten.
const TIDY_EVERY: Duration = Duration::from_mins(10);
/// How often OpenID providers are looked at; each is asked when its last good copy is old enough.
const ASK_EVERY: Duration = Duration::from_mins(1);
/// How often the folder of identity providers is looked at.
const WATCH_EVERY: Duration = Duration::from_secs(5);

pub(super) async fn run(config: &Config) -> Result<(), CliError> {
    open::start_log(config);
    let pedell = open::pedell(config).await?;
    let listener = TcpListener::bind(config.server.listen)
        .await
        .map_err(|error| format!("can't listen on {}: {error}", config.server.listen))?;
    tracing::info!(address = %listener.local_addr()?, public_url = %pedell.settings().public_url, "Pedell is at the door");
    let folder = config.saml.idp_metadata_folder.clone();
    refresh(&pedell, folder.clone()).await;
    let watching = tokio::spawn(watch(pedell.clone(), folder));
    let asking = tokio::spawn(ask_providers(pedell.clone()));
    let tidying = tokio::spawn(tidy(pedell.clone()));
    serve(listener, router(Door::new(pedell.clone(), open::door_settings(config))), asked_to_end()).await;
    tidying.abort();
    watching.abort();
    asking.abort();
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

/// Reads OpenID providers' documents and keys before a student needs them, for as long as the service runs.
pub(super) async fn ask_providers(pedell: Pedell) {
    loop {
        if let Err(error) = pedell.refresh_providers().await {
            tracing::error!(%error, "the OpenID connections can't be read");
        }
        tokio::time::sleep(ASK_EVERY).await;
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
