//! From the configuration to the gateway.

use std::{
    fs,
    io::{IsTerminal, stderr},
    path::Path,
};

use super::{
    CliError,
    config::{Config, Database, FederationPlace, FederationSettings, LogFormat, MasterKeySource, environment},
};
use crate::{
    base::{Clock, Random},
    flow::{Pedell, Settings, saml_metadata::ServiceProvider},
    peers::{
        federation::{Place, Source},
        outbound::Outbound,
    },
    protocol::saml::certificate::verifying_keys_of_pem,
    store::{Location, Stores},
    vault::MasterKey,
    web::{DoorSettings, Regions, RegionsError, Tls},
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

/// The federations, with the keys that sign their metadata.
pub(super) fn sources(config: &Config) -> Result<Vec<Source>, CliError> {
    config.saml.federations.iter().map(source).collect()
}

fn source(settings: &FederationSettings) -> Result<Source, CliError> {
    let mut keys = Vec::new();
    for path in &settings.signing_certificates {
        let fault = |why: &dyn std::fmt::Display| {
            format!("the signing certificate of federation {}, {}: {why}", settings.name, path.display())
        };
        let pem = fs::read_to_string(path).map_err(|error| fault(&error))?;
        keys.extend(verifying_keys_of_pem(&pem).map_err(|error| fault(&error))?);
    }
    let place = match &settings.place {
        FederationPlace::Aggregate(url) => Place::Aggregate(url.clone()),
        FederationPlace::Mdq(url) => Place::Mdq(url.clone()),
    };
    Ok(Source {
        refresh: settings.refresh,
        longest_validity: settings.longest_validity,
        grace: settings.grace,
        smallest_share: settings.smallest_share_percent,
        ..Source::new(settings.name.clone(), place, keys)
    })
}

/// What our SAML metadata says about this service.
pub(super) fn service_provider(config: &Config) -> ServiceProvider {
    ServiceProvider { operator: config.server.operator.clone(), ..config.service_provider.about.clone() }
}

/// What the doors may choose.
pub(super) fn door_settings(config: &Config, regions: Regions) -> DoorSettings {
    DoorSettings {
        trusted_proxies: config.server.trusted_proxies.clone(),
        forwarded_certificates: config.server.proxy_client_certificates,
        regions,
        requests_per_minute_per_address: config.limits.requests_per_minute_per_address,
        requests_per_minute_per_client: config.limits.requests_per_minute_per_client,
        roster_max_bytes: config.roster.max_bytes,
        roster_max_rows: config.roster.max_rows,
        operator: config.server.operator.clone(),
        service_provider: service_provider(config),
        saml_metadata_life: config.service_provider.metadata_life,
        is_demo: false,
        shop: None,
    }
}

/// The regions that some doors are closed to.
pub(super) fn regions(config: &Config) -> Result<Regions, RegionsError> {
    Regions::new(config.networks.regions.clone())
}

/// TLS, if the gateway ends it itself.
pub(super) fn tls(config: &Config) -> Result<Option<Tls>, CliError> {
    let Some(files) = config.tls.files.clone() else { return Ok(None) };
    if !config.server.public_url.is_https() {
        return Err("[tls] is set, so public_url has to begin with https://".into());
    }
    Ok(Some(Tls::new(files)?))
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
