//! Opening an `EncryptedAssertion` (XML Encryption 1.0 and 1.1).
//!
//! Whatever goes wrong between the wrapped key and the plaintext is one and the same answer: a difference would tell an
//! attacker something about the plaintext (SAML's CBC padding attacks, Bleichenbacher's).

use aws_lc_rs::{
    aead::{self, Aad, LessSafeKey, Nonce, UnboundKey},
    cipher::{self, DecryptionContext, PaddedBlockDecryptingKey, UnboundCipherKey},
    iv::FixedLength,
    rsa::{OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OAEP_SHA384_MGF1SHA384, OAEP_SHA512_MGF1SHA512, OaepAlgorithm},
};
use roxmltree::Node;
use zeroize::Zeroizing;

use super::{
    keys::DecryptionKey,
    names,
    reason::Coded,
    signature::{decode, read_text},
    xml::{
        XmlFault,
        canonical::Method,
        outline::{At, Outline},
        tree,
    },
};
use crate::base::limits;

/// Why an encrypted assertion was not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecryptFault {
    /// It does not have the form of an encrypted element with its keys.
    #[error("the encrypted assertion is not built as it should be")]
    Structure,
    /// The way the content is encrypted is not on the list.
    #[error("the content's encryption algorithm is not accepted")]
    Algorithm,
    /// The way the key is wrapped is not on the list: RSA 1.5 never.
    #[error("the key's encryption algorithm is not accepted")]
    KeyAlgorithm,
    /// RSA-OAEP with another digest for its mask than for its label (decision 0013).
    #[error("the key is encrypted by RSA-OAEP with two different digests")]
    KeyDigests,
    /// AES-CBC outside a signature: whoever alters it learns from our answer what was inside (XML Encryption 1.1 §6.1).
    #[error("AES-CBC only inside a signed response")]
    CbcUnsigned,
    /// Not encrypted to us, tampered with, or not an assertion inside: deliberately not told apart.
    #[error("the assertion could not be decrypted")]
    Failed,
}

impl Coded for DecryptFault {
    fn code(&self) -> &'static str {
        match self {
            Self::Structure => "encryption_structure",
            Self::Algorithm => "encryption_algorithm",
            Self::KeyAlgorithm => "encryption_key_algorithm",
            Self::KeyDigests => "encryption_key_digests",
            Self::CbcUnsigned => "encryption_cbc_unsigned",
            Self::Failed => "decryption_failed",
        }
    }
}

impl From<XmlFault> for DecryptFault {
    fn from(_: XmlFault) -> Self {
        Self::Structure
    }
}

/// Opens the `EncryptedAssertion` at `at` with one of `keys`. The plaintext, still unverified, inside an element that
/// carries the namespaces of the place where it was encrypted.
///
/// A cipher that does not notice tampering is opened in a signed response only, whose signature has been verified.
pub(super) fn open(outline: &Outline, at: At, keys: &[DecryptionKey], is_signed: bool) -> Result<String, DecryptFault> {
    // The content, nearly all of the message, is read in place; the rest is small.
    let data_at = only_at(outline, at, "EncryptedData")?;
    let content_at = only_at(outline, only_at(outline, data_at, "CipherData")?, "CipherValue")?;
    let content = decode(&read_text(outline, content_at)?).ok_or(DecryptFault::Structure)?;
    let bytes = outline.canonicalise(at, &[content_at], Method::Exclusive(Vec::new()))?;
    let document = tree::parse(&bytes)?;
    let envelope = document.root_element();
    let data = only(envelope, "EncryptedData")?;
    if tree::attribute(data, "Type").is_some_and(|kind| kind != names::ENCRYPTED_ELEMENT) {
        return Err(DecryptFault::Structure);
    }
    let cipher = algorithm_of(data).and_then(Cipher::from_uri).ok_or(DecryptFault::Algorithm)?;
    if !is_signed && !cipher.is_authenticated() {
        return Err(DecryptFault::CbcUnsigned);
    }
    let wrapped_keys = read_wrapped_keys(envelope, data)?;
    // The first key that opens is the key: what is inside never decides whether another one is tried.
    let content_key = wrapped_keys
        .iter()
        .flat_map(|wrapped| keys.iter().map(move |key| (wrapped, key)))
        .find_map(|(wrapped, key)| wrapped.unwrap_with(key))
        .ok_or(DecryptFault::Failed)?;
    let plaintext = cipher.open(&content_key, &content).ok_or(DecryptFault::Failed)?;
    wrap(outline, data_at, std::str::from_utf8(&plaintext).map_err(|_| DecryptFault::Failed)?)
}

/// `<w …namespaces in force…>plaintext</w>`: a plaintext that is not well-formed by itself cannot close it unnoticed,
/// since a document has one root.
fn wrap(outline: &Outline, data: At, plaintext: &str) -> Result<String, DecryptFault> {
    let mut wrapped = b"<w".to_vec();
    outline.scope_inside(data)?.push_declarations(&mut wrapped);
    wrapped.push(b'>');
    wrapped.extend_from_slice(plaintext.as_bytes());
    wrapped.extend_from_slice(b"</w>");
    String::from_utf8(wrapped).map_err(|_| DecryptFault::Failed)
}

#[derive(Clone, Copy)]
enum Cipher {
    Gcm(&'static aead::Algorithm),
    Cbc(&'static cipher::Algorithm, usize),
}

impl Cipher {
    fn from_uri(uri: &str) -> Option<Self> {
        match uri {
            names::AES128_GCM => Some(Self::Gcm(&aead::AES_128_GCM)),
            names::AES192_GCM => Some(Self::Gcm(&aead::AES_192_GCM)),
            names::AES256_GCM => Some(Self::Gcm(&aead::AES_256_GCM)),
            names::AES128_CBC => Some(Self::Cbc(&cipher::AES_128, cipher::AES_128_KEY_LEN)),
            names::AES256_CBC => Some(Self::Cbc(&cipher::AES_256, cipher::AES_256_KEY_LEN)),
            _ => None,
        }
    }

    fn is_authenticated(self) -> bool {
        matches!(self, Self::Gcm(_))
    }

    /// The initialisation vector stands before the ciphertext (xmlenc 1.1 §5.2).
    fn open(self, key: &[u8], content: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        match self {
            Self::Gcm(algorithm) => {
                let (nonce, sealed) = content.split_at_checked(aead::NONCE_LEN)?;
                let key = LessSafeKey::new(UnboundKey::new(algorithm, key).ok()?);
                let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
                let mut buffer = Zeroizing::new(sealed.to_vec());
                let length = key.open_in_place(nonce, Aad::empty(), &mut buffer).ok()?.len();
                buffer.truncate(length);
                Some(buffer)
            }
            Self::Cbc(algorithm, key_bytes) => {
                let (iv, sealed) = content.split_at_checked(cipher::AES_CBC_IV_LEN)?;
                if key.len() != key_bytes || sealed.is_empty() || sealed.len() % 16 != 0 {
                    return None;
                }
                let key = PaddedBlockDecryptingKey::cbc_iso10126(UnboundCipherKey::new(algorithm, key).ok()?).ok()?;
                let vector = DecryptionContext::Iv128(FixedLength::from(<[u8; 16]>::try_from(iv).ok()?));
                let mut buffer = Zeroizing::new(sealed.to_vec());
                let length = key.decrypt(&mut buffer, vector).ok()?.len();
                buffer.truncate(length);
                Some(buffer)
            }
        }
    }
}

struct WrappedKey {
    algorithm: &'static OaepAlgorithm,
    label: Vec<u8>,
    value: Vec<u8>,
}

impl WrappedKey {
    fn unwrap_with(&self, key: &DecryptionKey) -> Option<Zeroizing<Vec<u8>>> {
        if self.value.len() != key.0.key_size_bytes() {
            return None;
        }
        let mut buffer = Zeroizing::new(vec![0; key.0.min_output_size()]);
        let label = (!self.label.is_empty()).then_some(&self.label[..]);
        let length = key.0.decrypt(self.algorithm, &self.value, &mut buffer, label).ok()?.len();
        buffer.truncate(length);
        Some(buffer)
    }
}

/// `EncryptedKey`s inside `KeyInfo` or beside `EncryptedData` (SAML core §2.3.4 allows both). A message to several
/// services may hold keys whose algorithm we refuse beside one that we accept.
fn read_wrapped_keys(envelope: Node, data: Node) -> Result<Vec<WrappedKey>, DecryptFault> {
    let inside = tree::child(data, names::DSIG, "KeyInfo");
    let nodes: Vec<_> = inside
        .into_iter()
        .flat_map(|info| tree::children(info, names::XMLENC, "EncryptedKey"))
        .chain(tree::children(envelope, names::XMLENC, "EncryptedKey"))
        .take(limits::XML_ENCRYPTED_KEYS + 1)
        .collect();
    if nodes.is_empty() || nodes.len() > limits::XML_ENCRYPTED_KEYS {
        return Err(DecryptFault::Structure);
    }
    let (mut wrapped_keys, mut fault) = (Vec::new(), DecryptFault::KeyAlgorithm);
    for node in nodes {
        match oaep_of(node) {
            Ok((algorithm, label)) => wrapped_keys.push(WrappedKey { algorithm, label, value: cipher_value(node)? }),
            // Of several, this is the one that the university can do something about.
            Err(DecryptFault::KeyDigests) => fault = DecryptFault::KeyDigests,
            Err(_) => {}
        }
    }
    if wrapped_keys.is_empty() { Err(fault) } else { Ok(wrapped_keys) }
}

/// The cryptographic provider has OAEP only with the same digest in both places.
fn oaep_of(encrypted_key: Node) -> Result<(&'static OaepAlgorithm, Vec<u8>), DecryptFault> {
    let unknown = DecryptFault::KeyAlgorithm;
    let method = tree::child(encrypted_key, names::XMLENC, "EncryptionMethod").ok_or(unknown)?;
    let digest = tree::child(method, names::DSIG, "DigestMethod").and_then(|node| tree::attribute(node, "Algorithm"));
    let digest = digest.unwrap_or(names::SHA1);
    let mask = match tree::attribute(method, "Algorithm").ok_or(unknown)? {
        names::RSA_OAEP_MGF1P => "sha1",
        names::RSA_OAEP => match tree::child(method, names::XMLENC11, "MGF") {
            None => "sha1",
            Some(node) => {
                tree::attribute(node, "Algorithm").and_then(|uri| uri.strip_prefix(names::MGF1)).ok_or(unknown)?
            }
        },
        _ => return Err(unknown),
    };
    let algorithm = match (digest, mask) {
        (names::SHA1, "sha1") => &OAEP_SHA1_MGF1SHA1,
        (names::SHA256, "sha256") => &OAEP_SHA256_MGF1SHA256,
        (names::SHA384, "sha384") => &OAEP_SHA384_MGF1SHA384,
        (names::SHA512, "sha512") => &OAEP_SHA512_MGF1SHA512,
        (names::SHA1 | names::SHA256 | names::SHA384 | names::SHA512, "sha1" | "sha256" | "sha384" | "sha512") => {
            return Err(DecryptFault::KeyDigests);
        }
        _ => return Err(unknown),
    };
    let label = match tree::child(method, names::XMLENC, "OAEPparams") {
        None => Vec::new(),
        Some(node) => decode(&tree::text(node)).ok_or(unknown)?,
    };
    Ok((algorithm, label))
}

fn algorithm_of<'a>(node: Node<'a, '_>) -> Option<&'a str> {
    tree::attribute(tree::child(node, names::XMLENC, "EncryptionMethod")?, "Algorithm")
}

fn cipher_value(node: Node) -> Result<Vec<u8>, DecryptFault> {
    let value = only(only(node, "CipherData")?, "CipherValue")?;
    decode(&tree::text(value)).ok_or(DecryptFault::Structure)
}

fn only_at(outline: &Outline, of: At, local: &'static str) -> Result<At, DecryptFault> {
    let mut found = outline.children_named(of, names::XMLENC, local);
    match (found.next(), found.next()) {
        (Some(at), None) => Ok(at),
        _ => Err(DecryptFault::Structure),
    }
}

fn only<'a, 'i: 'a>(of: Node<'a, 'i>, local: &'static str) -> Result<Node<'a, 'i>, DecryptFault> {
    let mut found = tree::children(of, names::XMLENC, local);
    match (found.next(), found.next()) {
        (Some(node), None) => Ok(node),
        _ => Err(DecryptFault::Structure),
    }
}
