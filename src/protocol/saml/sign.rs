//! Signing a document of ours: an enveloped signature, exclusive canonicalisation, SHA-256.

use base64::{Engine, prelude::BASE64_STANDARD};

use super::{
    algorithms::Hash,
    keys::{KeyFault, SigningKey},
    names,
    xml::{XmlFault, canonical::Method, outline::Outline},
};

/// Why a document of ours was not signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignFault {
    /// The key could not sign.
    #[error(transparent)]
    Key(#[from] KeyFault),
    /// The document is not XML, or its root has no ID.
    #[error("the document cannot be signed: {0}")]
    Document(#[from] XmlFault),
}

/// Signs `document` as a whole and puts the signature at byte `place`, inside the root.
pub fn sign_root(document: &str, place: usize, key: &SigningKey) -> Result<String, SignFault> {
    let outline = Outline::of(document)?;
    let id = outline.id(outline.root()).ok_or(XmlFault::Malformed)?;
    let canonical = outline.canonicalise(outline.root(), &[], Method::Exclusive(Vec::new()))?;
    let mut context = Hash::Sha256.context();
    context.update(canonical.as_bytes());
    let digest = BASE64_STANDARD.encode(context.finish());
    // Written in canonical form, so that these very bytes are what is signed.
    let signed_info = format!(
        "<ds:SignedInfo xmlns:ds=\"{}\"><ds:CanonicalizationMethod Algorithm=\"{c14n}\"></ds:CanonicalizationMethod>\
         <ds:SignatureMethod Algorithm=\"{}\"></ds:SignatureMethod><ds:Reference URI=\"#{id}\"><ds:Transforms>\
         <ds:Transform Algorithm=\"{}\"></ds:Transform><ds:Transform Algorithm=\"{c14n}\"></ds:Transform>\
         </ds:Transforms><ds:DigestMethod Algorithm=\"{}\"></ds:DigestMethod><ds:DigestValue>{digest}</ds:DigestValue>\
         </ds:Reference></ds:SignedInfo>",
        names::DSIG,
        key.algorithm().uri(),
        names::ENVELOPED,
        names::SHA256,
        c14n = names::EXC_C14N,
    );
    let value = BASE64_STANDARD.encode(key.sign(signed_info.as_bytes())?);
    let (before, after) = document.split_at_checked(place).ok_or(XmlFault::Malformed)?;
    Ok(format!(
        "{before}<ds:Signature xmlns:ds=\"{}\">{signed_info}<ds:SignatureValue>{value}</ds:SignatureValue></ds:Signature>{after}",
        names::DSIG,
    ))
}
