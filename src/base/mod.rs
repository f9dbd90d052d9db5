//! What every other folder stands on: time, randomness, identifiers, secrets and limits.
//!
//! Knows nothing of students, HTTP or databases, and imports nothing from this crate. Start with [`clock`]:
//! the rule that nobody asks the operating system for the time or for random bytes except through here is what makes
//! every test repeatable.

pub mod clock;
pub mod id;
pub mod limits;
pub mod random;
pub mod reference;
pub mod secret;

pub use clock::{Clock, Timestamp};
pub use random::Random;
pub use reference::Reference;
