//! The iterator over a file's rows.

use std::io::Read;

use super::{Layout, RosterError, Row, header, records::Records, row::RowReader, source::Source};
use crate::{
    base::limits::{ROSTER_BYTES, ROSTER_ROWS},
    domain::semester::{KeyForm, Semester},
};

/// How a file is read.
#[derive(Clone, Debug)]
pub struct Options {
    /// The semester that the list is for: a row of another one is a fault.
    pub semester: Semester,
    /// How this university writes semesters, should the file have a column for it.
    pub semester_keys: Vec<KeyForm>,
    /// Where columns get their meaning from.
    pub layout: Layout,
    /// The largest file, in bytes.
    pub max_bytes: u64,
    /// The most data rows, faulty and skipped ones included.
    pub max_rows: u64,
}

impl Options {
    /// A file with header, any form of semester keys, and the hard limits.
    pub fn new(semester: Semester) -> Self {
        Self {
            semester,
            semester_keys: KeyForm::ALL.to_vec(),
            layout: Layout::header(),
            max_bytes: ROSTER_BYTES,
            max_rows: ROSTER_ROWS,
        }
    }
}

/// A file's data rows, one after the other. After an error there is nothing more.
pub struct Reader<R> {
    records: Records<R>,
    rows: RowReader,
    rows_left: u64,
    max_rows: u64,
    done: bool,
}

impl<R: Read> Reader<R> {
    /// Reads the beginning of `file` up to its header.
    pub fn open(file: R, options: Options) -> Result<Self, RosterError> {
        let source = Source::open(file, options.max_bytes)?;
        let mut charset = source.charset();
        let mut records = Records::open(source)?;
        let header = match options.layout.configured() {
            None => header::find(records.beginning(), &mut charset)?,
            Some(fields) => header::without(records.beginning(), fields)?,
        };
        records.continue_at(header.bytes, header.line, header.separator);
        let rows = RowReader::new(header.columns, charset, options.semester, options.semester_keys);
        Ok(Self { records, rows, rows_left: options.max_rows, max_rows: options.max_rows, done: false })
    }

    fn read(&mut self) -> Result<Option<Row>, RosterError> {
        while let Some(record) = self.records.next()? {
            if record.is_blank() {
                continue;
            }
            self.rows_left = self.rows_left.checked_sub(1).ok_or(RosterError::TooManyRows { limit: self.max_rows })?;
            return Ok(Some(self.rows.read(&record)));
        }
        Ok(None)
    }
}

impl<R: Read> Iterator for Reader<R> {
    type Item = Result<Row, RosterError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let row = self.read().transpose();
        self.done = !matches!(row, Some(Ok(_)));
        row
    }
}
