//! Keys that sign eligibility tokens: ES256 by default, `EdDSA` on request (BSI TR-02102-1: no PKCS#1 v1.5 of our own).

use std::fmt;

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::protocol::jwt::Jwk;

/// What a token may be signed with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum SigningAlgorithm {
    /// ECDSA on P-256 with SHA-256: every OpenID library has it.
    #[default]
    #[serde(rename = "ES256")]
    Es256,
    /// Ed25519 (RFC 8037).
    #[serde(rename = "EdDSA")]
    EdDsa,
}

impl SigningAlgorithm {
    /// The `alg` of RFC 7518 §3.1.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }

    /// From its `alg`.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Es256, Self::EdDsa].into_iter().find(|algorithm| algorithm.name() == name)
    }
}

/// Why a key can't be made, read or used.
#[derive(Debug, Error)]
pub enum SigningError {
    /// The crypto library made no key.
    #[error("no key could be generated")]
    Generate,
    /// The stored key is not PKCS#8 of this algorithm.
    #[error("the stored signing key can't be read")]
    Stored,
    /// Signing failed.
    #[error("signing failed: {0}")]
    Sign(#[from] jsonwebtoken::errors::Error),
}

/// A private signing key with its public half.
pub struct SigningKey {
    algorithm: SigningAlgorithm,
    public: Jwk,
    private: EncodingKey,
    pkcs8: Zeroizing<Vec<u8>>,
}

impl SigningKey {
    /// A new key. Key generation takes the crypto library's own randomness; it can't be seeded.
    pub fn generate(algorithm: SigningAlgorithm) -> Result<Self, SigningError> {
        let pkcs8 = match algorithm {
            SigningAlgorithm::Es256 => {
                EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())
                    .map(|document| document.as_ref().to_vec())
            }
            SigningAlgorithm::EdDsa => {
                Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).map(|document| document.as_ref().to_vec())
            }
        };
        Self::from_pkcs8(algorithm, &pkcs8.map_err(|_| SigningError::Generate)?)
    }

    /// From PKCS#8, as the control database holds it (sealed).
    pub fn from_pkcs8(algorithm: SigningAlgorithm, pkcs8: &[u8]) -> Result<Self, SigningError> {
        let encode = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        let (public, private) = match algorithm {
            SigningAlgorithm::Es256 => {
                let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8)
                    .map_err(|_| SigningError::Stored)?;
                // SEC 1 §2.3.3: 0x04 ‖ x ‖ y
                let point = pair.public_key().as_ref();
                let (x, y) = point.get(1..65).map(|xy| xy.split_at(32)).ok_or(SigningError::Stored)?;
                (Jwk::p256(encode(x), encode(y)), EncodingKey::from_ec_der(pkcs8))
            }
            SigningAlgorithm::EdDsa => {
                let pair = Ed25519KeyPair::from_pkcs8(pkcs8).map_err(|_| SigningError::Stored)?;
                (Jwk::ed25519(encode(pair.public_key().as_ref())), EncodingKey::from_ed_der(pkcs8))
            }
        };
        Ok(Self { algorithm, public, private, pkcs8: Zeroizing::new(pkcs8.to_vec()) })
    }

    /// PKCS#8, to be sealed.
    pub fn pkcs8(&self) -> &[u8] {
        &self.pkcs8
    }

    /// The key id: the RFC 7638 thumbprint of the public key.
    pub fn kid(&self) -> &str {
        self.public.kid()
    }

    /// Which algorithm.
    pub fn algorithm(&self) -> SigningAlgorithm {
        self.algorithm
    }

    /// The public key, for the JWKS.
    pub fn public(&self) -> &Jwk {
        &self.public
    }

    /// Signs claims as a JWT (RFC 7519) of the given `typ`.
    pub fn sign(&self, typ: &str, claims: &impl Serialize) -> Result<String, SigningError> {
        let algorithm = match self.algorithm {
            SigningAlgorithm::Es256 => Algorithm::ES256,
            SigningAlgorithm::EdDsa => Algorithm::EdDSA,
        };
        let mut header = Header::new(algorithm);
        header.typ = Some(typ.to_owned());
        header.kid = Some(self.kid().to_owned());
        Ok(jsonwebtoken::encode(&header, claims, &self.private)?)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({}, {})", self.algorithm.name(), self.kid())
    }
}
