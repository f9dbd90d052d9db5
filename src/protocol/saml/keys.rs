//! Keys: those of identity providers, which verify; and ours, which decrypt and sign and cannot be printed.

use aws_lc_rs::{
    encoding::AsDer,
    rand::SystemRandom,
    rsa::{OaepPrivateDecryptingKey, PrivateDecryptingKey},
    signature::{
        self, ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, KeyPair, ParsedPublicKey,
        RSA_PKCS1_SHA256, RsaKeyPair,
    },
};
use base64::{Engine, prelude::BASE64_STANDARD};
use zeroize::Zeroizing;

use super::algorithms::{Hash, SignatureAlgorithm};
use crate::{
    base::secret::{ExposeSecret, SecretString},
    protocol::der::pkcs8_of_pkcs1,
};

/// Why a key or certificate cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    /// Not PEM, or a kind of PEM that holds no key.
    #[error("not a PEM key or certificate")]
    Pem,
    /// Not an X.509 certificate.
    #[error("not an X.509 certificate")]
    Certificate,
    /// RSA below 2048 or above 8192 bits, a curve other than P-256 and P-384, or broken.
    #[error("not an RSA key of 2048 to 8192 bits, nor an ECDSA key on P-256 or P-384")]
    Unsupported,
    /// The key could not sign.
    #[error("signing failed")]
    Signing,
}

/// A public key from metadata, parsed once: parsing it costs half as much as using it.
#[derive(Clone)]
pub struct VerifyingKey {
    public_key_info: Vec<u8>,
    kind: Kind,
}

#[derive(Clone)]
enum Kind {
    /// Parsed for SHA-256; the other digests are rare.
    Rsa(ParsedPublicKey),
    P256(ParsedPublicKey),
    P384(ParsedPublicKey),
}

impl VerifyingKey {
    /// From a DER `SubjectPublicKeyInfo`.
    pub fn from_public_key_info(der: &[u8]) -> Result<Self, KeyFault> {
        let kind = if let Ok(key) = ParsedPublicKey::new(&signature::RSA_PKCS1_2048_8192_SHA256, der) {
            Kind::Rsa(key)
        } else if let Ok(key) = ParsedPublicKey::new(&signature::ECDSA_P256_SHA256_FIXED, der) {
            Kind::P256(key)
        } else if let Ok(key) = ParsedPublicKey::new(&signature::ECDSA_P384_SHA384_FIXED, der) {
            Kind::P384(key)
        } else {
            return Err(KeyFault::Unsupported);
        };
        Ok(Self { public_key_info: der.to_vec(), kind })
    }

    /// Whether a key of this type makes such signatures.
    pub(super) fn fits(&self, algorithm: SignatureAlgorithm) -> bool {
        match (&self.kind, algorithm) {
            (Kind::Rsa(_), SignatureAlgorithm::Rsa(_))
            | (Kind::P256(_), SignatureAlgorithm::EcdsaSha256)
            | (Kind::P384(_), SignatureAlgorithm::EcdsaSha384) => true,
            (Kind::Rsa(_) | Kind::P256(_) | Kind::P384(_), _) => false,
        }
    }

    /// Whether `signature` is this key's over `message`. ECDSA as XML Signature writes it: r and s of fixed length.
    pub(super) fn verifies(&self, algorithm: SignatureAlgorithm, message: &[u8], signature: &[u8]) -> bool {
        match (&self.kind, algorithm) {
            (Kind::Rsa(key), SignatureAlgorithm::Rsa(Hash::Sha256))
            | (Kind::P256(key), SignatureAlgorithm::EcdsaSha256)
            | (Kind::P384(key), SignatureAlgorithm::EcdsaSha384) => key.verify_sig(message, signature).is_ok(),
            (Kind::Rsa(_), SignatureAlgorithm::Rsa(hash)) => {
                let parameters = match hash {
                    Hash::Sha1 => &signature::RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
                    Hash::Sha256 => &signature::RSA_PKCS1_2048_8192_SHA256,
                    Hash::Sha384 => &signature::RSA_PKCS1_2048_8192_SHA384,
                    Hash::Sha512 => &signature::RSA_PKCS1_2048_8192_SHA512,
                };
                ParsedPublicKey::new(parameters, &self.public_key_info)
                    .is_ok_and(|key| key.verify_sig(message, signature).is_ok())
            }
            _ => false,
        }
    }
}

impl std::fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.kind {
            Kind::Rsa(_) => "VerifyingKey(RSA)",
            Kind::P256(_) => "VerifyingKey(P-256)",
            Kind::P384(_) => "VerifyingKey(P-384)",
        })
    }
}

/// A private RSA key of ours that assertions are encrypted to. `Debug` shows nothing of it.
pub struct DecryptionKey(pub(super) OaepPrivateDecryptingKey);

impl DecryptionKey {
    /// From PEM, `PRIVATE KEY` (PKCS#8) or `RSA PRIVATE KEY` (PKCS#1).
    pub fn from_pem(pem: &SecretString) -> Result<Self, KeyFault> {
        Self::from_pkcs8(&private_key_of_pem(pem)?)
    }

    /// From a DER `PrivateKeyInfo` (RFC 5208).
    pub fn from_pkcs8(der: &Zeroizing<Vec<u8>>) -> Result<Self, KeyFault> {
        let key = PrivateDecryptingKey::from_pkcs8(der).map_err(|_| KeyFault::Unsupported)?;
        OaepPrivateDecryptingKey::new(key).map(Self).map_err(|_| KeyFault::Unsupported)
    }
}

impl std::fmt::Debug for DecryptionKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DecryptionKey(…)")
    }
}

/// A private key of ours that signs requests and metadata. `Debug` shows nothing of it.
pub struct SigningKey(Signer);

enum Signer {
    Rsa(Box<RsaKeyPair>),
    P256(Box<EcdsaKeyPair>),
    P384(Box<EcdsaKeyPair>),
}

impl SigningKey {
    /// From PEM, `PRIVATE KEY` (PKCS#8: RSA, P-256 or P-384) or `RSA PRIVATE KEY` (PKCS#1).
    pub fn from_pem(pem: &SecretString) -> Result<Self, KeyFault> {
        Self::from_pkcs8(&private_key_of_pem(pem)?)
    }

    /// From a DER `PrivateKeyInfo` (RFC 5208).
    pub fn from_pkcs8(der: &Zeroizing<Vec<u8>>) -> Result<Self, KeyFault> {
        if let Ok(pair) = RsaKeyPair::from_pkcs8(der) {
            return Ok(Self(Signer::Rsa(Box::new(pair))));
        }
        if let Ok(pair) = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der) {
            return Ok(Self(Signer::P256(Box::new(pair))));
        }
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P384_SHA384_FIXED_SIGNING, der);
        pair.map(|pair| Self(Signer::P384(Box::new(pair)))).map_err(|_| KeyFault::Unsupported)
    }

    /// The algorithm it signs with: RSA always with SHA-256.
    pub(super) fn algorithm(&self) -> SignatureAlgorithm {
        match self.0 {
            Signer::Rsa(_) => SignatureAlgorithm::Rsa(Hash::Sha256),
            Signer::P256(_) => SignatureAlgorithm::EcdsaSha256,
            Signer::P384(_) => SignatureAlgorithm::EcdsaSha384,
        }
    }

    /// The matching public key, to check that a certificate belongs to it.
    pub fn public_key_info(&self) -> Result<Vec<u8>, KeyFault> {
        let der = match &self.0 {
            Signer::Rsa(pair) => pair.public_key().as_der(),
            Signer::P256(pair) | Signer::P384(pair) => pair.public_key().as_der(),
        };
        der.map(|der| der.as_ref().to_vec()).map_err(|_| KeyFault::Unsupported)
    }

    /// Signs `message`. PKCS#1 v1.5 takes no randomness; ECDSA takes its nonce inside the provider.
    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyFault> {
        let random = SystemRandom::new();
        match &self.0 {
            Signer::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                let done = pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature);
                done.map(|()| signature).map_err(|_| KeyFault::Signing)
            }
            Signer::P256(pair) | Signer::P384(pair) => {
                pair.sign(&random, message).map(|s| s.as_ref().to_vec()).map_err(|_| KeyFault::Signing)
            }
        }
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SigningKey(…)")
    }
}

/// The first private key of a PEM text, as PKCS#8.
fn private_key_of_pem(pem: &SecretString) -> Result<Zeroizing<Vec<u8>>, KeyFault> {
    let decode = |label: &str| {
        let (_, rest) = pem.expose_secret().split_once(&format!("-----BEGIN {label}-----"))?;
        let (body, _) = rest.split_once(&format!("-----END {label}-----"))?;
        let dense: Zeroizing<String> = Zeroizing::new(body.chars().filter(|c| !c.is_ascii_whitespace()).collect());
        BASE64_STANDARD.decode(dense.as_bytes()).ok().map(Zeroizing::new)
    };
    decode("PRIVATE KEY")
        .or_else(|| decode("RSA PRIVATE KEY").map(|pkcs1| Zeroizing::new(pkcs8_of_pkcs1(&pkcs1))))
        .ok_or(KeyFault::Pem)
}
