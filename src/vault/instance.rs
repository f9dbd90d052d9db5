//! What the gateway seals for itself: state that travels through browsers, codes, and its own private keys at rest.

use std::marker::PhantomData;

use aws_lc_rs::hmac::{self, HMAC_SHA256};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Serialize, de::DeserializeOwned};

use super::{
    Index, MasterKey, OpenError,
    seal::{SealKey, joined},
};
use crate::base::Random;

/// Keys derived from the master key alone, the same on every node.
pub struct InstanceKeys {
    travel: SealKey,
    rest: SealKey,
    pairwise: hmac::Key,
    index: hmac::Key,
}

/// A value of type `T`, sealed as URL-safe text. The type is bound in: a code can't be passed off as a pushed request.
#[derive(Clone, Debug)]
pub struct Sealed<T>(String, PhantomData<fn() -> T>);

impl<T> Sealed<T> {
    /// What somebody presented.
    pub fn presented(text: impl Into<String>) -> Self {
        Self(text.into(), PhantomData)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A name for what is sealed, bound into the ciphertext.
pub trait Purpose: Serialize + DeserializeOwned {
    /// E.g. `code`.
    const PURPOSE: &'static str;
}

impl InstanceKeys {
    /// Derives them.
    pub fn derive(master: &MasterKey) -> Self {
        let key = |purpose: &[u8]| master.derive(b"pedell/instance", &[purpose]);
        Self {
            travel: SealKey::new(1, &key(b"travel")),
            rest: SealKey::new(1, &key(b"rest")),
            pairwise: hmac::Key::new(HMAC_SHA256, key(b"pairwise").as_slice()),
            index: hmac::Key::new(HMAC_SHA256, key(b"index").as_slice()),
        }
    }

    /// Seals a value that travels through somebody else's hands. `bound_to` is what must be presented again with it, e.g.
    /// the browser's cookie; it is not in the text.
    #[expect(clippy::expect_used, reason = "the types sealed here have string keys only, so that JSON takes them")]
    pub fn seal<T: Purpose>(&self, random: &Random, bound_to: &str, value: &T) -> Sealed<T> {
        let plain = serde_json::to_vec(value).expect("a sealed value serialises");
        let mut bytes = Vec::new();
        self.travel.seal_into(random, &travel_aad::<T>(bound_to), &plain, &mut bytes);
        Sealed(BASE64_URL_SAFE_NO_PAD.encode(bytes), PhantomData)
    }

    /// Opens it again; its own expiry is the caller's to check.
    pub fn open<T: Purpose>(&self, bound_to: &str, sealed: &Sealed<T>) -> Result<T, OpenError> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(&sealed.0).map_err(|_| OpenError::Malformed)?;
        let plain = self.travel.open(&travel_aad::<T>(bound_to), &bytes)?;
        serde_json::from_slice(&plain).map_err(|_| OpenError::Malformed)
    }

    /// Seals a secret of the instance for the control database.
    pub fn seal_at_rest(&self, random: &Random, name: &str, secret: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        self.rest.seal_into(random, name.as_bytes(), secret, &mut out);
        out
    }

    /// Opens a secret of the instance.
    pub fn open_at_rest(&self, name: &str, sealed: &[u8]) -> Result<zeroize::Zeroizing<Vec<u8>>, OpenError> {
        self.rest.open(name.as_bytes(), sealed).map(zeroize::Zeroizing::new)
    }

    /// The keyed hash of `value` for `purpose`, the same in every tenant: login names, addresses, what a form belongs to.
    pub fn index(&self, purpose: &str, value: &[u8]) -> Index {
        let tag = hmac::sign(&self.index, &joined(&[purpose.as_bytes(), value]));
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&tag.as_ref()[..16]);
        Index::new(bytes)
    }

    /// The pairwise subject (OpenID Connect Core §8.1): the same student is someone else to each issuer.
    pub fn pairwise_subject(&self, issuer: &str, student: &[u8]) -> String {
        let tag = hmac::sign(&self.pairwise, &joined(&[issuer.as_bytes(), student]));
        BASE64_URL_SAFE_NO_PAD.encode(tag)
    }
}

impl std::fmt::Debug for InstanceKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("InstanceKeys(…)")
    }
}

fn travel_aad<T: Purpose>(bound_to: &str) -> Vec<u8> {
    joined(&[T::PURPOSE.as_bytes(), bound_to.as_bytes()])
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Code(u8);
    impl Purpose for Code {
        const PURPOSE: &'static str = "code";
    }
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct State(u8);
    impl Purpose for State {
        const PURPOSE: &'static str = "state";
    }

    #[test]
    fn a_sealed_value_opens_for_its_purpose_and_its_browser_only() {
        let keys = InstanceKeys::derive(&MasterKey::fresh(&Random::seeded(1)));
        let sealed = keys.seal(&Random::default(), "browser", &Code(5));
        assert_eq!(keys.open("browser", &sealed), Ok(Code(5)));
        assert_eq!(keys.open("another", &sealed), Err(OpenError::Refused));
        assert_eq!(keys.open::<State>("browser", &Sealed::presented(sealed.as_str())), Err(OpenError::Refused));
        assert!(keys.open("browser", &Sealed::<Code>::presented("")).is_err());
        assert!(keys.open("browser", &Sealed::<Code>::presented("ä=")).is_err());
    }

    #[test]
    fn a_student_is_someone_else_to_each_issuer() {
        let keys = InstanceKeys::derive(&MasterKey::fresh(&Random::seeded(1)));
        assert_eq!(keys.pairwise_subject("shop", b"s"), keys.pairwise_subject("shop", b"s"));
        assert_ne!(keys.pairwise_subject("shop", b"s"), keys.pairwise_subject("other", b"s"));
        assert_ne!(keys.pairwise_subject("shop", b"s"), keys.pairwise_subject("sho", b"ps"));
    }
}
