//! A provider's keys: those of its JWK set (RFC 7517) that can verify a signature, whatever else is in there.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{
    base::limits,
    protocol::jwt::{Jwk, JwtError, JwtHeader, verify_with},
};

/// Usable keys, in the provider's order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProviderKeys(Vec<ProviderKey>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct ProviderKey {
    kid: Option<String>,
    /// The one algorithm that the provider uses this key with, if it says so.
    alg: Option<String>,
    key: Jwk,
}

impl ProviderKeys {
    /// Reads a JWK set. Keys for encryption, of unknown kinds, too weak, symmetric, or published with their private part
    /// are left out: a set may hold keys that are none of our business. `None` if it is no set.
    pub fn parse(json: &[u8]) -> Option<Self> {
        let document: Value = serde_json::from_slice(json).ok()?;
        let keys = document.get("keys")?.as_array()?;
        Some(Self(keys.iter().filter_map(usable).take(limits::PROVIDER_KEYS).collect()))
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Verifies a JWT with the key that its header names, or, if it names none, with those that its algorithm fits. The
    /// key decides which algorithms are allowed (RFC 8725 §3.1).
    pub fn verify<T: DeserializeOwned>(&self, token: &str, typ: &[&str]) -> Result<T, JwtError> {
        let header = JwtHeader::read(token, typ)?;
        let named = |key: &&ProviderKey| header.kid.is_none() || key.kid == header.kid;
        let candidates: Vec<&ProviderKey> = self.0.iter().filter(named).collect();
        if candidates.is_empty() {
            return Err(JwtError::UnknownKey(header.kid));
        }
        let allows = |key: &&&ProviderKey| key.alg.as_ref().is_none_or(|alg| *alg == header.alg);
        let mut refused = JwtError::Algorithm(header.alg.clone());
        for candidate in candidates.iter().filter(allows) {
            match verify_with(token, &header, &candidate.key) {
                Err(JwtError::Algorithm(_)) => {}
                Err(JwtError::Signature) => refused = JwtError::Signature,
                verified => return verified,
            }
        }
        Err(refused)
    }
}

fn usable(key: &Value) -> Option<ProviderKey> {
    let text = |name: &str| key.get(name).and_then(Value::as_str).map(str::to_owned);
    let is_for_signing = text("use").is_none_or(|usage| usage == "sig")
        && key.get("key_ops").is_none_or(|ops| ops.as_array().is_some_and(|ops| ops.iter().any(|op| op == "verify")));
    let kid = text("kid");
    let jwk = Jwk::public(key).filter(|_| is_for_signing)?;
    Some(ProviderKey { kid, alg: text("alg"), key: jwk })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ec(own: &Value) -> Value {
        let x = "A".repeat(43);
        let mut key = json!({ "kty": "EC", "crv": "P-256", "x": x, "y": x });
        key.as_object_mut().unwrap().extend(own.as_object().unwrap().clone());
        key
    }

    #[test]
    fn what_can_not_verify_is_left_out_and_spoils_nothing() {
        let n = "A".repeat(342);
        let set = json!({ "keys": [
            ec(&json!({})), ec(&json!({ "kid": "a", "use": "sig", "alg": "ES256", "x5c": ["…"] })), ec(&json!({ "use": "enc" })),
            ec(&json!({ "key_ops": ["encrypt"] })), ec(&json!({ "crv": "secp256k1" })), ec(&json!({ "d": "AAAA" })),
            { "kty": "oct", "k": "c2VjcmV0" }, { "kty": "RSA", "n": "AQAB", "e": "AQAB" }, { "kty": "RSA", "n": n, "e": "AQAB" },
            { "kty": "AKP", "alg": "ML-DSA-44" }, 7, null,
        ]});
        assert_eq!(ProviderKeys::parse(set.to_string().as_bytes()).unwrap().len(), 3);
        for garbage in ["", "{}", "[]", r#"{"keys": {}}"#] {
            assert_eq!(ProviderKeys::parse(garbage.as_bytes()), None, "{garbage}");
        }
        let many = json!({ "keys": vec![ec(&json!({})); limits::PROVIDER_KEYS + 5] });
        assert_eq!(ProviderKeys::parse(many.to_string().as_bytes()).unwrap().len(), limits::PROVIDER_KEYS);
    }
}
