//! The commands: serve, demo, doctor and the rest. Imports everything; nothing imports it.

pub mod demo;
