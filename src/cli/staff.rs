//! `pedell staff …`

use clap::Subcommand;

use super::CliError;
use crate::{
    domain::{policy::Actor, staff::LoginName, tenant::Slug},
    flow::Pedell,
};

/// Staff: the first operator, and who is locked out. Everybody else is invited in the console.
#[derive(Subcommand)]
pub(super) enum StaffCommand {
    /// Make the first operator's account on a fresh instance; prints the link by which they set their password.
    FirstOperator {
        /// What they log in with: 8 to 64 of a-z, 0-9 and . _ @ + -
        login: LoginName,
        /// Their name.
        name: String,
        /// There is an operator already, and this is another one.
        #[arg(long)]
        another: bool,
    },
    /// Let a tenant's staff come from any network again: takes away its list and those of its accounts.
    LiftNetworks {
        /// The tenant's short name.
        tenant: String,
    },
}

impl StaffCommand {
    pub(super) async fn run(self, pedell: &Pedell) -> Result<(), CliError> {
        match self {
            Self::FirstOperator { login, name, another } => {
                let invitation = pedell.first_operator(login, &name, another).await?;
                let invitation = invitation.ok_or("there is an operator already; `--another` makes one more")?;
                println!("{}{}", pedell.settings().public_url, invitation.path);
                eprintln!("The link works once, until {}. It is shown only now.", invitation.expires_at);
            }
            Self::LiftNetworks { tenant } => {
                let slug = Slug::try_from(tenant)?;
                let found = pedell.stores().control().organisation_by_slug(&slug).await?;
                let organisation = found.ok_or_else(|| format!("there is no tenant {slug}"))?;
                let lifted = pedell.lift_networks(&organisation.id, &Actor::Operator).await?;
                println!("{lifted} lists were taken away.");
            }
        }
        Ok(())
    }
}
