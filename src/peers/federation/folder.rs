//! The operator's folder of single providers: read at start, read again when a file changes.
//!
//! What is broken or expired never replaces what was good; an operator who takes a file away takes its provider away.

use std::{
    collections::HashMap,
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
    sync::Arc,
    time::SystemTime,
};

use super::Idp;
use crate::{
    base::{Timestamp, limits},
    protocol::saml::{Coded, IdpDescriptor},
};

/// The files of the operator's folder, by their paths.
#[derive(Clone, Debug, Default)]
pub(super) struct Folder(HashMap<PathBuf, Entry>);

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

impl Folder {
    /// The provider with this entity ID; of several files that claim it, the first by name.
    pub(super) fn find(&self, entity_id: &str, now: Timestamp) -> Option<Arc<Idp>> {
        let claims = self.good(now).filter(|(_, idp)| idp.descriptor.entity_id == entity_id);
        claims.min_by_key(|(path, _)| *path).map(|(_, idp)| Arc::clone(idp))
    }

    pub(super) fn len(&self, now: Timestamp) -> usize {
        self.good(now).count()
    }

    /// Those that have not expired, or not long ago.
    fn good(&self, now: Timestamp) -> impl Iterator<Item = (&PathBuf, &Arc<Idp>)> {
        let good = self.0.iter().filter_map(|(path, entry)| Some((path, entry.good.as_ref()?)));
        good.filter(move |(_, idp)| {
            idp.descriptor.valid_until.is_none_or(|until| until.plus(limits::IDP_FILE_GRACE) > now)
        })
    }

    /// Reads what has changed among the folder's `*.xml`. Blocks; a folder that does not exist holds no files.
    pub(super) fn refresh(&mut self, folder: &Path, now: Timestamp) -> io::Result<()> {
        let files = xml_files(folder)?;
        self.0.retain(|path, _| files.iter().any(|(file, _)| file == path));
        for (path, seen) in files {
            let entry = self.0.get(&path);
            if entry.is_some_and(|entry| entry.seen == seen) {
                continue;
            }
            let before = entry.and_then(|entry| entry.good.clone());
            // What has expired does not replace what is good; but after a restart it is what was good.
            let strict = if before.is_some() { now } else { now.minus(limits::IDP_FILE_GRACE) };
            let good = match load(&path, strict) {
                Ok(idp) => {
                    let (file, entity_id) = (path.display(), &idp.descriptor.entity_id);
                    match idp.descriptor.valid_until.filter(|until| *until <= now) {
                        None => tracing::info!(%file, idp = entity_id, "identity provider read"),
                        Some(until) => {
                            let until = until.plus(limits::IDP_FILE_GRACE);
                            tracing::error!(%file, idp = entity_id, used_until = %until, "identity provider metadata has expired");
                        }
                    }
                    Some(Arc::new(idp))
                }
                Err(fault) => {
                    let kept = before.is_some();
                    tracing::error!(file = %path.display(), fault, kept, "identity provider metadata is not used");
                    before
                }
            };
            self.0.insert(path, Entry { seen, good });
        }
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
    Idp::new(descriptor).ok_or("metadata_no_signing_key")
}
