//! Keys and tokens of the lying provider: everything that a provider could sign, and much that none should.

use aws_lc_rs::{
    digest::{SHA256, digest},
    encoding::{AsDer, Pkcs8V1Der},
    hmac,
    rand::SystemRandom,
    rsa::KeySize,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RsaKeyPair},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use pedell::protocol::oidc::rp::ProviderKeys;
use serde_json::{Value, json};

/// A signing key of the provider.
pub(crate) struct Key {
    pub(crate) kid: &'static str,
    pub(crate) alg: &'static str,
    algorithm: Algorithm,
    private: EncodingKey,
    /// As in the JWK set.
    pub(crate) public: Value,
}

pub(crate) fn encode(bytes: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

impl Key {
    pub(crate) fn es256(kid: &'static str) -> Self {
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref()).unwrap();
        let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
        let public = json!({ "kid": kid, "kty": "EC", "crv": "P-256", "x": encode(x), "y": encode(y), "use": "sig" });
        let private = EncodingKey::from_ec_der(pkcs8.as_ref());
        Self { kid, alg: "ES256", algorithm: Algorithm::ES256, private, public }
    }

    pub(crate) fn ed25519(kid: &'static str) -> Self {
        let pkcs8 = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
        let pair = Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).unwrap();
        let public = json!({ "kid": kid, "kty": "OKP", "crv": "Ed25519", "x": encode(pair.public_key().as_ref()) });
        let private = EncodingKey::from_ed_der(pkcs8.as_ref());
        Self { kid, alg: "EdDSA", algorithm: Algorithm::EdDSA, private, public }
    }

    pub(crate) fn rs256(kid: &'static str) -> Self {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        let public = json!({
            "kid": kid, "kty": "RSA", "alg": "RS256", "n": encode(pair.public_key().modulus().big_endian_without_leading_zero()),
            "e": encode(pair.public_key().exponent().big_endian_without_leading_zero()),
        });
        let pkcs8 = AsDer::<Pkcs8V1Der<'_>>::as_der(&pair).unwrap();
        let private = EncodingKey::from_rsa_pem(pem(pkcs8.as_ref()).as_bytes()).unwrap();
        Self { kid, alg: "RS256", algorithm: Algorithm::RS256, private, public }
    }

    /// Signed as it should be.
    pub(crate) fn sign(&self, claims: &Value) -> String {
        self.sign_with(&json!({ "alg": self.alg, "kid": self.kid, "typ": "JWT" }), claims)
    }

    /// Signed by this key, whatever the header says.
    pub(crate) fn sign_with(&self, header: &Value, claims: &Value) -> String {
        let message = format!("{}.{}", encode(header.to_string()), encode(claims.to_string()));
        let signature = crypto::sign(message.as_bytes(), &self.private, self.algorithm).unwrap();
        format!("{message}.{signature}")
    }
}

fn pem(der: &[u8]) -> String {
    let text = base64::prelude::BASE64_STANDARD.encode(der);
    let lines: Vec<&str> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n"))
}

/// `alg: none`, with and without something that looks like a signature.
pub(crate) fn unsigned(alg: &str, claims: &Value, signature: &str) -> String {
    format!("{}.{}.{signature}", encode(json!({ "alg": alg }).to_string()), encode(claims.to_string()))
}

/// HMAC with whatever bytes somebody could take for a key.
pub(crate) fn hmac_signed(header: &Value, claims: &Value, key: &[u8]) -> String {
    let message = format!("{}.{}", encode(header.to_string()), encode(claims.to_string()));
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), message.as_bytes());
    format!("{message}.{}", encode(tag.as_ref()))
}

/// The set of these keys.
pub(crate) fn set(keys: &[&Key]) -> Value {
    json!({ "keys": keys.iter().map(|key| key.public.clone()).collect::<Vec<_>>() })
}

pub(crate) fn keys(keys: &[&Key]) -> ProviderKeys {
    ProviderKeys::parse(set(keys).to_string().as_bytes()).unwrap()
}

/// `at_hash` for the algorithms with SHA-256.
pub(crate) fn at_hash(access_token: &str) -> String {
    encode(&digest(&SHA256, access_token.as_bytes()).as_ref()[..16])
}
