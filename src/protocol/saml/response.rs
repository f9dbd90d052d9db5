//! From the bytes that a browser posted to an assertion that may be believed.
//!
//! Nothing is read from an original once its verified bytes exist: a signed response is replaced by its canonical bytes,
//! a decrypted assertion by its own, a signed assertion by its own. What remains unsigned (the response around a signed
//! assertion) can only cause a refusal.

use roxmltree::Node;

use super::{
    assertion::{self, VerifiedAssertion},
    decrypt,
    expectations::{Expectations, is_entity},
    names,
    refusal::{Check, Refusal},
    signature::{self, SignatureFault},
    status,
    xml::{
        canonical::Method,
        outline::{At, Outline},
        tree::{self, attribute},
    },
};

/// Decrypts, verifies and checks a `samlp:Response`. The caller still has to refuse an assertion ID seen before.
pub fn verify_response(xml: &[u8], expected: &Expectations) -> Result<VerifiedAssertion, Refusal> {
    let original = Outline::of_bytes(xml)?;
    let root = original.root();
    if !original.is(root, names::PROTOCOL, "Response") {
        return Err(Check::NotAResponse.into());
    }
    let is_signed = original.children_named(root, names::DSIG, "Signature").next().is_some();
    if is_signed {
        let verified = signature::verify(&original, root, expected.idp_keys, expected.sha1)?;
        finish(&Outline::of(&verified)?, true, expected)
    } else {
        finish(&original, false, expected)
    }
}

fn finish(response: &Outline, is_signed: bool, expected: &Expectations) -> Result<VerifiedAssertion, Refusal> {
    let root = response.root();
    let is_assertion = |at| response.is(at, names::ASSERTION, "Assertion");
    let is_encrypted = |at| response.is(at, names::ASSERTION, "EncryptedAssertion");
    let assertions: Vec<_> = response.children(root).filter(|at| is_assertion(*at) || is_encrypted(*at)).collect();

    let mut left_out = assertions.clone();
    left_out.extend(response.children_named(root, names::DSIG, "Signature"));
    let envelope = response.canonicalise(root, &left_out, Method::Inclusive)?;
    check_envelope(tree::parse(&envelope)?.root_element(), is_signed, expected)?;

    check_only_one(response)?;
    let [at] = assertions[..] else { return Err(Check::NoAssertion.into()) };
    let verified = if is_assertion(at) {
        verify_assertion(response, at, is_signed, expected)?
    } else {
        let opened = decrypt::open(response, at, expected.decryption_keys, is_signed)?;
        verify_opened(&opened, is_signed, expected)?
    };
    assertion::check(&verified, expected)
}

/// One assertion, and none anywhere else for anybody to stumble over: not in extensions, not as advice.
fn check_only_one(outline: &Outline) -> Result<(), Check> {
    let count = |local| outline.count_named(names::ASSERTION, local);
    if count("Assertion") + count("EncryptedAssertion") > 1 { Err(Check::SeveralAssertions) } else { Ok(()) }
}

/// The plaintext must be exactly one assertion.
fn verify_opened(wrapped: &str, response_is_signed: bool, expected: &Expectations) -> Result<String, Refusal> {
    let outline = Outline::of(wrapped)?;
    check_only_one(&outline)?;
    let mut children = outline.children(outline.root());
    let at = match (children.next(), children.next()) {
        (Some(at), None) if outline.is(at, names::ASSERTION, "Assertion") => at,
        _ => return Err(Check::NotAnAssertion.into()),
    };
    verify_assertion(&outline, at, response_is_signed, expected)
}

/// The bytes of an assertion that somebody vouches for: its own signature, or that of the response. A signature that is
/// there must be good, even where another one would do.
fn verify_assertion(
    outline: &Outline,
    at: At,
    response_is_signed: bool,
    expected: &Expectations,
) -> Result<String, Refusal> {
    match signature::verify(outline, at, expected.idp_keys, expected.sha1) {
        Err(SignatureFault::Missing) if response_is_signed => Ok(outline.canonicalise(at, &[], Method::Inclusive)?),
        result => Ok(result?),
    }
}

/// Everything of the response but its assertion (SAML core §3.2.2, SAML profiles §4.1.4.2).
fn check_envelope(response: Node, is_signed: bool, expected: &Expectations) -> Result<(), Refusal> {
    if attribute(response, "Version") != Some("2.0") {
        return Err(Check::Version.into());
    }
    match attribute(response, "Destination") {
        Some(destination) if destination == expected.acs_url => {}
        Some(_) => return Err(Check::Destination.into()),
        None if is_signed => return Err(Check::DestinationMissing.into()),
        None => {}
    }
    for issuer in tree::children(response, names::ASSERTION, "Issuer") {
        if !is_entity(issuer, expected.idp_entity_id) {
            return Err(Check::ResponseIssuer.into());
        }
    }
    let answered = attribute(response, "InResponseTo");
    let otherwise = if answered.is_none() { Check::Unsolicited } else { Check::InResponseTo };
    expected.request.check(answered, otherwise)?;
    let status = tree::child(response, names::PROTOCOL, "Status").ok_or(Check::StatusMissing)?;
    status::read(status).map_or(Ok(()), |status| Err(Refusal::Status(status)))
}
