//! Reads the enrollment lists that universities export, as they really look (mission V6), row by row.
//!
//! ```text
//! source    bytes from anywhere, bounded; UTF-16 becomes UTF-8 here
//! records   bytes split into rows and fields: quotes, line ends, separators; counts physical lines
//! header    finds the header row, the separator and which column means what
//! charset   UTF-8 or Windows-1252, decided by the first row that can tell
//! values    what stands in a cell: numbers as Excel leaves them, dates as databases write them
//! row       a record becomes a student, a fault or a skipped row
//! reader    the iterator over all of it
//! ```
//!
//! Start with [`Reader`]. A [`RosterError`] ends the reading, a [`Fault`] is about one row and reading goes on. Neither
//! holds anything from a data row, so both may be logged. Memory is constant: one buffer, whatever the file's size.
//! Finding two rows for one student is the importer's business, not that of this module.
//!
//! Imports [`crate::domain`] and [`crate::base`]; `docs/rosters.md` is the same for a university's staff.

mod charset;
mod error;
mod fault;
mod header;
mod layout;
mod reader;
mod records;
mod row;
mod source;
#[cfg(test)]
mod tests;
mod values;

pub use error::RosterError;
pub use fault::{Fault, FaultReason};
pub use layout::{Field, Layout, LayoutError};
pub use reader::{Options, Reader};
pub use row::Row;
