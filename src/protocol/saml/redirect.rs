//! The redirect binding (SAML bindings §3.4): deflated, base64, in the query, signed over the query.

use std::io::{Read, Write};

use base64::{Engine, prelude::BASE64_STANDARD};
use flate2::{Compression, read::DeflateDecoder, write::DeflateEncoder};

use super::{
    algorithms::{Sha1, SignatureAlgorithm},
    keys::{KeyFault, SigningKey, VerifyingKey},
};
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
    /// A parameter that must be there is not, or one is there twice.
    #[error("a parameter is missing, or given twice")]
    Parameters,
    /// No key that is believed made the signature, or by an algorithm that is not on the list.
    #[error("the signature is not one of the sender's")]
    Signature,
}

/// A request whose signature was good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedRequest {
    /// The message.
    pub message: String,
    /// What goes back with the response.
    pub relay_state: Option<String>,
}

/// Reads a signed `SAMLRequest` out of a query as it was sent, under one of `keys` (§3.4.4.1). The signature covers the
/// parameters as they are written, so nothing is decoded before it was verified; other parameters are not looked at.
pub fn read_signed_request(query: &str, keys: &[VerifyingKey]) -> Result<SignedRequest, RedirectFault> {
    let written = |name: &str| {
        let mut values = query.split('&').filter_map(|pair| pair.split_once('=')).filter(|(own, _)| *own == name);
        match (values.next(), values.next()) {
            (value, None) => Ok(value.map(|(_, value)| value)),
            _ => Err(RedirectFault::Parameters),
        }
    };
    let needed = |name| written(name)?.ok_or(RedirectFault::Parameters);
    let (request, state, algorithm) = (needed("SAMLRequest")?, written("RelayState")?, needed("SigAlg")?);
    let signature = BASE64_STANDARD.decode(decoded(needed("Signature")?)).map_err(|_| RedirectFault::Base64)?;
    let state_pair = state.map_or(String::new(), |state| format!("&RelayState={state}"));
    let signed = format!("SAMLRequest={request}{state_pair}&SigAlg={algorithm}");
    let algorithm = SignatureAlgorithm::from_uri(&decoded(algorithm), Sha1::Refused).ok_or(RedirectFault::Signature)?;
    if !keys.iter().any(|key| key.fits(algorithm) && key.verifies(algorithm, signed.as_bytes(), &signature)) {
        return Err(RedirectFault::Signature);
    }
    Ok(SignedRequest { message: inflate(&decoded(request))?, relay_state: state.map(decoded) })
}

/// A value of a query, percent-decoded.
fn decoded(written: &str) -> String {
    let pair = format!("v={written}");
    url::form_urlencoded::parse(pair.as_bytes()).next().map_or(String::new(), |(_, value)| value.into_owned())
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
    use aws_lc_rs::{
        encoding::{AsDer, Pkcs8V1Der},
        rsa::{KeyPair, KeySize},
    };
    use zeroize::Zeroizing;

    use super::*;

    #[test]
    fn a_message_survives_the_way() {
        assert_eq!(inflate(&deflate("<a>ä</a>")).unwrap(), "<a>ä</a>");
    }

    #[test]
    fn a_signed_request_is_read_under_its_own_key_and_as_it_was_written() {
        let pair = || {
            let rsa = KeyPair::generate(KeySize::Rsa2048).unwrap();
            let pkcs8: Pkcs8V1Der = rsa.as_der().unwrap();
            let key = SigningKey::from_pkcs8(&Zeroizing::new(pkcs8.as_ref().to_vec())).unwrap();
            let public = VerifyingKey::from_public_key_info(&key.public_key_info().unwrap()).unwrap();
            (key, public)
        };
        let ((key, own), (_, other)) = (pair(), pair());
        for state in [None, Some("a b&c=d")] {
            let query = signed_query("<a>ä</a>", state, &key).unwrap();
            let read =
                read_signed_request(&format!("x=1&{query}&ui_locales=de"), &[other.clone(), own.clone()]).unwrap();
            assert_eq!((read.message.as_str(), read.relay_state.as_deref()), ("<a>ä</a>", state));
            let fault = |query: &str, keys: &[VerifyingKey]| read_signed_request(query, keys).unwrap_err();
            let keys = std::slice::from_ref(&own);
            assert_eq!(fault(&query, std::slice::from_ref(&other)), RedirectFault::Signature);
            assert_eq!(fault(&query, &[]), RedirectFault::Signature);
            assert_eq!(fault(&query.replace("rsa-sha256", "rsa-sha512"), keys), RedirectFault::Signature);
            assert_eq!(fault(&query.replace("rsa-sha256", "hmac-sha1"), keys), RedirectFault::Signature);
            assert_eq!(fault(&query.replace("SAMLRequest=", "SAMLRequest=A"), keys), RedirectFault::Signature);
            for twice in ["SAMLRequest", "RelayState", "SigAlg", "Signature"] {
                let query = format!("{query}&{twice}=x&{twice}=y");
                assert_eq!(fault(&query, keys), RedirectFault::Parameters, "{twice}");
            }
            let unsigned = query.split("&SigAlg").next().unwrap();
            assert_eq!(fault(unsigned, keys), RedirectFault::Parameters);
        }
        let query = signed_query("<a/>", Some("state"), &key).unwrap();
        let without = query.replace("&RelayState=state", "");
        assert_eq!(read_signed_request(&without, &[own]), Err(RedirectFault::Signature), "the state is signed too");
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
