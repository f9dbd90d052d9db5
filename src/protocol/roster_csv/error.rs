//! Why a file cannot be read at all.

use std::fmt::Write;

use super::layout::Field;
use crate::base::limits::{ROSTER_COLUMNS, ROSTER_LINE_BYTES};

/// Why reading ended. Nothing of a data row is in it; header names are.
#[derive(Debug, thiserror::Error)]
pub enum RosterError {
    /// The bytes stopped coming.
    #[error("the file could not be read to its end")]
    Read(#[from] std::io::Error),
    /// No row at all.
    #[error("the file is empty")]
    Empty,
    /// An Excel workbook, a ZIP archive, a PDF.
    #[error("the file is not text but {0}; export it as CSV")]
    NotText(&'static str),
    /// More bytes than allowed.
    #[error("the file has more than {limit} bytes")]
    TooManyBytes {
        /// The limit.
        limit: u64,
    },
    /// More rows than allowed.
    #[error("the file has more than {limit} rows")]
    TooManyRows {
        /// The limit.
        limit: u64,
    },
    /// A row that does not end, often because a quote is never closed.
    #[error("the row that begins in line {line} has more than {ROSTER_LINE_BYTES} bytes; is a quote never closed?")]
    LineTooLong {
        /// The physical line in which it begins, from 1.
        line: u64,
    },
    /// A header with more columns than allowed.
    #[error("the header in line {line} has more than {ROSTER_COLUMNS} columns")]
    TooManyColumns {
        /// The header's line, from 1.
        line: u64,
    },
    /// No row at the beginning names a single known column. What stands there is not shown: it may be a student.
    #[error("the first rows name none of the columns that are needed: {}", names(&Field::OBLIGATORY))]
    NoHeader,
    /// A header that lacks what is needed.
    #[error("the header in line {line} has no column for {}; its columns are: {}", names(missing), found.join(", "))]
    MissingColumns {
        /// The header's line, from 1.
        line: u64,
        /// What is needed and not there.
        missing: Vec<Field>,
        /// The header as it is.
        found: Vec<String>,
    },
    /// Two columns with the same meaning.
    #[error("the header in line {line} has more than one column for {}: {}", field.label(), found.join(", "))]
    DuplicateColumn {
        /// The header's line, from 1.
        line: u64,
        /// What is there twice.
        field: Field,
        /// The columns that mean it.
        found: Vec<String>,
    },
}

fn names(fields: &[Field]) -> String {
    let mut names = String::new();
    for (i, field) in fields.iter().enumerate() {
        let separator = if i == 0 { "" } else { ", " };
        let _ = write!(names, "{separator}{}", field.label());
    }
    names
}
