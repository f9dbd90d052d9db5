//! Reads the whole file: one thread parses, another indexes; nothing is kept but packed rows and faults.

use std::{
    io,
    sync::{Arc, mpsc},
    thread,
};

use aws_lc_rs::digest::{Context, Digest, SHA256};

use super::{
    Fault, ImportError, OnProgress, Progress,
    rows::{Part, Rows},
};
use crate::{
    base::limits,
    flow::{Failure, verify_by_roster::NUMBER},
    protocol::roster_csv::{self, Reader, RosterError, Row},
    vault::TenantKeys,
};

/// What was in a file.
pub(super) struct WholeFile {
    /// Sorted, each number once.
    pub(super) rows: Arc<Rows>,
    pub(super) rows_read: u64,
    /// Of students who have left.
    pub(super) rows_left_out: u64,
    pub(super) duplicates: u64,
    pub(super) faults: Faults,
    pub(super) bytes: u64,
    pub(super) sha256: Digest,
}

/// What is asked of a file.
pub(super) struct Demands {
    /// How it is read, and how large it may be.
    pub(super) options: roster_csv::Options,
    /// Each row has to have a birth date.
    pub(super) birth_date: bool,
}

/// Parts that wait between the two threads.
const PARTS_WAITING: usize = 4;

pub(super) fn read(
    reader: impl io::Read + Send,
    demands: Demands,
    keys: &TenantKeys,
    progress: &OnProgress,
) -> Result<WholeFile, ImportError> {
    let mut tap = Tap { reader, sha256: Context::new(&SHA256), bytes: 0, progress };
    let (send, receive) = mpsc::sync_channel(PARTS_WAITING);
    let (parsed, indexed) = thread::scope(|scope| {
        let indexing = scope.spawn(move || index_all(&receive, keys));
        let parsed = parse_all(&mut tap, demands, &send);
        drop(send);
        (parsed, indexing.join())
    });
    let mut rows = indexed.map_err(|_| Failure::Stopped("indexing the list"))??;
    let Parsed { rows_read, rows_left_out, mut faults } = parsed.map_err(ImportError::Unreadable)?;
    rows.sort();
    let duplicates = rows.deduplicate(|first, line| faults.add(Fault::same_number(first, line)));
    faults.sort();
    let (bytes, sha256) = (tap.bytes, tap.sha256.finish());
    Ok(WholeFile { rows: Arc::new(rows), rows_read, rows_left_out, duplicates, faults, bytes, sha256 })
}

#[derive(Default)]
struct Parsed {
    rows_read: u64,
    rows_left_out: u64,
    faults: Faults,
}

fn parse_all(file: impl io::Read, demands: Demands, send: &mpsc::SyncSender<Part>) -> Result<Parsed, RosterError> {
    let mut parsed = Parsed::default();
    let mut part = Part::default();
    for row in Reader::open(file, demands.options)? {
        parsed.rows_read += 1;
        match row? {
            Row::Student { line, record } if demands.birth_date && record.birth_date.is_none() => {
                parsed.faults.add(Fault::without_birth_date(line));
            }
            Row::Student { line, record } => {
                part.push(line, record.matriculation_number.normalised(), &record.to_bytes());
            }
            Row::Skipped { .. } => parsed.rows_left_out += 1,
            Row::Fault(fault) => parsed.faults.add(fault.into()),
        }
        if part.is_full() && send.send(std::mem::take(&mut part)).is_err() {
            return Ok(parsed); // indexing has failed and says why
        }
    }
    let _ = send.send(part);
    Ok(parsed)
}

fn index_all(parts: &mpsc::Receiver<Part>, keys: &TenantKeys) -> Result<Rows, Failure> {
    let version = keys.newest_version();
    let mut rows = Rows::default();
    for part in parts {
        rows.add(part, |number| keys.index(version, NUMBER, number)).map_err(Failure::open("a number's index"))?;
    }
    Ok(rows)
}

/// Faults: the first ones listed, all of them counted.
#[derive(Default)]
pub(super) struct Faults {
    listed: Vec<Fault>,
    count: u64,
}

impl Faults {
    fn add(&mut self, fault: Fault) {
        self.count += 1;
        if self.listed.len() < limits::ROSTER_FAULTS_LISTED {
            self.listed.push(fault);
        }
    }

    fn sort(&mut self) {
        self.listed.sort_by_key(|fault| fault.line);
    }

    pub(super) fn count(&self) -> u64 {
        self.count
    }

    pub(super) fn listed(&self) -> &[Fault] {
        &self.listed
    }
}

/// Hashes and measures what is read through it.
struct Tap<'a, R> {
    reader: R,
    sha256: Context,
    bytes: u64,
    progress: &'a OnProgress,
}

impl<R: io::Read> io::Read for Tap<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.sha256.update(&buffer[..read]);
        self.bytes += read as u64;
        (self.progress)(Progress::Reading { bytes: self.bytes });
        Ok(read)
    }
}
