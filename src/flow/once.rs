//! What may count once only, on whichever node it arrives.

use crate::base::Timestamp;

/// A statement that must not be used twice, on whichever node it arrives.
#[derive(Clone, Copy, Debug)]
pub struct Once<'a> {
    /// What kind of statement.
    pub kind: &'static str,
    /// Which one.
    pub id: &'a str,
    /// From when on it is refused for its age anyway.
    pub until: Timestamp,
}
