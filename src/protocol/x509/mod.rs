//! Certificates that clients show (RFC 5280), the two header fields in which a proxy passes them on, and what our own
//! authority takes in: requests for certificates, and its own certificate from a root that is kept elsewhere.

mod algorithms;
mod authority_certificate;
pub mod forwarded;
mod issued;
pub mod pem;
mod request;
mod revocation_list;
mod shown;

pub use authority_certificate::{AuthorityCertificate, AuthorityCertificateFault};
pub use issued::{Authorities, AuthoritiesFault, IssuedFault};
pub use request::{RequestFault, RequestedKey};
pub use revocation_list::{RevocationList, RevocationListFault};
pub use shown::{CertificateFault, ShownCertificate, Thumbprint, check_registration};
