//! The program: reads the configuration and starts what the house holds. Imports everything; nothing imports it.
//!
//! One file per command. Start with [`main`]; [`open`] is how every command gets at the gateway, [`config`] what the
//! operator can set.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "this is what a person at a terminal talks to")]

mod account;
mod audit;
mod ca;
mod client;
pub mod config;
mod connection;
mod counter;
pub mod demo;
mod doctor;
mod document;
mod keys;
mod open;
mod roster;
mod saml;
mod serve;
mod staff;
mod token;
mod try_connection;
mod university;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

/// An identity and enrollment-verification gateway.
#[derive(Parser)]
#[command(name = "pedell", version, about, max_term_width = 100)]
struct Arguments {
    /// The configuration; without it, defaults and `PEDELL_…` variables count.
    #[arg(long, short, global = true, env = "PEDELL_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the gateway.
    Serve,
    /// Try everything: a gateway with invented universities and students, and a small ticket shop.
    Demo(demo::Demo),
    /// Say what is wrong with the configuration, the keys and the databases.
    Doctor,
    /// Keys: make, list, rotate, delete.
    #[command(subcommand)]
    Keys(keys::Keys),
    /// Universities: add, change, list.
    #[command(subcommand)]
    University(university::Universities),
    /// Connections: how a university's students prove their enrollment; set, try, make live.
    #[command(subcommand)]
    Connection(connection::Connections),
    /// Ticket issuers and universities' uploaders: add, change, block, list.
    #[command(subcommand)]
    Client(client::Clients),
    /// Counters of agencies: what they may check.
    #[command(subcommand)]
    Counter(counter::CounterCommand),
    /// Rosters: import, preview, list, roll back.
    #[command(subcommand)]
    Roster(roster::RosterCommand),
    /// Staff: the first operator.
    #[command(subcommand)]
    Staff(staff::StaffCommand),
    /// Pedell's own certificate authority: make, renew; issue and revoke people's certificates.
    #[command(subcommand)]
    Ca(ca::Ca),
    /// SAML: check a response, print our metadata.
    #[command(subcommand)]
    Saml(saml::Saml),
    /// Eligibility tokens: verify offline.
    #[command(subcommand)]
    Token(token::Tokens),
    /// Students' accounts: who asked for anonymisation, and carrying it out.
    #[command(subcommand)]
    Account(account::Accounts),
    /// The audit trail: verify, export.
    #[command(subcommand)]
    Audit(audit::Audit),
    /// Print the API's `OpenAPI` document.
    Openapi,
}

/// What went wrong, for the person at the terminal.
pub(crate) type CliError = Box<dyn std::error::Error + Send + Sync>;

/// Runs the program.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("pedell: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(run(arguments)) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("pedell: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<ExitCode, CliError> {
    let path = arguments.config.as_deref();
    match arguments.command {
        Command::Serve => serve::run(&open::config(path)?).await?,
        Command::Demo(demo) => Box::pin(demo.run()).await?,
        Command::Doctor => return doctor::run(path).await,
        Command::Keys(command) => command.run(path).await?,
        Command::University(command) => command.run(&open::pedell(&open::config(path)?).await?).await?,
        Command::Connection(command) => {
            let config = open::config(path)?;
            let pedell = open::pedell(&config).await?;
            serve::refresh(&pedell, config.saml.idp_metadata_folder.clone()).await;
            serve::follow(&pedell, open::sources(&config)?, config.saml.metadata_cache_folder.clone()).await;
            command.run(&pedell).await?;
        }
        Command::Client(command) => command.run(&open::pedell(&open::config(path)?).await?).await?,
        Command::Counter(command) => command.run(&open::pedell(&open::config(path)?).await?).await?,
        Command::Roster(command) => {
            let config = open::config(path)?;
            command.run(&open::pedell(&config).await?, &config.roster).await?;
        }
        Command::Staff(command) => command.run(&open::pedell(&open::config(path)?).await?).await?,
        Command::Ca(command) => command.run(&open::pedell(&open::config(path)?).await?).await?,
        Command::Saml(command) => return command.run(|| open::config(path)).await,
        Command::Token(command) => return command.run().await,
        Command::Account(command) => command.run(&open::pedell(&open::config(path)?).await?).await?,
        Command::Audit(command) => return command.run(&open::pedell(&open::config(path)?).await?).await,
        Command::Openapi => println!("{}", crate::web::openapi_document().to_pretty_json()?),
    }
    Ok(ExitCode::SUCCESS)
}
