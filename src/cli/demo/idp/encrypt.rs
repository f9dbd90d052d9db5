//! Encrypting an assertion to a service provider's key, as an identity provider does (XML Encryption 1.0 and 1.1).

use aws_lc_rs::{
    aead::{self, Aad, LessSafeKey, Nonce, UnboundKey},
    cipher::{self, EncryptionContext, PaddedBlockEncryptingKey, UnboundCipherKey},
    error::Unspecified,
    iv::FixedLength,
    rsa::{OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, PublicEncryptingKey},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use zeroize::Zeroizing;

use crate::{base::Random, protocol::saml::names};

/// How an assertion is encrypted.
#[derive(Clone, Copy, Debug)]
pub struct Encryption<'a> {
    /// The recipient's RSA key, as a `SubjectPublicKeyInfo`.
    pub to: &'a [u8],
    /// The content's cipher: one of the `AES…` of [`names`].
    pub content: &'a str,
    /// How the content's key is wrapped.
    pub wrapping: Wrapping,
    /// Whether `EncryptedKey` stands beside `EncryptedData` instead of inside its `KeyInfo`.
    pub key_beside: bool,
}

/// RSA-OAEP as it is written in messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrapping {
    /// xmlenc, SHA-1 unsaid.
    Mgf1p,
    /// xmlenc, SHA-1 said.
    Mgf1pSaid,
    /// xmlenc11, SHA-256 in both places.
    Oaep256,
}

/// Why nothing was encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EncryptFault {
    /// Not a cipher that we know.
    #[error("the cipher is not known")]
    Cipher,
    /// The recipient's key is none, or the provider failed.
    #[error("the provider could not encrypt")]
    Failed,
}

impl From<Unspecified> for EncryptFault {
    fn from(_: Unspecified) -> Self {
        Self::Failed
    }
}

impl Encryption<'_> {
    /// The `EncryptedAssertion`.
    pub fn encrypt(&self, plaintext: &str, random: &Random) -> Result<String, EncryptFault> {
        let (key, sealed) = seal(self.content, plaintext.as_bytes(), random)?;
        let encrypted_key = self.encrypted_key(&key)?;
        let (inside, beside) = if self.key_beside {
            (String::new(), encrypted_key)
        } else {
            (format!("<ds:KeyInfo xmlns:ds=\"{}\">{encrypted_key}</ds:KeyInfo>", names::DSIG), String::new())
        };
        Ok(format!(
            "<saml:EncryptedAssertion xmlns:saml=\"{}\" xmlns:xenc=\"{}\"><xenc:EncryptedData Type=\"{}\">\
             <xenc:EncryptionMethod Algorithm=\"{}\"/>{inside}<xenc:CipherData><xenc:CipherValue>{}</xenc:CipherValue>\
             </xenc:CipherData></xenc:EncryptedData>{beside}</saml:EncryptedAssertion>",
            names::ASSERTION,
            names::XMLENC,
            names::ENCRYPTED_ELEMENT,
            self.content,
            BASE64_STANDARD.encode(sealed)
        ))
    }

    fn encrypted_key(&self, key: &[u8]) -> Result<String, EncryptFault> {
        let method = |algorithm: &str, content: &str| {
            format!("<xenc:EncryptionMethod Algorithm=\"{algorithm}\">{content}</xenc:EncryptionMethod>")
        };
        let digest = |algorithm: &str| format!("<ds:DigestMethod Algorithm=\"{algorithm}\"/>");
        let (algorithm, method) = match self.wrapping {
            Wrapping::Mgf1p => (&OAEP_SHA1_MGF1SHA1, method(names::RSA_OAEP_MGF1P, "")),
            Wrapping::Mgf1pSaid => (&OAEP_SHA1_MGF1SHA1, method(names::RSA_OAEP_MGF1P, &digest(names::SHA1))),
            Wrapping::Oaep256 => {
                let mask =
                    format!("<xenc11:MGF xmlns:xenc11=\"{}\" Algorithm=\"{}sha256\"/>", names::XMLENC11, names::MGF1);
                (&OAEP_SHA256_MGF1SHA256, method(names::RSA_OAEP, &(digest(names::SHA256) + &mask)))
            }
        };
        let to = PublicEncryptingKey::from_der(self.to).map_err(|_| EncryptFault::Failed)?;
        let to = OaepPublicEncryptingKey::new(to)?;
        let mut wrapped = vec![0; to.ciphertext_size()];
        let wrapped = to.encrypt(algorithm, key, &mut wrapped, None)?;
        Ok(format!(
            "<xenc:EncryptedKey xmlns:ds=\"{}\">{method}<xenc:CipherData><xenc:CipherValue>{}</xenc:CipherValue>\
             </xenc:CipherData></xenc:EncryptedKey>",
            names::DSIG,
            BASE64_STANDARD.encode(wrapped)
        ))
    }
}

/// A fresh key, and the content under it with its initialisation vector in front (xmlenc 1.1 §5.2).
fn seal(content: &str, plaintext: &[u8], random: &Random) -> Result<(Zeroizing<Vec<u8>>, Vec<u8>), EncryptFault> {
    let fresh = |length: usize| {
        let mut key = Zeroizing::new(vec![0; length]);
        random.fill(&mut key);
        key
    };
    let mut buffer = plaintext.to_vec();
    let mut gcm = |algorithm: &'static aead::Algorithm| {
        let (key, vector) = (fresh(algorithm.key_len()), random.bytes());
        let sealing = LessSafeKey::new(UnboundKey::new(algorithm, &key)?);
        sealing.seal_in_place_append_tag(Nonce::assume_unique_for_key(vector), Aad::empty(), &mut buffer)?;
        Ok((key, [&vector[..], &buffer].concat()))
    };
    match content {
        names::AES128_GCM => return gcm(&aead::AES_128_GCM),
        names::AES192_GCM => return gcm(&aead::AES_192_GCM),
        names::AES256_GCM => return gcm(&aead::AES_256_GCM),
        _ => {}
    }
    let (algorithm, length) = match content {
        names::AES128_CBC => (&cipher::AES_128, cipher::AES_128_KEY_LEN),
        names::AES256_CBC => (&cipher::AES_256, cipher::AES_256_KEY_LEN),
        _ => return Err(EncryptFault::Cipher),
    };
    let (key, vector) = (fresh(length), random.bytes::<{ cipher::AES_CBC_IV_LEN }>());
    let sealing = PaddedBlockEncryptingKey::cbc_pkcs7(UnboundCipherKey::new(algorithm, &key)?)?;
    sealing.less_safe_encrypt(&mut buffer, EncryptionContext::Iv128(FixedLength::from(vector)))?;
    Ok((key, [&vector[..], &buffer].concat()))
}
