//! The parts of the house, and how much of one somebody can have.

use serde::{Deserialize, Serialize};

/// A part of the house.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Module {
    Connections,
    Rosters,
    Verifications,
    Statistics,
    Staff,
    Certificates,
    Issuers,
    Audit,
    Privacy,
}

impl Module {
    /// Every one.
    pub const ALL: [Self; 9] = [
        Self::Connections,
        Self::Rosters,
        Self::Verifications,
        Self::Statistics,
        Self::Staff,
        Self::Certificates,
        Self::Issuers,
        Self::Audit,
        Self::Privacy,
    ];

    /// As stored, and as a form's field.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Connections => "connections",
            Self::Rosters => "rosters",
            Self::Verifications => "verifications",
            Self::Statistics => "statistics",
            Self::Staff => "staff",
            Self::Certificates => "certificates",
            Self::Issuers => "issuers",
            Self::Audit => "audit",
            Self::Privacy => "privacy",
        }
    }
}

/// How much of a module.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// Nothing.
    #[default]
    None,
    /// Look.
    Read,
    /// Look and change.
    Edit,
}

impl Right {
    /// As stored, and as a form's value.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Read => "read",
            Self::Edit => "edit",
        }
    }

    /// Reads [`Self::name`].
    pub fn parse(name: &str) -> Option<Self> {
        [Self::None, Self::Read, Self::Edit].into_iter().find(|right| right.name() == name)
    }
}
