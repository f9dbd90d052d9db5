//! What the university gets to see of an import: counts, lines and columns; never anybody's data.

use std::fmt;

use serde::Serialize;
use serde_json::{Value, json};

use super::{Difference, Fault, ImportOptions, read::WholeFile};
use crate::domain::semester::Semester;

/// What came of an import.
#[derive(Clone, Debug, Serialize)]
pub struct ImportReport {
    /// For which semester.
    pub semester: Semester,
    /// Whether the list is in force now.
    pub outcome: Outcome,
    /// Why it is (or, in a preview, would be) refused.
    pub refusal: Option<Refusal>,
    /// The list's id, once it is in force.
    pub roster: Option<String>,
    /// Rows of the file, without its header.
    pub rows_read: u64,
    /// Rows that say of themselves that the student has left.
    pub left_out: u64,
    /// Rows of the list: without those, what is faulty and what stands twice.
    pub rows: u64,
    /// Rows that stood in the file before, with the same data.
    pub duplicates: u64,
    /// Faults altogether.
    pub fault_count: u64,
    /// The first of them, in the order of their lines.
    pub faults: Vec<Fault>,
    /// What changes, or would change.
    pub difference: Difference,
    /// The file's size in bytes.
    pub file_bytes: u64,
    /// SHA-256 of the file, in hex.
    pub file_sha256: String,
}

/// What became of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Students are checked against it.
    Imported,
    /// It was only looked at.
    Preview,
    /// Nothing has changed.
    Refused,
}

/// Why a list is refused as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Refusal {
    /// Rows are faulty, and it was not asked to leave them out.
    FaultyRows,
    /// There is no row that could be imported.
    Empty,
    /// Too much of the current list would go.
    Shrinks {
        /// How much would go, in per cent of the current list.
        removed_percent: u64,
        /// How much may go.
        limit_percent: u8,
    },
}

impl ImportReport {
    pub(super) fn of(semester: Semester, file: &WholeFile, difference: Difference) -> Self {
        Self {
            semester,
            outcome: Outcome::Refused,
            refusal: None,
            roster: None,
            rows_read: file.rows_read,
            left_out: file.rows_left_out,
            rows: file.rows.len() as u64,
            duplicates: file.duplicates,
            fault_count: file.faults.count(),
            faults: file.faults.listed().to_vec(),
            difference,
            file_bytes: file.bytes,
            file_sha256: file.sha256.as_ref().iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}")),
        }
    }

    /// What the audit trail keeps.
    pub(super) fn for_the_trail(&self) -> Value {
        json!({
            "semester": self.semester,
            "rows": self.rows,
            "left_out": self.left_out,
            "duplicates": self.duplicates,
            "faults": self.fault_count,
            "difference": self.difference,
            "file_bytes": self.file_bytes,
            "file_sha256": self.file_sha256,
        })
    }
}

impl fmt::Display for ImportReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.refusal {
            Some(refusal) => refusal.fmt(f),
            None => write!(f, "{} rows for {}", self.rows, self.semester),
        }
    }
}

impl Refusal {
    pub(super) fn of(report: &ImportReport, options: &ImportOptions) -> Option<Self> {
        let limit_percent = options.shrink_limit_percent;
        let removed_percent = report.difference.removed_percent();
        if report.fault_count > 0 && !options.skip_faulty {
            Some(Self::FaultyRows)
        } else if report.rows == 0 {
            Some(Self::Empty)
        } else if removed_percent > u64::from(limit_percent) && !options.allow_shrink {
            Some(Self::Shrinks { removed_percent, limit_percent })
        } else {
            None
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FaultyRows => f.write_str("there are faulty rows"),
            Self::Empty => f.write_str("there is no row to import"),
            Self::Shrinks { removed_percent, limit_percent } => write!(
                f,
                "{removed_percent} % of the current list would go, more than {limit_percent} %: is the export complete?"
            ),
        }
    }
}
