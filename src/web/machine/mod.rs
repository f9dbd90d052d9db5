//! A university's machine: uploads rosters, and nothing else.

pub(super) mod roster_upload;
