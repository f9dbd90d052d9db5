//! `[metrics]`: figures for a monitoring system.

use std::net::SocketAddr;

use super::reader::{Section, shortened};

/// `[metrics]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetricSettings {
    /// Where `/metrics` is served, apart from everything else; nowhere if it is left out.
    pub listen: Option<SocketAddr>,
}

impl MetricSettings {
    pub(super) fn read(section: &mut Section<'_>) -> Self {
        let address = |text: &str| match text {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|_| {
                format!("must be an IP address and a port, like 127.0.0.1:9464, or empty, not `{}`", shortened(text))
            }),
        };
        Self { listen: section.parsed("listen", "", address) }
    }
}
