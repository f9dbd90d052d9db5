//! Reading a question. The same bounded readers that read universities' answers read Pedell's questions.

use roxmltree::Node;

use crate::protocol::{
    saml::xml::{outline::Outline, tree},
    soap::text::decode,
};

const ENVELOPE: &str = "http://schemas.xmlsoap.org/soap/envelope/";

/// What is asked.
pub(super) struct Asked {
    pub(super) token: Option<String>,
    pub(super) matriculation_number: String,
    pub(super) family_name: Option<String>,
    pub(super) given_names: Option<String>,
    pub(super) birth_date: Option<String>,
    pub(super) postal_code: Option<String>,
    pub(super) semester: String,
}

impl Asked {
    /// `None` if it is no `verifyDataRequest`. Namespaces of the fields do not matter.
    pub(super) fn parse(body: &[u8]) -> Option<Self> {
        let text = decode(body).ok()?;
        Outline::of(&text).ok()?;
        let document = tree::parse(&text).ok()?;
        let body = tree::child(document.root_element(), ENVELOPE, "Body")?;
        let request = body.children().find(|node| node.tag_name().name() == "verifyDataRequest")?;
        Some(Self {
            token: field(request, "token"),
            matriculation_number: field(request, "Matrikelnummer")?,
            family_name: field(request, "Name"),
            given_names: field(request, "Vorname"),
            birth_date: field(request, "Geburtsdatum"),
            postal_code: field(request, "Postleitzahl"),
            semester: field(request, "Semesterkuerzel")?,
        })
    }
}

fn field(request: Node, name: &str) -> Option<String> {
    request.children().find(|node| node.tag_name().name() == name).map(tree::text)
}
