//! Searching all identity providers of all federations at once.

use std::{collections::HashSet, sync::Arc};

use super::{Federation, Followed, aggregate::Provider};
use crate::{domain::search::Query, protocol::saml::metadata::Names};

/// What a search finds.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// By name, no more than asked for.
    pub listed: Vec<Listed>,
    /// Whether there are more.
    pub more: bool,
}

/// An identity provider that may be shown in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its entity ID.
    pub entity_id: String,
    /// What people call it.
    pub names: Names,
}

impl Federation {
    /// Searches names in both languages, keywords and domains. Who asks to be hidden from discovery is not found, nor is
    /// whoever `leave_out` names; one that is in several federations is found once.
    pub fn search(&self, query: &Query, most: usize, leave_out: impl Fn(&str, &Names) -> bool) -> Found {
        let now = self.0.clock.now();
        let mut found: Vec<Arc<Provider>> = Vec::new();
        for source in self.sources() {
            if let Followed::Aggregate(aggregate) = source {
                found.extend(aggregate.search(query, now));
            }
        }
        found.sort_by(|a, b| a.sort_key().cmp(b.sort_key()));
        let mut seen = HashSet::new();
        let mut listed = found
            .iter()
            .map(|provider| provider.descriptor())
            .filter(|idp| seen.insert(idp.entity_id.as_str()) && !leave_out(&idp.entity_id, &idp.names))
            .map(|idp| Listed { entity_id: idp.entity_id.clone(), names: idp.names.clone() });
        Found { listed: listed.by_ref().take(most).collect(), more: listed.next().is_some() }
    }
}
