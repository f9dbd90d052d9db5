//! From the configuration to the gateway.

use std::{
    io::{IsTerminal, stderr},
    path::Path,
};

use super::{
    CliError,
    config::{Config, Database, LogFormat, MasterKeySource, environment},
};
use crate::{
    base::{Clock, Random},
    flow::{Pedell, Settings},
    peers::outbound::Outbound,
    store::{Location, Stores},
    vault::MasterKey,
    web::DoorSettings,
};

/// Reads the configuration; every fault is in the error.
pub(super) fn config(path: Option<&Path>) -> Result<Config, CliError> {
    Ok(Config::load(path, environment())?)
}

/// The gateway as it is configured.
pub(super) async fn pedell(config: &Config) -> Result<Pedell, CliError> {
    let master = master_key(config)?;
    let stores = Stores::open(location(config)).await?;
    Ok(Pedell::new(stores, master, Clock::default(), Random::default(), settings(config)).await?)
}

/// The operator's half of every key.
pub(super) fn master_key(config: &Config) -> Result<MasterKey, CliError> {
    Ok(match &config.keys.master_key {
        MasterKeySource::File(path) => MasterKey::read(path)?,
        MasterKeySource::Environment(key) => key.master_key()?,
    })
}

/// Which databases.
pub(super) fn location(config: &Config) -> Location {
    match &config.database.url {
        Database::Sqlite(folder) => Location::Sqlite(folder.clone()),
        Database::Postgres(url) => Location::Postgres {
            url: url.expose().to_owned().into(),
            max_connections: config.database.max_connections.get(),
        },
    }
}

/// What the flows may choose.
pub(super) fn settings(config: &Config) -> Settings {
    Settings {
        public_url: config.server.public_url.issuer().to_owned(),
        token_life: config.tokens.life,
        signing_algorithm: config.tokens.signing_algorithm,
        retired_key_overlap: config.tokens.retired_key_overlap,
        failed_attempts_per_number: config.students.failed_attempts_per_number.get(),
        failed_attempts_per_address: config.students.failed_attempts_per_address.get(),
        attempt_window: config.students.attempt_window,
        outbound: Outbound::public_and(config.outbound.allowed.clone()),
        staff: config.staff,
    }
}

/// What the doors may choose.
pub(super) fn door_settings(config: &Config) -> DoorSettings {
    DoorSettings {
        trusted_proxies: config.server.trusted_proxies.clone(),
        requests_per_minute_per_address: config.limits.requests_per_minute_per_address,
        requests_per_minute_per_client: config.limits.requests_per_minute_per_client,
        roster_max_bytes: config.roster.max_bytes,
        roster_max_rows: config.roster.max_rows,
        operator: config.server.operator.clone(),
        is_demo: false,
        shop: None,
    }
}

/// Where the log goes: standard error, as text (with colours on a terminal only) or as JSON.
pub(super) fn start_log(config: &Config) {
    let builder = tracing_subscriber::fmt()
        .with_env_filter(config.log.filter.to_env_filter())
        .with_ansi(stderr().is_terminal())
        .with_writer(stderr);
    match config.log.format {
        LogFormat::Text => builder.init(),
        LogFormat::Json => builder.json().init(),
    }
}
