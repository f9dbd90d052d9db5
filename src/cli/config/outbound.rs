//! `[outbound]`: whom Pedell calls.

use super::reader::Section;
use crate::peers::outbound::Allowed;

/// `[outbound]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboundSettings {
    /// Beyond public addresses over TLS.
    pub allowed: Vec<Allowed>,
}

impl OutboundSettings {
    pub(super) fn read(section: &mut Section<'_>) -> Self {
        Self { allowed: section.list("allowed", Allowed::parse) }
    }
}
