//! Files of prefixes: regions of the internet as registries and others publish them.
//!
//! Text, one network or address a line; `#` and `;` begin a comment. Millions of lines are read into a trie, in which an
//! address is looked up in tens of nanoseconds (`benches/networks.rs`). A file is taken as a whole or not at all: one that
//! is cut off in the middle of a line would block another network than it says, so bits behind a prefix are a fault, and so
//! is a last line without its end.

use std::{
    io::{self, BufRead, Read},
    net::IpAddr,
};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use prefix_trie::PrefixSet;
use thiserror::Error;

use crate::{
    base::limits,
    domain::networks::{NetworkFault, parse_network},
};

/// Prefixes, looked up by an address.
#[derive(Clone, Default)]
pub struct PrefixTable {
    v4: PrefixSet<Ipv4Net>,
    v6: PrefixSet<Ipv6Net>,
}

/// Why a file is not taken.
#[derive(Debug, Error)]
pub enum PrefixFileError {
    /// It can't be read.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// A line is no network.
    #[error("line {line}: {fault}")]
    Line {
        /// Counted from 1.
        line: usize,
        /// What is wrong with it.
        fault: NetworkFault,
    },
    /// A line that no network is as long as.
    #[error("line {0} is longer than {max} bytes, or no text", max = limits::PREFIX_LINE_BYTES)]
    NoLine(usize),
    /// The end is missing.
    #[error("the last line has no end: the file is cut off")]
    CutOff,
    /// Nothing in it: more likely a download that failed than a world without regions.
    #[error("it holds no network")]
    Empty,
    /// More than is kept.
    #[error("more than {} bytes, or {} networks", limits::PREFIX_FILE_BYTES, limits::PREFIXES)]
    TooMuch,
}

impl PrefixTable {
    /// Adds what a file holds.
    pub fn add(&mut self, file: impl BufRead) -> Result<(), PrefixFileError> {
        let mut file = file.take(limits::PREFIX_FILE_BYTES + 1);
        let (mut line, mut number, mut found) = (Vec::new(), 0, false);
        loop {
            line.clear();
            let most = limits::PREFIX_LINE_BYTES as u64 + 1;
            let read = file.by_ref().take(most).read_until(b'\n', &mut line)?;
            if file.limit() == 0 {
                return Err(PrefixFileError::TooMuch);
            }
            if read == 0 {
                return if found { Ok(()) } else { Err(PrefixFileError::Empty) };
            }
            number += 1;
            if read > limits::PREFIX_LINE_BYTES {
                return Err(PrefixFileError::NoLine(number));
            }
            if line.pop() != Some(b'\n') {
                return Err(PrefixFileError::CutOff);
            }
            let text = std::str::from_utf8(&line).map_err(|_| PrefixFileError::NoLine(number))?;
            let text = text.split(['#', ';']).next().unwrap_or_default().trim();
            if text.is_empty() {
                continue;
            }
            let network = parse_network(text).map_err(|fault| PrefixFileError::Line { line: number, fault })?;
            self.insert(network);
            found = true;
            if self.len() > limits::PREFIXES {
                return Err(PrefixFileError::TooMuch);
            }
        }
    }

    /// Adds one.
    pub fn insert(&mut self, network: IpNet) {
        match network {
            IpNet::V4(network) => self.v4.insert(network),
            IpNet::V6(network) => self.v6.insert(network),
        };
    }

    /// Whether one of them has this address.
    pub fn covers(&self, address: IpAddr) -> bool {
        // The shortest that covers it is found first, and any will do.
        match address.to_canonical() {
            IpAddr::V4(address) => self.v4.get_spm(&Ipv4Net::from(address)).is_some(),
            IpAddr::V6(address) => self.v6.get_spm(&Ipv6Net::from(address)).is_some(),
        }
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.v4.len() + self.v6.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl std::fmt::Debug for PrefixTable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PrefixTable").field("len", &self.len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(file: &str) -> Result<PrefixTable, PrefixFileError> {
        let mut table = PrefixTable::default();
        table.add(file.as_bytes()).map(|()| table)
    }

    #[test]
    fn an_address_is_covered_by_any_of_the_prefixes_in_either_writing() {
        let table = table(
            "# a region\n\n192.0.2.0/24 ; documentation\r\n198.51.100.7\n2001:db8::/32\n192.0.2.128/25\n\
             ::ffff:203.0.113.0/120\n",
        );
        let table = table.unwrap();
        assert_eq!(table.len(), 5);
        for covered in ["192.0.2.1", "::ffff:192.0.2.200", "198.51.100.7", "2001:db8:1::1", "203.0.113.9"] {
            assert!(table.covers(covered.parse().unwrap()), "{covered}");
        }
        for free in ["192.0.3.0", "198.51.100.8", "2001:db9::", "::", "0.0.0.0", "::ffff:198.51.100.6"] {
            assert!(!table.covers(free.parse().unwrap()), "{free}");
        }
    }

    #[test]
    fn it_answers_as_looking_at_each_prefix_would() {
        proptest::proptest!(|(prefixes in proptest::collection::vec((0u32..=u32::MAX, 1u8..=32), 1..60), near in 0u32..64)| {
            let prefixes: Vec<Ipv4Net> =
                prefixes.into_iter().map(|(bits, length)| Ipv4Net::new(bits.into(), length).unwrap().trunc()).collect();
            let mut table = PrefixTable::default();
            for prefix in &prefixes {
                table.insert(IpNet::V4(*prefix));
            }
            for prefix in &prefixes {
                for edge in [u32::from(prefix.network()).wrapping_sub(near), u32::from(prefix.broadcast()).wrapping_add(near)] {
                    let address = std::net::Ipv4Addr::from(edge);
                    let expected = prefixes.iter().any(|prefix| prefix.contains(&address));
                    assert_eq!(table.covers(address.into()), expected, "{address} in {prefixes:?}");
                }
            }
        });
    }

    #[test]
    fn half_a_file_is_no_file() {
        let fault = |file: &str| table(file).unwrap_err().to_string();
        assert_eq!(fault("192.0.2.0/24\n203.0.113.0/24"), PrefixFileError::CutOff.to_string());
        assert!(
            fault("192.0.2.0/24\n203.0.113.0/2\n").starts_with("line 2: `203.0.113.0/2` has bits"),
            "cut, then ended"
        );
        assert_eq!(fault(""), "it holds no network");
        assert_eq!(fault("# all quiet\n"), "it holds no network");
        assert!(fault("192.0.2.0/24\n0.0.0.0/0\n").contains("line 2"), "the whole internet");
        assert!(fault("<html>\n").starts_with("line 1"));
        assert!(fault(&format!("{}\n", "1".repeat(limits::PREFIX_LINE_BYTES))).contains("longer than"));
        let mut table = PrefixTable::default();
        assert!(matches!(table.add(&b"192.0.2.0/24\n\xff\n"[..]), Err(PrefixFileError::NoLine(2))));
    }

    /// Lines of comments without end.
    struct Comments;

    impl Read for Comments {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            buffer.fill(b'#');
            if let Some(last) = buffer.last_mut() {
                *last = b'\n';
            }
            Ok(buffer.len())
        }
    }

    #[test]
    fn what_never_ends_is_not_read_to_its_end() {
        let endless = io::BufReader::with_capacity(limits::PREFIX_LINE_BYTES, Comments);
        let mut table = PrefixTable::default();
        assert!(matches!(table.add(endless), Err(PrefixFileError::TooMuch)));
    }
}
