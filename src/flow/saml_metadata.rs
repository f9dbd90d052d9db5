//! Our own SAML metadata, from our keys and the operator's texts.

use std::time::Duration;

use super::{Failure, Pedell};
use crate::protocol::saml::{
    attributes::Meaning,
    sp_metadata::{Contact, Logo, Organization, RequestedAttribute, SpMetadata, UiTexts},
};

/// What we ask for; the semester's attribute has no standard name, so each university is asked by word of mouth.
const REQUESTED: [(Meaning, &str, bool); 6] = [
    (Meaning::PairwiseId, "pairwise-id", true),
    (Meaning::ScopedAffiliation, "eduPersonScopedAffiliation", true),
    (Meaning::GivenName, "givenName", true),
    (Meaning::FamilyName, "sn", true),
    (Meaning::DateOfBirth, "schacDateOfBirth", false),
    (Meaning::Entitlement, "eduPersonEntitlement", false),
];

/// What the operator says about this service. What is empty is made up from the public address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServiceProvider {
    /// Who runs it.
    pub operator: String,
    /// The operator's web site.
    pub organization_url: String,
    /// What people read in German.
    pub german: Texts,
    /// The same in English.
    pub english: Texts,
    /// A picture for login pages.
    pub logo: Option<LogoSetting>,
    /// Mail address for the university's IT.
    pub technical_mail: String,
    /// Mail address for students and their advisers.
    pub support_mail: String,
    /// Mail address for security incidents.
    pub security_mail: String,
    /// Entity categories, as URIs.
    pub categories: Vec<String>,
    /// Assurance certifications, as URIs.
    pub assurance: Vec<String>,
}

/// Texts in one language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts {
    /// What the service is called.
    pub name: String,
    /// One sentence.
    pub description: String,
    /// Where the privacy statement is.
    pub privacy_url: String,
}

/// A picture, with its size in pixels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogoSetting {
    /// An https address.
    pub url: String,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

/// How a copy of our metadata is handed out.
#[derive(Clone, Copy, Debug, Default)]
pub struct MetadataCopy<'a> {
    /// Signed, with this ID.
    pub signed_as: Option<&'a str>,
    /// How long it may be used; `None` for one that is loaded by hand and would stop working one day.
    pub life: Option<Duration>,
}

impl Pedell {
    /// The metadata of this instance.
    pub async fn saml_metadata(&self, about: &ServiceProvider, copy: MetadataCopy<'_>) -> Result<String, Failure> {
        let ring = self.saml_ring().await?;
        let public_url = self.settings().public_url.as_str();
        let host = url::Url::parse(public_url).ok();
        let host = host.as_ref().and_then(url::Url::host_str).unwrap_or("localhost");
        let postmaster = format!("postmaster@{host}"); // must exist for every host that has mail (RFC 5321 §4.5.1)
        let operator = or(&about.operator, host);
        let contact = |mail| Contact { name: operator, mail: or(mail, &postmaster) };
        let requested: Vec<_> = REQUESTED
            .iter()
            .filter_map(|(meaning, friendly_name, required)| {
                let name = meaning.standard_names().first()?;
                Some(RequestedAttribute { name, friendly_name, required: *required })
            })
            .collect();
        let (entity_id, acs_url) = (self.saml_entity_id(), self.saml_acs_url());
        let metadata = SpMetadata {
            entity_id: &entity_id,
            acs_url: &acs_url,
            signing: &ring.signing_certificates,
            encryption: &ring.encryption_certificates,
            requested: &requested,
            german: ui_texts(&about.german, "Bestätigt Ticketshops, dass Sie studieren.", public_url),
            english: ui_texts(&about.english, "Confirms to ticket shops that you study.", public_url),
            logo: about.logo.as_ref().map(|logo| Logo { url: &logo.url, width: logo.width, height: logo.height }),
            organization: Organization { name: operator, url: or(&about.organization_url, public_url) },
            categories: &about.categories,
            assurance: &about.assurance,
            technical_contact: contact(&about.technical_mail),
            support_contact: contact(&about.support_mail),
            security_contact: contact(&about.security_mail),
            valid_until: copy.life.map(|life| self.clock().now().plus(life)),
        };
        Ok(match copy.signed_as {
            Some(id) => metadata.to_signed_xml(id, &ring.signing)?,
            None => metadata.to_xml(),
        })
    }
}

fn ui_texts<'a>(texts: &'a Texts, description: &'a str, public_url: &'a str) -> UiTexts<'a> {
    UiTexts {
        display_name: or(&texts.name, "Pedell"),
        description: or(&texts.description, description),
        privacy_statement_url: or(&texts.privacy_url, public_url),
    }
}

fn or<'a>(text: &'a str, otherwise: &'a str) -> &'a str {
    if text.is_empty() { otherwise } else { text }
}
