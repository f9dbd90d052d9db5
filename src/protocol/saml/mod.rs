//! SAML 2.0 for a service provider.
mod names;
pub mod reason;
pub mod xml;
