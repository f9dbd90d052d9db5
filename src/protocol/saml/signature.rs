//! Verifying an enveloped signature, and handing over the bytes that it covers.
//!
//! The order is what keeps a hostile message cheap and a forged one out: `SignedInfo` first, under a key from metadata;
//! only then is anything digested; and what is digested is returned, so that the caller reads nothing else.

use std::borrow::Cow;

use base64::{Engine, prelude::BASE64_STANDARD};
use roxmltree::Node;
use subtle::ConstantTimeEq;

use super::{
    algorithms::{Hash, Sha1, SignatureAlgorithm},
    keys::VerifyingKey,
    names,
    reason::Coded,
    xml::{
        XmlFault,
        canonical::Method,
        outline::{At, Outline},
        tree,
    },
};
use crate::base::limits;

/// Why a signature is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureFault {
    /// There is none where one is demanded.
    #[error("there is no signature")]
    Missing,
    /// An element with two signatures of its own.
    #[error("there are several signatures on one element")]
    Several,
    /// The metadata names no key: nothing can be verified.
    #[error("the metadata names no signing key")]
    NoKeys,
    /// Not one `SignedInfo`, one `SignatureValue`, one `Reference` and what belongs into them.
    #[error("the signature is not built as it should be")]
    Structure,
    /// `SignatureMethod` is not on the list.
    #[error("the signature algorithm is not accepted")]
    Algorithm,
    /// `CanonicalizationMethod` is not on the list, or its prefixes are too many.
    #[error("the canonicalisation is not accepted")]
    Canonicalisation,
    /// No key in the metadata is of the type that the algorithm needs.
    #[error("the metadata has no key of the type that the signature algorithm needs")]
    KeyType,
    /// No key in the metadata made this signature.
    #[error("no key in the metadata made this signature")]
    Value,
    /// The reference is not to the element that the signature stands in.
    #[error("the signature refers to something else than its own element")]
    Reference,
    /// The ID that is referred to occurs more than once.
    #[error("an ID occurs more than once")]
    DuplicateId,
    /// Transforms other than enveloped-signature followed by one canonicalisation.
    #[error("the transforms are not accepted")]
    Transforms,
    /// `DigestMethod` is not on the list.
    #[error("the digest algorithm is not accepted")]
    DigestAlgorithm,
    /// The element is not what was signed.
    #[error("the signed element was changed")]
    Digest,
    /// What is signed is not XML as we read it.
    #[error(transparent)]
    Xml(#[from] XmlFault),
}

impl Coded for SignatureFault {
    fn code(&self) -> &'static str {
        match self {
            Self::Missing => "signature_missing",
            Self::Several => "signature_several",
            Self::NoKeys => "signature_no_keys",
            Self::Structure => "signature_structure",
            Self::Algorithm => "signature_algorithm",
            Self::Canonicalisation => "signature_canonicalisation",
            Self::KeyType => "signature_key_type",
            Self::Value => "signature_value",
            Self::Reference => "signature_reference",
            Self::DuplicateId => "signature_duplicate_id",
            Self::Transforms => "signature_transforms",
            Self::DigestAlgorithm => "signature_digest_algorithm",
            Self::Digest => "signature_digest",
            Self::Xml(fault) => fault.code(),
        }
    }
}

/// Verifies the signature that `element` carries as a direct child, under one of `keys`, and returns the canonical
/// bytes that it covers: the element without that signature. `KeyInfo` is not looked at.
pub(super) fn verify(
    outline: &Outline,
    element: At,
    keys: &[VerifyingKey],
    sha1: Sha1,
) -> Result<String, SignatureFault> {
    let mut signatures = outline.children_named(element, names::DSIG, "Signature");
    let signature = signatures.next().ok_or(SignatureFault::Missing)?;
    if signatures.next().is_some() {
        return Err(SignatureFault::Several);
    }
    let reference = verify_signed_info(outline, signature, keys, sha1)?;
    let id = outline.id(element).ok_or(SignatureFault::Reference)?;
    if reference.id != id {
        return Err(SignatureFault::Reference);
    }
    if outline.count_id(id) != 1 {
        return Err(SignatureFault::DuplicateId);
    }
    let canonical = outline.canonicalise(element, &[signature], reference.method)?;
    let mut context = reference.hash.context();
    context.update(canonical.as_bytes());
    if digests_match(context.finish().as_ref(), &reference.digest) {
        Ok(canonical)
    } else {
        Err(SignatureFault::Digest)
    }
}

/// What a verified `SignedInfo` says of the one thing it covers.
#[derive(Debug)]
pub(super) struct Reference {
    /// Of the element, without `#`.
    pub(super) id: String,
    pub(super) method: Method,
    pub(super) hash: Hash,
    pub(super) digest: Vec<u8>,
}

/// Compares digests; lengths that differ are a difference.
pub(super) fn digests_match(computed: &[u8], stated: &[u8]) -> bool {
    computed.len() == stated.len() && bool::from(computed.ct_eq(stated))
}

/// Verifies `SignedInfo` and reads it from the bytes that were verified. Nothing has been digested yet.
pub(super) fn verify_signed_info(
    outline: &Outline,
    signature: At,
    keys: &[VerifyingKey],
    sha1: Sha1,
) -> Result<Reference, SignatureFault> {
    if keys.is_empty() {
        return Err(SignatureFault::NoKeys);
    }
    let signed_info = only_child(outline, signature, "SignedInfo")?;
    if outline.children(signature).next() != Some(signed_info)
        || outline.nodes(signed_info) > limits::XML_SIGNED_INFO_NODES
    {
        return Err(SignatureFault::Structure);
    }
    let value = read_value(outline, only_child(outline, signature, "SignatureValue")?)?;

    // How SignedInfo is canonicalised stands in SignedInfo. Nearly always it is exclusive without prefixes, and then
    // the bytes that told us so are already the right ones.
    let plain = Method::Exclusive(Vec::new());
    let bytes = outline.canonicalise(signed_info, &[], plain.clone())?;
    let document = tree::parse(&bytes)?;
    let said = one(document.root_element(), "CanonicalizationMethod")?;
    let method = read_method(said).ok_or(SignatureFault::Canonicalisation)?;
    if method == plain {
        return verify_canonical(&bytes, document.root_element(), &value, keys, sha1);
    }
    let bytes = outline.canonicalise(signed_info, &[], method)?;
    verify_canonical(&bytes, tree::parse(&bytes)?.root_element(), &value, keys, sha1)
}

/// `signed_info` is what `bytes` say.
fn verify_canonical(
    bytes: &str,
    signed_info: Node,
    value: &[u8],
    keys: &[VerifyingKey],
    sha1: Sha1,
) -> Result<Reference, SignatureFault> {
    let algorithm = tree::attribute(one(signed_info, "SignatureMethod")?, "Algorithm")
        .and_then(|uri| SignatureAlgorithm::from_uri(uri, sha1))
        .ok_or(SignatureFault::Algorithm)?;
    let mut fitting = keys.iter().filter(|key| key.fits(algorithm)).peekable();
    if fitting.peek().is_none() {
        return Err(SignatureFault::KeyType);
    }
    if !fitting.any(|key| key.verifies(algorithm, bytes.as_bytes(), value)) {
        return Err(SignatureFault::Value);
    }
    read_reference(one(signed_info, "Reference")?, sha1)
}

fn read_reference(reference: Node, sha1: Sha1) -> Result<Reference, SignatureFault> {
    let uri = tree::attribute(reference, "URI").ok_or(SignatureFault::Reference)?;
    let id = uri.strip_prefix('#').filter(|id| !id.is_empty()).ok_or(SignatureFault::Reference)?;
    let method = read_transforms(one(reference, "Transforms")?).ok_or(SignatureFault::Transforms)?;
    let hash = tree::attribute(one(reference, "DigestMethod")?, "Algorithm")
        .and_then(|uri| Hash::from_uri(uri, sha1))
        .ok_or(SignatureFault::DigestAlgorithm)?;
    let digest = decode(&tree::text(one(reference, "DigestValue")?)).ok_or(SignatureFault::Digest)?;
    Ok(Reference { id: id.to_owned(), method, hash, digest })
}

/// Exactly enveloped-signature and one canonicalisation, in this order.
fn read_transforms(transforms: Node) -> Option<Method> {
    let mut elements = transforms.children().filter(Node::is_element);
    let (enveloped, canonical) = (elements.next()?, elements.next()?);
    let is_transform = |node| tree::is(node, names::DSIG, "Transform");
    if elements.next().is_some() || !is_transform(enveloped) || !is_transform(canonical) {
        return None;
    }
    let is_bare = !enveloped.children().any(|child| child.is_element());
    if !is_bare || tree::attribute(enveloped, "Algorithm") != Some(names::ENVELOPED) {
        return None;
    }
    read_method(canonical)
}

/// A `CanonicalizationMethod` or the `Transform` that is one; `None` if it is not accepted.
fn read_method(node: Node) -> Option<Method> {
    let mut elements = node.children().filter(Node::is_element);
    let (parameter, more) = (elements.next(), elements.next());
    match (tree::attribute(node, "Algorithm")?, parameter, more) {
        (names::C14N, None, None) => Some(Method::Inclusive),
        (names::EXC_C14N, None, None) => Some(Method::Exclusive(Vec::new())),
        (names::EXC_C14N, Some(parameter), None) if tree::is(parameter, names::EXC_C14N, "InclusiveNamespaces") => {
            let listed = tree::attribute(parameter, "PrefixList").unwrap_or_default().split_ascii_whitespace();
            let prefixes: Vec<_> = listed
                .map(|prefix| if prefix == "#default" { String::new() } else { prefix.to_owned() })
                .take(limits::XML_PREFIX_LIST + 1)
                .collect();
            (prefixes.len() <= limits::XML_PREFIX_LIST).then_some(Method::Exclusive(prefixes))
        }
        _ => None,
    }
}

fn only_child(outline: &Outline, of: At, local: &'static str) -> Result<At, SignatureFault> {
    let mut found = outline.children_named(of, names::DSIG, local);
    match (found.next(), found.next()) {
        (Some(at), None) => Ok(at),
        _ => Err(SignatureFault::Structure),
    }
}

fn one<'a, 'i: 'a>(of: Node<'a, 'i>, local: &'static str) -> Result<Node<'a, 'i>, SignatureFault> {
    let mut found = tree::children(of, names::DSIG, local);
    match (found.next(), found.next()) {
        (Some(node), None) => Ok(node),
        _ => Err(SignatureFault::Structure),
    }
}

fn read_value(outline: &Outline, at: At) -> Result<Vec<u8>, SignatureFault> {
    decode(&read_text(outline, at)?).ok_or(SignatureFault::Structure)
}

/// An element's text, read straight from the document where nothing can be misunderstood.
pub(super) fn read_text<'a>(outline: &Outline<'a>, at: At) -> Result<Cow<'a, str>, XmlFault> {
    if let Some(text) = outline.plain_text(at) {
        return Ok(Cow::Borrowed(text));
    }
    let bytes = outline.canonicalise(at, &[], Method::Exclusive(Vec::new()))?;
    Ok(Cow::Owned(tree::text(tree::parse(&bytes)?.root_element())))
}

/// Base64 with white space anywhere.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    // Dense or in lines, it is one of the two; either way it is copied at most once.
    BASE64_STANDARD.decode(text).ok().or_else(|| {
        let mut dense = Vec::with_capacity(text.len());
        text.split_ascii_whitespace().for_each(|line| dense.extend_from_slice(line.as_bytes()));
        BASE64_STANDARD.decode(dense).ok()
    })
}
