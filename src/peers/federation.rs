//! Identity providers that we know, from metadata files: read at start, read again when a file changes.
//!
//! What is broken or expired never replaces what was good; an operator who takes a file away takes its provider away.

use std::{
    collections::HashMap,
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
    time::SystemTime,
};

use crate::{
    base::{Timestamp, limits},
    protocol::saml::{Coded, IdpDescriptor, keys::VerifyingKey},
};

/// An identity provider with its keys parsed once.
#[derive(Debug)]
pub struct Idp {
    /// What its metadata says.
    pub descriptor: IdpDescriptor,
    /// Its signing keys.
    pub keys: Vec<VerifyingKey>,
}

/// The known identity providers. Cheap to clone; clones share what they know.
#[derive(Clone, Debug, Default)]
pub struct Federation(Arc<RwLock<HashMap<PathBuf, Entry>>>);

/// A file's last state, and the last good copy of what it held.
#[derive(Clone, Debug)]
struct Entry {
    seen: Stamp,
    good: Option<Arc<Idp>>,
}

/// What tells that a file was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    modified: Option<SystemTime>,
    bytes: u64,
}

impl Federation {
    /// The provider with this entity ID; of several files that claim it, the first by name.
    pub fn find(&self, entity_id: &str) -> Option<Arc<Idp>> {
        let entries = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let mut found: Vec<_> = entries
            .iter()
            .filter_map(|(path, entry)| Some((path, entry.good.as_ref()?)))
            .filter(|(_, idp)| idp.descriptor.entity_id == entity_id)
            .collect();
        found.sort_by_key(|(path, _)| *path);
        found.first().map(|(_, idp)| Arc::clone(idp))
    }

    /// How many providers are known.
    pub fn len(&self) -> usize {
        let entries = self.0.read().unwrap_or_else(PoisonError::into_inner);
        entries.values().filter(|entry| entry.good.is_some()).count()
    }

    /// Whether none is known.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Reads what has changed among the folder's `*.xml`. Blocks; a folder that does not exist holds no files.
    pub fn refresh(&self, folder: &Path, now: Timestamp) -> io::Result<()> {
        let mut entries = self.0.read().unwrap_or_else(PoisonError::into_inner).clone();
        let files = xml_files(folder)?;
        entries.retain(|path, _| files.iter().any(|(file, _)| file == path));
        for (path, seen) in files {
            if entries.get(&path).is_some_and(|entry| entry.seen == seen) {
                continue;
            }
            let before = entries.get(&path).and_then(|entry| entry.good.clone());
            let good = match load(&path, now) {
                Ok(idp) => {
                    tracing::info!(file = %path.display(), idp = idp.descriptor.entity_id, "identity provider read");
                    Some(Arc::new(idp))
                }
                Err(fault) => {
                    let kept = before.is_some();
                    tracing::error!(file = %path.display(), fault, kept, "identity provider metadata is not used");
                    before
                }
            };
            entries.insert(path, Entry { seen, good });
        }
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = entries;
        Ok(())
    }
}

fn xml_files(folder: &Path) -> io::Result<Vec<(PathBuf, Stamp)>> {
    let listing = match fs::read_dir(folder) {
        Ok(listing) => listing,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut files = Vec::new();
    for path in listing.filter_map(|entry| Some(entry.ok()?.path())) {
        let is_xml = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("xml"));
        let Ok(metadata) = fs::metadata(&path) else { continue };
        if is_xml && metadata.is_file() {
            files.push((path, Stamp { modified: metadata.modified().ok(), bytes: metadata.len() }));
        }
    }
    Ok(files)
}

/// One provider from a file, or the code of what is wrong.
fn load(path: &Path, now: Timestamp) -> Result<Idp, &'static str> {
    let mut bytes = Vec::new();
    let cap = u64::try_from(limits::SAML_MESSAGE_BYTES).unwrap_or(u64::MAX);
    let read = File::open(path).and_then(|file| file.take(cap + 1).read_to_end(&mut bytes));
    read.map_err(|_| "metadata_read")?;
    let descriptor = IdpDescriptor::parse(&bytes, now).map_err(|fault| fault.code())?;
    let keys = descriptor.verifying_keys();
    if keys.is_empty() {
        return Err("metadata_no_signing_key");
    }
    Ok(Idp { descriptor, keys })
}
