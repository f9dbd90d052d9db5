//! UTF-8 or Windows-1252.
//!
//! Both contain ASCII, so rows are split before this is known. The first row with other bytes decides: Windows-1252 text
//! is practically never valid UTF-8, as an umlaut would have to be followed by one of a few signs. From then on a row
//! that is not what was decided is a fault: files put together from two sources exist, and guessing row by row would
//! let a damaged name pass.

use std::borrow::Cow;

use encoding_rs::WINDOWS_1252;

use super::FaultReason;

/// What is known of a file's encoding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Charset {
    /// Only ASCII so far.
    #[default]
    Undecided,
    /// UTF-8, or UTF-16 converted to it.
    Utf8,
    /// Windows-1252, which contains ISO 8859-1.
    Windows1252,
}

impl Charset {
    /// Looks at all bytes of a row.
    pub(super) fn check(&mut self, row: &[u8]) -> Result<(), FaultReason> {
        if row.is_ascii() {
            return Ok(());
        }
        match (*self, std::str::from_utf8(row).is_ok()) {
            (Self::Undecided, true) => *self = Self::Utf8,
            (Self::Undecided, false) => *self = Self::Windows1252,
            (Self::Utf8, true) | (Self::Windows1252, false) => {}
            (Self::Utf8, false) => return Err(FaultReason::NotUtf8),
            (Self::Windows1252, true) => return Err(FaultReason::NotWindows1252),
        }
        Ok(())
    }

    /// The text of a field in a row that was checked.
    pub(super) fn text(self, field: &[u8]) -> Cow<'_, str> {
        match std::str::from_utf8(field) {
            Ok(text) if self != Self::Windows1252 || field.is_ascii() => Cow::Borrowed(text),
            _ => WINDOWS_1252.decode_without_bom_handling(field).0,
        }
    }
}
