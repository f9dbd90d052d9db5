//! Settings of a university or a client, written by a person as TOML and refused with the line that is wrong.

use std::{fs, path::Path};

use serde::de::DeserializeOwned;

use super::CliError;

/// Reads a TOML document; unknown keys are refused.
pub(super) fn read<T: DeserializeOwned>(path: &Path) -> Result<T, CliError> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(toml::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?)
}
