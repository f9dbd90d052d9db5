//! Rights per module: what a person has of what the rank allows.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    Rank,
    module::{Module, Right},
    table,
};

/// Rights per module; a module that is not named: none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rights(BTreeMap<Module, Right>);

impl Rights {
    /// Everything that a rank can have.
    pub fn all_of(rank: Rank) -> Self {
        Module::ALL.into_iter().map(|module| (module, table::ceiling(rank, module))).collect()
    }

    /// How much of this module.
    pub fn of(&self, module: Module) -> Right {
        self.0.get(&module).copied().unwrap_or_default()
    }

    /// Nothing beyond what `rank` can have.
    #[must_use]
    pub fn within(&self, rank: Rank) -> Self {
        Module::ALL.into_iter().map(|module| (module, self.of(module).min(table::ceiling(rank, module)))).collect()
    }

    /// Whether there is nothing in these that is not in `others`.
    pub fn are_within(&self, others: &Self) -> bool {
        Module::ALL.into_iter().all(|module| self.of(module) <= others.of(module))
    }
}

impl FromIterator<(Module, Right)> for Rights {
    fn from_iter<I: IntoIterator<Item = (Module, Right)>>(rights: I) -> Self {
        Self(rights.into_iter().filter(|(_, right)| *right != Right::None).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rights_are_cut_to_the_rank_and_compared_module_by_module() {
        let all: Rights = Module::ALL.into_iter().map(|module| (module, Right::Edit)).collect();
        let clerk = all.within(Rank::Clerk);
        assert_eq!((clerk.of(Module::Verifications), clerk.of(Module::Staff)), (Right::Edit, Right::None));
        assert_eq!(clerk, Rights::all_of(Rank::Clerk));
        assert!(clerk.are_within(&Rights::all_of(Rank::OutletManager)));
        assert!(!Rights::all_of(Rank::OutletManager).are_within(&clerk));
        assert!(Rights::default().are_within(&Rights::default()));
        let text = serde_json::to_string(&clerk).unwrap();
        assert_eq!(text, r#"{"verifications":"edit"}"#);
        assert_eq!(serde_json::from_str::<Rights>(&text).unwrap(), clerk);
    }
}
