//! Which keys and signatures certificates and lists may have.

use x509_parser::{
    oid_registry::{
        OID_EC_P256, OID_NIST_EC_P384, OID_PKCS1_RSASSAPSS, OID_PKCS1_SHA256WITHRSA, OID_PKCS1_SHA384WITHRSA,
        OID_PKCS1_SHA512WITHRSA, OID_SIG_ECDSA_WITH_SHA256, OID_SIG_ECDSA_WITH_SHA384, OID_SIG_ED25519,
    },
    x509::AlgorithmIdentifier,
};

/// Whether a signature with this algorithm proves anything: SHA-1 does not any more.
pub(super) fn signs_today(algorithm: &AlgorithmIdentifier<'_>) -> bool {
    [
        OID_SIG_ECDSA_WITH_SHA256,
        OID_SIG_ECDSA_WITH_SHA384,
        OID_SIG_ED25519,
        OID_PKCS1_SHA256WITHRSA,
        OID_PKCS1_SHA384WITHRSA,
        OID_PKCS1_SHA512WITHRSA,
        OID_PKCS1_RSASSAPSS,
    ]
    .contains(&algorithm.algorithm)
}

/// Whether an elliptic curve key is on P-256 or P-384.
pub(super) fn is_known_curve(key: &AlgorithmIdentifier<'_>) -> bool {
    let curve = key.parameters.as_ref().and_then(|parameters| parameters.as_oid().ok());
    curve.is_some_and(|curve| curve == OID_EC_P256 || curve == OID_NIST_EC_P384)
}

/// Whether a key is an Ed25519 one (RFC 8410 §3).
pub(super) fn is_ed25519(key: &AlgorithmIdentifier<'_>) -> bool {
    key.algorithm == OID_SIG_ED25519
}
