//! A tenant's keys: made of two halves, in versions.

use std::collections::BTreeMap;

use aws_lc_rs::hmac::{self, HMAC_SHA256};
use zeroize::Zeroizing;

use super::{
    MasterKey, OpenError, Place,
    seal::{SealKey, joined},
};
use crate::base::Random;

/// The tenant's half: 32 random bytes in the control database. Deleting it makes the tenant's data unreadable.
#[derive(Clone)]
pub struct TenantToken(Zeroizing<[u8; 32]>);

impl TenantToken {
    /// A new one.
    pub fn fresh(random: &Random) -> Self {
        Self(Zeroizing::new(random.bytes()))
    }

    /// From the control database; `None` if it is not 32 bytes long.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Some(Self(Zeroizing::new(bytes.try_into().ok()?)))
    }

    /// For the control database.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_slice()
    }
}

impl std::fmt::Debug for TenantToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TenantToken(…)")
    }
}

/// A keyed hash under which something is found without being stored in the clear.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Index([u8; 16]);

impl Index {
    pub(super) const fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// For the database.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// From the database; `None` if it is not 16 bytes long.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

/// All versions of one tenant's keys; the newest seals and indexes, every one opens.
pub struct TenantKeys {
    tenant: String,
    versions: BTreeMap<u8, Version>,
}

struct Version {
    seal: SealKey,
    index: hmac::Key,
}

impl TenantKeys {
    /// Derives the keys of each version of the tenant's token. `None` if there is no version at all: the tenant's keys
    /// were deleted.
    pub fn derive(master: &MasterKey, tenant: &str, tokens: &[(u8, TenantToken)]) -> Option<Self> {
        let versions: BTreeMap<u8, Version> = tokens
            .iter()
            .map(|(version, token)| {
                let key = |purpose: &[u8]| {
                    master.derive(token.as_bytes(), &[b"pedell/tenant/", tenant.as_bytes(), b"/", purpose, &[*version]])
                };
                let index = hmac::Key::new(HMAC_SHA256, key(b"index").as_slice());
                (*version, Version { seal: SealKey::new(*version, &key(b"seal")), index })
            })
            .collect();
        (!versions.is_empty()).then(|| Self { tenant: tenant.to_owned(), versions })
    }

    /// Seals `plain` for its place, with the newest version.
    pub fn seal(&self, random: &Random, place: Place<'_>, plain: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        self.seal_into(random, place, plain, &mut out);
        out
    }

    /// [`Self::seal`], appended to `out` (a roster has a million of them).
    pub fn seal_into(&self, random: &Random, place: Place<'_>, plain: &[u8], out: &mut Vec<u8>) {
        self.newest().1.seal.seal_into(random, &self.aad(place), plain, out);
    }

    /// Opens what [`Self::seal`] made for the same place, whatever its version.
    pub fn open(&self, place: Place<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        let version = *sealed.first().ok_or(OpenError::Malformed)?;
        let keys = self.versions.get(&version).ok_or(OpenError::UnknownVersion(version))?;
        keys.seal.open(&self.aad(place), sealed).map(Zeroizing::new)
    }

    /// The keyed hash of `value` for `purpose` under one version (a roster says under which it was indexed).
    pub fn index(&self, version: u8, purpose: &str, value: &[u8]) -> Result<Index, OpenError> {
        let keys = self.versions.get(&version).ok_or(OpenError::UnknownVersion(version))?;
        Ok(tag(&keys.index, purpose, value))
    }

    /// The keyed hash that stands for a person, whatever was rotated since: under the oldest version.
    pub fn identity(&self, purpose: &str, value: &[u8]) -> Index {
        tag(&self.oldest().index, purpose, value)
    }

    /// The version that seals now.
    pub fn newest_version(&self) -> u8 {
        *self.newest().0
    }

    #[expect(clippy::expect_used, reason = "`derive` gives no keys without a version")]
    fn newest(&self) -> (&u8, &Version) {
        self.versions.last_key_value().expect("there is at least one version")
    }

    #[expect(clippy::expect_used, reason = "`derive` gives no keys without a version")]
    fn oldest(&self) -> &Version {
        self.versions.first_key_value().expect("there is at least one version").1
    }

    fn aad(&self, place: Place<'_>) -> Vec<u8> {
        joined(&[self.tenant.as_bytes(), place.table.as_bytes(), place.column.as_bytes(), place.row])
    }
}

impl std::fmt::Debug for TenantKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TenantKeys({}, {} versions)", self.tenant, self.versions.len())
    }
}

/// HMAC-SHA-256, cut to 128 bits: nobody can find a collision without the key, and a million rows stay small.
fn tag(key: &hmac::Key, purpose: &str, value: &[u8]) -> Index {
    let tag = hmac::sign(key, &joined(&[purpose.as_bytes(), value]));
    let mut index = [0; 16];
    index.copy_from_slice(&tag.as_ref()[..16]);
    Index(index)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Place<'static> = Place { table: "rosters", column: "record", row: b"7" };

    fn keys(master: u64, tokens: &[(u8, u64)], tenant: &str) -> TenantKeys {
        let tokens: Vec<_> = tokens.iter().map(|(v, seed)| (*v, TenantToken::fresh(&Random::seeded(*seed)))).collect();
        TenantKeys::derive(&MasterKey::fresh(&Random::seeded(master)), tenant, &tokens).unwrap()
    }

    #[test]
    fn what_was_sealed_opens_in_its_place_and_nowhere_else() {
        let keys_a = keys(1, &[(1, 2)], "a");
        let sealed = keys_a.seal(&Random::default(), HERE, b"Mustermann");
        assert_eq!(keys_a.open(HERE, &sealed).unwrap().as_slice(), b"Mustermann");
        for elsewhere in [
            Place { table: "tokens", ..HERE },
            Place { column: "evidence", ..HERE },
            Place { row: b"8", ..HERE },
            Place { table: "rostersr", column: "ecord", ..HERE },
        ] {
            assert_eq!(keys_a.open(elsewhere, &sealed), Err(OpenError::Refused));
        }
        assert_eq!(keys(1, &[(1, 2)], "b").open(HERE, &sealed), Err(OpenError::Refused));
    }

    #[test]
    fn either_half_alone_gives_nothing() {
        let sealed = keys(1, &[(1, 2)], "a").seal(&Random::default(), HERE, b"Mustermann");
        assert_eq!(keys(9, &[(1, 2)], "a").open(HERE, &sealed), Err(OpenError::Refused));
        assert_eq!(keys(1, &[(1, 9)], "a").open(HERE, &sealed), Err(OpenError::Refused));
        assert!(TenantKeys::derive(&MasterKey::fresh(&Random::seeded(1)), "a", &[]).is_none());
    }

    #[test]
    fn every_altered_byte_is_noticed() {
        let keys = keys(1, &[(1, 2)], "a");
        let sealed = keys.seal(&Random::default(), HERE, b"Max");
        for position in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[position] ^= 1;
            assert!(keys.open(HERE, &altered).is_err(), "byte {position}");
            assert!(keys.open(HERE, &sealed[..position]).is_err(), "cut at {position}");
        }
    }

    #[test]
    fn a_new_version_seals_and_old_ones_still_open() {
        let before = keys(1, &[(1, 2)], "a");
        let after = keys(1, &[(1, 2), (2, 3)], "a");
        let old = before.seal(&Random::default(), HERE, b"x");
        let new = after.seal(&Random::default(), HERE, b"x");
        assert_eq!((old[0], new[0]), (1, 2));
        assert!(after.open(HERE, &old).is_ok());
        assert_eq!(before.open(HERE, &new), Err(OpenError::UnknownVersion(2)));
        assert_eq!(after.identity("n", b"1"), before.identity("n", b"1"));
    }

    #[test]
    fn the_same_value_seals_differently_and_indexes_equally() {
        let keys = keys(1, &[(1, 2)], "a");
        let random = Random::default();
        assert_ne!(keys.seal(&random, HERE, b"x"), keys.seal(&random, HERE, b"x"));
        assert_eq!(keys.index(1, "number", b"1").unwrap(), keys.index(1, "number", b"1").unwrap());
        assert_ne!(keys.index(1, "number", b"1").unwrap(), keys.index(1, "name", b"1").unwrap());
        assert_ne!(keys.index(1, "number", b"01").unwrap(), keys.index(1, "number", b"1").unwrap());
    }
}
