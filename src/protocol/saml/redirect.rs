//! The redirect binding (SAML bindings §3.4): deflated, base64, in the query, signed over the query.

use std::io::{Read, Write};

use base64::{Engine, prelude::BASE64_STANDARD};
use flate2::{Compression, read::DeflateDecoder, write::DeflateEncoder};

use super::keys::{KeyFault, SigningKey};
use crate::base::limits;

/// Why a redirect message cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RedirectFault {
    /// Not base64.
    #[error("the message is not base64")]
    Base64,
    /// Not deflated, or cut off.
    #[error("the message is not deflated as the redirect binding demands")]
    Deflate,
    /// More than `limits::SAML_REDIRECT_BYTES`.
    #[error("the message is too large")]
    TooLarge,
    /// Not UTF-8.
    #[error("the message is not UTF-8")]
    NotUtf8,
}

/// Reads the value of `SAMLRequest` or `SAMLResponse`, after percent-decoding. A compressed gigabyte costs no more than
/// `limits::SAML_REDIRECT_BYTES`.
pub fn inflate(parameter: &str) -> Result<String, RedirectFault> {
    if parameter.len() > limits::SAML_REDIRECT_BYTES * 2 {
        return Err(RedirectFault::TooLarge);
    }
    let compressed = BASE64_STANDARD.decode(parameter).map_err(|_| RedirectFault::Base64)?;
    let mut message = Vec::new();
    let mut decoder = DeflateDecoder::new(&compressed[..]);
    let cap = u64::try_from(limits::SAML_REDIRECT_BYTES).unwrap_or(u64::MAX);
    decoder.by_ref().take(cap + 1).read_to_end(&mut message).map_err(|_| RedirectFault::Deflate)?;
    if message.len() > limits::SAML_REDIRECT_BYTES {
        return Err(RedirectFault::TooLarge);
    }
    String::from_utf8(message).map_err(|_| RedirectFault::NotUtf8)
}

/// Deflates a message of ours; the result is base64, not yet percent-encoded.
pub(super) fn deflate(message: &str) -> String {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    // Writing into memory does not fail.
    let written = encoder.write_all(message.as_bytes()).and_then(|()| encoder.finish());
    BASE64_STANDARD.encode(written.unwrap_or_default())
}

/// `SAMLRequest=…&RelayState=…&SigAlg=…&Signature=…` (§3.4.4.1): the signature covers the query as it is sent.
pub(super) fn signed_query(request: &str, relay_state: Option<&str>, key: &SigningKey) -> Result<String, KeyFault> {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("SAMLRequest", &deflate(request));
    if let Some(state) = relay_state {
        query.append_pair("RelayState", state);
    }
    let signed = query.append_pair("SigAlg", key.algorithm().uri()).finish();
    let signature = BASE64_STANDARD.encode(key.sign(signed.as_bytes())?);
    Ok(url::form_urlencoded::Serializer::new(signed).append_pair("Signature", &signature).finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_survives_the_way() {
        assert_eq!(inflate(&deflate("<a>ä</a>")).unwrap(), "<a>ä</a>");
    }

    #[test]
    fn a_compressed_gigabyte_is_cut_short() {
        // 60 KB of zeros compress to 60 bytes; a gigabyte to about a megabyte, refused before it is even decoded.
        let bomb = deflate(&"\0".repeat(limits::SAML_REDIRECT_BYTES + 1));
        assert_eq!(inflate(&bomb), Err(RedirectFault::TooLarge));
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        let block = vec![0; 1 << 20];
        (0..64).for_each(|_| encoder.write_all(&block).unwrap());
        let larger = BASE64_STANDARD.encode(encoder.finish().unwrap());
        assert!(larger.len() < limits::SAML_REDIRECT_BYTES * 2, "{}", larger.len());
        assert_eq!(inflate(&larger), Err(RedirectFault::TooLarge));
        assert_eq!(inflate(&"A".repeat(1 << 20)), Err(RedirectFault::TooLarge));
    }

    #[test]
    fn what_is_not_deflated_base64_is_refused() {
        assert_eq!(inflate("<a/>"), Err(RedirectFault::Base64));
        assert_eq!(inflate(&BASE64_STANDARD.encode("<samlp:Response/>")), Err(RedirectFault::Deflate));
        assert_eq!(inflate(&deflate("<a>hello hello hello hello</a>")[..12]), Err(RedirectFault::Deflate));
    }
}
