//! SAML 2.0 for a service provider (Web Browser SSO profile, SAML2int v2): bytes in, verified facts out.
//!
//! # Where to start
//!
//! 1. [`verify_response`] turns what a browser posted into a [`VerifiedAssertion`], or says by a stable code why not.
//!    Its file, [`response`], is the flow; [`signature`] and [`decrypt`] are its two halves; [`assertion`] has the
//!    checks of the profile; [`refusal`] lists every reason.
//! 2. [`attributes::read`] says what the assertion means: affiliations within the provider's [`scope`]s, the student's
//!    pseudonymous key ([`subject`]), ticket periods ([`dticket`]), numbers ([`codes`]).
//! 3. [`metadata`] reads one identity provider, [`aggregate`] a federation of thousands in one pass.
//! 4. [`authn_request`] asks for a login, [`sp_metadata`] introduces us.
//! 5. [`check`] is the question that support asks.
//!
//! # What keeps forgeries out
//!
//! The canonical bytes that were hashed are parsed anew, and nothing else is read: see [`signature`]. All XML goes
//! through [`xml`], which bounds it first. Keys come from metadata only.
//!
//! The folder imports `base`, its neighbour `der`, and nothing else of this crate. It does no I/O and has no clock: moments are arguments.

pub mod affiliation;
pub mod aggregate;
pub mod algorithms;
pub mod assertion;
pub mod attributes;
pub mod authn_request;
mod bounded_read;
pub mod certificate;
pub mod check;
pub mod codes;
pub mod decrypt;
pub mod dticket;
pub mod expectations;
pub mod keys;
pub mod metadata;
pub mod names;
pub mod reason;
pub mod redirect;
pub mod refusal;
pub mod response;
pub mod scope;
pub mod self_signed;
pub mod sign;
pub mod signature;
pub mod sp_metadata;
pub mod status;
pub mod subject;
pub mod xml;

pub use assertion::VerifiedAssertion;
pub use expectations::{Expectations, RequestId};
pub use metadata::IdpDescriptor;
pub use reason::Coded;
pub use refusal::Refusal;
pub use response::verify_response;
