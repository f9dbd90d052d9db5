//! Public keys as JSON (RFC 7517). A private part is refused wherever keys are read.

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::base::limits;

/// One public key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jwk {
    kid: String,
    #[serde(rename = "use", default = "signature_use")]
    usage: String,
    #[serde(flatten)]
    key: PublicKey,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kty")]
enum PublicKey {
    #[serde(rename = "EC")]
    Ec { crv: String, x: String, y: String },
    #[serde(rename = "OKP")]
    Okp { crv: String, x: String },
    #[serde(rename = "RSA")]
    Rsa { n: String, e: String },
}

/// Members that only a private or a symmetric key has (RFC 7518 §6).
const PRIVATE_PARTS: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

fn signature_use() -> String {
    "sig".to_owned()
}

/// Why a key or a set of keys is refused.
#[derive(Debug, Error)]
pub enum JwkError {
    /// Not a JWK set.
    #[error("not a JWK set: {0}")]
    Malformed(#[from] serde_json::Error),
    /// Somebody pasted a private key.
    #[error("key {0:?} contains a private part; send the public key only, and replace this one")]
    Private(String),
    /// Not one of the algorithms accepted.
    #[error("key {0:?}: only EC P-256/P-384, Ed25519 and RSA of at least 2048 bits are accepted")]
    Unsupported(String),
    /// No key, or too many.
    #[error("a JWK set holds 1 to {} keys with different `kid`s", limits::JWKS_KEYS)]
    Count,
}

impl Jwk {
    /// A P-256 key from its base64url coordinates; `kid` is its thumbprint.
    pub fn p256(x: String, y: String) -> Self {
        Self::named_by_thumbprint(PublicKey::Ec { crv: "P-256".to_owned(), x, y })
    }

    /// An Ed25519 key (RFC 8037 §2); `kid` is its thumbprint.
    pub fn ed25519(x: String) -> Self {
        Self::named_by_thumbprint(PublicKey::Okp { crv: "Ed25519".to_owned(), x })
    }

    fn named_by_thumbprint(key: PublicKey) -> Self {
        Self { kid: thumbprint(&key), usage: signature_use(), key }
    }

    /// Somebody else's public key, whatever it is named; `None` if it is of a kind that verifies nothing here, or has its
    /// private part in it.
    pub fn public(json: &serde_json::Value) -> Option<Self> {
        if PRIVATE_PARTS.iter().any(|private| json.get(*private).is_some()) {
            return None;
        }
        let key = serde_json::from_value(json.clone()).ok()?;
        let jwk = Self { kid: String::new(), usage: signature_use(), key };
        jwk.is_supported().then_some(jwk)
    }

    /// The key id.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The algorithms that fit this key: RFC 8725 §3.1, one key, one kind of algorithm.
    pub(super) fn algorithms(&self) -> &'static [Algorithm] {
        match &self.key {
            PublicKey::Ec { crv, .. } if crv == "P-256" => &[Algorithm::ES256],
            PublicKey::Ec { .. } => &[Algorithm::ES384],
            PublicKey::Okp { .. } => &[Algorithm::EdDSA],
            PublicKey::Rsa { .. } => &[Algorithm::PS256, Algorithm::RS256, Algorithm::PS384, Algorithm::RS384],
        }
    }

    pub(super) fn decoding_key(&self) -> Result<DecodingKey, jsonwebtoken::errors::Error> {
        match &self.key {
            PublicKey::Ec { x, y, .. } => DecodingKey::from_ec_components(x, y),
            PublicKey::Okp { x, .. } => DecodingKey::from_ed_components(x),
            PublicKey::Rsa { n, e } => DecodingKey::from_rsa_components(n, e),
        }
    }

    fn is_supported(&self) -> bool {
        let length = |text: &str| BASE64_URL_SAFE_NO_PAD.decode(text).map_or(0, |bytes| bytes.len());
        match &self.key {
            PublicKey::Ec { crv, x, y } => {
                let expected = match crv.as_str() {
                    "P-256" => 32,
                    "P-384" => 48,
                    _ => return false,
                };
                length(x) == expected && length(y) == expected
            }
            PublicKey::Okp { crv, x } => crv == "Ed25519" && length(x) == 32,
            PublicKey::Rsa { n, e } => (256..=1024).contains(&length(n)) && (1..=4).contains(&length(e)),
        }
    }
}

/// RFC 7638: SHA-256 over the required members in lexicographic order.
fn thumbprint(key: &PublicKey) -> String {
    let canonical = match key {
        PublicKey::Ec { crv, x, y } => format!(r#"{{"crv":"{crv}","kty":"EC","x":"{x}","y":"{y}"}}"#),
        PublicKey::Okp { crv, x } => format!(r#"{{"crv":"{crv}","kty":"OKP","x":"{x}"}}"#),
        PublicKey::Rsa { n, e } => format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#),
    };
    BASE64_URL_SAFE_NO_PAD.encode(digest(&SHA256, canonical.as_bytes()))
}

/// A set of public keys (RFC 7517 §5).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct JwkSet {
    /// The keys.
    pub keys: Vec<Jwk>,
}

impl JwkSet {
    /// Reads a set that somebody gave us: bounded, public, and only keys we can use.
    pub fn parse(json: &str) -> Result<Self, JwkError> {
        let raw: serde_json::Value = serde_json::from_str(json)?;
        for key in raw["keys"].as_array().into_iter().flatten() {
            if PRIVATE_PARTS.iter().any(|private| key.get(*private).is_some()) {
                return Err(JwkError::Private(key["kid"].as_str().unwrap_or_default().to_owned()));
            }
        }
        let set: Self = serde_json::from_value(raw)?;
        let mut kids: Vec<_> = set.keys.iter().map(Jwk::kid).collect();
        kids.sort_unstable();
        kids.dedup();
        if set.keys.is_empty() || set.keys.len() > limits::JWKS_KEYS || kids.len() != set.keys.len() {
            return Err(JwkError::Count);
        }
        match set.keys.iter().find(|key| !key.is_supported()) {
            Some(key) => Err(JwkError::Unsupported(key.kid.clone())),
            None => Ok(set),
        }
    }

    /// The `alg` names that tokens signed with these keys may have.
    pub fn algorithm_names(&self) -> impl Iterator<Item = &'static str> {
        self.keys.iter().filter_map(|key| match key.algorithms() {
            [Algorithm::ES256, ..] => Some("ES256"),
            [Algorithm::EdDSA, ..] => Some("EdDSA"),
            _ => None,
        })
    }

    pub(super) fn find(&self, kid: Option<&str>) -> Option<&Jwk> {
        match (kid, self.keys.as_slice()) {
            (Some(kid), keys) => keys.iter().find(|key| key.kid == kid),
            (None, [only]) => Some(only),
            (None, _) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_thumbprint_agrees_with_rfc_7638_section_3_1() {
        let n = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
        let key = PublicKey::Rsa { n: n.to_owned(), e: "AQAB".to_owned() };
        assert_eq!(thumbprint(&key), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    }

    #[test]
    fn a_private_key_is_refused_and_so_are_weak_and_symmetric_ones() {
        let set = |key: &str| JwkSet::parse(&format!(r#"{{"keys":[{key}]}}"#));
        let x = "A".repeat(43);
        assert!(set(&format!(r#"{{"kid":"a","kty":"EC","crv":"P-256","x":"{x}","y":"{x}"}}"#)).is_ok());
        assert!(matches!(
            set(&format!(r#"{{"kid":"a","kty":"EC","crv":"P-256","x":"{x}","y":"{x}","d":"{x}"}}"#)),
            Err(JwkError::Private(_))
        ));
        assert!(matches!(set(r#"{"kid":"a","kty":"oct","k":"c2VjcmV0"}"#), Err(JwkError::Private(_))));
        assert!(matches!(set(r#"{"kid":"a","kty":"RSA","n":"AQAB","e":"AQAB"}"#), Err(JwkError::Unsupported(_))));
        assert!(matches!(
            set(&format!(r#"{{"kid":"a","kty":"EC","crv":"secp256k1","x":"{x}","y":"{x}"}}"#)),
            Err(JwkError::Unsupported(_))
        ));
        assert!(matches!(JwkSet::parse(r#"{"keys":[]}"#), Err(JwkError::Count)));
    }
}
