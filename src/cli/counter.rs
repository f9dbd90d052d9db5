//! `pedell counter …`: what agencies' counters may check.

use clap::{Args, Subcommand};

use super::CliError;
use crate::{
    domain::policy::Actor,
    flow::{Pedell, counters::GrantNames},
};

/// What agencies' counters may check.
#[derive(Subcommand)]
pub(super) enum CounterCommand {
    /// Let an agency's counters check students of a university for an issuer's product.
    Grant(Names),
    /// Take that away again.
    End(Names),
    /// List what is granted.
    List,
}

/// Who may check what, where.
#[derive(Args)]
pub(super) struct Names {
    /// The agency's short name.
    agency: String,
    /// The issuer's `client_id`.
    #[arg(long, value_name = "ID")]
    issuer: String,
    /// The issuer's name for the product.
    #[arg(long, value_name = "KEY")]
    product: String,
    /// The university's short name.
    #[arg(long, value_name = "SLUG")]
    university: String,
}

impl CounterCommand {
    pub(super) async fn run(self, pedell: &Pedell) -> Result<(), CliError> {
        let (names, grants) = match &self {
            Self::Grant(names) => (names, true),
            Self::End(names) => (names, false),
            Self::List => return list(pedell).await,
        };
        let Names { agency, issuer: client, product, university } = names;
        let names = GrantNames { agency, client, product, university };
        pedell.change_counters_as(&Actor::Operator, names, grants).await?;
        Ok(())
    }
}

async fn list(pedell: &Pedell) -> Result<(), CliError> {
    for view in pedell.all_counter_grants().await? {
        let works = if view.works { "works" } else { "idle" };
        println!("{}\t{}\t{}\t{}\t{works}", view.agency.slug, view.client.id, view.grant.product, view.university.slug);
    }
    Ok(())
}
