//! What is wrong with a row, as the university gets to see it: where and why, never what stood there.

use serde::Serialize;

use crate::protocol::roster_csv;

/// One fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// The line, from 1, as an editor counts them.
    pub line: u64,
    /// The column's header, if the fault is in one.
    pub column: Option<String>,
    /// Stable code.
    pub code: &'static str,
    /// In plain English.
    pub message: String,
}

impl Fault {
    /// Two rows with one number and different data.
    pub(super) fn same_number(first: u64, line: u64) -> Self {
        Self {
            line,
            column: None,
            code: "same_number",
            message: format!("The row has the same matriculation number as line {first}, but other data."),
        }
    }

    /// A row that could match nobody, because this university's students are asked for their birth date.
    pub(super) fn without_birth_date(line: u64) -> Self {
        Self {
            line,
            column: None,
            code: "no_birth_date",
            message: "The birth date is missing, and students are asked for it.".to_owned(),
        }
    }
}

impl From<roster_csv::Fault> for Fault {
    fn from(fault: roster_csv::Fault) -> Self {
        let column = fault.column.map(|column| column.to_string());
        Self { line: fault.line, column, code: fault.reason.code(), message: fault.reason.to_string() }
    }
}
