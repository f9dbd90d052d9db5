//! Reads the whole file: one thread parses, another indexes; nothing is kept but packed rows and faults.

use std::{
    io,
    sync::{Arc, mpsc},
    thread,
};

use aws_lc_rs::digest::{Context, SHA256};

use super::{
    Fault, ImportError, OnProgress, Progress,
    rows::{Part, Rows},
};
use crate::{
    base::limits,
    flow::{Failure, verify_by_roster::NUMBER},
    protocol::roster_csv,
    vault::TenantKeys,
};

/// What was in a file.
pub(super) struct WholeFile {
    /// Sorted, each number once.
    pub(super) rows: Arc<Rows>,
    pub(super) rows_read: u64,
    pub(super) duplicates: u64,
    pub(super) faults: Faults,
    pub(super) bytes: u64,
    pub(super) sha256: [u8; 32],
}

/// What is asked of a file.
#[derive(Clone, Copy)]
pub(super) struct Demands {
    /// Each row has to have a birth date.
    pub(super) birth_date: bool,
    pub(super) max_bytes: u64,
    pub(super) max_rows: u64,
}

/// Parts that wait between the two threads.
const PARTS_WAITING: usize = 4;

pub(super) fn read(
    reader: impl io::Read + Send,
    demands: Demands,
    keys: &TenantKeys,
    progress: &OnProgress,
) -> Result<WholeFile, ImportError> {
    let mut tap = Tap::new(reader, demands.max_bytes, progress);
    let (send, receive) = mpsc::sync_channel(PARTS_WAITING);
    let (parsed, indexed) = thread::scope(|scope| {
        let indexing = scope.spawn(move || index_all(&receive, keys));
        let parsed = parse_all(&mut tap, demands, &send);
        drop(send);
        (parsed, indexing.join())
    });
    let mut rows = indexed.map_err(|_| Failure::Stopped("indexing the list"))??;
    if tap.bytes > demands.max_bytes {
        return Err(ImportError::TooLarge { limit: demands.max_bytes });
    }
    let Parsed { rows_read, mut faults } = parsed?;
    rows.sort();
    let duplicates = rows.deduplicate(|first, line| faults.add(Fault::same_number(first, line)));
    faults.sort();
    let (bytes, sha256) = tap.finish();
    Ok(WholeFile { rows: Arc::new(rows), rows_read, duplicates, faults, bytes, sha256 })
}

struct Parsed {
    rows_read: u64,
    faults: Faults,
}

fn parse_all(
    file: impl io::Read,
    demands: Demands,
    send: &mpsc::SyncSender<Part>,
) -> Result<Parsed, ImportError> {
    let mut parsed = Parsed { rows_read: 0, faults: Faults::default() };
    let mut part = Part::default();
    for row in roster_csv::Reader::open(file, demands.birth_date).map_err(ImportError::Unreadable)? {
        let row = row.map_err(ImportError::Unreadable)?;
        parsed.rows_read += 1;
        if parsed.rows_read > demands.max_rows {
            return Err(ImportError::TooManyRows { limit: demands.max_rows });
        }
        match row {
            Ok((line, record)) => part.push(line, record.matriculation_number.normalised(), &record.to_bytes()),
            Err(fault) => parsed.faults.add(fault.into()),
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

/// Hashes and measures what is read through it; one byte over the limit ends it.
struct Tap<'a, R> {
    reader: R,
    sha256: Context,
    bytes: u64,
    max_bytes: u64,
    progress: &'a OnProgress,
}

impl<'a, R> Tap<'a, R> {
    fn new(reader: R, max_bytes: u64, progress: &'a OnProgress) -> Self {
        Self { reader, sha256: Context::new(&SHA256), bytes: 0, max_bytes, progress }
    }

    fn finish(self) -> (u64, [u8; 32]) {
        let mut sha256 = [0; 32];
        sha256.copy_from_slice(self.sha256.finish().as_ref());
        (self.bytes, sha256)
    }
}

impl<R: io::Read> io::Read for Tap<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.sha256.update(&buffer[..read]);
        self.bytes += read as u64;
        if self.bytes > self.max_bytes {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "the file is larger than it may be"));
        }
        (self.progress)(Progress::Reading { bytes: self.bytes });
        Ok(read)
    }
}
