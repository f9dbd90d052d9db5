//! Any bytes are read or refused: no panic, no endless reading, lines that grow, and records that survive packing.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pedell::{
    domain::{person::StudentRecord, semester::Semester},
    protocol::roster_csv::{Options, Reader, Row},
};

fuzz_target!(|file: &[u8]| {
    let Ok(reader) = Reader::open(file, Options::new(Semester::LAST)) else { return };
    let mut last = 0;
    for row in reader.map_while(Result::ok) {
        let line = match row {
            Row::Student { line, record } => {
                assert_eq!(StudentRecord::from_bytes(&record.to_bytes()), Ok(record));
                line
            }
            Row::Skipped { line } => line,
            Row::Fault(fault) => fault.line,
        };
        assert!(line > last, "rows come in the order of their lines");
        last = line;
    }
    assert!(last <= file.len() as u64);
});
