//! **Pedell** stands between universities and ticket shops: a student proves enrollment the way the university can, and
//! the shop gets a short-lived signed eligibility token that any OpenID Connect library verifies.
//!
//! # The map
//!
//! ```text
//! base ─────── clock, randomness, ids, secrets, limits               knows nothing
//! domain ───── the business in types: semester, rule, decision …     pure
//! protocol ─── the wire in types: oidc, jwt, csv …                   pure: bytes in, types out
//! vault ────── keys: seal, open, index, sign                         the only place that holds key material
//! store ────── the databases: one file per family of tables          speaks domain, never HTTP
//! peers ────── everything that calls out                             the only HTTP client
//! flow ─────── what people do, one file per sentence                 the only place that writes
//! web ──────── doors: student, issuer, machine                       turns HTTP into flow calls and back
//! cli ──────── serve, demo, doctor, roster, keys, token, audit …
//! ```
//!
//! A module imports only from rows above it; `tests/architecture.rs` fails on anything else.

pub mod base;
pub mod cli;
pub mod domain;
pub mod flow;
pub mod peers;
pub mod protocol;
pub mod store;
pub mod vault;
pub mod web;
