//! `pedell roster …`: a university's lists, by hand.

use std::{
    fs::File,
    io::{self, IsTerminal},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};

use super::{CliError, config::RosterSettings, university};
use crate::{
    domain::{
        policy,
        semester::{KeyForm, Semester, parse_key},
        tenant::University,
    },
    flow::{
        Pedell,
        import_roster::{ImportError, ImportOptions, ImportReport, OnProgress, Outcome, Progress},
    },
    store::tenant::RosterInfo,
};

/// Rosters: import, preview, list, roll back.
#[derive(Subcommand)]
pub(super) enum RosterCommand {
    /// Replace a semester's list, as a whole or not at all.
    Import(Import),
    /// Read a list and say what an import would change; nothing is changed.
    Preview(Import),
    /// Show which lists there are.
    List {
        /// The university's short name.
        #[arg(long)]
        university: String,
    },
    /// Put a semester's previous list in force again. A second rollback returns.
    Rollback {
        #[command(flatten)]
        which: Which,
    },
}

/// One university's semester.
#[derive(Args)]
pub(super) struct Which {
    /// The university's short name.
    #[arg(long)]
    university: String,
    /// The semester, in any form the university uses: `2026W`, `WS2026/27` …
    #[arg(long)]
    semester: String,
}

/// A list to read.
#[derive(Args)]
pub(super) struct Import {
    #[command(flatten)]
    which: Which,
    /// The list as CSV (docs/rosters.md); `-` reads it from standard input.
    file: PathBuf,
    /// Import the rows that are right although others are faulty.
    #[arg(long)]
    skip_faulty: bool,
    /// Import although more of the current list would go than `--shrink-limit` allows.
    #[arg(long)]
    allow_shrink: bool,
    /// How much of the current list may go, in per cent: more looks like half an export.
    #[arg(long, default_value_t = ImportOptions::DEFAULT.shrink_limit_percent, value_name = "PERCENT",
          value_parser = clap::value_parser!(u8).range(0..=100))]
    shrink_limit: u8,
    /// Print the whole report as JSON.
    #[arg(long)]
    json: bool,
}

impl RosterCommand {
    pub(super) async fn run(self, pedell: &Pedell, limits: &RosterSettings) -> Result<(), CliError> {
        match self {
            Self::Import(import) => import.run(pedell, limits, false).await,
            Self::Preview(import) => import.run(pedell, limits, true).await,
            Self::List { university } => list(pedell, &university).await,
            Self::Rollback { which } => {
                let (university, semester) = which.find(pedell).await?;
                let list = pedell.roll_back_roster(&policy::operator(&university.id), semester).await?;
                println!("in force again: {}", described(&list));
                Ok(())
            }
        }
    }
}

async fn list(pedell: &Pedell, slug: &str) -> Result<(), CliError> {
    let university = university::find(pedell, slug).await?;
    let tenant = pedell.stores().tenant(&policy::operator(&university.id)).await?;
    for list in tenant.rosters().await? {
        println!("{:<9} {}", list.stage.name(), described(&list));
    }
    Ok(())
}

fn described(list: &RosterInfo) -> String {
    let (semester, rows, when) = (list.semester, list.row_count, list.imported_at.display_in_berlin());
    format!("{semester}  {rows:>9} rows  {when}  by {}  {}", list.imported_by, list.id)
}

impl Which {
    async fn find(&self, pedell: &Pedell) -> Result<(University, Semester), CliError> {
        let university = university::find(pedell, &self.university).await?;
        let forms = match university.profile.semester_keys.as_slice() {
            [] => KeyForm::ALL,
            own => own,
        };
        let semester = parse_key(&self.semester, forms)?;
        Ok((university, semester))
    }
}

impl Import {
    async fn run(self, pedell: &Pedell, limits: &RosterSettings, dry_run: bool) -> Result<(), CliError> {
        let (university, semester) = self.which.find(pedell).await?;
        let options = ImportOptions {
            dry_run,
            skip_faulty: self.skip_faulty,
            allow_shrink: self.allow_shrink,
            shrink_limit_percent: self.shrink_limit,
            max_bytes: limits.max_bytes,
            max_rows: limits.max_rows,
        };
        let (reader, bytes) = open(&self.file)?;
        let (bar, progress) = bar(bytes);
        let scope = policy::operator(&university.id);
        let result = pedell.import_roster(&scope, &university, semester, reader, options, progress).await;
        bar.finish_and_clear();
        let (report, refused) = match result {
            Ok(report) => (report, false),
            Err(ImportError::Refused(report)) => (*report, true),
            Err(error) => return Err(error.into()),
        };
        if self.json {
            println!("{}", serde_json::to_string_pretty(&report)?);
        } else {
            print(&report);
        }
        if refused { Err("nothing was changed".into()) } else { Ok(()) }
    }
}

/// The file and, if it can be known, its size.
fn open(path: &Path) -> Result<(Box<dyn io::Read + Send>, Option<u64>), CliError> {
    if path == Path::new("-") {
        return Ok((Box::new(io::stdin()), None));
    }
    let named = |error: io::Error| format!("{}: {error}", path.display());
    let file = File::open(path).map_err(named)?;
    let size = file.metadata().map_err(named)?.len();
    Ok((Box::new(file), Some(size)))
}

/// A bar on a terminal; nothing elsewhere.
fn bar(bytes: Option<u64>) -> (ProgressBar, OnProgress) {
    let bar = if io::stderr().is_terminal() { ProgressBar::new(0) } else { ProgressBar::hidden() };
    if let Ok(style) = ProgressStyle::with_template("{msg:<10} {bar:40} {percent:>3} % {elapsed} (still {eta})") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    let shown = bar.clone();
    let progress = move |progress| {
        let (what, done, of) = match progress {
            Progress::Reading { bytes: read } => ("reading", read, bytes.unwrap_or(0)),
            Progress::Comparing { rows, of } => ("comparing", rows, of),
            Progress::Loading { rows, of } => ("loading", rows, of),
            Progress::Clearing => ("clearing", 0, 0),
        };
        if shown.message() != what {
            shown.set_message(what);
            shown.reset();
        }
        shown.set_length(of);
        shown.set_position(done);
    };
    (bar, Arc::new(progress))
}

fn print(report: &ImportReport) {
    for fault in &report.faults {
        let column = fault.column.as_deref().map(|column| format!(", column {column:?}")).unwrap_or_default();
        println!("line {}{column}: {}", fault.line, fault.message);
    }
    let unlisted = report.fault_count.saturating_sub(report.faults.len() as u64);
    if unlisted > 0 {
        println!("… and {unlisted} more faults");
    }
    let (difference, semester) = (&report.difference, report.semester);
    println!("rows read   {:>9}", report.rows_read);
    println!("faults      {:>9}", report.fault_count);
    println!("left out    {:>9}", report.left_out);
    println!("duplicates  {:>9}", report.duplicates);
    println!("rows        {:>9}", report.rows);
    println!("  added     {:>9}", difference.added);
    println!("  changed   {:>9}", difference.changed);
    println!("  unchanged {:>9}", difference.unchanged);
    println!("removed     {:>9}", difference.removed);
    match (report.outcome, report.refusal) {
        (Outcome::Imported, _) => println!("{semester}: imported, in force now"),
        (Outcome::Preview, None) => println!("{semester}: an import would be accepted; nothing was changed"),
        (Outcome::Preview, Some(refusal)) => println!("{semester}: an import would be refused: {refusal}"),
        (Outcome::Refused, refusal) => {
            println!("{semester}: refused: {}", refusal.map(|refusal| refusal.to_string()).unwrap_or_default());
        }
    }
}
