//! Everything that comes from elsewhere. [`http`] is the only HTTP client, [`outbound`] says whom it may call;
//! [`federation`] knows the identity providers, [`oidc`] speaks to OpenID providers and OAuth servers.

pub mod federation;
pub mod http;
pub mod oidc;
pub mod outbound;
#[cfg(test)]
mod test_server;
