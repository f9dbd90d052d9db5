//! Which universities a student can choose, and what there is to say of all the others.
//!
//! A federation knows thousands of identity providers; those that a university of ours is connected to can be chosen. A
//! student of any other is told so by name, instead of doubting the spelling (docs/decisions/0012).

use std::{collections::HashSet, sync::Arc};

use super::Pedell;
use crate::{
    base::limits,
    domain::{
        connection::ConnectionSettings,
        search::{Findable, Query, sameness},
        tenant::University,
    },
    peers::federation::{Idp, findable::words, search::Found},
};

/// A university that can be chosen.
#[derive(Clone, Debug)]
pub struct Offered {
    /// The university.
    pub university: University,
    /// Its identity provider, if it has one and we know it.
    pub idp: Option<Arc<Idp>>,
}

impl Offered {
    /// By what people find it: its own words, and those of its identity provider's metadata.
    pub fn words(&self) -> Vec<&str> {
        let profile = &self.university.profile;
        let own = [&profile.name_de, &profile.name_en, &profile.place].into_iter().chain(&profile.keywords);
        own.map(String::as_str).chain(self.idp.iter().flat_map(|idp| words(&idp.descriptor))).collect()
    }

    /// Whether a query finds it.
    pub fn is_found_by(&self, query: &Query) -> bool {
        query.finds(&Findable::new(&self.words()))
    }
}

impl Pedell {
    /// These universities as a list offers them: without those whose identity provider asks to be hidden from discovery.
    /// (A shop that sends its students straight to one can still do so.)
    pub fn offer(&self, universities: Vec<University>) -> Vec<Offered> {
        let with_idp = |university: University| {
            let settings = &university.connection.settings;
            let idp = if let ConnectionSettings::Saml(connection) = settings {
                self.federation().find(&connection.entity_id)
            } else {
                None
            };
            Offered { university, idp }
        };
        let is_hidden = |offered: &Offered| offered.idp.as_ref().is_some_and(|idp| idp.descriptor.hide_from_discovery);
        universities.into_iter().map(with_idp).filter(|offered| !is_hidden(offered)).collect()
    }

    /// Other universities of the federations that a query finds: they take no part. Nothing for an empty query.
    pub fn elsewhere(&self, query: &Query, offered: &[Offered]) -> Found {
        if query.is_empty() {
            return Found::default();
        }
        let ids: HashSet<&str> =
            offered.iter().filter_map(|one| Some(one.idp.as_ref()?.descriptor.entity_id.as_str())).collect();
        // One that students prove their enrollment at in another way may stand in a federation all the same.
        let names: HashSet<String> = offered
            .iter()
            .flat_map(|one| [&one.university.profile.name_de, &one.university.profile.name_en])
            .map(|name| sameness(name))
            .collect();
        self.federation().search(query, limits::ELSEWHERE_LISTED, |entity_id, theirs| {
            let theirs = [&theirs.de, &theirs.en, &theirs.any].into_iter().flatten();
            ids.contains(entity_id) || theirs.map(|name| sameness(name)).any(|name| names.contains(&name))
        })
    }
}
