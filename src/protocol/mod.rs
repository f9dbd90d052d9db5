//! The wire in types. Pure: bytes in, types out; no I/O and no clock of its own (the moment is an argument).

pub(crate) mod der;
pub mod image;
pub mod jwt;
pub mod oidc;
pub mod photo;
pub mod prefix_list;
pub mod roster_csv;
pub mod saml;
pub mod soap;
pub mod totp;
pub mod webauthn;
pub mod x509;
