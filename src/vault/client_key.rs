//! The private key with which a connection proves itself at a provider (`private_key_jwt`, RFC 7523).

use std::fmt;

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PSS_SHA256,
        RsaKeyPair,
    },
};
use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use serde::Serialize;
use serde_json::json;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::base::secret::{ExposeSecret, SecretString};

/// A key that the university's IT has registered at its provider. `Debug` shows nothing of it.
pub struct ClientKey(Signer);

enum Signer {
    P256(Box<EcdsaKeyPair>),
    P384(Box<EcdsaKeyPair>),
    Rsa(Box<RsaKeyPair>),
}

/// Why a key can't be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ClientKeyError {
    /// Something else.
    #[error("not a PEM block PRIVATE KEY (PKCS#8)")]
    Pem,
    /// Another kind of key.
    #[error("not an ECDSA key on P-256 or P-384, nor an RSA key of 2048 to 8192 bits")]
    Unsupported,
    /// The crypto library failed.
    #[error("signing failed")]
    Signing,
}

impl ClientKey {
    /// From PEM, `PRIVATE KEY` (PKCS#8): as `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256` writes it.
    pub fn from_pem(pem: &SecretString) -> Result<Self, ClientKeyError> {
        let body = pem.expose_secret().split_once("-----BEGIN PRIVATE KEY-----").map(|(_, rest)| rest);
        let body = body.and_then(|rest| rest.split_once("-----END PRIVATE KEY-----")).ok_or(ClientKeyError::Pem)?.0;
        let dense: Zeroizing<String> = Zeroizing::new(body.split_whitespace().collect());
        let der = BASE64_STANDARD.decode(dense.as_bytes()).map(Zeroizing::new).map_err(|_| ClientKeyError::Pem)?;
        let signer = if let Ok(pair) = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &der) {
            Signer::P256(Box::new(pair))
        } else if let Ok(pair) = EcdsaKeyPair::from_pkcs8(&ECDSA_P384_SHA384_FIXED_SIGNING, &der) {
            Signer::P384(Box::new(pair))
        } else if let Ok(pair) = RsaKeyPair::from_pkcs8(&der) {
            Signer::Rsa(Box::new(pair))
        } else {
            return Err(ClientKeyError::Unsupported);
        };
        Ok(Self(signer))
    }

    /// The `alg` it signs with. RSA with PSS: BSI TR-02102-1 has no PKCS#1 v1.5 for signatures of our own.
    pub const fn algorithm(&self) -> &'static str {
        match self.0 {
            Signer::P256(_) => "ES256",
            Signer::P384(_) => "ES384",
            Signer::Rsa(_) => "PS256",
        }
    }

    /// Signs claims as a JWT (RFC 7515 §7.1). `kid`: how the provider knows the public half.
    pub fn sign(&self, kid: Option<&str>, claims: &impl Serialize) -> Result<String, ClientKeyError> {
        let mut header = json!({ "alg": self.algorithm(), "typ": "JWT" });
        if let Some(kid) = kid {
            header["kid"] = kid.into();
        }
        let claims = serde_json::to_vec(claims).map_err(|_| ClientKeyError::Signing)?;
        let encode = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        let message = format!("{}.{}", encode(header.to_string().as_bytes()), encode(&claims));
        let random = SystemRandom::new();
        let signature = match &self.0 {
            Signer::P256(pair) | Signer::P384(pair) => {
                let signature = pair.sign(&random, message.as_bytes()).map_err(|_| ClientKeyError::Signing)?;
                encode(signature.as_ref())
            }
            Signer::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PSS_SHA256, &random, message.as_bytes(), &mut signature)
                    .map_err(|_| ClientKeyError::Signing)?;
                encode(&signature)
            }
        };
        Ok(format!("{message}.{signature}"))
    }

    /// The public half, for the university's IT to register (RFC 7517), named `kid`.
    pub fn public(&self, kid: Option<&str>) -> serde_json::Value {
        let encode = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        let mut jwk = match &self.0 {
            Signer::P256(pair) | Signer::P384(pair) => {
                // SEC 1 §2.3.3: 0x04 ‖ x ‖ y
                let point = pair.public_key().as_ref().get(1..).unwrap_or_default();
                let (x, y) = point.split_at(point.len() / 2);
                let crv = if x.len() == 32 { "P-256" } else { "P-384" };
                json!({ "kty": "EC", "crv": crv, "x": encode(x), "y": encode(y) })
            }
            Signer::Rsa(pair) => {
                let key = pair.public_key();
                let (n, e) = (key.modulus(), key.exponent());
                json!({
                    "kty": "RSA", "n": encode(n.big_endian_without_leading_zero()),
                    "e": encode(e.big_endian_without_leading_zero()),
                })
            }
        };
        jwk["use"] = "sig".into();
        jwk["alg"] = self.algorithm().into();
        if let Some(kid) = kid {
            jwk["kid"] = kid.into();
        }
        jwk
    }
}

impl fmt::Debug for ClientKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ClientKey({})", self.algorithm())
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::{
        encoding::{AsDer, Pkcs8V1Der},
        rsa::KeySize,
    };

    use super::*;
    use crate::protocol::oidc::rp::ProviderKeys;

    fn pem(der: &[u8]) -> SecretString {
        format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", BASE64_STANDARD.encode(der)).into()
    }

    #[test]
    fn each_kind_of_key_signs_what_its_public_half_verifies() {
        let random = SystemRandom::new();
        let p256 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let p384 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P384_SHA384_FIXED_SIGNING, &random).unwrap();
        let rsa = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        let rsa: Pkcs8V1Der<'_> = rsa.as_der().unwrap();
        for (der, alg) in [(p256.as_ref(), "ES256"), (p384.as_ref(), "ES384"), (rsa.as_ref(), "PS256")] {
            let key = ClientKey::from_pem(&pem(der)).unwrap();
            assert_eq!(key.algorithm(), alg);
            let set = json!({ "keys": [key.public(Some("k1"))] });
            let keys = ProviderKeys::parse(set.to_string().as_bytes()).unwrap();
            let token = key.sign(Some("k1"), &json!({ "iss": "pedell" })).unwrap();
            let claims: serde_json::Value = keys.verify(&token, &["JWT"]).unwrap();
            assert_eq!(claims["iss"], "pedell", "{alg}");
            assert!(set.to_string().len() < 1000 && set["keys"][0].get("d").is_none());
            assert_eq!(format!("{key:?}"), format!("ClientKey({alg})"));
        }
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for (text, error) in [
            ("", ClientKeyError::Pem),
            ("-----BEGIN PRIVATE KEY-----\n!\n-----END PRIVATE KEY-----", ClientKeyError::Pem),
            ("-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----", ClientKeyError::Pem),
            ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", ClientKeyError::Unsupported),
        ] {
            assert_eq!(ClientKey::from_pem(&text.into()).unwrap_err(), error, "{text}");
        }
    }
}
