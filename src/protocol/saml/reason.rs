//! Reasons have a stable code, for logs, statistics and the table in `docs/saml.md`; their text may change.

/// Something that was refused, with a stable name in `snake_case`.
pub trait Coded {
    /// The name. It never changes once released.
    fn code(&self) -> &'static str;
}
