//! SAML against a signing, encrypting and lying identity provider of our own (`idp.rs`): valid shapes are accepted,
//! every attack that we know of is refused for its own reason.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::cast_possible_truncation,
    clippy::format_collect,
    reason = "tests"
)]

mod accepted;
mod attacks;
mod catalogue;
mod checks;
mod federation;
mod idp;
mod login;
mod metadata;
mod mutations;
mod nodes;
mod picker;
mod programs;
mod student;
mod support;
mod wrapping;
