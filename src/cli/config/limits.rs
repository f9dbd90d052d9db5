//! `[limits]`: how often somebody may ask.

use std::num::NonZeroU32;

use super::reader::Section;

/// `[limits]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitSettings {
    /// Requests of one authenticated client per minute.
    pub requests_per_minute_per_client: NonZeroU32,
    /// Requests from one address per minute, whoever it is.
    pub requests_per_minute_per_address: NonZeroU32,
}

impl LimitSettings {
    pub(super) fn read(section: &mut Section<'_>) -> Self {
        Self {
            requests_per_minute_per_client: section.count("requests_per_minute_per_client", 6_000, 10_000_000),
            requests_per_minute_per_address: section.count("requests_per_minute_per_address", 600, 10_000_000),
        }
    }
}
