//! Everything that calls out. [`http`] is the only HTTP client.

pub mod http;
