//! JSON Web Tokens (RFC 7519) the way RFC 8725 wants them: the key decides the algorithm, never the token.
//!
//! Start with [`verify()`]; [`Jwk`] and [`JwkSet`] are RFC 7517. [`client_assertion`] is RFC 7523, [`eligibility`] is what
//! we sign ourselves.

pub mod client_assertion;
pub mod eligibility;
mod jwk;
mod verify;

pub use jwk::{Jwk, JwkError, JwkSet};
pub use verify::{JwtError, JwtHeader, Unverified, verify, verify_with};
