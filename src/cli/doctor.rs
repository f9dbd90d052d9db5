//! `pedell doctor`: says what is wrong before anybody finds out the hard way.

use std::{path::Path, process::ExitCode, time::Duration};

use super::{CliError, config::Config, open, serve};
use crate::{
    base::{Clock, Random, Timestamp},
    domain::{connection::ConnectionSettings, policy},
    flow::{Pedell, findings::Finding},
    protocol::saml::certificate::Certificate,
    store::Stores,
    web::Tls,
};

/// A certificate that ends sooner is a fault: somebody has to act.
const CERTIFICATE_WARNING: Duration = Duration::from_hours(14 * 24);

pub(super) async fn run(path: Option<&Path>) -> Result<ExitCode, CliError> {
    let mut report = Report { faults: 0 };
    let config = match open::config(path) {
        Ok(config) => config,
        Err(faults) => {
            report.bad("configuration", &faults);
            return Ok(ExitCode::FAILURE);
        }
    };
    report.good("configuration", "read");
    let now = Clock::default().now();
    if now < Timestamp::from_seconds(1_760_000_000) {
        report.bad("clock", &format!("{now} is in the past: tokens would be refused everywhere"));
    } else {
        report.good("clock", &now.to_string());
    }
    if !config.server.public_url.is_https() {
        report.good("public address", "http: for trying on this machine only");
    }
    match open::tls(&config) {
        Ok(None) => {}
        Ok(Some(tls)) => report.certificate(&tls, now),
        Err(error) => report.bad("TLS", &error),
    }
    match open::regions(&config) {
        Ok(regions) => match regions.size() {
            (_, 0) => {}
            (prefixes, files) => report.good("blocked regions", &format!("{prefixes} networks in {files} files")),
        },
        Err(error) => report.bad("blocked regions", &error),
    }
    let master = match open::master_key(&config) {
        Ok(master) => {
            report.good("master key", "read");
            master
        }
        Err(error) => {
            report.bad("master key", &error);
            return Ok(report.exit_code());
        }
    };
    let stores = match Stores::open(open::location(&config)).await {
        Ok(stores) => {
            report.good("control database", "answers, migrated");
            stores
        }
        Err(error) => {
            report.bad("control database", &error);
            return Ok(report.exit_code());
        }
    };
    match Pedell::new(stores, master, Clock::default(), Random::default(), open::settings(&config)).await {
        Err(error) => report.bad("signing keys", &error),
        Ok(pedell) => {
            federations(&config, &pedell, &mut report).await;
            inside(&pedell, &mut report).await?;
        }
    }
    Ok(report.exit_code())
}

/// The state of every federation's metadata, as the service has left it: from the last good copies, without network.
async fn federations(config: &Config, pedell: &Pedell, report: &mut Report) {
    serve::refresh(pedell, config.saml.idp_metadata_folder.clone()).await;
    match open::sources(config) {
        Ok(sources) => serve::follow(pedell, sources, config.saml.metadata_cache_folder.clone()).await,
        Err(error) => report.bad("federations", &error),
    }
    for state in pedell.federation_states() {
        let what = format!("federation {}", state.name);
        if state.is_fault { report.bad(&what, &state.text) } else { report.good(&what, &state.text) }
    }
}

async fn inside(pedell: &Pedell, report: &mut Report) -> Result<(), CliError> {
    match pedell.signing_ring().await {
        Ok(ring) => report
            .good("signing keys", &format!("{} signs, {} published", ring.active.kid(), ring.published.keys.len())),
        Err(error) => report.bad("signing keys", &error),
    }
    if let Some(authority) = pedell.authority().await? {
        let (until, now) = (authority.certificate.validity.not_after, pedell.clock().now());
        if until < now.plus(pedell.settings().staff.certificates.warning) {
            report.bad("authority", &format!("its certificate ends {until}: `pedell ca renew`"));
        } else {
            report.good("authority", &format!("{} issues certificates until {until}", authority.certificate.name));
        }
    }
    for university in pedell.stores().control().universities().await? {
        let name = format!("university {}", university.slug);
        let tenant = match pedell.stores().tenant(&policy::operator(&university.id)).await {
            Ok(tenant) => tenant,
            Err(error) => {
                report.bad(&name, &error);
                continue;
            }
        };
        if let Err(error) = pedell.tenant_keys(&university.id).await {
            report.bad(&name, &error);
            continue;
        }
        let scope = policy::operator(&university.id);
        if let ConnectionSettings::Roster(_) = university.connection.settings {
            let current = university.profile.calendar.semester_on(pedell.clock().now().date_in_berlin());
            if let Some(roster) = tenant.current_rosters().await?.iter().find(|roster| roster.semester == current) {
                let (rows, at) = (roster.row_count, roster.imported_at);
                report.good(&name, &format!("{rows} students on the list of {current}, imported {at}"));
            }
        } else {
            let kind = university.connection.settings.method().code();
            report.good(&name, &format!("students prove themselves by {kind}"));
        }
        report.found(&name, pedell.findings_of(&scope, &university).await?);
    }
    let findings = pedell.findings_of_instance().await?;
    // Federations were told one by one.
    let others = findings.into_iter().filter(|finding| !matches!(finding, Finding::Federation { .. }));
    report.found("instance", others.collect());
    Ok(())
}

/// What was found, printed as it is found.
struct Report {
    faults: u32,
}

impl Report {
    #[expect(clippy::unused_self, reason = "good and bad news are told the same way")]
    fn good(&self, what: &str, how: &str) {
        println!("ok    {what}: {how}");
    }

    fn bad(&mut self, what: &str, why: &dyn std::fmt::Display) {
        self.faults += 1;
        println!("FAULT {what}: {why}");
    }

    fn found(&mut self, what: &str, findings: Vec<Finding>) {
        for finding in findings {
            if finding.is_fault() { self.bad(what, &finding) } else { self.good(what, &finding.to_string()) }
        }
    }

    /// The gateway's own certificate: for how long it is good.
    fn certificate(&mut self, tls: &Tls, now: Timestamp) {
        match Certificate::from_der(tls.certificate()).ok().and_then(|certificate| certificate.not_after()) {
            Some(until) if until <= now => self.bad("TLS", &format!("the certificate ended {until}")),
            Some(until) if until < now.plus(CERTIFICATE_WARNING) => {
                self.bad("TLS", &format!("the certificate ends {until}: renew it"));
            }
            Some(until) => self.good("TLS", &format!("the certificate is good until {until}")),
            None => self.bad("TLS", &"the certificate does not say until when it is good"),
        }
    }

    fn exit_code(&self) -> ExitCode {
        if self.faults == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}
