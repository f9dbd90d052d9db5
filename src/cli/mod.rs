//! The program: reads the configuration and starts what the house holds. Imports everything; nothing imports it.
//!
//! Start with [`config`].

pub mod config;
pub mod demo;
