//! `pedell audit …`

use std::process::ExitCode;

use clap::Subcommand;

use super::{CliError, university};
use crate::{domain::policy, flow::Pedell, store::ChainReport};

/// The audit trail: verify, export.
#[derive(Subcommand)]
pub(super) enum Audit {
    /// Check every trail: nothing altered, nothing removed, nothing swapped. Exit code 1 if something is.
    Verify,
    /// Print a trail as JSON lines: the instance's own, or a university's.
    Export {
        /// The university.
        #[arg(long, value_name = "SLUG")]
        university: Option<String>,
    },
}

impl Audit {
    pub(super) async fn run(self, pedell: &Pedell) -> Result<ExitCode, CliError> {
        match self {
            Self::Verify => verify(pedell).await,
            Self::Export { university } => export(pedell, university).await,
        }
    }
}

async fn verify(pedell: &Pedell) -> Result<ExitCode, CliError> {
    let control = pedell.stores().control();
    let mut whole = said("instance", &control.verify_audit().await?);
    for university in control.universities().await? {
        let tenant = pedell.stores().tenant(&policy::operator(&university.id)).await?;
        whole &= said(university.slug.as_str(), &tenant.verify_audit().await?);
    }
    Ok(if whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Prints a trail's report; whether it is whole.
fn said(name: &str, report: &ChainReport) -> bool {
    match &report.fault {
        None => println!("{name}: {} entries, whole, head {}", report.entries, report.head),
        Some(fault) => println!("{name}: BROKEN after {} entries: {fault}", report.entries),
    }
    report.fault.is_none()
}

async fn export(pedell: &Pedell, slug: Option<String>) -> Result<ExitCode, CliError> {
    let tenant = match slug {
        Some(slug) => {
            let university = university::find(pedell, &slug).await?;
            Some(pedell.stores().tenant(&policy::operator(&university.id)).await?)
        }
        None => None,
    };
    let mut seq = 0;
    loop {
        let page = match &tenant {
            Some(tenant) => tenant.audit_after(seq).await?,
            None => pedell.stores().control().audit_after(seq).await?,
        };
        let Some(last) = page.last() else { return Ok(ExitCode::SUCCESS) };
        seq = last.seq;
        for entry in &page {
            println!("{}", serde_json::to_string(entry)?);
        }
    }
}
