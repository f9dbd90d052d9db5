//! `pedell audit …`

use std::{
    fs::File,
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Subcommand;
use serde_json::json;

use super::{CliError, university};
use crate::{
    base::limits,
    domain::{
        checkpoint::{Checkpoint, TrailOf},
        policy,
    },
    flow::{Pedell, checkpoints::TrailReport},
};

/// The audit trail: verify, export, sign.
#[derive(Subcommand)]
pub(super) enum Audit {
    /// Check every trail: nothing altered, nothing removed, nothing swapped, and everything as it was signed. Exit code 1
    /// if something is not.
    Verify {
        /// Checkpoints that were kept elsewhere: an export, a log, any text in which they stand.
        #[arg(long, value_name = "FILE")]
        checkpoints: Option<PathBuf>,
    },
    /// Print a trail as JSON lines, its checkpoints last: the instance's own, or a university's.
    Export {
        /// The university.
        #[arg(long, value_name = "SLUG")]
        university: Option<String>,
    },
    /// Sign every trail that has grown, now, and print the checkpoints; `serve` does it by itself, hourly.
    Checkpoint,
    /// Print the public key that checkpoints are verified with, as a JWK.
    Key,
}

impl Audit {
    pub(super) async fn run(self, pedell: &Pedell) -> Result<ExitCode, CliError> {
        match self {
            Self::Verify { checkpoints } => verify(pedell, checkpoints.as_deref()).await,
            Self::Export { university } => export(pedell, university).await,
            Self::Checkpoint => sign(pedell).await,
            Self::Key => {
                println!("{}", serde_json::to_string(pedell.audit_key().public())?);
                Ok(ExitCode::SUCCESS)
            }
        }
    }
}

async fn verify(pedell: &Pedell, file: Option<&Path>) -> Result<ExitCode, CliError> {
    let (kept, mut whole) = match file {
        Some(file) => kept(pedell, file)?,
        None => (Vec::new(), true),
    };
    let mut trails: Vec<(String, TrailOf)> = vec![("instance".to_owned(), TrailOf::Instance)];
    for tenant in pedell.stores().control().organisations().await? {
        trails.push((tenant.slug.to_string(), TrailOf::Tenant(tenant.id)));
    }
    let known = pedell.trails().await?;
    trails.retain(|(_, trail)| known.contains(trail));
    for (name, trail) in &trails {
        whole &= said(name, &pedell.verify_trail(trail, &kept).await?);
    }
    for kept in kept.iter().filter(|kept| trails.iter().all(|(_, trail)| trail.name() != kept.trail)) {
        println!("{}: BROKEN: checkpoint {} was kept, and there is no such trail", kept.trail, kept.number);
        whole = false;
    }
    Ok(if whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Prints a trail's report; whether it is whole.
fn said(name: &str, report: &TrailReport) -> bool {
    let chain = &report.chain;
    match (&chain.fault, &report.last) {
        (Some(fault), _) => println!("{name}: BROKEN after {} entries: {fault}", chain.entries),
        (None, None) => println!("{name}: {} entries, whole, head {}, not signed yet", chain.entries, chain.head),
        (None, Some(last)) => println!(
            "{name}: {} entries, whole, head {}, signed up to {} by checkpoint {} of {}",
            chain.entries,
            chain.head,
            last.seq,
            last.number,
            last.at()
        ),
    }
    for fault in &report.faults {
        println!("{name}: BROKEN: {fault}");
    }
    report.is_whole()
}

/// Checkpoints in a file, each once, and whether all that look like one are ours.
fn kept(pedell: &Pedell, path: &Path) -> Result<(Vec<Checkpoint>, bool), CliError> {
    let fault = |error: std::io::Error| format!("{}: {error}", path.display());
    let mut file = BufReader::new(File::open(path).map_err(fault)?);
    let (mut kept, mut ours, mut number) = (Vec::new(), true, 0);
    loop {
        let mut line = Vec::new();
        let mut bounded = (&mut file).take(limits::AUDIT_CHECKPOINT_LINE_BYTES);
        if bounded.read_until(b'\n', &mut line).map_err(fault)? == 0 {
            break;
        }
        number += 1;
        let line = String::from_utf8_lossy(&line);
        let is_of_a_jws = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        for word in line.split(|c| !is_of_a_jws(c)).filter(|word| word.starts_with("eyJ")) {
            match pedell.kept_checkpoint(word) {
                Some(Ok(checkpoint)) if kept.contains(&checkpoint) => {}
                Some(Ok(checkpoint)) => kept.push(checkpoint),
                Some(Err(error)) => {
                    println!("{}, line {number}: BROKEN: not a checkpoint of this instance: {error}", path.display());
                    ours = false;
                }
                None => {}
            }
        }
    }
    if kept.is_empty() && ours {
        return Err(format!("{}: there is no checkpoint in it", path.display()).into());
    }
    Ok((kept, ours))
}

async fn sign(pedell: &Pedell) -> Result<ExitCode, CliError> {
    pedell.sign_trails(true).await?;
    let mut all_signed = true;
    for trail in pedell.trails().await? {
        let state = pedell.checkpoint_state(&trail, 1).await?;
        all_signed &= state.unsigned == 0 && state.trouble.is_none();
        if let Some(stored) = pedell.stores().control().last_checkpoint(&trail).await? {
            println!("{} {} {} {}", trail.name(), stored.number, stored.seq, stored.signed);
        }
    }
    Ok(if all_signed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn export(pedell: &Pedell, slug: Option<String>) -> Result<ExitCode, CliError> {
    let (trail, tenant) = match slug {
        Some(slug) => {
            let university = university::find(pedell, &slug).await?;
            let store = pedell.stores().tenant(&policy::operator(&university.id)).await?;
            (TrailOf::Tenant(university.id), Some(store))
        }
        None => (TrailOf::Instance, None),
    };
    let mut seq = 0;
    loop {
        let page = match &tenant {
            Some(tenant) => tenant.audit_after(seq).await?,
            None => pedell.stores().control().audit_after(seq).await?,
        };
        let Some(last) = page.last() else { break };
        seq = last.seq;
        for entry in &page {
            println!("{}", serde_json::to_string(entry)?);
        }
    }
    for checkpoint in pedell.signed_checkpoints(&trail).await? {
        println!("{}", json!({ "checkpoint": checkpoint.number, "seq": checkpoint.seq, "signed": checkpoint.signed }));
    }
    Ok(ExitCode::SUCCESS)
}
