//! A key with its certificate in a file that browsers and operating systems take up (PKCS#12, RFC 7292), under a password:
//! PBES2 with PBKDF2-HMAC-SHA-256 and AES-256-CBC (RFC 8018), and an HMAC-SHA-256 over all of it. What OpenSSL 3, NSS,
//! Windows since 10 and macOS since 15 read. Written only; nothing here reads one.

use std::{fmt, num::NonZeroU32};

use aws_lc_rs::{
    cipher::{AES_256, DecryptionContext, PaddedBlockEncryptingKey, UnboundCipherKey},
    digest::{self, SHA1_FOR_LEGACY_USE_ONLY, SHA256},
    hmac::{self, HMAC_SHA256},
    pbkdf2::{self, PBKDF2_HMAC_SHA256},
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair},
};
use rcgen::{PKCS_ECDSA_P256_SHA256, PublicKeyData};
use zeroize::Zeroizing;

use super::AuthorityError;
use crate::{
    base::{
        Random,
        secret::{ExposeSecret, SecretString},
    },
    protocol::{
        der::{INTEGER, OCTET_STRING, SEQUENCE, element},
        x509::RequestedKey,
    },
};

const SET: u8 = 0x31;
const OID: u8 = 0x06;
const NULL: [u8; 2] = [0x05, 0];
const BMP_STRING: u8 = 0x1E;
/// `[0]`, constructed and primitive.
const TAGGED: u8 = 0xA0;
const IMPLICIT: u8 = 0x80;

// Object identifiers, as DER has them.
const PKCS7_DATA: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 7, 1];
const PKCS7_ENCRYPTED_DATA: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 7, 6];
const SHROUDED_KEY_BAG: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 12, 10, 1, 2];
const CERT_BAG: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 12, 10, 1, 3];
const X509_CERTIFICATE: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 9, 22, 1];
const FRIENDLY_NAME: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 9, 20];
const LOCAL_KEY_ID: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 9, 21];
const PBES2: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 5, 13];
const PBKDF2: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 5, 12];
const HMAC_WITH_SHA256: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 2, 9];
const AES_256_CBC: &[u8] = &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 42];
const SHA_256: &[u8] = &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1];

/// Rounds of both derivations. The password is ours and has 100 random bits, so that rounds hardly matter.
const ROUNDS: u16 = 10_000;

/// A person's private key, for the moment between its making and its file. It is never printed, and kept nowhere.
pub struct PersonalKey(Zeroizing<Vec<u8>>, Vec<u8>);

impl PersonalKey {
    /// A new key, ECDSA on P-256.
    pub fn generate() -> Result<Self, AuthorityError> {
        let algorithm = &ECDSA_P256_SHA256_ASN1_SIGNING;
        let document = EcdsaKeyPair::generate_pkcs8(algorithm, &SystemRandom::new());
        let document = document.map_err(|_| AuthorityError::Generate)?;
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref()).map_err(|_| AuthorityError::Generate)?;
        Ok(Self(Zeroizing::new(document.as_ref().to_vec()), pair.public_key().as_ref().to_vec()))
    }

    /// Its public half, to be certified.
    pub fn public(&self) -> RequestedKey {
        RequestedKey::of_own(self.subject_public_key_info())
    }

    /// The file: the key, its certificate, and those above it.
    pub fn into_file(
        self,
        random: &Random,
        password: &SecretString,
        name: &str,
        certificate: &[u8],
        above: &[Vec<u8>],
    ) -> Result<Vec<u8>, AuthorityError> {
        let password = password.expose_secret();
        // By which a certificate finds its key within the file; nobody relies on it.
        let id = digest::digest(&SHA1_FOR_LEGACY_USE_ONLY, certificate);
        let own = [attribute(LOCAL_KEY_ID, &element(OCTET_STRING, id.as_ref())), friendly(name)].concat();
        let mut certificates = bag(CERT_BAG, &cert_bag(certificate), &own);
        for der in above {
            certificates.extend(bag(CERT_BAG, &cert_bag(der), &[]));
        }
        let (scheme, sealed) = encrypt(random, password, &element(SEQUENCE, &certificates))?;
        let content = [oid(PKCS7_DATA), scheme, element(IMPLICIT, &sealed)].concat();
        let encrypted = element(SEQUENCE, &[element(INTEGER, &[0]), element(SEQUENCE, &content)].concat());
        let certificates = content_info(PKCS7_ENCRYPTED_DATA, &encrypted);

        let (scheme, sealed) = encrypt(random, password, &self.0)?;
        let shrouded = element(SEQUENCE, &[scheme, element(OCTET_STRING, &sealed)].concat());
        let keys = element(SEQUENCE, &bag(SHROUDED_KEY_BAG, &shrouded, &own));
        let keys = content_info(PKCS7_DATA, &element(OCTET_STRING, &keys));

        let safe = element(SEQUENCE, &[certificates, keys].concat());
        let salt: [u8; 16] = random.bytes();
        let tag = hmac::sign(&hmac::Key::new(HMAC_SHA256, mac_key(password, &salt).as_slice()), &safe);
        let sha256 = element(SEQUENCE, &[oid(SHA_256), NULL.to_vec()].concat());
        let digest_info = element(SEQUENCE, &[sha256, element(OCTET_STRING, tag.as_ref())].concat());
        let mac = element(SEQUENCE, &[digest_info, element(OCTET_STRING, &salt), rounds()].concat());
        let whole = [element(INTEGER, &[3]), content_info(PKCS7_DATA, &element(OCTET_STRING, &safe)), mac].concat();
        Ok(element(SEQUENCE, &whole))
    }
}

impl PublicKeyData for PersonalKey {
    fn der_bytes(&self) -> &[u8] {
        &self.1
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        &PKCS_ECDSA_P256_SHA256
    }
}

impl fmt::Debug for PersonalKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonalKey(…)")
    }
}

/// A password for a file: 100 random bits in letters and digits that can't be mistaken for each other.
pub fn fresh_password(random: &Random) -> SecretString {
    const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";
    let bytes = Zeroizing::new(random.bytes::<20>());
    let mut text = String::with_capacity(24);
    for (at, byte) in bytes.iter().enumerate() {
        if at > 0 && at % 5 == 0 {
            text.push('-');
        }
        text.push(char::from(LETTERS[usize::from(byte % 32)]));
    }
    text.into()
}

fn oid(bytes: &[u8]) -> Vec<u8> {
    element(OID, bytes)
}

fn rounds() -> Vec<u8> {
    element(INTEGER, &ROUNDS.to_be_bytes())
}

fn content_info(kind: &[u8], content: &[u8]) -> Vec<u8> {
    element(SEQUENCE, &[oid(kind), element(TAGGED, content)].concat())
}

fn bag(kind: &[u8], content: &[u8], attributes: &[u8]) -> Vec<u8> {
    let attributes = if attributes.is_empty() { Vec::new() } else { element(SET, attributes) };
    element(SEQUENCE, &[oid(kind), element(TAGGED, content), attributes].concat())
}

fn cert_bag(der: &[u8]) -> Vec<u8> {
    element(SEQUENCE, &[oid(X509_CERTIFICATE), element(TAGGED, &element(OCTET_STRING, der))].concat())
}

fn attribute(kind: &[u8], value: &[u8]) -> Vec<u8> {
    element(SEQUENCE, &[oid(kind), element(SET, value)].concat())
}

/// What the browser's list calls it.
fn friendly(name: &str) -> Vec<u8> {
    attribute(FRIENDLY_NAME, &element(BMP_STRING, &name.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<_>>()))
}

/// Encrypts under a key of its own: the scheme's `AlgorithmIdentifier` (RFC 8018 §A.4), and the ciphertext.
fn encrypt(random: &Random, password: &str, plain: &[u8]) -> Result<(Vec<u8>, Vec<u8>), AuthorityError> {
    let salt: [u8; 16] = random.bytes();
    let mut key = Zeroizing::new([0; 32]);
    let times = NonZeroU32::from(std::num::NonZeroU16::new(ROUNDS).ok_or(AuthorityError::Generate)?);
    pbkdf2::derive(PBKDF2_HMAC_SHA256, times, &salt, password.as_bytes(), key.as_mut_slice());
    let cipher = UnboundCipherKey::new(&AES_256, key.as_slice()).and_then(PaddedBlockEncryptingKey::cbc_pkcs7);
    let mut sealed = plain.to_vec();
    let context = cipher.and_then(|cipher| cipher.encrypt(&mut sealed)).map_err(|_| AuthorityError::Generate)?;
    let DecryptionContext::Iv128(iv) = context else { return Err(AuthorityError::Generate) };
    let prf = element(SEQUENCE, &[oid(HMAC_WITH_SHA256), NULL.to_vec()].concat());
    let parameters = element(SEQUENCE, &[element(OCTET_STRING, &salt), rounds(), prf].concat());
    let kdf = element(SEQUENCE, &[oid(PBKDF2), parameters].concat());
    let aes = element(SEQUENCE, &[oid(AES_256_CBC), element(OCTET_STRING, iv.as_ref())].concat());
    let scheme = element(SEQUENCE, &[oid(PBES2), element(SEQUENCE, &[kdf, aes].concat())].concat());
    Ok((scheme, sealed))
}

/// RFC 7292 §B.2 for a key of an HMAC-SHA-256: one block of output, so that the loop of its step 6 runs once.
fn mac_key(password: &str, salt: &[u8]) -> Zeroizing<Vec<u8>> {
    const BLOCK: usize = 64;
    const FOR_A_MAC: u8 = 3;
    let stretched =
        |bytes: &[u8]| -> Vec<u8> { bytes.iter().copied().cycle().take(bytes.len().div_ceil(BLOCK) * BLOCK).collect() };
    // The password in UTF-16 and with a zero at its end (§B.1).
    let text = Zeroizing::new(password.encode_utf16().chain([0]).flat_map(u16::to_be_bytes).collect::<Vec<u8>>());
    let input = [[FOR_A_MAC; BLOCK].to_vec(), stretched(salt), stretched(&text)].concat();
    let mut hash = Zeroizing::new(input);
    for _ in 0..ROUNDS {
        hash = Zeroizing::new(digest::digest(&SHA256, &hash).as_ref().to_vec());
    }
    hash
}

#[cfg(test)]
mod tests {
    use std::{fs, process::Command};

    use super::*;
    use crate::{
        base::Timestamp,
        domain::certificate::{Serial, Validity},
        vault::{AuthorityKey, NewCertificate, Subject},
    };

    #[test]
    fn openssl_opens_the_file_with_its_password_only() {
        let random = Random::default();
        let ca = AuthorityKey::generate().unwrap();
        let validity = Validity {
            not_before: Timestamp::parse("2026-11-01T00:00:00Z").unwrap(),
            not_after: Timestamp::parse("2056-11-01T00:00:00Z").unwrap(),
        };
        let root = ca.root("Pedell", Serial::fresh(&random), validity).unwrap();
        let key = PersonalKey::generate().unwrap();
        let new = NewCertificate {
            serial: Serial::fresh(&random),
            subject: Subject { name: "Ayşe Yılmaz", machine: "notebook", organisation: "U" },
            key: &key.public(),
            validity,
            crl_url: "http://pedell.example/ca/crl",
        };
        let certificate = ca.issue(&root, &new).unwrap();
        assert_eq!(format!("{key:?} {ca:?}"), "PersonalKey(…) AuthorityKey(…)");
        let password = fresh_password(&random);
        assert_eq!(password.expose_secret().len(), 23);
        let file = key.into_file(&random, &password, "Ayşe · notebook", &certificate, &[root]).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file.p12");
        fs::write(&path, file).unwrap();
        let opened = |password: &str| {
            let mut openssl = Command::new("openssl");
            openssl.args(["pkcs12", "-nodes", "-passin", &format!("pass:{password}"), "-in"]).arg(&path);
            let output = openssl.output().unwrap();
            output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
        };
        let text = opened(password.expose_secret()).expect("it opens");
        assert_eq!((text.matches("BEGIN CERTIFICATE").count(), text.matches("BEGIN PRIVATE KEY").count()), (2, 1));
        assert_eq!(opened("another"), None);
    }
}
