//! A list in memory: packed, not a million small allocations; overwritten when dropped, because it is clear text.

use zeroize::Zeroizing;

use crate::vault::Index;

/// A list that was read, in parts of some thousand rows each.
#[derive(Default)]
pub(super) struct Rows {
    parts: Vec<Zeroizing<Vec<u8>>>,
    entries: Vec<Entry>,
}

/// 32 bytes: a million rows need 32 MB beside their text.
#[derive(Clone, Copy)]
struct Entry {
    number: Index,
    line: u32,
    part: u32,
    start: u32,
    length: u32,
}

/// One row of [`Rows`].
#[derive(Clone, Copy)]
pub(super) struct Row<'a> {
    /// Keyed hash of the matriculation number.
    pub(super) number: Index,
    /// `StudentRecord::to_bytes`.
    pub(super) plain: &'a [u8],
}

/// The rows of one part before they are indexed. Never grows: a vector that does leaves copies behind.
pub(super) struct Part {
    records: Zeroizing<Vec<u8>>,
    /// Normalised matriculation numbers, one after the other.
    numbers: Zeroizing<Vec<u8>>,
    ends: Vec<End>,
}

struct End {
    line: u32,
    record: u32,
    number: u32,
}

const PART_BYTES: usize = 256 * 1024;
const PART_NUMBER_BYTES: usize = 64 * 1024;
/// More than any row takes of either: its fields are bounded by `base::limits`.
const ROW_BYTES: usize = 8 * 1024;

impl Default for Part {
    fn default() -> Self {
        Self {
            records: Zeroizing::new(Vec::with_capacity(PART_BYTES)),
            numbers: Zeroizing::new(Vec::with_capacity(PART_NUMBER_BYTES)),
            ends: Vec::new(),
        }
    }
}

impl Part {
    pub(super) fn push(&mut self, line: u64, number: &str, record: &[u8]) {
        self.records.extend_from_slice(record);
        self.numbers.extend_from_slice(number.as_bytes());
        let narrow = |size: usize| u32::try_from(size).unwrap_or(u32::MAX);
        self.ends.push(End {
            line: u32::try_from(line).unwrap_or(u32::MAX),
            record: narrow(self.records.len()),
            number: narrow(self.numbers.len()),
        });
    }

    pub(super) fn is_full(&self) -> bool {
        self.records.len() > PART_BYTES - ROW_BYTES || self.numbers.len() > PART_NUMBER_BYTES - ROW_BYTES
    }
}

impl Rows {
    /// Takes a part over, indexing each of its numbers.
    pub(super) fn add<E>(&mut self, part: Part, index: impl Fn(&[u8]) -> Result<Index, E>) -> Result<(), E> {
        let number_of_part = u32::try_from(self.parts.len()).unwrap_or(u32::MAX);
        let (mut start, mut number_start) = (0, 0);
        for end in &part.ends {
            let number = index(&part.numbers[number_start as usize..end.number as usize])?;
            let length = end.record - start;
            self.entries.push(Entry { number, line: end.line, part: number_of_part, start, length });
            (start, number_start) = (end.record, end.number);
        }
        self.parts.push(part.records);
        Ok(())
    }

    /// Sorts by number; equal numbers by line.
    pub(super) fn sort(&mut self) {
        self.entries.sort_unstable_by_key(|entry| (entry.number, entry.line));
    }

    /// Keeps one row of each number. What stands twice with the same data is merged; of what stands twice with different
    /// data no row is kept, because nobody can tell which is right: `conflict` hears of each with the line of the first.
    /// Needs [`Self::sort`]. Returns how many rows were merged.
    pub(super) fn deduplicate(&mut self, mut conflict: impl FnMut(u64, u64)) -> u64 {
        let (mut kept, mut merged, mut at) = (0, 0, 0);
        while at < self.entries.len() {
            let first = self.entries[at];
            let same = self.entries[at..].iter().take_while(|entry| entry.number == first.number).count();
            let others = &self.entries[at + 1..at + same];
            let differing = others.iter().filter(|other| self.plain(other) != self.plain(&first));
            let mut conflicts = 0_u64;
            for other in differing {
                conflict(u64::from(first.line), u64::from(other.line));
                conflicts += 1;
            }
            if conflicts == 0 {
                merged += others.len() as u64;
                self.entries[kept] = first;
                kept += 1;
            }
            at += same;
        }
        self.entries.truncate(kept);
        merged
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The row at a place of the order.
    pub(super) fn get(&self, at: usize) -> Row<'_> {
        let entry = &self.entries[at];
        Row { number: entry.number, plain: self.plain(entry) }
    }

    /// The row under a number. Needs [`Self::sort`].
    pub(super) fn find(&self, number: &Index) -> Option<Row<'_>> {
        self.entries.binary_search_by_key(number, |entry| entry.number).ok().map(|at| self.get(at))
    }

    fn plain(&self, entry: &Entry) -> &[u8] {
        &self.parts[entry.part as usize][entry.start as usize..][..entry.length as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(given: &[(u64, &str, &str)]) -> Rows {
        let mut part = Part::default();
        for (line, number, record) in given {
            part.push(*line, number, record.as_bytes());
        }
        let mut rows = Rows::default();
        rows.add(part, |number| Index::from_bytes(number).ok_or("sixteen bytes")).unwrap();
        rows.sort();
        rows
    }

    const A: &str = "aaaaaaaaaaaaaaaa";
    const B: &str = "bbbbbbbbbbbbbbbb";

    #[test]
    fn rows_come_back_in_the_order_of_their_numbers() {
        let rows = rows(&[(2, B, "Ben"), (3, A, "Ada")]);
        let read: Vec<_> = (0..rows.len()).map(|at| (rows.entries[at].line, rows.get(at).plain)).collect();
        assert_eq!(read, [(3, &b"Ada"[..]), (2, b"Ben")]);
        assert_eq!(rows.find(&Index::from_bytes(B.as_bytes()).unwrap()).unwrap().plain, b"Ben");
        assert!(rows.find(&Index::from_bytes(&[b'c'; 16]).unwrap()).is_none());
    }

    #[test]
    fn the_same_person_twice_is_kept_once() {
        let mut rows = rows(&[(2, A, "Ada"), (3, B, "Ben"), (4, A, "Ada"), (5, A, "Ada")]);
        assert_eq!(rows.deduplicate(|_, _| panic!("there is no conflict")), 2);
        assert_eq!((rows.len(), rows.entries[0].line), (2, 2));
    }

    #[test]
    fn two_people_under_one_number_are_both_left_out_and_both_lines_named() {
        let mut rows = rows(&[(2, A, "Ada"), (3, B, "Ben"), (9, A, "Adam"), (10, A, "Ada")]);
        let mut conflicts = Vec::new();
        assert_eq!(rows.deduplicate(|first, other| conflicts.push((first, other))), 0);
        assert_eq!(conflicts, [(2, 9)]);
        assert_eq!((rows.len(), rows.get(0).plain), (1, &b"Ben"[..]));
    }
}
