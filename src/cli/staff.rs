//! `pedell staff …`

use clap::Subcommand;

use super::CliError;
use crate::{domain::staff::LoginName, flow::Pedell};

/// Staff: the first operator. Everybody else is invited in the console.
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
}

impl StaffCommand {
    pub(super) async fn run(self, pedell: &Pedell) -> Result<(), CliError> {
        let Self::FirstOperator { login, name, another } = self;
        let invitation = pedell.first_operator(login, &name, another).await?;
        let invitation = invitation.ok_or("there is an operator already; `--another` makes one more")?;
        println!("{}{}", pedell.settings().public_url, invitation.path);
        eprintln!("The link works once, until {}. It is shown only now.", invitation.expires_at);
        Ok(())
    }
}
