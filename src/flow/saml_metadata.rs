//! Our own SAML metadata, from our keys and texts.

use super::{Failure, Pedell};
use crate::protocol::saml::{
    attributes::Meaning,
    sp_metadata::{Contact, RequestedAttribute, SpMetadata, UiTexts},
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

impl Pedell {
    /// The metadata of this instance; signed if an `id` for the document is given.
    pub async fn saml_metadata(&self, operator: &str, id: Option<&str>) -> Result<String, Failure> {
        let ring = self.saml_ring().await?;
        let public_url = &self.settings().public_url;
        let host = url::Url::parse(public_url).ok();
        let host = host.as_ref().and_then(url::Url::host_str).unwrap_or("localhost");
        let mail = format!("postmaster@{host}"); // must exist for every host that has mail (RFC 5321 §4.5.1)
        let name = if operator.is_empty() { host } else { operator };
        let contact = Contact { name, mail: &mail };
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
            german: UiTexts {
                display_name: "Pedell",
                description: "Bestätigt Ticketshops, dass Sie studieren.",
                privacy_statement_url: public_url,
            },
            english: UiTexts {
                display_name: "Pedell",
                description: "Confirms to ticket shops that you study.",
                privacy_statement_url: public_url,
            },
            logo: None,
            technical_contact: contact,
            security_contact: contact,
            valid_until: None,
        };
        Ok(match id {
            Some(id) => metadata.to_signed_xml(id, &ring.signing)?,
            None => metadata.to_xml(),
        })
    }
}
