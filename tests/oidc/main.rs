//! OpenID Connect against a provider of our own that lies in every way that we know of: what is genuine is accepted, every
//! lie is refused for its own reason. The table of attacks in docs/oidc.md names these tests.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has to fail")]

mod claims;
mod forge;
mod id_token;
mod login;
mod nodes;
mod oauth;
mod provider;
mod rotation;
mod scene;
mod trial;
mod userinfo;
