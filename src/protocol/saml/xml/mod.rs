//! The little of XML that SAML needs, bounded: look at a document once, canonicalise parts of it, read the result.
//!
//! * [`outline`] looks over a hostile document in one linear pass, before any tree is built, and remembers where its
//!   elements are;
//! * [`canonical`] writes an element's canonical bytes (exclusive or inclusive, without comments), from the outline or
//!   from a stream that is never held as a whole;
//! * [`tree`] reads canonical bytes that somebody has vouched for.
//!
//! A mistake in the first two can refuse a good document, but cannot have a forged one believed: what is believed is
//! read from the very bytes that were hashed.

pub mod canonical;
pub mod outline;
pub(crate) mod scope;
pub(crate) mod text;
pub(crate) mod tree;

use super::reason::Coded;

/// Why a document is not looked at any further.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum XmlFault {
    /// Larger than `limits::SAML_MESSAGE_BYTES`, or its canonical form than `limits::SAML_CANONICAL_BYTES`.
    #[error("the document is too large")]
    TooLarge,
    /// Not UTF-8, or declared as something else.
    #[error("the document is not UTF-8")]
    NotUtf8,
    /// A document type declaration: entities and external references come that way.
    #[error("the document has a DOCTYPE")]
    Doctype,
    /// A processing instruction in a message.
    #[error("the document has a processing instruction")]
    ProcessingInstruction,
    /// Deeper than `limits::XML_DEPTH`.
    #[error("the elements are nested too deeply")]
    TooDeep,
    /// More than `limits::XML_ATTRIBUTES` on one element.
    #[error("an element has too many attributes")]
    TooManyAttributes,
    /// More than `limits::XML_NODES`.
    #[error("the document has too many nodes")]
    TooManyNodes,
    /// More than `limits::XML_NAMESPACES_IN_SCOPE`.
    #[error("too many namespaces are declared")]
    TooManyNamespaces,
    /// A name or namespace longer than `limits::XML_NAME_BYTES`.
    #[error("a name is too long")]
    NameTooLong,
    /// Canonicalisation is not defined for relative namespace URIs.
    #[error("a namespace URI is relative")]
    RelativeNamespace,
    /// A prefix that is declared nowhere, or declared against the rules.
    #[error("a namespace prefix is unbound or wrongly declared")]
    Prefix,
    /// A reference to anything but the five predefined entities and characters.
    #[error("an unknown entity is referred to")]
    Entity,
    /// Not well-formed in any other way.
    #[error("the document is not well-formed XML")]
    Malformed,
}

impl Coded for XmlFault {
    fn code(&self) -> &'static str {
        match self {
            Self::TooLarge => "xml_too_large",
            Self::NotUtf8 => "xml_not_utf8",
            Self::Doctype => "xml_doctype",
            Self::ProcessingInstruction => "xml_processing_instruction",
            Self::TooDeep => "xml_too_deep",
            Self::TooManyAttributes => "xml_too_many_attributes",
            Self::TooManyNodes => "xml_too_many_nodes",
            Self::TooManyNamespaces => "xml_too_many_namespaces",
            Self::NameTooLong => "xml_name_too_long",
            Self::RelativeNamespace => "xml_relative_namespace",
            Self::Prefix => "xml_prefix",
            Self::Entity => "xml_entity",
            Self::Malformed => "xml_malformed",
        }
    }
}
