//! `[saml]`: the identity providers that students log in at.

use std::{path::PathBuf, time::Duration};

use url::Url;

use super::reader::{Section, shortened};

/// `[saml]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SamlSettings {
    /// The folder of identity providers' metadata, one `*.xml` each.
    pub idp_metadata_folder: PathBuf,
    /// The folder of last good copies of federations' metadata.
    pub metadata_cache_folder: PathBuf,
    /// `[[saml.federation]]`, in the order of the file.
    pub federations: Vec<FederationSettings>,
}

/// `[[saml.federation]]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FederationSettings {
    /// A short name, used in the log and for file names.
    pub name: String,
    /// Where its metadata is.
    pub place: FederationPlace,
    /// Files with the certificates or public keys that sign it.
    pub signing_certificates: Vec<PathBuf>,
    /// How often it is asked.
    pub refresh: Duration,
    /// How far away `validUntil` may be.
    pub longest_validity: Duration,
    /// How long a copy is used after its `validUntil`, while there is nothing better.
    pub grace: Duration,
    /// How small a new file may be, compared with the last one.
    pub smallest_share_percent: u8,
}

/// A file of all entities, or a service that answers for one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FederationPlace {
    /// `url`
    Aggregate(Url),
    /// `mdq_url`
    Mdq(Url),
}

impl SamlSettings {
    pub(super) fn read(section: &mut Section<'_>) -> Self {
        let idp_metadata_folder = section.parsed("idp_metadata_folder", "idp-metadata", folder);
        let metadata_cache_folder = section.parsed("metadata_cache_folder", "var/metadata", folder);
        let federations: Vec<FederationSettings> =
            section.tables("federation", FederationSettings::read).into_iter().flatten().collect();
        let mut names: Vec<_> = federations.iter().map(|federation| &federation.name).collect();
        names.sort_unstable();
        if names.windows(2).any(|two| two[0] == two[1]) {
            section.fault("has two federations of the same name");
        }
        Self { idp_metadata_folder, metadata_cache_folder, federations }
    }
}

impl FederationSettings {
    fn read(section: &mut Section<'_>) -> Option<Self> {
        const DAY: u64 = 24 * 60 * 60;
        let name = section.required("name", name);
        let url = section.optional("url", address);
        let mdq_url = section.optional("mdq_url", address);
        let place = match (url, mdq_url) {
            (Some(url), None) => Some(FederationPlace::Aggregate(url)),
            (None, Some(url)) => Some(FederationPlace::Mdq(url)),
            _ => {
                section.fault("must have one of `url` and `mdq_url`");
                None
            }
        };
        let signing_certificates = section.list("signing_certificates", folder);
        if signing_certificates.is_empty() {
            section.fault("must have `signing_certificates`: without them nothing could be believed");
        }
        let refresh = section.seconds("refresh_seconds", 60 * 60, 300..=DAY);
        let longest_validity = section.seconds("longest_validity_seconds", 14 * DAY, DAY..=30 * DAY);
        let grace = section.seconds("grace_seconds", 3 * DAY, 0..=14 * DAY);
        let share = section.number("smallest_share_percent", 50, 0..=100);
        Some(Self {
            name: name?,
            place: place?,
            signing_certificates,
            refresh,
            longest_validity,
            grace,
            smallest_share_percent: u8::try_from(share).unwrap_or(100),
        })
    }
}

fn folder(text: &str) -> Result<PathBuf, String> {
    if text.is_empty() { Err("must name a file or folder".to_owned()) } else { Ok(PathBuf::from(text)) }
}

fn name(text: &str) -> Result<String, String> {
    let plain = text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if plain && (1..=40).contains(&text.len()) {
        return Ok(text.to_owned());
    }
    Err(format!("must be 1 to 40 of a-z, 0-9 and -, not `{}`", shortened(text)))
}

fn address(text: &str) -> Result<Url, String> {
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "https" | "http") && url.has_host() => Ok(url),
        _ => Err(format!("must be a web address, not `{}`", shortened(text))),
    }
}
