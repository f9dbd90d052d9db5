//! Ranks: four of a box office, two of a university, and the operator above.

use serde::{Deserialize, Serialize};

use super::TenantKind;

/// A place in the hierarchy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rank {
    /// At the counter; sees what they did themselves.
    Clerk,
    /// Sees what the whole outlet did.
    SeniorClerk,
    /// Manages the outlet's clerks.
    OutletManager,
    /// Manages all outlets of the agency.
    AgencyManager,
    /// A university's, for rosters and statistics.
    OrganizerStaff,
    /// A university's, for connections and staff.
    OrganizerManager,
    /// Runs this Pedell.
    Operator,
}

impl Rank {
    /// Every one, from the counter up.
    pub const ALL: [Self; 7] = [
        Self::Clerk,
        Self::SeniorClerk,
        Self::OutletManager,
        Self::AgencyManager,
        Self::OrganizerStaff,
        Self::OrganizerManager,
        Self::Operator,
    ];

    /// As stored and in the audit trail.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Clerk => "clerk",
            Self::SeniorClerk => "senior_clerk",
            Self::OutletManager => "outlet_manager",
            Self::AgencyManager => "agency_manager",
            Self::OrganizerStaff => "organizer_staff",
            Self::OrganizerManager => "organizer_manager",
            Self::Operator => "operator",
        }
    }

    /// Reads [`Self::name`].
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rank| rank.name() == name)
    }

    /// The kind of tenant that has it.
    pub const fn works_at(self) -> TenantKind {
        match self {
            Self::Clerk | Self::SeniorClerk | Self::OutletManager | Self::AgencyManager => TenantKind::Agency,
            Self::OrganizerStaff | Self::OrganizerManager => TenantKind::University,
            Self::Operator => TenantKind::Operator,
        }
    }

    /// Whether it belongs to one outlet of its agency.
    pub const fn is_of_an_outlet(self) -> bool {
        matches!(self, Self::Clerk | Self::SeniorClerk | Self::OutletManager)
    }

    /// Whether it is the highest of its tenant: there has to be one who can still log in.
    pub const fn is_highest(self) -> bool {
        matches!(self, Self::AgencyManager | Self::OrganizerManager | Self::Operator)
    }

    /// Whether a second factor is asked of it, whatever its tenant says.
    pub const fn needs_second_factor(self) -> bool {
        !matches!(self, Self::Clerk | Self::SeniorClerk)
    }

    /// Whether `manager` stands above it: in the same kind of tenant, or as the operator.
    pub fn is_below(self, manager: Self) -> bool {
        match manager {
            Self::Operator => self != Self::Operator,
            _ => self.works_at() == manager.works_at() && self < manager,
        }
    }
}

impl std::fmt::Display for Rank {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_stands_above_themselves_or_above_another_house() {
        for rank in Rank::ALL {
            assert!(!rank.is_below(rank), "{rank}");
            assert_eq!(Rank::parse(rank.name()), Some(rank));
        }
        assert!(Rank::Clerk.is_below(Rank::OutletManager) && Rank::OutletManager.is_below(Rank::AgencyManager));
        assert!(!Rank::AgencyManager.is_below(Rank::OrganizerManager));
        assert!(!Rank::Clerk.is_below(Rank::OrganizerManager));
        assert!(!Rank::Operator.is_below(Rank::OrganizerManager));
        assert!(Rank::ALL.into_iter().filter(|rank| rank.is_below(Rank::Operator)).count() == Rank::ALL.len() - 1);
    }
}
