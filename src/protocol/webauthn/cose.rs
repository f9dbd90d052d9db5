//! COSE keys (RFC 9052 §7, RFC 9053 §7), of three kinds: ES256, Ed25519 and RS256 with 2048 bits or more.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
};
use minicbor::{Decoder, data::Type};

use super::Refusal;

/// What is asked for, the most wanted first: COSE algorithm identifiers of ES256, `EdDSA` and RS256.
pub const ALGORITHMS: [i32; 3] = [-7, -8, -257];

/// Members of the largest of them.
const MEMBERS: u64 = 5;
const RSA_MODULUS_BYTES: std::ops::RangeInclusive<usize> = 256..=1024;
const RSA_EXPONENT_BYTES: std::ops::RangeInclusive<usize> = 1..=4;

/// Whose signatures can be checked.
pub(super) enum PublicKey<'a> {
    /// ECDSA with P-256 and SHA-256, or `EdDSA` with Ed25519.
    Curve(ParsedPublicKey),
    /// RSA PKCS#1 v1.5 with SHA-256.
    Rsa { n: &'a [u8], e: &'a [u8] },
}

/// The members of a key, by their label.
#[derive(Default)]
struct Members<'a> {
    kty: Option<i64>,
    alg: Option<i64>,
    minus_1: Option<Member<'a>>,
    minus_2: Option<&'a [u8]>,
    minus_3: Option<&'a [u8]>,
}

/// `crv` of a curve, `n` of RSA.
enum Member<'a> {
    Number(i64),
    Bytes(&'a [u8]),
}

/// How many bytes of these the key in front takes.
pub(super) fn length(bytes: &[u8]) -> Result<usize, Refusal> {
    Members::read(bytes).map(|(_, length)| length)
}

impl<'a> PublicKey<'a> {
    /// Reads a key and nothing after it. A point that is not on its curve is none.
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, Refusal> {
        let (members, length) = Members::read(bytes)?;
        if length != bytes.len() {
            return Err(Refusal::Cbor);
        }
        match members {
            Members {
                kty: Some(2),
                alg: Some(-7),
                minus_1: Some(Member::Number(1)),
                minus_2: Some(x),
                minus_3: Some(y),
            } if x.len() == 32 && y.len() == 32 => {
                let point = [&[4][..], x, y].concat();
                ParsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).map(Self::Curve).map_err(|_| Refusal::Key)
            }
            Members {
                kty: Some(1),
                alg: Some(-8),
                minus_1: Some(Member::Number(6)),
                minus_2: Some(x),
                minus_3: None,
            } if x.len() == 32 => ParsedPublicKey::new(&ED25519, x).map(Self::Curve).map_err(|_| Refusal::Key),
            Members {
                kty: Some(3),
                alg: Some(-257),
                minus_1: Some(Member::Bytes(n)),
                minus_2: Some(e),
                minus_3: None,
            } if RSA_MODULUS_BYTES.contains(&n.len())
                && RSA_EXPONENT_BYTES.contains(&e.len())
                && n.first() != Some(&0)
                && e.first() != Some(&0) =>
            {
                Ok(Self::Rsa { n, e })
            }
            _ => Err(Refusal::Key),
        }
    }

    /// Whether it is this key's signature.
    pub(super) fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), Refusal> {
        let verified = match self {
            Self::Curve(key) => key.verify_sig(message, signature),
            Self::Rsa { n, e } => {
                RsaPublicKeyComponents { n, e }.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
            }
        };
        verified.map_err(|_| Refusal::Signature)
    }
}

impl<'a> Members<'a> {
    /// §6.5.1.1: no member that is optional, none twice.
    fn read(bytes: &'a [u8]) -> Result<(Self, usize), Refusal> {
        let bad = |_| Refusal::Cbor;
        let mut decoder = Decoder::new(bytes);
        let count = decoder.map().map_err(bad)?.filter(|count| *count <= MEMBERS).ok_or(Refusal::Cbor)?;
        let mut members = Self::default();
        for _ in 0..count {
            match decoder.i64().map_err(bad)? {
                1 if members.kty.is_none() => members.kty = Some(decoder.i64().map_err(bad)?),
                3 if members.alg.is_none() => members.alg = Some(decoder.i64().map_err(bad)?),
                -1 if members.minus_1.is_none() => {
                    let is_bytes = decoder.datatype().map_err(bad)? == Type::Bytes;
                    members.minus_1 = Some(if is_bytes {
                        Member::Bytes(decoder.bytes().map_err(bad)?)
                    } else {
                        Member::Number(decoder.i64().map_err(bad)?)
                    });
                }
                -2 if members.minus_2.is_none() => members.minus_2 = Some(decoder.bytes().map_err(bad)?),
                -3 if members.minus_3.is_none() => members.minus_3 = Some(decoder.bytes().map_err(bad)?),
                _ => return Err(Refusal::Cbor),
            }
        }
        Ok((members, decoder.position()))
    }
}
