//! What keeps a connection from working, whatever its kind.

/// Something that keeps a connection from working, in words for the university's IT.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionFault {
    /// Stable.
    pub code: &'static str,
    /// What is wrong and what to do.
    pub text: String,
    /// Whether students can not be let onto it.
    pub blocks: bool,
}

impl ConnectionFault {
    /// It can't work.
    pub fn blocking(code: &'static str, text: impl Into<String>) -> Self {
        Self { code, text: text.into(), blocks: true }
    }

    /// It may be meant so.
    pub fn warning(code: &'static str, text: impl Into<String>) -> Self {
        Self { code, text: text.into(), blocks: false }
    }
}

impl std::fmt::Display for ConnectionFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let weight = if self.blocks { "fault" } else { "warning" };
        write!(f, "{weight} {}: {}", self.code, self.text)
    }
}
