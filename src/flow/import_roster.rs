//! Importing a roster.
