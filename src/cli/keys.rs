//! `pedell keys …`

use std::path::Path;

use clap::Subcommand;

use super::{
    CliError,
    config::MasterKeySource,
    open::{self, config},
    university,
};
use crate::{base::Random, base::Timestamp, domain::policy::Actor, vault::MasterKey};

/// Keys: make, list, rotate, delete.
#[derive(Subcommand)]
pub(super) enum Keys {
    /// Make the master key file of a new instance.
    Init,
    /// List the signing keys.
    List,
    /// Rotate keys while the service runs: the signing keys, or with --university that tenant's keys.
    Rotate {
        /// The university whose keys get a new version.
        #[arg(long, value_name = "SLUG")]
        university: Option<String>,
    },
    /// Rotate the keys of the SAML service provider while the service runs.
    RotateSaml,
    /// Delete a university's half of its key: its data become unreadable for ever, in backups too.
    Delete {
        /// The university.
        #[arg(long, value_name = "SLUG")]
        university: String,
        /// The same short name again, so that it can't happen by mistake.
        #[arg(long, value_name = "SLUG")]
        really: String,
    },
}

impl Keys {
    pub(super) async fn run(self, path: Option<&Path>) -> Result<(), CliError> {
        let config = config(path)?;
        if let Self::Init = self {
            let MasterKeySource::File(file) = &config.keys.master_key else {
                return Err("PEDELL_MASTER_KEY is set; there is no file to make".into());
            };
            MasterKey::create(file, &Random::default())?;
            println!("{}", file.display());
            eprintln!("Keep a copy where the database is not. Without this file nobody can read the data.");
            return Ok(());
        }
        let pedell = open::pedell(&config).await?;
        match self {
            Self::Init => {}
            Self::List => {
                for key in pedell.stores().control().signing_keys(pedell.clock().now()).await? {
                    let until = key.withdraw_at.map(Timestamp::from_millis).map(|at| at.to_string());
                    let made = Timestamp::from_millis(key.created_at);
                    println!("{}\t{}\t{}\t{made}\t{}", key.kid, key.algorithm, key.stage, until.unwrap_or_default());
                }
            }
            Self::Rotate { university: None } => println!("{}", pedell.rotate_signing_keys(&Actor::Operator).await?),
            Self::Rotate { university: Some(slug) } => {
                let tenant = university::find(&pedell, &slug).await?.id;
                println!("version {}", pedell.rotate_tenant_keys(&tenant, &Actor::Operator).await?);
            }
            Self::RotateSaml => {
                for id in pedell.rotate_saml_keys(&Actor::Operator).await? {
                    println!("{id}");
                }
            }
            Self::Delete { university: slug, really } => {
                if slug != really {
                    return Err("--really must name the same university".into());
                }
                let tenant = university::find(&pedell, &slug).await?.id;
                let versions = pedell.delete_tenant_keys(&tenant, &Actor::Operator).await?;
                println!("{versions} versions deleted");
            }
        }
        Ok(())
    }
}
