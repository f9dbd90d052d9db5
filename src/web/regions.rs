//! Regions of the internet from which some doors are closed: prefixes from files, taken up anew when they change.
//!
//! The operator's own networks are never among them, whatever a file says, nor is this machine.

use std::{
    fs::{self, File},
    io::{self, BufReader},
    net::IpAddr,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
    time::SystemTime,
};

use ipnet::IpNet;
use thiserror::Error;

use crate::{
    domain::networks::contains,
    protocol::prefix_list::{PrefixFileError, PrefixTable},
};

/// Which doors are closed to them. The students' too only if the operator says so: who studies abroad has to be able to
/// prove it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum ClosedDoors {
    /// The console.
    #[default]
    Staff,
    /// And issuers' and universities' machines.
    Machines,
    /// And students.
    All,
}

/// What is blocked, and where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RegionFiles {
    /// Files of prefixes.
    pub files: Vec<PathBuf>,
    /// The operator's own networks.
    pub own: Vec<IpNet>,
    /// Where they are refused.
    pub doors: ClosedDoors,
}

/// Why the regions can't be used.
#[derive(Debug, Error)]
#[error("{}: {error}", .file.display())]
pub struct RegionsError {
    file: PathBuf,
    error: PrefixFileError,
}

/// The regions of this moment. Cheap to clone; clones take up a change together.
#[derive(Clone, Debug, Default)]
pub struct Regions(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    settings: RegionFiles,
    table: RwLock<Arc<PrefixTable>>,
    seen: RwLock<Vec<Option<Stamp>>>,
}

type Stamp = (SystemTime, u64);

impl Regions {
    /// Reads the files.
    pub fn new(settings: RegionFiles) -> Result<Self, RegionsError> {
        let seen = stamps(&settings.files);
        let table = RwLock::new(Arc::new(load(&settings.files)?));
        Ok(Self(Arc::new(Inner { settings, table, seen: RwLock::new(seen) })))
    }

    /// How many prefixes there are, in how many files.
    pub fn size(&self) -> (usize, usize) {
        (self.table().len(), self.0.settings.files.len())
    }

    /// Takes up changed files, all or none: what can't be used never replaces what could, and is the error, once for each
    /// change. Whether anything was taken up.
    pub fn reload(&self) -> Result<bool, RegionsError> {
        let now = stamps(&self.0.settings.files);
        let mut seen = self.0.seen.write().unwrap_or_else(PoisonError::into_inner);
        if *seen == now {
            return Ok(false);
        }
        *seen = now;
        drop(seen);
        let table = Arc::new(load(&self.0.settings.files)?);
        *self.0.table.write().unwrap_or_else(PoisonError::into_inner) = table;
        Ok(true)
    }

    /// Whether this door is closed to this address.
    pub(super) fn close(&self, door: ClosedDoors, address: IpAddr) -> bool {
        let Inner { settings, .. } = &*self.0;
        let address = address.to_canonical();
        door <= settings.doors
            && self.table().covers(address)
            && !address.is_loopback()
            && !contains(&settings.own, address)
    }

    fn table(&self) -> Arc<PrefixTable> {
        Arc::clone(&self.0.table.read().unwrap_or_else(PoisonError::into_inner))
    }
}

fn stamps(files: &[PathBuf]) -> Vec<Option<Stamp>> {
    let stamp = |file: &PathBuf| {
        let metadata = fs::metadata(file)?;
        Ok::<_, io::Error>((metadata.modified()?, metadata.len()))
    };
    files.iter().map(|file| stamp(file).ok()).collect()
}

fn load(files: &[PathBuf]) -> Result<PrefixTable, RegionsError> {
    let mut table = PrefixTable::default();
    for file in files {
        add(&mut table, file).map_err(|error| RegionsError { file: file.clone(), error })?;
    }
    Ok(table)
}

fn add(table: &mut PrefixTable, file: &Path) -> Result<(), PrefixFileError> {
    table.add(BufReader::with_capacity(1 << 16, File::open(file)?))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn closed(regions: &Regions, door: ClosedDoors, address: &str) -> bool {
        regions.close(door, address.parse().unwrap())
    }

    /// Writes a file with a time of its own: two changes within one tick of the file system's clock are two all the same.
    fn write(path: &Path, text: &str, tick: u64) {
        fs::write(path, text).unwrap();
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000 + tick);
        File::options().write(true).open(path).unwrap().set_modified(at).unwrap();
    }

    #[test]
    fn a_changed_file_is_taken_up_and_a_broken_one_leaves_the_last_good() {
        let folder = tempfile::tempdir().unwrap();
        let files = [folder.path().join("a.txt"), folder.path().join("b.txt")];
        write(&files[0], "192.0.2.0/24\n", 0);
        write(&files[1], "2001:db8::/32\n", 0);
        let settings = RegionFiles { files: files.to_vec(), ..RegionFiles::default() };
        let regions = Regions::new(settings).unwrap();
        let staff = |address: &str| closed(&regions, ClosedDoors::Staff, address);
        assert!(staff("192.0.2.1") && staff("2001:db8::1") && !staff("198.51.100.1"));
        assert!(!regions.reload().unwrap(), "nothing changed");

        write(&files[0], "198.51.100.0/24\n", 1);
        assert!(regions.reload().unwrap());
        assert!(staff("198.51.100.1") && !staff("192.0.2.1") && staff("2001:db8::1"));

        write(&files[0], "203.0.113.0/24\nnonsense\n", 2);
        let error = regions.reload().unwrap_err().to_string();
        assert!(error.contains("a.txt: line 2"), "{error}");
        assert!(staff("198.51.100.1") && !staff("203.0.113.1"), "the last good one");
        assert!(!regions.reload().unwrap(), "said once for each change");
        fs::remove_file(&files[1]).unwrap();
        assert!(regions.reload().is_err() && staff("2001:db8::1"), "gone is not empty");
    }

    #[test]
    fn ones_own_networks_and_this_machine_are_never_blocked() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.txt");
        write(&file, "192.0.2.0/24\n127.0.0.0/8\n::1\n", 0);
        let own = vec!["192.0.2.64/26".parse().unwrap(), "::ffff:192.0.2.8/125".parse().unwrap()];
        let regions = Regions::new(RegionFiles { files: vec![file], own, doors: ClosedDoors::Machines }).unwrap();
        assert!(closed(&regions, ClosedDoors::Staff, "192.0.2.1"));
        for free in ["192.0.2.64", "::ffff:192.0.2.127", "192.0.2.9", "127.0.0.1", "::1", "::ffff:127.0.0.1"] {
            assert!(!closed(&regions, ClosedDoors::Staff, free), "{free}");
        }
        assert!(closed(&regions, ClosedDoors::Machines, "192.0.2.1"));
        assert!(!closed(&regions, ClosedDoors::All, "192.0.2.1"), "students may be abroad");
    }
}
