//! `pedell connection …`

use std::{fs, path::PathBuf};

use clap::{Args, Subcommand};

use super::{CliError, document, try_connection, university};
use crate::{
    base::limits,
    domain::{
        connection::{Connection, ConnectionFault, ConnectionSecrets, ConnectionSettings, Stage},
        policy::{self, Scope, ShellName},
    },
    flow::{Pedell, connections::NewSecrets},
};

/// Connections: how a university's students prove their enrollment.
#[derive(Subcommand)]
pub(super) enum Connections {
    /// Show the test and the live connection, and whether somebody has asked for a promotion.
    Show {
        /// The university's short name.
        university: String,
    },
    /// Set the test connection. What it can't work with is said; students notice nothing.
    Set {
        /// The university's short name.
        university: String,
        /// Its settings, as TOML (docs/connections.md).
        file: PathBuf,
        /// A secret that it takes, from a file: `--secret password=/run/secrets/soap`.
        #[arg(long = "secret", value_name = "NAME=FILE")]
        secrets: Vec<String>,
        /// Keep the secrets that there are, except those given.
        #[arg(long)]
        keep_secrets: bool,
        #[command(flatten)]
        by: By,
    },
    /// Try the test connection: prints a link that works for an hour and shows what the provider says. With a student's
    /// data, asks a web service here and now, and prints what was sent and what came back.
    Try {
        /// The university's short name.
        university: String,
        #[command(flatten)]
        typed: try_connection::Typed,
        #[command(flatten)]
        by: By,
    },
    /// Ask that the test connection be what students use; a second person has to approve.
    Promote {
        /// The university's short name.
        university: String,
        #[command(flatten)]
        by: By,
    },
    /// Approve, as a second person: from their next login on, students use it.
    Approve {
        /// The university's short name.
        university: String,
        #[command(flatten)]
        by: By,
    },
    /// Reject: what students use stays as it is.
    Reject {
        /// The university's short name.
        university: String,
        #[command(flatten)]
        by: By,
    },
}

/// Who does it.
#[derive(Args)]
pub(super) struct By {
    /// Who you are, for the audit trail; two people are told apart by it.
    #[arg(long, env = "PEDELL_OPERATOR", value_name = "NAME")]
    by: ShellName,
}

impl Connections {
    pub(super) async fn run(self, pedell: &Pedell) -> Result<(), CliError> {
        match self {
            Self::Show { university } => show(pedell, &university).await?,
            Self::Set { university, file, secrets, keep_secrets, by } => {
                let scope = scope(pedell, &university, by).await?;
                let settings: ConnectionSettings = document::read(&file)?;
                let secrets = read_secrets(&secrets)?;
                let secrets = if keep_secrets { NewSecrets::Amend(secrets) } else { NewSecrets::Replace(secrets) };
                let (connection, faults) = pedell.set_test_connection(&scope, settings, secrets).await?;
                println!("test connection, version {}", connection.version);
                print_faults(&faults);
            }
            Self::Try { university, typed, by } => {
                let trial = pedell.begin_trial(&scope(pedell, &university, by).await?).await?;
                if typed.is_given() {
                    typed.ask(pedell, &trial).await?;
                } else {
                    println!("{}{}", pedell.settings().public_url, pedell.trial_path(&trial));
                }
            }
            Self::Promote { university, by } => {
                let promotion = pedell.request_promotion(&scope(pedell, &university, by).await?).await?;
                println!("version {}: a second person has to approve", promotion.version);
            }
            Self::Approve { university, by } => {
                let promotion = pedell.decide_promotion(&scope(pedell, &university, by).await?, true).await?;
                println!("version {} is live", promotion.version);
            }
            Self::Reject { university, by } => {
                let promotion = pedell.decide_promotion(&scope(pedell, &university, by).await?, false).await?;
                println!("version {} is rejected", promotion.version);
            }
        }
        Ok(())
    }
}

async fn scope(pedell: &Pedell, slug: &str, by: By) -> Result<Scope, CliError> {
    Ok(policy::operator_as(&university::find(pedell, slug).await?.id, by.by))
}

async fn show(pedell: &Pedell, slug: &str) -> Result<(), CliError> {
    let live = university::find(pedell, slug).await?;
    let scope = policy::operator(&live.id);
    for stage in [Stage::Test, Stage::Live] {
        let Some(university) = pedell.university_at(&scope, stage).await? else { continue };
        print_connection(pedell, &scope, &university.connection).await?;
        if university.connection.version > 0 {
            print_faults(&pedell.check_connection(&scope, &university).await?);
        }
    }
    if let Some(promotion) = pedell.open_promotion(&scope).await? {
        println!("version {} waits for a second person; asked by {}", promotion.version, promotion.requested.by);
    }
    Ok(())
}

async fn print_connection(pedell: &Pedell, scope: &Scope, connection: &Connection) -> Result<(), CliError> {
    let changed = match &connection.changed {
        Some(changed) => format!(", {} by {}", changed.at, changed.by),
        None => ", not set".to_owned(),
    };
    println!("# {}, version {}{changed}", connection.stage.name(), connection.version);
    print!("{}", toml::to_string(&connection.settings)?);
    for name in pedell.connection_secrets(scope, connection).await?.names() {
        println!("# secret {name}: set");
    }
    Ok(())
}

fn print_faults(faults: &[ConnectionFault]) {
    for fault in faults {
        println!("{fault}");
    }
}

/// `name=file` each; a line end at the end of a file is no part of the secret.
fn read_secrets(arguments: &[String]) -> Result<ConnectionSecrets, CliError> {
    let mut secrets = ConnectionSecrets::default();
    for argument in arguments {
        let (name, file) = argument.split_once('=').ok_or("a secret is given as NAME=FILE")?;
        let size = fs::metadata(file).map_err(|error| format!("{file}: {error}"))?.len();
        if size > limits::CONNECTION_SECRET_BYTES as u64 {
            return Err(format!("{file}: larger than {} bytes", limits::CONNECTION_SECRET_BYTES).into());
        }
        let text = fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
        secrets.set(name, text.trim_end_matches(['\r', '\n']).to_owned().into());
    }
    Ok(secrets)
}
