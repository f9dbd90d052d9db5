//! SAML 2.0 for a service provider.
pub mod algorithms;
pub mod assertion;
pub mod certificate;
pub mod decrypt;
mod der;
pub mod keys;
pub mod names;
pub mod reason;
pub mod refusal;
pub mod response;
pub mod scope;
pub mod signature;
pub mod status;
pub mod xml;
