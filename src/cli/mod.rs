//! The program: reads the configuration and starts what the house holds. May import everything.
//!
//! Start with [`config`].

pub mod config;
