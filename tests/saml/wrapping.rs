//! Signature wrapping: XSW1 to XSW8 as SAML Raider numbers them, on the response's and on the assertion's signature,
//! with the forged element under a new ID and under the signed one's.

use crate::idp::*;

const FORGED: &str = "admin@uni.example";

/// A genuine message taken apart: the signed element, what it is without its signature, and the signature.
struct Parts {
    signed: String,
    original: String,
    signature: String,
    forged: String,
}

impl Parts {
    fn of(signed: String, id: &str, same_id: bool) -> Self {
        let (start, end) =
            (signed.find("<ds:Signature ").unwrap(), signed.find("</ds:Signature>").unwrap() + "</ds:Signature>".len());
        let signature = signed[start..end].to_owned();
        let original = signed[..start].to_owned() + &signed[end..];
        let mut forged = original.replace(STUDENT, FORGED);
        if !same_id {
            forged = forged.replace(&format!("ID=\"{id}\""), "ID=\"_evil\"");
        }
        Self { signed, original, signature, forged }
    }

    /// The forged element with `content` as its first child but the issuer.
    fn forged_with(&self, content: &str) -> String {
        self.forged.replacen("</saml:Issuer>", &format!("</saml:Issuer>{content}"), 1)
    }

    fn forged_ending_with(&self, content: &str) -> String {
        let place = self.forged.rfind("</").unwrap();
        format!("{}{content}{}", &self.forged[..place], &self.forged[place..])
    }

    fn signature_with(&self, content: &str) -> String {
        self.signature.replace("</ds:Signature>", &format!("{content}</ds:Signature>"))
    }
}

/// The shapes on an assertion's signature; each is what goes into the response.
fn on_assertion(parts: &Parts) -> [String; 8] {
    let Parts { signed, original, signature, forged } = parts;
    [
        parts.forged_with(&parts.signature_with(original)),
        parts.forged_with(&format!("{original}{signature}")),
        format!("{forged}{signed}"),
        parts.forged_ending_with(signed),
        format!("{}{original}", parts.forged_with(signature)),
        parts.forged_with(&signature.replace("</ds:SignatureValue>", &format!("</ds:SignatureValue>{original}"))),
        format!("<samlp:Extensions>{forged}</samlp:Extensions>{signed}"),
        parts.forged_with(&parts.signature_with(&format!("<ds:Object>{original}</ds:Object>"))),
    ]
}

/// The same on a response's signature; each is a whole document.
fn on_response(parts: &Parts) -> [String; 8] {
    let Parts { signed, original, signature, .. } = parts;
    [
        parts.forged_with(&parts.signature_with(original)),
        parts.forged_with(&format!("{original}{signature}")),
        parts.forged_with(signed),
        parts.forged_ending_with(signed),
        parts.forged_with(signature).replace("</samlp:Response>", &format!("{original}</samlp:Response>")),
        parts.forged_with(&signature.replace("</ds:SignatureValue>", &format!("</ds:SignatureValue>{original}"))),
        parts.forged_with(&format!("{signature}<samlp:Extensions>{original}</samlp:Extensions>")),
        parts.forged_with(&parts.signature_with(&format!("<ds:Object>{original}</ds:Object>"))),
    ]
}

fn codes(documents: &[String]) -> Vec<&'static str> {
    documents.iter().map(|document| code(document)).collect()
}

#[test]
fn a_forged_assertion_around_a_signed_one_is_refused_in_every_shape() {
    for same_id in [false, true] {
        let parts = Parts::of(sign_assertion(&assertion()), "_assertion-1", same_id);
        let documents = on_assertion(&parts).map(|content| response(&content));
        assert_eq!(codes(&documents), ["assertion_several"; 8], "same ID: {same_id}");
    }
}

#[test]
fn a_forged_response_around_a_signed_one_is_refused_in_every_shape() {
    let with_new_id = Parts::of(sign_response(&response(&assertion())), "_response-1", false);
    let refers_elsewhere = "signature_reference";
    assert_eq!(
        codes(&on_response(&with_new_id)),
        [
            refers_elsewhere,
            refers_elsewhere,
            "assertion_several",
            "assertion_several",
            refers_elsewhere,
            refers_elsewhere,
            refers_elsewhere,
            refers_elsewhere,
        ]
    );
    let with_same_id = Parts::of(sign_response(&response(&assertion())), "_response-1", true);
    let twice = "signature_duplicate_id";
    assert_eq!(
        codes(&on_response(&with_same_id)),
        [twice, twice, "assertion_several", "assertion_several", twice, twice, twice, twice,]
    );
}

#[test]
fn wrapping_is_refused_by_the_signature_alone_where_the_assertion_is_hidden_from_the_count() {
    // The original's element is renamed by its namespace for anybody who counts; the reference still means it.
    let parts = Parts::of(sign_assertion(&assertion()), "_assertion-1", false);
    let hidden =
        parts.original.replacen("<saml:Assertion ", "<saml:Other ", 1).replace("</saml:Assertion>", "</saml:Other>");
    for content in [
        parts.forged_with(&parts.signature_with(&hidden)),
        parts.forged_with(&format!("{hidden}{}", parts.signature)),
        parts.forged_with(&parts.signature_with(&format!("<ds:Object>{hidden}</ds:Object>"))),
    ] {
        assert_eq!(code(&response(&content)), "signature_reference");
    }
    // Under the same ID there are two of it; and without the original the digest is another.
    let same = Parts::of(sign_assertion(&assertion()), "_assertion-1", true);
    assert_eq!(code(&response(&same.forged_with(&same.signature_with(&hidden)))), "signature_duplicate_id");
    assert_eq!(code(&response(&same.forged_with(&same.signature))), "signature_digest");
}

#[test]
fn wrapping_inside_an_encrypted_assertion_is_refused_too() {
    let parts = Parts::of(sign_assertion(&assertion()), "_assertion-1", false);
    for content in on_assertion(&parts) {
        let document = response(&Encryption::default().encrypt(&content));
        assert_eq!(code(&document), "assertion_several", "{content}");
    }
}
