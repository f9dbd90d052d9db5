//! Passwords: Argon2id (RFC 9106). Slow and memory-hard on purpose: never call it on an async thread.

use argon2::{Algorithm, Argon2, Params, Version};
use subtle::ConstantTimeEq;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::base::{
    Random,
    secret::{ExposeSecret, SecretString},
};

/// What one hash costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordCost {
    /// Memory, in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
}

impl Default for PasswordCost {
    /// 19 MiB and two passes: the second of the equal choices of OWASP's password storage page for Argon2id.
    fn default() -> Self {
        Self { memory_kib: 19 * 1024, passes: 2 }
    }
}

/// A password's hash with its salt and cost. Shows nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash {
    cost: PasswordCost,
    salt: [u8; 16],
    tag: [u8; 32],
}

/// Argon2 refused: the cost is out of its range, or the password longer than 4 GiB.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a password could not be hashed")]
pub struct HashError;

/// The form of [`PasswordHash::to_bytes`].
const FORM: u8 = 1;

impl PasswordHash {
    /// Hashes a password with a fresh salt.
    pub fn make(random: &Random, password: &SecretString, cost: PasswordCost) -> Result<Self, HashError> {
        let salt = random.bytes();
        Ok(Self { cost, salt, tag: tag(password, &salt, cost)? })
    }

    /// Nobody's, at this cost: what is compared where there is no account, so that it takes as long.
    pub fn nobodys(random: &Random, cost: PasswordCost) -> Self {
        Self { cost, salt: random.bytes(), tag: random.bytes() }
    }

    /// Whether it is this password's. Takes as long for a wrong one.
    pub fn matches(&self, password: &SecretString) -> Result<bool, HashError> {
        Ok(tag(password, &self.salt, self.cost)?.ct_eq(&self.tag).into())
    }

    /// What it cost.
    pub const fn cost(&self) -> PasswordCost {
        self.cost
    }

    /// To be sealed.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let (memory, passes) = (self.cost.memory_kib.to_be_bytes(), self.cost.passes.to_be_bytes());
        Zeroizing::new([&[FORM][..], &memory, &passes, &self.salt, &self.tag].concat())
    }

    /// As it was opened; `None` if that is not what [`Self::to_bytes`] made.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (form, rest) = bytes.split_first()?;
        let (memory, rest) = rest.split_first_chunk::<4>()?;
        let (passes, rest) = rest.split_first_chunk::<4>()?;
        let (salt, tag) = rest.split_first_chunk::<16>()?;
        let cost = PasswordCost { memory_kib: u32::from_be_bytes(*memory), passes: u32::from_be_bytes(*passes) };
        (*form == FORM).then_some(Self { cost, salt: *salt, tag: tag.try_into().ok()? })
    }
}

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PasswordHash({:?})", self.cost)
    }
}

fn tag(password: &SecretString, salt: &[u8; 16], cost: PasswordCost) -> Result<[u8; 32], HashError> {
    let parameters = Params::new(cost.memory_kib, cost.passes, 1, Some(32)).map_err(|_| HashError)?;
    let mut tag = [0; 32];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters)
        .hash_password_into(password.expose_secret().as_bytes(), salt, &mut tag)
        .map_err(|_| HashError)?;
    Ok(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAP: PasswordCost = PasswordCost { memory_kib: 64, passes: 1 };

    #[test]
    fn a_hash_knows_its_password_after_a_journey_and_no_other() {
        let made = PasswordHash::make(&Random::default(), &"Elke dag".into(), CHEAP).unwrap();
        let read = PasswordHash::from_bytes(&made.to_bytes()).unwrap();
        assert_eq!(read.cost(), CHEAP);
        assert!(read.matches(&"Elke dag".into()).unwrap());
        assert!(!read.matches(&"elke dag".into()).unwrap());
        assert!(!format!("{read:?}").contains("salt"));
        let again = PasswordHash::make(&Random::default(), &"Elke dag".into(), CHEAP).unwrap();
        assert_ne!(again, made, "salted");
        for cut in 0..made.to_bytes().len() {
            assert!(PasswordHash::from_bytes(&made.to_bytes()[..cut]).is_none(), "cut at {cut}");
        }
    }

    #[test]
    fn another_cost_is_another_hash() {
        let salt = [7; 16];
        let one = tag(&"p".into(), &salt, CHEAP).unwrap();
        assert_ne!(one, tag(&"p".into(), &salt, PasswordCost { passes: 2, ..CHEAP }).unwrap());
        assert_ne!(one, tag(&"p".into(), &salt, PasswordCost { memory_kib: 128, ..CHEAP }).unwrap());
        assert_eq!(tag(&"p".into(), &salt, PasswordCost { memory_kib: 1, passes: 1 }), Err(HashError));
    }
}
