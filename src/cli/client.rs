//! `pedell client …`: ticket issuers, and universities' uploaders.

use std::path::PathBuf;

use clap::Subcommand;

use super::{CliError, document, university};
use crate::{
    base::secret::PlainToken,
    domain::{
        client::{CertificateRule, Client, ClientId, ClientKind, ClientProfile},
        networks::AllowList,
        policy::Actor,
    },
    flow::{
        Pedell,
        clients::{ClientChange, check_profile},
    },
};

/// Ticket issuers and universities' uploaders.
#[derive(Subcommand)]
pub(super) enum Clients {
    /// Add a client. Its secret, if it has one, is printed once.
    Add {
        /// `client_id`: 1 to 64 of A-Z a-z 0-9 - . _
        id: String,
        /// Its settings, as TOML (docs/issuers.md).
        file: PathBuf,
        /// The one university of an uploader.
        #[arg(long, value_name = "SLUG")]
        university: Option<String>,
    },
    /// Change a client's settings.
    Change {
        /// `client_id`
        id: String,
        /// Its settings, as TOML.
        file: PathBuf,
    },
    /// Make a new secret; the old one stops working at once.
    Secret {
        /// `client_id`
        id: String,
    },
    /// Replace the certificate that a client has to show; the old one stops working at once.
    Certificate {
        /// `client_id`
        id: String,
        /// PEM: one certificate, or several while one takes the other's place.
        file: PathBuf,
    },
    /// Change the networks that a client may come from; none: any.
    Networks {
        /// `client_id`
        id: String,
        /// Such as `192.0.2.0/24` or `2001:db8::/32`.
        networks: Vec<String>,
    },
    /// Block a client at once.
    Block {
        /// `client_id`
        id: String,
    },
    /// Let a blocked client in again.
    Unblock {
        /// `client_id`
        id: String,
    },
    /// List clients.
    List,
}

impl Clients {
    pub(super) async fn run(self, pedell: &Pedell) -> Result<(), CliError> {
        let operator = Actor::Operator;
        match self {
            Self::Add { id, file, university } => {
                let id = ClientId::try_from(id)?;
                if pedell.stores().control().client(&id).await?.is_some() {
                    return Err(format!("there is a client {id} already").into());
                }
                let profile = checked(document::read(&file)?)?;
                let tenant = match (&profile.kind, university) {
                    (ClientKind::RosterUploader, Some(slug)) => Some(university::find(pedell, &slug).await?.id),
                    (ClientKind::RosterUploader, None) => return Err("an uploader needs --university".into()),
                    (ClientKind::Issuer(_), Some(_)) => {
                        return Err("an issuer's universities stand in its settings, not in --university".into());
                    }
                    (ClientKind::Issuer(_), None) => None,
                };
                let client = Client { id, profile, tenant, active: true };
                show_once(pedell.create_client(&client, &operator).await?);
            }
            Self::Change { id, file } => {
                let profile = checked(document::read(&file)?)?;
                change(pedell, id, ClientChange::Profile(Box::new(profile))).await?;
            }
            Self::Secret { id } => change(pedell, id, ClientChange::NewSecret).await?,
            Self::Certificate { id, file } => {
                let pem = std::fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
                let client = find(pedell, &id).await?;
                if matches!(client.profile.certificate, Some(CertificateRule::Issued { .. })) {
                    return Err("this client's certificates come from an authority; change its document instead".into());
                }
                change(pedell, id, ClientChange::Certificate(Some(pem))).await?;
            }
            Self::Networks { id, networks } => {
                let networks = AllowList::parse(&networks.join(" "))?.networks().to_vec();
                change(pedell, id, ClientChange::Networks(networks)).await?;
            }
            Self::Block { id } => change(pedell, id, ClientChange::Active(false)).await?,
            Self::Unblock { id } => change(pedell, id, ClientChange::Active(true)).await?,
            Self::List => {
                for client in pedell.stores().control().clients().await? {
                    let status = if client.active { "active" } else { "blocked" };
                    println!("{}\t{status}\t{}", client.id, client.profile.name);
                }
            }
        }
        Ok(())
    }
}

async fn find(pedell: &Pedell, id: &str) -> Result<Client, CliError> {
    let id = ClientId::try_from(id.to_owned())?;
    let (client, _) = pedell.stores().control().client(&id).await?.ok_or_else(|| format!("there is no client {id}"))?;
    Ok(client)
}

/// Changes a client; a secret that it gets is shown once.
async fn change(pedell: &Pedell, id: String, change: ClientChange) -> Result<(), CliError> {
    let client = find(pedell, &id).await?;
    show_once(pedell.change_client(&client.id, change, &Actor::Operator).await?);
    Ok(())
}

fn checked(profile: ClientProfile) -> Result<ClientProfile, CliError> {
    check_profile(&profile)?;
    Ok(profile)
}

fn show_once(secret: Option<PlainToken>) {
    if let Some(secret) = secret {
        println!("{}", secret.expose());
        eprintln!("This secret is shown once; only its hash is kept.");
    }
}
