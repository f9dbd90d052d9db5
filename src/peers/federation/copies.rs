//! Last good copies on disk. A file is replaced as a whole or not at all.

use std::{
    fmt::Write as _,
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use aws_lc_rs::digest::{SHA256, digest};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::report::Trouble;
use crate::{
    base::{Random, Timestamp, limits},
    peers::download::Validators,
};

/// What is remembered beside a copy.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct State {
    /// For asking whether there is a newer one.
    #[serde(default)]
    pub(super) validators: Validators,
    /// When the copy came, or was said to be the newest.
    pub(super) fetched_at: Option<Timestamp>,
    pub(super) trouble: Option<Trouble>,
}

/// The files of one source.
#[derive(Clone, Debug)]
pub(super) struct Copies {
    folder: PathBuf,
    stem: String,
}

impl Copies {
    /// For what comes from `url`: a source that is moved to another address starts afresh, even if it keeps its name.
    pub(super) fn new(folder: &Path, name: &str, url: &str) -> Self {
        let hash = digest(&SHA256, url.as_bytes());
        Self { folder: folder.to_owned(), stem: format!("{name}-{}", hex(&hash.as_ref()[..6])) }
    }

    pub(super) fn document(&self) -> PathBuf {
        self.file("xml")
    }

    /// A file that becomes the document, if it is good.
    pub(super) fn part(&self, random: &Random) -> io::Result<PathBuf> {
        fs::create_dir_all(&self.folder)?;
        Ok(self.file(&format!("{}.part", hex(&random.bytes::<4>()))))
    }

    /// Removes what a process that was killed has left.
    pub(super) fn tidy(&self) {
        let Ok(listing) = fs::read_dir(&self.folder) else { return };
        for entry in listing.flatten() {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if name.starts_with(&format!("{}.", self.stem)) && name.ends_with(".part") {
                drop(fs::remove_file(entry.path()));
            }
        }
    }

    /// The part becomes the document. In between there is never a document with the other's state: without state,
    /// the next question is simply answered in full.
    pub(super) fn replace(&self, part: &Path) -> io::Result<()> {
        match fs::remove_file(self.file("json")) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        fs::rename(part, self.document())
    }

    pub(super) fn state(&self) -> State {
        read_json(&self.file("json")).unwrap_or_default()
    }

    pub(super) fn write_state(&self, state: &State) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let json = serde_json::to_vec(state).map_err(io::Error::other)?;
        write_whole(&self.file("json"), &json)
    }

    fn file(&self, extension: &str) -> PathBuf {
        self.folder.join(format!("{}.{extension}", self.stem))
    }
}

/// Writes a file as a whole: readers see the old one or the new one.
pub(super) fn write_whole(path: &Path, content: &[u8]) -> io::Result<()> {
    let part = path.with_extension("part");
    let mut file = File::create(&part)?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(&part, path)
}

/// Lower case.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}"); // writing into a String does not fail
        text
    })
}

fn read_json<T: DeserializeOwned>(path: &Path) -> Option<T> {
    let small = fs::metadata(path).is_ok_and(|metadata| metadata.len() <= limits::BODY_BYTES as u64);
    if small { serde_json::from_slice(&fs::read(path).ok()?).ok() } else { None }
}
