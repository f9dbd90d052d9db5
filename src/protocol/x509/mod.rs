//! Certificates that clients show (RFC 5280), and the two header fields in which a proxy passes them on.

pub mod forwarded;
mod shown;

pub use shown::{CertificateFault, ShownCertificate, Thumbprint, check_registration};
