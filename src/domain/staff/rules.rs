//! What a tenant asks of its staff beyond what the house asks of everybody.

use serde::{Deserialize, Serialize};

use super::{Module, Rank, Right, table};

/// What a tenant asks of its staff beyond the house's rules.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StaffRules {
    /// Everybody has a second factor, whatever their rank.
    #[serde(default)]
    pub second_factor_for_all: bool,
    /// Passwords have a small and a capital letter, a digit and another character.
    #[serde(default)]
    pub password_composition: bool,
    /// Who has to have a passkey; codes of an app no longer let them in.
    #[serde(default)]
    pub passkey: PasskeyDemand,
}

/// Of whom a passkey is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PasskeyDemand {
    /// Of nobody.
    #[default]
    Nobody,
    /// Of whoever can manage others.
    Managers,
    /// Of everybody.
    Everybody,
}

impl PasskeyDemand {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Nobody, Self::Managers, Self::Everybody];

    /// As in forms.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nobody => "nobody",
            Self::Managers => "managers",
            Self::Everybody => "everybody",
        }
    }

    /// Reads [`Self::name`].
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|demand| demand.name() == name)
    }
}

impl StaffRules {
    /// Whether this rank has to have a passkey.
    pub fn demand_passkey(&self, rank: Rank) -> bool {
        match self.passkey {
            PasskeyDemand::Nobody => false,
            PasskeyDemand::Managers => table::ceiling(rank, Module::Staff) == Right::Edit,
            PasskeyDemand::Everybody => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passkey_is_asked_of_whom_the_rule_names() {
        let asked = |passkey| {
            let rules = StaffRules { passkey, ..StaffRules::default() };
            Rank::ALL.into_iter().filter(|rank| rules.demand_passkey(*rank)).collect::<Vec<_>>()
        };
        assert_eq!(asked(PasskeyDemand::Nobody), []);
        assert_eq!(
            asked(PasskeyDemand::Managers),
            [Rank::OutletManager, Rank::AgencyManager, Rank::OrganizerManager, Rank::Operator]
        );
        assert_eq!(asked(PasskeyDemand::Everybody), Rank::ALL);
    }

    #[test]
    fn rules_of_before_are_still_read() {
        let rules: StaffRules = serde_json::from_str(r#"{"second_factor_for_all":true}"#).unwrap();
        assert!(rules.second_factor_for_all && rules.passkey == PasskeyDemand::Nobody);
        for demand in PasskeyDemand::ALL {
            assert_eq!(PasskeyDemand::parse(demand.name()), Some(demand));
        }
    }
}
