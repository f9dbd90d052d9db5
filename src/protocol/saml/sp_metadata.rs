//! Our own metadata, for the university's IT or its federation (SAML metadata §2.4.4, SAML2int SDP-MD).

use std::fmt::Write;

use super::{
    authn_request::escaped,
    certificate::Certificate,
    keys::SigningKey,
    names,
    sign::{SignFault, sign_root},
};
use crate::base::Timestamp;

/// What our metadata says. Every text is escaped.
#[derive(Clone, Copy, Debug)]
pub struct SpMetadata<'a> {
    /// Our entity ID.
    pub entity_id: &'a str,
    /// Where responses are posted.
    pub acs_url: &'a str,
    /// Our signing certificates; during a rollover the old and the new one.
    pub signing: &'a [Certificate],
    /// Our encryption certificates, the one that should be used first.
    pub encryption: &'a [Certificate],
    /// What we ask for.
    pub requested: &'a [RequestedAttribute<'a>],
    /// What people read, German and English.
    pub german: UiTexts<'a>,
    /// The same in English.
    pub english: UiTexts<'a>,
    /// A logo for the university's login page.
    pub logo: Option<Logo<'a>>,
    /// Who runs the service; federations demand it.
    pub organization: Organization<'a>,
    /// Entity categories that we claim, as URIs.
    pub categories: &'a [String],
    /// Assurance that we certify, such as Sirtfi, as URIs.
    pub assurance: &'a [String],
    /// Whom the university's IT writes to.
    pub technical_contact: Contact<'a>,
    /// Whom students and their advisers write to.
    pub support_contact: Contact<'a>,
    /// Whom a security incident is reported to (REFEDS).
    pub security_contact: Contact<'a>,
    /// Until when this copy may be used; `None` for a university that polls.
    pub valid_until: Option<Timestamp>,
}

/// An attribute that we would like, by its exact name.
#[derive(Clone, Copy, Debug)]
pub struct RequestedAttribute<'a> {
    /// `urn:oid:…`
    pub name: &'a str,
    /// For people.
    pub friendly_name: &'a str,
    /// Whether no ticket is possible without it.
    pub required: bool,
}

/// Texts of `mdui:UIInfo` in one language.
#[derive(Clone, Copy, Debug)]
pub struct UiTexts<'a> {
    /// What the service is called.
    pub display_name: &'a str,
    /// One sentence.
    pub description: &'a str,
    /// The privacy statement in this language.
    pub privacy_statement_url: &'a str,
}

/// A picture, in pixels.
#[derive(Clone, Copy, Debug)]
pub struct Logo<'a> {
    /// An https URL.
    pub url: &'a str,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

/// Whose service it is.
#[derive(Clone, Copy, Debug)]
pub struct Organization<'a> {
    /// Its name, in its own words.
    pub name: &'a str,
    /// Its web site.
    pub url: &'a str,
}

/// Somebody to write to.
#[derive(Clone, Copy, Debug)]
pub struct Contact<'a> {
    /// A name, better of a group than of a person.
    pub name: &'a str,
    /// An address without `mailto:`.
    pub mail: &'a str,
}

impl SpMetadata<'_> {
    /// The document, without signature.
    pub fn to_xml(&self) -> String {
        self.write("").0
    }

    /// The document with an enveloped signature. `id` is fresh for each copy, from [`super::authn_request::fresh_id`].
    pub fn to_signed_xml(&self, id: &str, key: &SigningKey) -> Result<String, SignFault> {
        let (document, place) = self.write(&format!(" ID=\"{}\"", escaped(id)));
        sign_root(&document, place, key)
    }

    /// The document and the place inside the root where a signature goes.
    fn write(&self, id: &str) -> (String, usize) {
        // Whoever polls is asked to come again soon, so that a rollover is noticed long before the end.
        let valid_until = self.valid_until.map_or(String::new(), |until| {
            format!(" validUntil=\"{}\" cacheDuration=\"PT1H\"", Timestamp::from_seconds(until.as_seconds()))
        });
        let mut xml = format!(
            "<md:EntityDescriptor xmlns:md=\"{}\" xmlns:ds=\"{}\" xmlns:mdui=\"{}\" entityID=\"{}\"{id}{valid_until}>",
            names::METADATA,
            names::DSIG,
            names::MDUI,
            escaped(self.entity_id),
        );
        let place = xml.len();
        self.write_extensions(&mut xml);
        self.write_role(&mut xml);
        self.write_organization(&mut xml);
        for (kind, contact) in [
            ("contactType=\"technical\"", self.technical_contact),
            ("contactType=\"support\"", self.support_contact),
            (
                "contactType=\"other\" xmlns:remd=\"http://refeds.org/metadata\" \
                 remd:contactType=\"http://refeds.org/metadata/contactType/security\"",
                self.security_contact,
            ),
        ] {
            push(
                &mut xml,
                format_args!(
                    "<md:ContactPerson {kind}><md:GivenName>{}</md:GivenName><md:EmailAddress>mailto:{}</md:EmailAddress></md:ContactPerson>",
                    escaped(contact.name),
                    escaped(contact.mail),
                ),
            );
        }
        xml.push_str("</md:EntityDescriptor>");
        (xml, place)
    }

    /// `subject-id:req` asks for a pairwise-id (SAML subject identifier attributes §3.4.1).
    fn write_extensions(&self, xml: &mut String) {
        push(
            xml,
            format_args!(
                "<md:Extensions><mdattr:EntityAttributes xmlns:mdattr=\"{}\" xmlns:saml=\"{}\">",
                names::MDATTR,
                names::ASSERTION
            ),
        );
        let pairwise = ["pairwise-id".to_owned()];
        for (name, values) in [
            ("urn:oasis:names:tc:SAML:profiles:subject-id:req", &pairwise[..]),
            ("http://macedir.org/entity-category", self.categories),
            ("urn:oasis:names:tc:SAML:attribute:assurance-certification", self.assurance),
        ] {
            if values.is_empty() {
                continue;
            }
            push(xml, format_args!("<saml:Attribute Name=\"{name}\" NameFormat=\"{}\">", names::URI_NAME));
            for value in values {
                push(xml, format_args!("<saml:AttributeValue>{}</saml:AttributeValue>", escaped(value)));
            }
            xml.push_str("</saml:Attribute>");
        }
        xml.push_str("</mdattr:EntityAttributes></md:Extensions>");
    }

    /// The same in both languages: a name is a name.
    fn write_organization(&self, xml: &mut String) {
        let (name, url) = (escaped(self.organization.name), escaped(self.organization.url));
        xml.push_str("<md:Organization>");
        for (element, text) in
            [("OrganizationName", &name), ("OrganizationDisplayName", &name), ("OrganizationURL", &url)]
        {
            for language in ["de", "en"] {
                push(xml, format_args!("<md:{element} xml:lang=\"{language}\">{text}</md:{element}>"));
            }
        }
        xml.push_str("</md:Organization>");
    }

    fn write_role(&self, xml: &mut String) {
        push(
            xml,
            format_args!(
                "<md:SPSSODescriptor AuthnRequestsSigned=\"true\" WantAssertionsSigned=\"true\" \
             protocolSupportEnumeration=\"{}\"><md:Extensions><mdui:UIInfo>",
                names::PROTOCOL
            ),
        );
        let languages = [("de", self.german), ("en", self.english)];
        for (element, text) in [
            ("DisplayName", (|texts: &UiTexts| escaped(texts.display_name)) as fn(&UiTexts) -> String),
            ("Description", |texts| escaped(texts.description)),
            ("PrivacyStatementURL", |texts| escaped(texts.privacy_statement_url)),
        ] {
            for (language, texts) in &languages {
                push(xml, format_args!("<mdui:{element} xml:lang=\"{language}\">{}</mdui:{element}>", text(texts)));
            }
        }
        if let Some(logo) = self.logo {
            push(
                xml,
                format_args!(
                    "<mdui:Logo width=\"{}\" height=\"{}\">{}</mdui:Logo>",
                    logo.width,
                    logo.height,
                    escaped(logo.url)
                ),
            );
        }
        xml.push_str("</mdui:UIInfo></md:Extensions>");
        for (usage, certificates) in [("signing", self.signing), ("encryption", self.encryption)] {
            for certificate in certificates {
                push(
                    xml,
                    format_args!(
                        "<md:KeyDescriptor use=\"{usage}\"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{}\
                     </ds:X509Certificate></ds:X509Data></ds:KeyInfo>",
                        certificate.to_base64()
                    ),
                );
                if usage == "encryption" {
                    write_encryption_methods(xml);
                }
                xml.push_str("</md:KeyDescriptor>");
            }
        }
        push(
            xml,
            format_args!(
                "<md:AssertionConsumerService Binding=\"{}\" Location=\"{}\" index=\"0\" isDefault=\"true\"/>\
             <md:AttributeConsumingService index=\"0\">",
                names::POST_BINDING,
                escaped(self.acs_url)
            ),
        );
        for (language, texts) in &languages {
            let name = escaped(texts.display_name);
            push(xml, format_args!("<md:ServiceName xml:lang=\"{language}\">{name}</md:ServiceName>"));
        }
        for attribute in self.requested {
            push(
                xml,
                format_args!(
                    "<md:RequestedAttribute Name=\"{}\" NameFormat=\"{}\" FriendlyName=\"{}\" isRequired=\"{}\"/>",
                    escaped(attribute.name),
                    names::URI_NAME,
                    escaped(attribute.friendly_name),
                    attribute.required
                ),
            );
        }
        xml.push_str("</md:AttributeConsumingService></md:SPSSODescriptor>");
    }
}

/// What we can open, best first, so that a provider need not guess: authenticated ciphers, and OAEP with SHA-1, which
/// every product speaks (its digest is no weakness here).
fn write_encryption_methods(xml: &mut String) {
    for algorithm in [names::AES256_GCM, names::AES128_GCM] {
        push(xml, format_args!("<md:EncryptionMethod Algorithm=\"{algorithm}\"/>"));
    }
    push(
        xml,
        format_args!(
            "<md:EncryptionMethod Algorithm=\"{}\"><ds:DigestMethod Algorithm=\"{}\"/></md:EncryptionMethod>",
            names::RSA_OAEP_MGF1P,
            names::SHA1
        ),
    );
}

fn push(xml: &mut String, text: std::fmt::Arguments) {
    // Writing into a String does not fail.
    let _ = xml.write_fmt(text);
}
