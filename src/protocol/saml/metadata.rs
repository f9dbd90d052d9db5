//! One identity provider as its metadata describes it (SAML metadata §2.3, §2.4.3).

use roxmltree::Node;

use super::{
    certificate::Certificate,
    keys::VerifyingKey,
    names,
    reason::Coded,
    scope::Scope,
    signature::SignatureFault,
    xml::{
        XmlFault,
        canonical::Method,
        outline::Outline,
        tree::{self, attribute, child, children},
    },
};
use crate::base::{Timestamp, limits};

/// Why metadata is not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MetadataFault {
    /// The document itself.
    #[error(transparent)]
    Xml(#[from] XmlFault),
    /// Its signature.
    #[error(transparent)]
    Signature(#[from] SignatureFault),
    /// The root is neither an entity nor, where they are allowed, a list of entities.
    #[error("the document is not SAML metadata")]
    NotMetadata,
    /// The signature is not the first thing in the document, so that it cannot be read in one pass.
    #[error("the signature does not stand first")]
    SignatureNotFirst,
    /// No `entityID`, or longer than 1,024 characters.
    #[error("the entity has no usable entityID")]
    EntityId,
    /// No `IDPSSODescriptor` for SAML 2.0.
    #[error("the entity is not a SAML 2.0 identity provider")]
    NoIdentityProvider,
    /// No `SingleSignOnService` by redirect with an http or https URL.
    #[error("the identity provider has no single sign-on endpoint for the redirect binding")]
    NoEndpoint,
    /// No certificate for signing that can be read.
    #[error("the identity provider has no usable signing certificate")]
    NoSigningKey,
    /// A federation's file must say how long it is good for.
    #[error("the metadata has no validUntil")]
    ValidUntilMissing,
    /// `validUntil` cannot be read.
    #[error("the metadata's validUntil is not a time")]
    ValidUntilMalformed,
    /// `validUntil` is over.
    #[error("the metadata has expired")]
    Expired,
    /// `validUntil` is so far away that revocation would not work.
    #[error("the metadata's validUntil is too far away")]
    ValidUntilTooFar,
    /// Reading failed, or the file is too large.
    #[error("the metadata could not be read to its end")]
    Read,
}

impl Coded for MetadataFault {
    fn code(&self) -> &'static str {
        match self {
            Self::Xml(fault) => fault.code(),
            Self::Signature(fault) => fault.code(),
            Self::NotMetadata => "metadata_not_metadata",
            Self::SignatureNotFirst => "metadata_signature_not_first",
            Self::EntityId => "metadata_entity_id",
            Self::NoIdentityProvider => "metadata_no_identity_provider",
            Self::NoEndpoint => "metadata_no_endpoint",
            Self::NoSigningKey => "metadata_no_signing_key",
            Self::ValidUntilMissing => "metadata_valid_until_missing",
            Self::ValidUntilMalformed => "metadata_valid_until_malformed",
            Self::Expired => "metadata_expired",
            Self::ValidUntilTooFar => "metadata_valid_until_too_far",
            Self::Read => "metadata_read",
        }
    }
}

/// An identity provider.
#[derive(Clone, Debug)]
pub struct IdpDescriptor {
    /// Its entity ID, at most 1,024 characters.
    pub entity_id: String,
    /// Where requests are sent by redirect, in order of preference; at least one, http or https.
    pub redirect_endpoints: Vec<String>,
    /// Whose signatures count; at least one. Expired ones count too.
    pub signing: Vec<Certificate>,
    /// For logout messages, should we ever send any.
    pub encryption: Vec<Certificate>,
    /// What it may say after the `@`.
    pub scopes: Vec<Scope>,
    /// What people call it.
    pub names: Names,
    /// Further words to find it by, in any language.
    pub keywords: Vec<String>,
    /// The first logo with an https URL.
    pub logo_url: Option<String>,
    /// The federation asks not to show it in a list.
    pub hide_from_discovery: bool,
    /// It demands signed requests (ours always are).
    pub wants_signed_requests: bool,
    /// Its own or its surrounding list's end, whichever is written nearest to it.
    pub valid_until: Option<Timestamp>,
}

/// A display name in the languages that we speak.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// German.
    pub de: Option<String>,
    /// English.
    pub en: Option<String>,
    /// The first in any language.
    pub any: Option<String>,
}

impl IdpDescriptor {
    /// One `EntityDescriptor`, as an administrator drops it in. It needs no signature: whoever can write there is
    /// trusted. An entity that has expired is refused.
    pub fn parse(xml: &[u8], now: Timestamp) -> Result<Self, MetadataFault> {
        let outline = Outline::of_bytes(xml)?;
        if !outline.is(outline.root(), names::METADATA, "EntityDescriptor") {
            return Err(MetadataFault::NotMetadata);
        }
        let canonical = outline.canonicalise(outline.root(), &[], Method::Inclusive)?;
        Self::read(tree::parse(&canonical)?.root_element(), now)
    }

    /// The keys that verify this provider's signatures; certificates whose key we cannot use are left out.
    pub fn verifying_keys(&self) -> Vec<VerifyingKey> {
        self.signing.iter().filter_map(|certificate| certificate.verifying_key().ok()).collect()
    }

    /// Reads an `EntityDescriptor` whose bytes are trusted.
    pub(super) fn read(entity: Node, now: Timestamp) -> Result<Self, MetadataFault> {
        let entity_id = attribute(entity, "entityID").filter(|id| !id.is_empty() && id.len() <= 1024);
        let entity_id = entity_id.ok_or(MetadataFault::EntityId)?.to_owned();
        let role = children(entity, names::METADATA, "IDPSSODescriptor")
            .find(|role| {
                let protocols = attribute(*role, "protocolSupportEnumeration").unwrap_or_default();
                protocols.split_ascii_whitespace().any(|protocol| protocol == names::PROTOCOL)
            })
            .ok_or(MetadataFault::NoIdentityProvider)?;
        let valid_until = read_valid_until(entity, "validUntil")?.min_some(read_valid_until(role, "validUntil")?);
        if valid_until.is_some_and(|until| until <= now) {
            return Err(MetadataFault::Expired);
        }
        let redirect_endpoints: Vec<_> = children(role, names::METADATA, "SingleSignOnService")
            .filter(|service| attribute(*service, "Binding") == Some(names::REDIRECT_BINDING))
            .filter_map(|service| attribute(service, "Location"))
            .filter(|url| is_web_url(url))
            .map(str::to_owned)
            .collect();
        if redirect_endpoints.is_empty() {
            return Err(MetadataFault::NoEndpoint);
        }
        let signing = read_certificates(role, "signing");
        if signing.is_empty() {
            return Err(MetadataFault::NoSigningKey);
        }
        let ui = child(role, names::METADATA, "Extensions").and_then(|node| child(node, names::MDUI, "UIInfo"));
        Ok(Self {
            entity_id,
            redirect_endpoints,
            signing,
            encryption: read_certificates(role, "encryption"),
            scopes: read_scopes(entity, role),
            names: read_names(entity, ui),
            keywords: ui.map(read_keywords).unwrap_or_default(),
            logo_url: ui.and_then(read_logo),
            hide_from_discovery: is_hidden(entity),
            wants_signed_requests: matches!(attribute(role, "WantAuthnRequestsSigned"), Some("true" | "1")),
            valid_until,
        })
    }
}

trait MinSome {
    fn min_some(self, other: Self) -> Self;
}

impl MinSome for Option<Timestamp> {
    /// The earlier of two ends, where a missing one is no end.
    fn min_some(self, other: Self) -> Self {
        self.into_iter().chain(other).min()
    }
}

fn read_valid_until(node: Node, name: &str) -> Result<Option<Timestamp>, MetadataFault> {
    attribute(node, name)
        .map(|text| Timestamp::parse(text.trim()).ok_or(MetadataFault::ValidUntilMalformed))
        .transpose()
}

/// No `javascript:` reaches a browser.
fn is_web_url(url: &str) -> bool {
    url.len() <= limits::REDIRECT_URI_BYTES
        && url::Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "https" | "http") && url.has_host())
}

/// Certificates for a use, or for any use (SAML metadata §2.4.1.1). One that cannot be read spoils no other.
fn read_certificates(role: Node, usage: &str) -> Vec<Certificate> {
    children(role, names::METADATA, "KeyDescriptor")
        .filter(|key| attribute(*key, "use").is_none_or(|own| own == usage))
        .flat_map(|key| children(key, names::DSIG, "KeyInfo"))
        .flat_map(|info| children(info, names::DSIG, "X509Data"))
        .flat_map(|data| children(data, names::DSIG, "X509Certificate"))
        .filter_map(|node| Certificate::from_base64(&tree::text(node)).ok())
        .collect()
}

fn read_scopes(entity: Node, role: Node) -> Vec<Scope> {
    [entity, role]
        .into_iter()
        .flat_map(|node| children(node, names::METADATA, "Extensions"))
        .flat_map(|extensions| children(extensions, names::SHIBMD, "Scope"))
        .filter_map(|scope| Scope::parse(&tree::text(scope), matches!(attribute(scope, "regexp"), Some("true" | "1"))))
        .collect()
}

/// `mdui:DisplayName`, or else the organization's.
fn read_names(entity: Node, ui: Option<Node>) -> Names {
    let mut names = Names::default();
    let organization = child(entity, names::METADATA, "Organization");
    let displayed = ui.into_iter().flat_map(|ui| children(ui, names::MDUI, "DisplayName"));
    let organized =
        organization.into_iter().flat_map(|node| children(node, names::METADATA, "OrganizationDisplayName"));
    for node in displayed.chain(organized) {
        let text: String = tree::text(node).chars().take(limits::NAME_CHARS).collect();
        if text.is_empty() {
            continue;
        }
        match node.attribute((names::XML, "lang")) {
            Some(language) if language.starts_with("de") => names.de.get_or_insert_with(|| text.clone()),
            Some(language) if language.starts_with("en") => names.en.get_or_insert_with(|| text.clone()),
            _ => names.any.get_or_insert_with(|| text.clone()),
        };
        names.any.get_or_insert(text);
    }
    names
}

/// A list of words in which `+` stands for a space (mdui §2.1.4).
fn read_keywords(ui: Node) -> Vec<String> {
    children(ui, names::MDUI, "Keywords")
        .flat_map(|node| tree::text(node).split_whitespace().map(|word| word.replace('+', " ")).collect::<Vec<_>>())
        .filter(|word| word.len() <= limits::NAME_CHARS)
        .take(100)
        .collect()
}

fn read_logo(ui: Node) -> Option<String> {
    children(ui, names::MDUI, "Logo").map(tree::text).find(|url| url.starts_with("https://") && is_web_url(url))
}

fn is_hidden(entity: Node) -> bool {
    child(entity, names::METADATA, "Extensions")
        .and_then(|node| child(node, names::MDATTR, "EntityAttributes"))
        .into_iter()
        .flat_map(|node| children(node, names::ASSERTION, "Attribute"))
        .filter(|node| attribute(*node, "Name") == Some("http://macedir.org/entity-category"))
        .flat_map(|node| children(node, names::ASSERTION, "AttributeValue"))
        .any(|node| tree::text(node) == "http://refeds.org/category/hide-from-discovery")
}
