//! By what an identity provider is found.

use crate::{
    domain::search::Findable,
    protocol::saml::{IdpDescriptor, scope::Scope},
};

/// `None` if it must not be found in a list, or has no name to show.
pub(super) fn findable(idp: &IdpDescriptor) -> Option<Findable> {
    if idp.hide_from_discovery {
        return None;
    }
    idp.names.any.as_ref()?;
    Some(Findable::new(&words(idp)))
}

/// Everything in a provider's metadata that people might type.
pub fn words(idp: &IdpDescriptor) -> Vec<&str> {
    let names = [&idp.names.de, &idp.names.en, &idp.names.any].into_iter().flatten().map(String::as_str);
    let keywords = idp.keywords.iter().map(String::as_str);
    let domains = idp.scopes.iter().filter_map(|scope| match scope {
        Scope::Literal(domain) => Some(domain.as_str()),
        Scope::Pattern(_) => None,
    });
    names.chain(keywords).chain(domains).collect()
}
