//! `pedell account …`

use clap::Subcommand;

use super::{CliError, connection::By, university};
use crate::{
    domain::{account::AccountId, policy},
    flow::Pedell,
};

/// Students' accounts: who asked for anonymisation, and carrying it out.
#[derive(Subcommand)]
pub(super) enum Accounts {
    /// List who has asked for anonymisation and still waits: university, account, since when.
    ListRequests {
        /// Of this university only.
        university: Option<String>,
    },
    /// Take everything that leads to the student out of the university's database. It can't be undone. Prints who was told
    /// what, for them to be told.
    Anonymise {
        /// The university's short name.
        university: String,
        /// The account, as `list-requests` prints it and as its student sees it.
        account: String,
        #[command(flatten)]
        by: By,
    },
}

impl Accounts {
    pub(super) async fn run(self, pedell: &Pedell) -> Result<(), CliError> {
        match self {
            Self::ListRequests { university } => list(pedell, university.as_deref()).await,
            Self::Anonymise { university, account, by } => anonymise(pedell, &university, &account, by).await,
        }
    }
}

async fn list(pedell: &Pedell, slug: Option<&str>) -> Result<(), CliError> {
    let universities = match slug {
        Some(slug) => vec![university::find(pedell, slug).await?],
        None => pedell.stores().control().universities().await?,
    };
    for university in universities {
        for request in pedell.anonymisation_requests(&policy::operator(&university.id)).await? {
            println!("{}\t{}\t{}", university.slug, request.account, request.requested_at);
        }
    }
    Ok(())
}

async fn anonymise(pedell: &Pedell, slug: &str, account: &str, by: By) -> Result<(), CliError> {
    let university = university::find(pedell, slug).await?;
    let id = AccountId::parse(account).ok_or_else(|| format!("{account:?} is no account's number"))?;
    let done = pedell.anonymise(&policy::operator_as(&university.id, by.by), &id).await?;
    let done = done.ok_or_else(|| format!("{slug} has no account {id}, or it is anonymised already"))?;
    println!("{id}: anonymised, with {} verifications and {} tokens", done.verifications, done.tokens);
    for told in &done.recipients {
        let fields = told.fields.as_deref().unwrap_or("unknown");
        println!("told\t{}\t{}\tsub {}\t{}\tfields: {fields}", told.client, told.name, told.subject, told.at);
    }
    Ok(())
}
