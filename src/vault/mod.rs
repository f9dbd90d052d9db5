//! Key material lives here and nowhere else. Five verbs: *seal*, *open*, *index*, *sign*, *rotate*.
//!
//! Families of keys, all derived or generated here, none of them printable:
//!
//! * [`TenantKeys`]: what a tenant's personal data are sealed and found with. Derived from **two halves**: the operator's
//!   [`MasterKey`] (kept outside the database) and the tenant's own random token (kept in it). Either alone gives nothing.
//! * [`InstanceKeys`]: what this gateway seals for itself: the state of a login in the browser, authorization codes,
//!   private signing keys at rest. Derived from the master key, so that every node has the same.
//! * [`SigningKey`]: signs eligibility tokens (ES256 or `EdDSA`).
//! * [`AuditKey`]: signs checkpoints of audit trails. Derived from the master key, and kept in no database.
//! * [`AuthorityKey`]: our own certificate authority's; [`PersonalKey`]: made for somebody, and not kept.
//! * [`ClientKey`]: with which a connection proves itself at a university's provider.
//!
//! Imports `base`, `domain` and `protocol` only; knows no database and no HTTP, so that it can move into a process or an
//! HSM of its own without anybody noticing.

mod audit_key;
mod authority;
mod client_key;
mod instance;
mod master;
mod password;
mod pkcs12;
mod saml;
mod seal;
mod signing;
mod tenant;

pub use audit_key::AuditKey;
pub use authority::{AuthorityError, AuthorityKey, NewCertificate, Revoked, Subject};
pub use client_key::{ClientKey, ClientKeyError};
pub use instance::{InstanceKeys, Purpose, Sealed};
pub use master::{MasterKey, MasterKeyError};
pub use password::{HashError, PasswordCost, PasswordHash};
pub use pkcs12::{PersonalKey, fresh_password};
pub use saml::generate_rsa;
pub use seal::{OpenError, Place};
pub use signing::{SigningAlgorithm, SigningError, SigningKey};
pub use tenant::{Index, TenantKeys, TenantToken};
