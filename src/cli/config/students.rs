//! `[students]`: how often somebody may guess on the roster form.

use std::{num::NonZeroU32, time::Duration};

use super::reader::Section;

/// `[students]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StudentSettings {
    /// Failed attempts for one matriculation number within the window.
    pub failed_attempts_per_number: NonZeroU32,
    /// Failed attempts from one address within the window; many students may share one.
    pub failed_attempts_per_address: NonZeroU32,
    /// The window.
    pub attempt_window: Duration,
}

impl StudentSettings {
    pub(super) fn read(section: &mut Section<'_>) -> Self {
        Self {
            failed_attempts_per_number: section.count("failed_attempts_per_number", 5, 100),
            failed_attempts_per_address: section.count("failed_attempts_per_address", 300, 100_000),
            attempt_window: section.seconds("attempt_window_seconds", 900, 60..=86_400),
        }
    }
}
