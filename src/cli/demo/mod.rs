//! `pedell demo`: a whole instance with invented people, and a small ticket shop to click through.
//!
//! [`people`] invents students, [`seed`] sets the instance up through the same flows that an operator uses, [`shop`] is
//! the relying party: an unmodified OpenID Connect library behind three pages ([`page`]); [`idp`] is the login of a
//! university that speaks SAML, [`oidc_provider`] of one that speaks OpenID Connect, [`campus`] the web service of another.

pub mod campus;
pub mod idp;
pub mod oidc_provider;
pub mod page;
mod people;
mod seed;
mod service;
mod shop;
mod staff;

use std::{net::SocketAddr, num::NonZeroU32, path::PathBuf, time::Duration};

use clap::Args;
use tokio::net::TcpListener;

use self::{
    idp::{Account, Idp},
    oidc_provider::Member,
    people::Tryout,
    service::Service,
    staff::Colleague,
};
use super::{CliError, config::Config, open, serve as serving};
use crate::{
    base::{Clock, Random},
    flow::{Pedell, Settings, staff::StaffSettings},
    peers::outbound::Outbound,
    store::{Location, Stores},
    vault::MasterKey,
    web::{Door, DoorSettings, ForwardedCertificates, router, serve},
};

/// What a demo can be told.
#[derive(Args)]
pub(super) struct Demo {
    /// Where Pedell listens; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Where the shop listens; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8081")]
    shop_listen: SocketAddr,
    /// Where the invented university's login listens; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8082")]
    idp_listen: SocketAddr,
    /// Where the second university's login listens; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8083")]
    op_listen: SocketAddr,
    /// The folder of the demo's data; it is kept for the next time.
    #[arg(long, default_value = "var/demo", value_name = "FOLDER")]
    data: PathBuf,
    /// Print the students to try as JSON, for scripts.
    #[arg(long)]
    json: bool,
}

impl Demo {
    pub(super) async fn run(self) -> Result<(), CliError> {
        open::start_log(&Config::load(None, demo_environment())?);
        let listener = bind(self.listen).await?;
        let shop_listener = bind(self.shop_listen).await?;
        let idp_listener = bind(self.idp_listen).await?;
        let op_listener = bind(self.op_listen).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let shop_url = format!("http://{}", shop_listener.local_addr()?);
        let idp_url = format!("http://{}", idp_listener.local_addr()?);
        let op_url = format!("http://{}", op_listener.local_addr()?);
        let key_file = self.data.join("master.key");
        let random = Random::default();
        let master = match MasterKey::read(&key_file) {
            Ok(master) => master,
            Err(_) if !key_file.exists() => MasterKey::create(&key_file, &random)?,
            Err(error) => return Err(error.into()),
        };
        let stores = Stores::open(Location::Sqlite(self.data.join("data"))).await?;
        let pedell = Pedell::new(stores, master, Clock::default(), random, settings(url.clone())).await?;
        // First, for a university is connected only to a provider that is known.
        let idp = Idp::new(pedell.clock().clone(), pedell.random().clone(), &url, &idp_url).await?;
        let idp_metadata = self.data.join("idp-metadata");
        idp.introduce(&idp_metadata)?;
        serving::refresh(&pedell, idp_metadata).await;
        // Before it is connected, for a connection is tried before it becomes live.
        let service = Service::start(&pedell).await?;
        let (end, ended) = tokio::sync::watch::channel(false);
        let ends =
            |mut ended: tokio::sync::watch::Receiver<bool>| async move { drop(ended.wait_for(|end| *end).await) };
        // Likewise: its provider is asked when a university is connected, so it has to be there.
        let (op, op_secret) = seed::provider(&pedell, &op_url).await?;
        let serving_op = tokio::spawn(serve(op_listener, op.router(), ends(ended.clone())));
        let credentials = seed::seed(&pedell, &shop_url, (&op_url, op_secret), &service).await?;
        let (tryouts, accounts, members) = (people::tryouts(), idp::accounts(), oidc_provider::members());
        let students = seed::students(&tryouts, &accounts, &members);
        let shop = shop::Shop::new(pedell.clock().clone(), &url, &shop_url, credentials, students)?;
        let addresses = [&url, &shop_url, &idp_url, &op_url, service.address()];
        let colleagues = staff::colleagues(&pedell, &self.data).await?;
        staff::counters(&pedell).await?;
        self.announce(addresses, &tryouts, &accounts, &members, &colleagues);
        let tidying = tokio::spawn(serving::tidy(pedell.clone()));
        let signing = tokio::spawn(serving::sign(pedell.clone()));
        tokio::join!(
            serve(listener, router(Door::new(pedell.clone(), door_settings(&shop_url))), ends(ended.clone())),
            serve(shop_listener, shop.router(), ends(ended.clone())),
            serve(idp_listener, idp.router(), ends(ended)),
            async {
                serving::asked_to_end().await;
                let _ = end.send(true);
            }
        );
        let _ = serving_op.await;
        tidying.abort();
        signing.abort();
        service.end();
        pedell.stores().close().await;
        Ok(())
    }

    fn announce(
        &self,
        [url, shop_url, idp_url, op_url, service_url]: [&str; 5],
        tryouts: &[Tryout],
        accounts: &[Account],
        members: &[Member],
        colleagues: &[Colleague],
    ) {
        if self.json {
            let all = serde_json::json!({
                "pedell": url, "shop": shop_url, "idp": idp_url, "op": op_url, "service": service_url,
                "students": tryouts, "accounts": accounts, "members": members,
                "staff": colleagues,
            });
            println!("{all}");
            return;
        }
        println!("\n  The ticket shop   {shop_url}     <- begin here\n  Pedell            {url}");
        println!("  Two universities  {idp_url} and {op_url}     (their logins)");
        println!("  Another           {service_url}     (its web service: ?wsdl)\n");
        println!("  Students to try (all of them are invented):\n");
        for tryout in tryouts {
            let name = format!("{} {}", tryout.given_names, tryout.family_name);
            let born = tryout.birth_date.strftime("%d.%m.%Y");
            println!(
                "    {name}\n      {}, number {}, born {born}",
                tryout.university_name, tryout.matriculation_number
            );
            println!("      {}\n", tryout.what);
        }
        let saml = accounts.iter().map(|a| (a.given_names, a.family_name, a.university_name, a.what));
        let oidc = members.iter().map(|m| (m.given_names, m.family_name, m.university_name, m.what));
        for (given, family, university, what) in saml.chain(oidc) {
            println!("    {given} {family}\n      {university}, logs in there\n      {what}\n");
        }
        println!("  Staff to log in as, at {url}/staff (the key is for an authenticator app):\n");
        for colleague in colleagues {
            println!("    {} ({}, {})", colleague.name, colleague.rank, colleague.tenant);
            println!("      {}, password \"{}\"", colleague.login, colleague.password);
            if let Some(secret) = &colleague.totp_secret {
                println!("      key {secret}");
            }
            println!();
        }
        println!("  The data are kept in {}. Ctrl-C ends the demo.\n", self.data.display());
    }
}

async fn bind(address: SocketAddr) -> Result<TcpListener, CliError> {
    Ok(TcpListener::bind(address).await.map_err(|error| {
        format!("can't listen on {address}: {error} (choose others with --listen, --shop-listen, --idp-listen and --op-listen)")
    })?)
}

/// The demo takes no configuration but the log's.
fn demo_environment() -> impl Iterator<Item = (String, String)> {
    super::config::environment().filter(|(name, _)| name.starts_with("PEDELL_LOG__"))
}

fn settings(public_url: String) -> Settings {
    Settings {
        public_url,
        token_life: Duration::from_mins(5),
        signing_algorithm: crate::vault::SigningAlgorithm::Es256,
        retired_key_overlap: Duration::from_hours(24),
        failed_attempts_per_number: 5,
        failed_attempts_per_address: 100,
        attempt_window: Duration::from_mins(15),
        outbound: Outbound::anywhere(), // the demo's peers are on this machine
        staff: StaffSettings::default(),
    }
}

const OPERATOR: &str = "Verkehrsverbund Musterland";

fn door_settings(shop_url: &str) -> DoorSettings {
    const PER_MINUTE: NonZeroU32 = NonZeroU32::MIN.saturating_add(5_999);
    DoorSettings {
        trusted_proxies: Vec::new(),
        forwarded_certificates: ForwardedCertificates::Off,
        regions: crate::web::Regions::default(),
        requests_per_minute_per_address: PER_MINUTE,
        requests_per_minute_per_client: PER_MINUTE,
        roster_max_bytes: crate::base::limits::ROSTER_BYTES,
        roster_max_rows: crate::base::limits::ROSTER_ROWS,
        operator: OPERATOR.to_owned(),
        service_provider: crate::flow::saml_metadata::ServiceProvider {
            operator: OPERATOR.to_owned(),
            ..Default::default()
        },
        saml_metadata_life: Duration::from_hours(24),
        is_demo: true,
        shop: Some(shop_url.to_owned()),
    }
}
