//! `[log]`: what is written to standard error.

use tracing_subscriber::EnvFilter;

use super::reader::{Section, shortened};

/// `[log]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogSettings {
    /// For people or for machines.
    pub format: LogFormat,
    /// What is logged, such as `info` or `info,pedell::flow=debug`.
    pub filter: LogFilter,
}

/// For people or for machines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// One line each, readable.
    Text,
    /// One JSON object per line.
    Json,
}

/// A filter that was parsed once and so can be parsed again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogFilter(String);

impl LogSettings {
    pub(super) fn read(section: &mut Section<'_>) -> Self {
        Self {
            format: section.choice("format", "text", &[("text", LogFormat::Text), ("json", LogFormat::Json)]),
            filter: section.parsed("filter", "info", LogFilter::parse),
        }
    }
}

impl LogFilter {
    fn parse(text: &str) -> Result<Self, String> {
        match EnvFilter::try_new(text) {
            Ok(_) if !text.trim().is_empty() => Ok(Self(text.to_owned())),
            Ok(_) => Err("must not be empty; `off` silences the log".to_owned()),
            Err(error) => Err(format!("is no filter ({error}): `{}`", shortened(text))),
        }
    }

    /// For the subscriber.
    pub fn to_env_filter(&self) -> EnvFilter {
        EnvFilter::new(&self.0)
    }
}
