//! The doors: turns HTTP into calls of `flow` and back.
//!
//! Imports everything but `cli`. [`page`] holds what people see (view models that know no HTTP), [`asset`] the files
//! that belong to it.

pub mod asset;
pub mod page;
