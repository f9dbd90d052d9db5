//! Splits bytes into rows and fields (RFC 4180, and what programs make of it).
//!
//! A row ends with LF, CR or CRLF outside quotes. A field is quoted if its first character but spaces is `"`; a quote
//! later in a field is a letter like any other, as many exports do not quote at all. Nearly all rows have no quote:
//! these are split where they lie in the buffer, the others are unquoted into a second one.

use std::{io::Read, ops::Range};

use memchr::{memchr_iter, memchr2, memchr3};

use super::{FaultReason, RosterError, source::Source};
use crate::base::limits::ROSTER_LINE_BYTES;

/// Holds the longest beginning that [`super::header`] looks at: some title rows and a header.
const BUFFER_BYTES: usize = 16 * ROSTER_LINE_BYTES;

/// One row.
pub(super) struct Record<'a> {
    /// The physical line in which it begins, from 1.
    pub(super) line: u64,
    bytes: &'a [u8],
    fields: &'a [Range<usize>],
    /// What is wrong with its quotes.
    pub(super) fault: Option<FaultReason>,
}

impl<'a> Record<'a> {
    /// All its bytes; quotes may be left out.
    pub(super) fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// How many fields it has; an empty row has one.
    pub(super) fn len(&self) -> usize {
        self.fields.len()
    }

    /// A field without quotes.
    pub(super) fn field(&self, index: usize) -> Option<&'a [u8]> {
        Some(&self.bytes[self.fields.get(index)?.clone()])
    }

    /// All fields.
    pub(super) fn fields(&self) -> impl Iterator<Item = &'a [u8]> {
        self.fields.iter().map(|range| &self.bytes[range.clone()])
    }

    /// Whether nothing stands in it.
    pub(super) fn is_blank(&self) -> bool {
        self.fault.is_none() && self.fields().all(|field| field.trim_ascii().is_empty())
    }
}

/// A file's rows.
pub(super) struct Records<R> {
    source: Source<R>,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    ended: bool,
    line: u64,
    splitter: Splitter,
}

impl<R: Read> Records<R> {
    /// Reads the file's beginning.
    pub(super) fn open(source: Source<R>) -> Result<Self, RosterError> {
        let buffer = vec![0; BUFFER_BYTES];
        let splitter = Splitter::new(b';');
        let mut records = Self { source, buffer, start: 0, end: 0, ended: false, line: 1, splitter };
        records.refill()?;
        Ok(records)
    }

    /// What is read of the file so far and not yet consumed, and the number of its first line.
    pub(super) fn beginning(&self) -> Beginning<'_> {
        Beginning { bytes: &self.buffer[self.start..self.end], ended: self.ended, line: self.line }
    }

    /// Goes on behind `beginning`'s first `bytes` and lines.
    pub(super) fn continue_at(&mut self, bytes: usize, line: u64, separator: u8) {
        self.start += bytes;
        self.line = line;
        self.splitter.separator = separator;
    }

    /// The next row; `None` at the file's end.
    pub(super) fn next(&mut self) -> Result<Option<Record<'_>>, RosterError> {
        let split = loop {
            match self.splitter.split(&self.buffer[self.start..self.end], self.ended) {
                Some(split) => break split,
                None if self.ended => return Ok(None),
                None if self.end - self.start > ROSTER_LINE_BYTES => {
                    return Err(RosterError::LineTooLong { line: self.line });
                }
                None => self.refill()?,
            }
        };
        if split.bytes > ROSTER_LINE_BYTES {
            return Err(RosterError::LineTooLong { line: self.line });
        }
        let raw = &self.buffer[self.start..self.start + split.bytes];
        let line = self.line;
        self.start += split.bytes;
        self.line += split.lines;
        Ok(Some(self.splitter.record(raw, line, &split)))
    }

    fn refill(&mut self) -> Result<(), RosterError> {
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        let room = self.buffer.len() - self.end;
        let filled = self.source.fill(&mut self.buffer[self.end..])?;
        self.end += filled;
        // Four bytes stay free where a converted character did not fit.
        self.ended = filled + 4 <= room;
        Ok(())
    }
}

/// The part of a file in which the header is looked for.
#[derive(Clone, Copy)]
pub(super) struct Beginning<'a> {
    /// Its bytes.
    pub(super) bytes: &'a [u8],
    /// Whether this is the whole file.
    pub(super) ended: bool,
    /// The number of its first line.
    pub(super) line: u64,
}

impl Beginning<'_> {
    /// Calls `look` with each row, where it ends, and the line behind it, as long as `look` wants more.
    pub(super) fn each(self, separator: u8, mut look: impl FnMut(&Record<'_>, usize, u64) -> bool) {
        let (mut splitter, mut at, mut line) = (Splitter::new(separator), 0, self.line);
        while let Some(split) = splitter.split(&self.bytes[at..], self.ended) {
            let raw = &self.bytes[at..at + split.bytes];
            at += split.bytes;
            let record = splitter.record(raw, line, &split);
            line += split.lines;
            if !look(&record, at, line) {
                break;
            }
        }
    }
}

/// How a row was found.
struct Split {
    bytes: usize,
    lines: u64,
    unquoted: bool,
    fault: Option<FaultReason>,
}

struct Splitter {
    separator: u8,
    unquoted: Vec<u8>,
    fields: Vec<Range<usize>>,
}

impl Splitter {
    fn new(separator: u8) -> Self {
        Self { separator, unquoted: Vec::new(), fields: Vec::new() }
    }

    fn record<'a>(&'a self, raw: &'a [u8], line: u64, split: &Split) -> Record<'a> {
        let bytes = if split.unquoted { &self.unquoted } else { raw };
        Record { line, bytes, fields: &self.fields, fault: split.fault }
    }

    /// The first row of `bytes`; `None` if it is not whole.
    fn split(&mut self, bytes: &[u8], ended: bool) -> Option<Split> {
        let end = match memchr3(b'\n', b'\r', b'"', bytes) {
            Some(at) if bytes[at] == b'"' => return self.split_quoted(bytes, ended),
            Some(at) => at,
            None if ended && !bytes.is_empty() => bytes.len(),
            None => return None,
        };
        let line_end = line_end(&bytes[end..], ended)?;
        self.fields.clear();
        let mut start = 0;
        for at in memchr_iter(self.separator, &bytes[..end]) {
            self.fields.push(start..at);
            start = at + 1;
        }
        self.fields.push(start..end);
        Some(Split { bytes: end + line_end, lines: 1, unquoted: false, fault: None })
    }

    fn split_quoted(&mut self, bytes: &[u8], ended: bool) -> Option<Split> {
        self.fields.clear();
        self.unquoted.clear();
        let (mut at, mut lines, mut fault) = (0, 1, None);
        loop {
            let begin = self.unquoted.len();
            let first = at + bytes[at..].iter().take_while(|&&byte| byte == b' ').count();
            if bytes.get(first) == Some(&b'"') {
                match self.unquote(&bytes[first + 1..]) {
                    Some(quoted) => {
                        at = first + 1 + quoted.bytes;
                        lines += quoted.lines;
                    }
                    None if ended => {
                        let lines = lines + line_ends(&bytes[first..]);
                        let fault = Some(FaultReason::UnclosedQuote);
                        self.fields.push(begin..self.unquoted.len());
                        return Some(Split { bytes: bytes.len(), lines, unquoted: true, fault });
                    }
                    None => return None,
                }
                at += bytes[at..].iter().take_while(|&&byte| byte == b' ').count();
                let next = bytes.get(at);
                if next.is_some_and(|&byte| byte != self.separator && byte != b'\n' && byte != b'\r') {
                    fault = Some(FaultReason::TextAfterQuote);
                    // Where a field would begin is anybody's guess, so the row ends with its line.
                    at += memchr2(b'\n', b'\r', &bytes[at..]).unwrap_or(bytes.len() - at);
                }
            } else {
                let field = memchr3(self.separator, b'\n', b'\r', &bytes[at..]).unwrap_or(bytes.len() - at);
                self.unquoted.extend_from_slice(&bytes[at..at + field]);
                at += field;
            }
            self.fields.push(begin..self.unquoted.len());
            match bytes.get(at) {
                Some(&byte) if byte == self.separator => at += 1,
                None if !ended => return None,
                _ => break,
            }
        }
        let line_end = line_end(&bytes[at..], ended)?;
        Some(Split { bytes: at + line_end, lines, unquoted: true, fault })
    }

    /// Takes over what stands before the closing quote; `None` if there is none.
    fn unquote(&mut self, bytes: &[u8]) -> Option<Quoted> {
        let mut at = 0;
        loop {
            let quote = at + memchr::memchr(b'"', &bytes[at..])?;
            self.unquoted.extend_from_slice(&bytes[at..quote]);
            at = quote + 1;
            if bytes.get(at) != Some(&b'"') {
                return Some(Quoted { bytes: at, lines: line_ends(&bytes[..quote]) });
            }
            self.unquoted.push(b'"');
            at += 1;
        }
    }
}

struct Quoted {
    bytes: usize,
    lines: u64,
}

/// The length of the line end with which `bytes` begin (none at the file's end); `None` if that is not yet known.
fn line_end(bytes: &[u8], ended: bool) -> Option<usize> {
    match bytes {
        [b'\r', b'\n', ..] => Some(2),
        [b'\r'] if !ended => None,
        [_, ..] => Some(1),
        [] => Some(0),
    }
}

fn line_ends(bytes: &[u8]) -> u64 {
    let mut count = 0;
    let mut after_return = false;
    for &byte in bytes {
        count += u64::from(byte == b'\r' || (byte == b'\n' && !after_return));
        after_return = byte == b'\r';
    }
    count
}
