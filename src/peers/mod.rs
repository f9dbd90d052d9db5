//! Everything that comes from elsewhere. [`http`] is the only HTTP client, [`outbound`] says whom it may call;
//! [`federation`] knows the identity providers, [`oidc`] speaks to OpenID providers and OAuth servers; [`source`] is how a
//! university's remote source is asked, [`soap`] is one.

mod download;
pub mod federation;
pub mod http;
pub mod logos;
pub mod mail;
pub mod oidc;
pub mod outbound;
pub mod soap;
pub mod source;
#[cfg(test)]
mod test_server;
