//! Pedell as its metadata describe it (SAML metadata §2.4.4): whose requests are answered, where to, for which key.

use roxmltree::Node;

use crate::{
    cli::CliError,
    protocol::saml::{
        certificate::Certificate,
        keys::VerifyingKey,
        names,
        xml::{
            canonical::Method,
            outline::Outline,
            tree::{self, attribute, child, children},
        },
    },
};

/// A service provider.
pub(super) struct Service {
    pub(super) entity_id: String,
    /// Where responses are posted.
    pub(super) acs_url: String,
    /// What its requests are signed with.
    pub(super) signing: Vec<VerifyingKey>,
    /// What assertions are encrypted to: the first.
    pub(super) encryption: Certificate,
}

impl Service {
    pub(super) fn parse(metadata: &str) -> Result<Self, CliError> {
        let outline = Outline::of(metadata)?;
        let canonical = outline.canonicalise(outline.root(), &[], Method::Inclusive)?;
        let document = tree::parse(&canonical)?;
        let entity = document.root_element();
        let role = child(entity, names::METADATA, "SPSSODescriptor").ok_or("the metadata is no service provider's")?;
        let acs_url = children(role, names::METADATA, "AssertionConsumerService")
            .filter(|service| attribute(*service, "Binding") == Some(names::POST_BINDING))
            .find_map(|service| attribute(service, "Location"));
        let encryption = certificates(role, "encryption").into_iter().next();
        Ok(Self {
            entity_id: attribute(entity, "entityID").ok_or("the service provider has no name")?.to_owned(),
            acs_url: acs_url.ok_or("the service provider takes no responses")?.to_owned(),
            signing: certificates(role, "signing").iter().filter_map(|c| c.verifying_key().ok()).collect(),
            encryption: encryption.ok_or("the service provider has no key to encrypt to")?,
        })
    }
}

fn certificates(role: Node, usage: &str) -> Vec<Certificate> {
    children(role, names::METADATA, "KeyDescriptor")
        .filter(|key| attribute(*key, "use").is_none_or(|own| own == usage))
        .filter_map(|key| child(key, names::DSIG, "KeyInfo"))
        .filter_map(|info| child(info, names::DSIG, "X509Data"))
        .filter_map(|data| child(data, names::DSIG, "X509Certificate"))
        .filter_map(|node| Certificate::from_base64(&tree::text(node)).ok())
        .collect()
}
