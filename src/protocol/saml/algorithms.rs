//! The algorithms that are accepted. What is not on these lists is refused: HMAC, MD5, RSA 1.5 encryption, DSA …

use aws_lc_rs::digest;

use super::names;

/// Whether SHA-1 signatures and digests are believed. Only for a university that cannot do better, by its own switch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sha1 {
    /// As it should be.
    #[default]
    Refused,
    /// For one university, until it has changed.
    Accepted,
}

/// A digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hash {
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    /// By the URI of a `DigestMethod`; `None` if it is not accepted.
    pub(super) fn from_uri(uri: &str, sha1: Sha1) -> Option<Self> {
        match uri {
            names::SHA256 => Some(Self::Sha256),
            names::SHA384 => Some(Self::Sha384),
            names::SHA512 => Some(Self::Sha512),
            names::SHA1 if sha1 == Sha1::Accepted => Some(Self::Sha1),
            _ => None,
        }
    }

    /// A digest to be fed.
    pub(super) fn context(self) -> digest::Context {
        digest::Context::new(match self {
            Self::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => &digest::SHA256,
            Self::Sha384 => &digest::SHA384,
            Self::Sha512 => &digest::SHA512,
        })
    }
}

/// A signature algorithm. The curve of ECDSA is that of the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SignatureAlgorithm {
    Rsa(Hash),
    EcdsaSha256,
    EcdsaSha384,
}

impl SignatureAlgorithm {
    /// By the URI of a `SignatureMethod`; `None` if it is not accepted.
    pub(super) fn from_uri(uri: &str, sha1: Sha1) -> Option<Self> {
        match uri {
            names::RSA_SHA256 => Some(Self::Rsa(Hash::Sha256)),
            names::RSA_SHA384 => Some(Self::Rsa(Hash::Sha384)),
            names::RSA_SHA512 => Some(Self::Rsa(Hash::Sha512)),
            names::ECDSA_SHA256 => Some(Self::EcdsaSha256),
            names::ECDSA_SHA384 => Some(Self::EcdsaSha384),
            names::RSA_SHA1 if sha1 == Sha1::Accepted => Some(Self::Rsa(Hash::Sha1)),
            _ => None,
        }
    }

    /// Its URI.
    pub(super) fn uri(self) -> &'static str {
        match self {
            Self::Rsa(Hash::Sha1) => names::RSA_SHA1,
            Self::Rsa(Hash::Sha256) => names::RSA_SHA256,
            Self::Rsa(Hash::Sha384) => names::RSA_SHA384,
            Self::Rsa(Hash::Sha512) => names::RSA_SHA512,
            Self::EcdsaSha256 => names::ECDSA_SHA256,
            Self::EcdsaSha384 => names::ECDSA_SHA384,
        }
    }
}
