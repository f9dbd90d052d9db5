//! Everything that comes from elsewhere. [`http`] is the only HTTP client; [`federation`] knows the identity providers.

pub mod federation;
pub mod http;
