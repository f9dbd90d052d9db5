//! A university's web service: SOAP 1.1 over HTTP, document/literal (or rpc/literal), as in `docs/soap.md`.
//!
//! * [`request`] writes a question, [`answer`] reads what comes back;
//! * [`wsdl`] reads one document of a WSDL, [`contract`] finds in all of them where the service is and what it calls things;
//! * [`text`] makes text of bytes in the encodings that XML services use.
//!
//! XML is read by the bounded readers of [`crate::protocol::saml::xml`]: no document type, no entities, limits on size,
//! depth and number. A question is a question about a person, so it is wiped when dropped and never printed.

pub mod answer;
pub mod contract;
pub mod request;
pub mod text;
pub mod wsdl;

pub use answer::{Answer, AnswerFault};
pub use contract::{Contract, ContractFault};
pub use request::Question;

/// SOAP 1.1 §3: the envelope's namespace.
pub(crate) const ENVELOPE: &str = "http://schemas.xmlsoap.org/soap/envelope/";
/// SOAP 1.2's envelope, which we do not speak.
pub(crate) const ENVELOPE_12: &str = "http://www.w3.org/2003/05/soap-envelope";
/// WSDL 1.1 §2.
pub(crate) const WSDL: &str = "http://schemas.xmlsoap.org/wsdl/";
/// WSDL 1.1 §3: its SOAP 1.1 binding.
pub(crate) const WSDL_SOAP: &str = "http://schemas.xmlsoap.org/wsdl/soap/";
/// XML Schema.
pub(crate) const XSD: &str = "http://www.w3.org/2001/XMLSchema";
