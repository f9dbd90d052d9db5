//! Tenants as the console sees them: universities, agencies with their outlets, and the operator's own.

use serde::{Deserialize, Serialize};

use crate::domain::tenant::{Slug, TenantId};

/// What a tenant is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TenantKind {
    /// Says who is enrolled.
    University,
    /// Sells tickets at counters.
    Agency,
    /// Runs this Pedell.
    Operator,
}

impl TenantKind {
    /// As stored.
    pub const fn name(self) -> &'static str {
        match self {
            Self::University => "university",
            Self::Agency => "agency",
            Self::Operator => "operator",
        }
    }

    /// Reads [`Self::name`].
    pub fn parse(name: &str) -> Option<Self> {
        [Self::University, Self::Agency, Self::Operator].into_iter().find(|kind| kind.name() == name)
    }
}

/// A tenant, in as much as its staff need to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organisation {
    /// Which.
    pub id: TenantId,
    /// What.
    pub kind: TenantKind,
    /// Its short name.
    pub slug: Slug,
    /// In German.
    pub name_de: String,
    /// In English.
    pub name_en: String,
}
