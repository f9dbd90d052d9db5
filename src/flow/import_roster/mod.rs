//! A university's list replaces the one before, as a whole or not at all.
//!
//! The file is read once, as a stream, and never written in clear: [`read`] parses and indexes it into [`rows`] (packed,
//! in memory), [`difference`] opens the current list and compares, [`load`] seals the rows and loads them beside the
//! current list, and one short transaction exchanges the two. [`report`] is what the university gets to see and why a
//! list is refused, without anybody's data; [`undo`] goes back to the previous list.

mod difference;
mod fault;
mod load;
mod read;
mod report;
mod rows;
mod undo;

use std::{io, sync::Arc};

pub use difference::Difference;
pub use fault::Fault;
pub use report::{ImportReport, Outcome, Refusal};
use thiserror::Error;
pub use undo::RollBackError;

use self::read::{Demands, WholeFile};
use super::{Failure, Pedell};
use crate::{
    base::{id, limits},
    domain::{
        audit::{Event, Kind},
        policy::Scope,
        semester::Semester,
        tenant::University,
    },
    protocol::roster_csv::{self, RosterError},
    store::{
        StoreError,
        tenant::{RosterChange, RosterInfo, RosterStage, Swap, Tenant},
    },
    vault::TenantKeys,
};

/// What whoever imports may choose.
#[derive(Clone, Copy, Debug)]
pub struct ImportOptions {
    /// Only say what would happen.
    pub dry_run: bool,
    /// Import the rows that are right although others are faulty.
    pub skip_faulty: bool,
    /// Import although more than [`Self::shrink_limit_percent`] of the current list would go.
    pub allow_shrink: bool,
    /// How much of the current list may go without [`Self::allow_shrink`]: more looks like half an export.
    pub shrink_limit_percent: u8,
    /// The file's size, in bytes; never more than [`limits::ROSTER_BYTES`].
    pub max_bytes: u64,
    /// Rows of the file; never more than [`limits::ROSTER_ROWS`].
    pub max_rows: u64,
}

impl ImportOptions {
    /// Everything must be right, and at most half of the current list may go.
    pub const DEFAULT: Self = Self {
        dry_run: false,
        skip_faulty: false,
        allow_shrink: false,
        shrink_limit_percent: 50,
        max_bytes: limits::ROSTER_BYTES,
        max_rows: limits::ROSTER_ROWS,
    };
}

impl Default for ImportOptions {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// How far an import is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "rows done, and how many there are")]
pub enum Progress {
    /// The file is being read.
    Reading { bytes: u64 },
    /// The current list is being compared.
    Comparing { rows: u64, of: u64 },
    /// The new list is being loaded.
    Loading { rows: u64, of: u64 },
    /// The new list is in force; the one before the previous one is being cleared away.
    Clearing,
}

/// Hears how far an import is. Called often: be quick.
pub type OnProgress = Arc<dyn Fn(Progress) + Send + Sync>;

/// Why nothing was imported.
#[derive(Debug, Error)]
pub enum ImportError {
    /// The list was read and refused; the report says why.
    #[error("the list was refused: {0}")]
    Refused(Box<ImportReport>),
    /// The file is no list.
    #[error("the file can't be read as a list: {0}")]
    Unreadable(RosterError),
    /// Another import, or a rollback, of this semester was finished since this one began.
    #[error("another import of this semester was finished meanwhile; nothing was changed")]
    Overtaken,
    /// Something failed here.
    #[error(transparent)]
    Failure(#[from] Failure),
}

impl From<StoreError> for ImportError {
    fn from(error: StoreError) -> Self {
        Self::Failure(error.into())
    }
}

impl Pedell {
    /// Imports a university's list for a semester, or says why not. Whatever happens (a fault in the last row, a killed
    /// process, two imports at once), students are checked against the whole old list or the whole new one.
    pub async fn import_roster(
        &self,
        scope: &Scope,
        university: &University,
        semester: Semester,
        reader: impl io::Read + Send + 'static,
        options: ImportOptions,
        progress: OnProgress,
    ) -> Result<ImportReport, ImportError> {
        let tenant = self.stores().tenant(scope).await?;
        let keys = self.tenant_keys(scope.tenant()).await?;
        let import = Import { pedell: self, scope, semester, tenant, keys, progress };
        let file = import.read(university, reader, &options).await?;
        let current = import.tenant.current_roster(semester).await?;
        let difference = import.difference(&file.rows, current.as_ref()).await?;
        let mut report = ImportReport::of(semester, &file, difference);
        report.refusal = Refusal::of(&report, &options);
        if options.dry_run {
            report.outcome = Outcome::Preview;
            return Ok(report);
        }
        if report.refusal.is_some() {
            return Err(ImportError::Refused(Box::new(report)));
        }
        let roster = import.put_in_force(&file, current.as_ref(), &report).await?;
        report.outcome = Outcome::Imported;
        report.roster = Some(roster);
        Ok(report)
    }
}

/// One import.
struct Import<'a> {
    pedell: &'a Pedell,
    scope: &'a Scope,
    semester: Semester,
    tenant: Tenant,
    /// Rotation does not disturb an import: it goes on with the keys that it began with.
    keys: Arc<TenantKeys>,
    progress: OnProgress,
}

impl Import<'_> {
    async fn read(
        &self,
        university: &University,
        reader: impl io::Read + Send + 'static,
        options: &ImportOptions,
    ) -> Result<WholeFile, ImportError> {
        let (keys, progress) = (self.keys.clone(), self.progress.clone());
        let mut how = roster_csv::Options::new(self.semester);
        how.max_bytes = options.max_bytes.min(limits::ROSTER_BYTES);
        how.max_rows = options.max_rows.min(limits::ROSTER_ROWS);
        if !university.profile.semester_keys.is_empty() {
            how.semester_keys.clone_from(&university.profile.semester_keys);
        }
        let demands = Demands { options: how, birth_date: university.profile.ask_birth_date };
        tokio::task::spawn_blocking(move || read::read(reader, demands, &keys, &progress))
            .await
            .map_err(|_| Failure::Stopped("reading the file"))?
    }

    /// Loads the list and exchanges it with the current one. Returns its id.
    async fn put_in_force(
        &self,
        file: &WholeFile,
        current: Option<&RosterInfo>,
        report: &ImportReport,
    ) -> Result<String, ImportError> {
        // What earlier imports left behind goes first, or a university whose imports keep being killed fills the disk.
        self.pedell.clear_rosters(&self.tenant).await?;
        let list = self.list(file);
        self.tenant.begin_roster(&list).await?;
        let changed = self.load_and_swap(file, &list, current, report).await;
        if !matches!(changed, Ok(RosterChange::Done)) {
            self.tenant.abandon_roster(&list.id).await?;
        }
        (self.progress)(Progress::Clearing);
        if let Err(error) = self.pedell.clear_rosters(&self.tenant).await {
            tracing::warn!(%error, "old rosters are left to be cleared away later");
        }
        match changed? {
            RosterChange::Done => Ok(list.id),
            RosterChange::Overtaken => Err(ImportError::Overtaken),
        }
    }

    fn list(&self, file: &WholeFile) -> RosterInfo {
        RosterInfo {
            id: id::fresh(self.pedell.clock(), self.pedell.random()),
            semester: self.semester,
            stage: RosterStage::Loading,
            key_version: self.keys.newest_version(),
            row_count: i64::try_from(file.rows.len()).unwrap_or(i64::MAX),
            file_sha256: file.sha256.as_ref().to_vec(),
            imported_at: self.pedell.clock().now(),
            imported_by: self.scope.actor().to_string(),
        }
    }

    async fn load_and_swap(
        &self,
        file: &WholeFile,
        list: &RosterInfo,
        current: Option<&RosterInfo>,
        report: &ImportReport,
    ) -> Result<RosterChange, Failure> {
        if self.load(&file.rows, &list.id).await? == RosterChange::Overtaken {
            return Ok(RosterChange::Overtaken);
        }
        let mut detail = report.for_the_trail();
        detail["key_version"] = list.key_version.into();
        detail["instead_of"] = current.map(|current| current.id.as_str()).into();
        let event = Event::new(Kind::RosterImported, &list.id, detail);
        let swap = Swap {
            roster: &list.id,
            semester: self.semester,
            rows: list.row_count,
            instead_of: current.map(|current| current.id.as_str()),
        };
        Ok(self.tenant.swap_roster(swap, self.pedell.clock().now(), self.scope, &event).await?)
    }
}
