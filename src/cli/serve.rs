//! `pedell serve`

use std::{path::PathBuf, time::Duration};

use tokio::{net::TcpListener, signal, task::JoinHandle};

use super::{CliError, config::Config, open};
use crate::{
    flow::Pedell,
    peers::federation::Source,
    web::{Door, Regions, Tls, metrics_router, router, serve, serve_with},
};

/// How often what has expired is forgotten.
const TIDY_EVERY: Duration = Duration::from_mins(10);
/// How often OpenID providers are looked at; each is asked when its last good copy is old enough.
const ASK_EVERY: Duration = Duration::from_mins(1);
/// How often it is looked whether an audit trail is to be signed.
const SIGN_EVERY: Duration = Duration::from_mins(1);
/// How often the folder of identity providers and the TLS files are looked at.
const WATCH_EVERY: Duration = Duration::from_secs(5);

pub(super) async fn run(config: &Config) -> Result<(), CliError> {
    open::start_log(config);
    let tls = open::tls(config)?;
    let regions = open::regions(config).map_err(|error| format!("[networks] blocked: {error}"))?;
    let sources = open::sources(config)?;
    let pedell = open::pedell(config).await?;
    let listener = TcpListener::bind(config.server.listen)
        .await
        .map_err(|error| format!("can't listen on {}: {error}", config.server.listen))?;
    tracing::info!(address = %listener.local_addr()?, public_url = %pedell.settings().public_url, "Pedell is at the door");
    let figures = figures(config, &pedell).await?;
    let folder = config.saml.idp_metadata_folder.clone();
    refresh(&pedell, folder.clone()).await;
    follow(&pedell, sources, config.saml.metadata_cache_folder.clone()).await;
    let watching = tokio::spawn(watch(pedell.clone(), folder));
    let asking = tokio::spawn(ask_providers(pedell.clone()));
    let keeping = tokio::spawn({
        let federation = pedell.federation().clone();
        async move { federation.keep().await }
    });
    let listing = tokio::spawn(ask_companies(pedell.clone()));
    let tidying = tokio::spawn(tidy(pedell.clone()));
    let signing = tokio::spawn(sign(pedell.clone()));
    let reloading = tokio::spawn(reload(tls.clone()));
    let mapping = tokio::spawn(reload_regions(regions.clone()));
    let naming = tokio::spawn(name_authorities(pedell.clone(), tls.clone()));
    let router = router(Door::new(pedell.clone(), open::door_settings(config, regions)));
    serve_with(listener, tls.as_ref(), &config.server.trusted_proxies, router, asked_to_end()).await;
    reloading.abort();
    mapping.abort();
    naming.abort();
    tidying.abort();
    signing.abort();
    listing.abort();
    watching.abort();
    if let Some(figures) = figures {
        figures.abort();
    }
    asking.abort();
    keeping.abort();
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

/// Takes up a changed certificate, for as long as the service runs.
async fn reload(tls: Option<Tls>) {
    let Some(tls) = tls else { return };
    loop {
        tokio::time::sleep(WATCH_EVERY).await;
        let again = tls.clone();
        match tokio::task::spawn_blocking(move || again.reload()).await {
            Ok(Ok(false)) => {}
            Ok(Ok(true)) => tracing::info!("a new TLS certificate is in use"),
            Ok(Err(error)) => tracing::error!(%error, "the changed TLS files can't be used; the last good ones are"),
            Err(error) => tracing::error!(%error, "reading the TLS files has stopped half-way"),
        }
    }
}

/// Takes up changed files of blocked regions, for as long as the service runs.
async fn reload_regions(regions: Regions) {
    loop {
        tokio::time::sleep(WATCH_EVERY).await;
        let again = regions.clone();
        match tokio::task::spawn_blocking(move || again.reload()).await {
            Ok(Ok(false)) => {}
            Ok(Ok(true)) => tracing::info!(prefixes = regions.size().0, "the blocked regions were read anew"),
            Ok(Err(error)) => tracing::error!(
                alarm = "blocked_regions", %error, "the changed regions can't be used; the last good ones are"
            ),
            Err(error) => tracing::error!(%error, "reading the blocked regions has stopped half-way"),
        }
    }
}

/// Tells browsers whose certificates are asked for, for as long as the service runs.
async fn name_authorities(pedell: Pedell, tls: Option<Tls>) {
    let Some(tls) = tls.filter(Tls::asks_by_name) else { return };
    let mut told = None;
    loop {
        match pedell.authorities_asked_for().await {
            Ok(names) if told.as_ref() != Some(&names) => match tls.ask_for(names.clone()) {
                Ok(()) => told = Some(names),
                Err(error) => tracing::error!(%error, "the authorities can't be named at the handshake"),
            },
            Ok(_) => {}
            Err(error) => tracing::error!(%error, "the authorities can't be read"),
        }
        tokio::time::sleep(WATCH_EVERY).await;
    }
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

/// Fetches companies' lists of revoked certificates before somebody logs in, for as long as the service runs.
pub(super) async fn ask_companies(pedell: Pedell) {
    loop {
        if let Err(error) = pedell.refresh_company_lists().await {
            tracing::error!(%error, "companies' lists of revoked certificates can't be read");
        }
        tokio::time::sleep(ASK_EVERY).await;
    }
}

/// Reads the last good copies of federations' metadata from disk. The network is asked later, behind.
pub(super) async fn follow(pedell: &Pedell, sources: Vec<Source>, folder: PathBuf) {
    let federation = pedell.federation().clone();
    if let Err(error) = tokio::task::spawn_blocking(move || federation.follow(sources, &folder)).await {
        tracing::error!(%error, "reading federations' metadata has stopped half-way");
    }
}

/// Signs audit trails as they grow, for as long as the service runs.
pub(super) async fn sign(pedell: Pedell) {
    loop {
        if let Err(error) = pedell.sign_trails(false).await {
            tracing::error!(%error, "audit trails could not be signed");
        }
        tokio::time::sleep(SIGN_EVERY).await;
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
