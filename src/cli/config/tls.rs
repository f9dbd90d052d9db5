//! `[tls]`: TLS in the gateway itself.

use std::path::PathBuf;

use super::reader::Section;
use crate::web::{AskedOfClients, TlsFiles};

/// `[tls]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsSettings {
    /// The certificate's and the key's file; none: a proxy in front ends TLS.
    pub files: Option<TlsFiles>,
}

impl TlsSettings {
    pub(super) fn read(section: &mut Section<'_>) -> Self {
        let certificate = section.parsed("certificate_file", "", |text| Ok(PathBuf::from(text)));
        let key = section.parsed("key_file", "", |text| Ok(PathBuf::from(text)));
        let clients = section.choice(
            "client_certificates",
            "off",
            &[
                ("off", AskedOfClients::Nothing),
                ("asked", AskedOfClients::Any),
                ("asked_by_name", AskedOfClients::Named),
            ],
        );
        let files = match (certificate.as_os_str().is_empty(), key.as_os_str().is_empty()) {
            (true, true) => None,
            _ => Some(TlsFiles { certificate, key, clients }),
        };
        Self { files }
    }
}
