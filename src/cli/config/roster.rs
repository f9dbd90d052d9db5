//! `[roster]`: how large a roster may be, below the hard limits of `base::limits`.

use super::reader::Section;
use crate::base::limits::{ROSTER_BYTES, ROSTER_ROWS};

/// `[roster]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RosterSettings {
    /// A roster file, in bytes.
    pub max_bytes: u64,
    /// A roster, in rows.
    pub max_rows: u64,
}

impl RosterSettings {
    pub(super) fn read(section: &mut Section<'_>) -> Self {
        Self {
            max_bytes: section.number("max_bytes", 268_435_456, 1_024..=ROSTER_BYTES),
            max_rows: section.number("max_rows", 2_000_000, 1..=ROSTER_ROWS),
        }
    }
}
