//! The configuration: a TOML file, then the environment over it.
//!
//! `[server] public_url` in the file is `PEDELL_SERVER__PUBLIC_URL` in the environment. Nothing is guessed: an unknown
//! key, a wrong type or a value out of range is a fault, and **all faults are reported at once**, each with its file and
//! line or its variable. Every section is a file of this folder that reads and checks itself; `reader.rs` hands out the
//! values. `docs/pedell.example.toml` states every default and `docs/configuration.md` explains every key; tests hold both
//! against this code.

mod certificates;
mod database;
mod fault;
mod keys;
mod limits;
mod log;
mod mail;
mod metrics;
mod networks;
mod outbound;
mod reader;
mod roster;
mod saml;
mod server;
mod service_provider;
mod source;
mod staff;
mod students;
#[cfg(test)]
mod tests;
mod tls;
mod tokens;

use std::path::Path;

pub use self::{
    database::{Database, DatabaseSettings, PostgresUrl},
    fault::{ConfigFaults, Fault},
    keys::{EnvironmentKey, KeySettings, MasterKeySource},
    limits::LimitSettings,
    log::{LogFilter, LogFormat, LogSettings},
    mail::MailSettings,
    metrics::MetricSettings,
    networks::NetworkSettings,
    outbound::OutboundSettings,
    roster::RosterSettings,
    saml::{FederationPlace, FederationSettings, SamlSettings},
    server::{PublicUrl, ServerSettings},
    service_provider::ServiceProviderSettings,
    students::StudentSettings,
    tls::TlsSettings,
    tokens::TokenSettings,
};
use self::{reader::Reader, source::Source};
use crate::flow::staff::StaffSettings;

/// Everything that can be set, checked. `Debug` shows no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// `[server]`
    pub server: ServerSettings,
    /// `[database]`
    pub database: DatabaseSettings,
    /// `[keys]`
    pub keys: KeySettings,
    /// `[tokens]`
    pub tokens: TokenSettings,
    /// `[students]`
    pub students: StudentSettings,
    /// `[staff]` and `[certificates]`
    pub staff: StaffSettings,
    /// `[limits]`
    pub limits: LimitSettings,
    /// `[roster]`
    pub roster: RosterSettings,
    /// `[networks]`
    pub networks: NetworkSettings,
    /// `[mail]`
    pub mail: MailSettings,
    /// `[outbound]`
    pub outbound: OutboundSettings,
    /// `[saml]`
    pub saml: SamlSettings,
    /// `[metrics]`
    pub metrics: MetricSettings,
    /// `[tls]`
    pub tls: TlsSettings,
    /// `[service_provider]`
    pub service_provider: ServiceProviderSettings,
    /// `[log]`
    pub log: LogSettings,
}

impl Config {
    /// Reads the file, if one is named, and the environment's `PEDELL_…` variables over it.
    ///
    /// # Errors
    /// All faults of both, in the order of the sections.
    pub fn load(
        path: Option<&Path>,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, ConfigFaults> {
        let mut source = Source::default();
        if let Some(path) = path {
            source.add_file(path);
        }
        source.add_environment(environment);
        let mut reader = Reader::new(source);
        let config = Self::read(&mut reader);
        match reader.finish() {
            faults if faults.is_empty() => Ok(config),
            faults => Err(ConfigFaults(faults)),
        }
    }

    fn read(reader: &mut Reader) -> Self {
        let certificates = certificates::read(&mut reader.section("certificates"));
        Self {
            server: ServerSettings::read(&mut reader.section("server")),
            database: DatabaseSettings::read(&mut reader.section("database")),
            keys: KeySettings::read(&mut reader.section("keys")),
            tokens: TokenSettings::read(&mut reader.section("tokens")),
            students: StudentSettings::read(&mut reader.section("students")),
            staff: staff::read(&mut reader.section("staff"), certificates),
            limits: LimitSettings::read(&mut reader.section("limits")),
            roster: RosterSettings::read(&mut reader.section("roster")),
            networks: NetworkSettings::read(&mut reader.section("networks")),
            mail: MailSettings::read(&mut reader.section("mail")),
            outbound: OutboundSettings::read(&mut reader.section("outbound")),
            saml: SamlSettings::read(&mut reader.section("saml")),
            metrics: MetricSettings::read(&mut reader.section("metrics")),
            tls: TlsSettings::read(&mut reader.section("tls")),
            service_provider: ServiceProviderSettings::read(&mut reader.section("service_provider")),
            log: LogSettings::read(&mut reader.section("log")),
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self::read(&mut Reader::new(Source::default()))
    }
}

/// This process's variables, for [`Config::load`]. Bytes that are not UTF-8 become `U+FFFD`, so that they are reported as
/// a fault of their variable instead of ending the process.
pub fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os().map(|(name, value)| (name.to_string_lossy().into_owned(), value.to_string_lossy().into_owned()))
}
