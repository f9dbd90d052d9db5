//! The one place, beside migrations, that knows the engine: loading a million sorted rows.
