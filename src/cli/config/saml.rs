//! `[saml]`: the identity providers that students log in at.

use std::path::PathBuf;

use super::reader::Section;

/// `[saml]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SamlSettings {
    /// The folder of identity providers' metadata, one `*.xml` each.
    pub idp_metadata_folder: PathBuf,
}

impl SamlSettings {
    pub(super) fn read(section: &mut Section<'_>) -> Self {
        let folder = |text: &str| match text {
            "" => Err("must name a folder".to_owned()),
            text => Ok(PathBuf::from(text)),
        };
        Self { idp_metadata_folder: section.parsed("idp_metadata_folder", "idp-metadata", folder) }
    }
}
