//! An identity provider in test code: builds, signs and encrypts responses in every shape that a test asks for.

use std::sync::OnceLock;

use aws_lc_rs::{
    digest,
    encoding::{AsDer, Pkcs8V1Der},
    rand::SystemRandom,
    rsa,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256,
        RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RsaEncoding, RsaKeyPair,
    },
};
use base64::{Engine, prelude::BASE64_STANDARD};
pub(crate) use pedell::cli::demo::idp::encrypt::Wrapping;
use pedell::{
    base::{Random, Timestamp},
    cli::demo::idp::encrypt,
    protocol::saml::{
        Expectations, Refusal, RequestId, VerifiedAssertion,
        algorithms::Sha1,
        keys::{DecryptionKey, VerifyingKey},
        names, verify_response,
        xml::{
            canonical::Method,
            outline::{At, Outline},
        },
    },
};
use zeroize::Zeroizing;

pub(crate) const IDP: &str = "https://idp.uni.example/idp/shibboleth";
pub(crate) const SP: &str = "https://pedell.example/saml";
pub(crate) const ACS: &str = "https://pedell.example/saml/acs";
pub(crate) const REQUEST: &str = "_request-1";
pub(crate) const STUDENT: &str = "student-1@uni.example";
pub(crate) const NOW: &str = "2026-11-23T08:00:00Z";

pub(crate) fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

/// A key pair of somebody: as PKCS#8, with the public half as SPKI.
#[derive(Clone)]
pub(crate) struct Pair {
    pub pkcs8: Vec<u8>,
    pub(crate) spki: Vec<u8>,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Rsa,
    P256,
    P384,
}

impl Pair {
    pub(crate) fn rsa() -> Self {
        let pair = rsa::KeyPair::generate(rsa::KeySize::Rsa2048).unwrap();
        let pkcs8: Pkcs8V1Der = pair.as_der().unwrap();
        let spki = AsDer::<aws_lc_rs::encoding::PublicKeyX509Der>::as_der(pair.public_key()).unwrap();
        Self { pkcs8: pkcs8.as_ref().to_vec(), spki: spki.as_ref().to_vec(), kind: Kind::Rsa }
    }

    pub(crate) fn ec(bits: u16) -> Self {
        let (algorithm, kind) = match bits {
            256 => (&ECDSA_P256_SHA256_FIXED_SIGNING, Kind::P256),
            _ => (&ECDSA_P384_SHA384_FIXED_SIGNING, Kind::P384),
        };
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &SystemRandom::new()).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref()).unwrap();
        let spki = AsDer::<aws_lc_rs::encoding::PublicKeyX509Der>::as_der(pair.public_key()).unwrap();
        Self { pkcs8: pkcs8.as_ref().to_vec(), spki: spki.as_ref().to_vec(), kind }
    }

    pub(crate) fn verifying(&self) -> VerifyingKey {
        VerifyingKey::from_public_key_info(&self.spki).unwrap()
    }

    pub(crate) fn secret(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(self.pkcs8.clone())
    }

    /// A certificate that ended long ago and is signed by nobody: the key counts.
    pub(crate) fn certificate(&self) -> Vec<u8> {
        let algorithm = der(0x30, &[0x06, 3, 0x2A, 3, 4]);
        let validity = der(0x30, &[der(0x17, b"200101000000Z"), der(0x17, b"210101000000Z")].concat());
        let name = der(0x30, &[]);
        let body = [der(2, &[1]), algorithm.clone(), name.clone(), validity, name, self.spki.clone()].concat();
        der(0x30, &[der(0x30, &body), algorithm, der(3, &[0, 1])].concat())
    }

    fn sign(&self, method: &str, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        let rsa = |encoding: &'static dyn RsaEncoding| {
            let pair = RsaKeyPair::from_pkcs8(&self.pkcs8).unwrap();
            let mut signature = vec![0; pair.public_modulus_len()];
            pair.sign(encoding, &random, message, &mut signature).unwrap();
            signature
        };
        match (self.kind, method) {
            (Kind::P256, _) => {
                let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &self.pkcs8).unwrap();
                pair.sign(&random, message).unwrap().as_ref().to_vec()
            }
            (Kind::P384, _) => {
                let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P384_SHA384_FIXED_SIGNING, &self.pkcs8).unwrap();
                pair.sign(&random, message).unwrap().as_ref().to_vec()
            }
            (Kind::Rsa, names::RSA_SHA384) => rsa(&RSA_PKCS1_SHA384),
            (Kind::Rsa, names::RSA_SHA512) => rsa(&RSA_PKCS1_SHA512),
            (Kind::Rsa, _) => rsa(&RSA_PKCS1_SHA256),
        }
    }
}

pub(crate) fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let mut out = vec![tag];
    match length {
        0..=0x7F => out.push(length as u8),
        _ => out.extend([0x82, (length >> 8) as u8, length as u8]),
    }
    out.extend_from_slice(content);
    out
}

/// Everybody's keys, generated once.
pub(crate) struct Keys {
    pub(crate) idp: Pair,
    pub(crate) idp_next: Pair,
    pub p256: Pair,
    pub p384: Pair,
    pub(crate) attacker: Pair,
    pub(crate) sp: Pair,
    pub(crate) sp_next: Pair,
    pub(crate) trusted: Vec<VerifyingKey>,
    pub(crate) decryption: Vec<DecryptionKey>,
}

pub(crate) fn keys() -> &'static Keys {
    static KEYS: OnceLock<Keys> = OnceLock::new();
    KEYS.get_or_init(|| {
        let (idp, idp_next, p256, p384) = (Pair::rsa(), Pair::rsa(), Pair::ec(256), Pair::ec(384));
        let (sp, sp_next) = (Pair::rsa(), Pair::rsa());
        let trusted = [&idp_next, &p384, &p256, &idp].map(Pair::verifying).to_vec();
        let decryption = [&sp_next, &sp].map(|pair| DecryptionKey::from_pkcs8(&pair.secret()).unwrap()).into();
        Keys { idp, idp_next, p256, p384, attacker: Pair::rsa(), sp, sp_next, trusted, decryption }
    })
}

/// How a signature is made.
#[derive(Clone)]
pub(crate) struct Signing {
    pub(crate) key: &'static Pair,
    pub(crate) method: &'static str,
    pub(crate) digest: &'static str,
    /// `Algorithm` and its content, for `SignedInfo` and for the element.
    pub(crate) canonical: &'static str,
    pub(crate) prefix_list: Option<&'static str>,
    /// What stands in `KeyInfo`.
    pub(crate) key_info: String,
    /// The signature goes behind this.
    pub(crate) after: &'static str,
}

impl Default for Signing {
    fn default() -> Self {
        Self {
            key: &keys().idp,
            method: names::RSA_SHA256,
            digest: names::SHA256,
            canonical: names::EXC_C14N,
            prefix_list: None,
            key_info: String::new(),
            after: "</saml:Issuer>",
        }
    }
}

impl Signing {
    pub(crate) fn method(&self) -> Method {
        match (self.canonical, self.prefix_list) {
            (names::EXC_C14N, list) => Method::Exclusive(
                list.unwrap_or_default()
                    .split_whitespace()
                    .map(|prefix| if prefix == "#default" { String::new() } else { prefix.into() })
                    .collect(),
            ),
            _ => Method::Inclusive,
        }
    }

    /// Signs the element with this ID inside `document`.
    pub(crate) fn sign(&self, document: &str, id: &str) -> String {
        self.sign_by(document, id, |bytes| self.key.sign(self.method, bytes))
    }

    /// The same with something else in place of the signature.
    pub(crate) fn sign_by(&self, document: &str, id: &str, by: impl Fn(&[u8]) -> Vec<u8>) -> String {
        let start = document.find(&format!("ID=\"{id}\"")).expect("the element to sign is there");
        let place = start + document[start..].find(self.after).expect("the place for the signature") + self.after.len();
        let outline = Outline::of(document).unwrap();
        let canonical = outline.canonicalise(find(&outline, id), &[], self.method()).unwrap();
        let signature = self.signature(id, &digest_of(self.digest, canonical.as_bytes()));
        self.complete_by(&format!("{}{signature}{}", &document[..place], &document[place..]), by)
    }

    /// A signature without value over a digest.
    pub(crate) fn signature(&self, id: &str, digest: &str) -> String {
        let parameter = self.prefix_list.map_or(String::new(), |list| {
            format!("<ec:InclusiveNamespaces xmlns:ec=\"{}\" PrefixList=\"{list}\"/>", names::EXC_C14N)
        });
        format!(
            "<ds:Signature xmlns:ds=\"{}\"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm=\"{c14n}\">{parameter}\
             </ds:CanonicalizationMethod><ds:SignatureMethod Algorithm=\"{}\"/><ds:Reference URI=\"#{id}\"><ds:Transforms>\
             <ds:Transform Algorithm=\"{}\"/><ds:Transform Algorithm=\"{c14n}\">{parameter}</ds:Transform></ds:Transforms>\
             <ds:DigestMethod Algorithm=\"{}\"/><ds:DigestValue>{digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>\
             <ds:SignatureValue>@VALUE@</ds:SignatureValue>{}</ds:Signature>",
            names::DSIG,
            self.method,
            names::ENVELOPED,
            self.digest,
            self.key_info,
            c14n = self.canonical,
        )
    }

    /// Puts the value into the document's one signature that has none.
    pub(crate) fn complete(&self, document: &str) -> String {
        self.complete_by(document, |bytes| self.key.sign(self.method, bytes))
    }

    fn complete_by(&self, document: &str, by: impl Fn(&[u8]) -> Vec<u8>) -> String {
        let outline = Outline::of(document).unwrap();
        let signed_info = all(&outline)
            .into_iter()
            .filter(|at| outline.is(*at, names::DSIG, "Signature"))
            .rfind(|at| outline.canonicalise(*at, &[], Method::Inclusive).unwrap().contains("@VALUE@</"))
            .and_then(|at| outline.children_named(at, names::DSIG, "SignedInfo").next())
            .expect("a signature to complete");
        let bytes = outline.canonicalise(signed_info, &[], self.method()).unwrap();
        let value = BASE64_STANDARD.encode(by(bytes.as_bytes()));
        document.replacen("@VALUE@", &value, 1)
    }
}

pub(crate) fn digest_of(algorithm: &str, bytes: &[u8]) -> String {
    let algorithm = match algorithm {
        names::SHA1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
        names::SHA384 => &digest::SHA384,
        names::SHA512 => &digest::SHA512,
        _ => &digest::SHA256,
    };
    BASE64_STANDARD.encode(digest::digest(algorithm, bytes))
}

fn all(outline: &Outline) -> Vec<At> {
    let mut found = vec![outline.root()];
    let mut next = 0;
    while next < found.len() {
        found.extend(outline.children(found[next]).collect::<Vec<_>>());
        next += 1;
    }
    found
}

fn find(outline: &Outline, id: &str) -> At {
    all(outline).into_iter().find(|at| outline.id(*at) == Some(id)).expect("an element with this ID")
}

/// How an assertion is encrypted.
#[derive(Clone)]
pub(crate) struct Encryption {
    pub(crate) to: &'static Pair,
    pub(crate) content: &'static str,
    pub(crate) wrapping: Wrapping,
    /// Whether `EncryptedKey` stands beside `EncryptedData` instead of inside its `KeyInfo`.
    pub(crate) key_beside: bool,
}

impl Default for Encryption {
    fn default() -> Self {
        Self { to: &keys().sp, content: names::AES256_GCM, wrapping: Wrapping::Mgf1p, key_beside: false }
    }
}

impl Encryption {
    /// As the demonstration's identity provider encrypts.
    pub(crate) fn encrypt(&self, plaintext: &str) -> String {
        let Self { to, content, wrapping, key_beside } = *self;
        let encryption = encrypt::Encryption { to: &to.spki, content, wrapping, key_beside };
        encryption.encrypt(plaintext, &Random::seeded(1)).unwrap()
    }
}

/// An assertion as Shibboleth would write it, unsigned. Tests change it by replacing text.
pub(crate) fn assertion() -> String {
    format!(
        "<saml:Assertion xmlns:saml=\"{saml}\" ID=\"_assertion-1\" Version=\"2.0\" IssueInstant=\"{NOW}\">\
         <saml:Issuer>{IDP}</saml:Issuer>\
         <saml:Subject><saml:NameID Format=\"{persistent}\">persistent-1</saml:NameID>\
         <saml:SubjectConfirmation Method=\"{bearer}\"><saml:SubjectConfirmationData InResponseTo=\"{REQUEST}\" \
         NotOnOrAfter=\"2026-11-23T08:05:00Z\" Recipient=\"{ACS}\"/></saml:SubjectConfirmation></saml:Subject>\
         <saml:Conditions NotBefore=\"{NOW}\" NotOnOrAfter=\"2026-11-23T08:05:00Z\"><saml:AudienceRestriction>\
         <saml:Audience>{SP}</saml:Audience></saml:AudienceRestriction></saml:Conditions>\
         <saml:AuthnStatement AuthnInstant=\"2026-11-23T07:59:30Z\" SessionIndex=\"s1\" \
         SessionNotOnOrAfter=\"2026-11-23T16:00:00Z\"><saml:AuthnContext><saml:AuthnContextClassRef>\
         urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport</saml:AuthnContextClassRef>\
         </saml:AuthnContext></saml:AuthnStatement><saml:AttributeStatement>\
         <saml:Attribute Name=\"urn:oasis:names:tc:SAML:attribute:pairwise-id\" NameFormat=\"{uri}\">\
         <saml:AttributeValue>{STUDENT}</saml:AttributeValue></saml:Attribute>\
         <saml:Attribute FriendlyName=\"eduPersonScopedAffiliation\" Name=\"urn:oid:1.3.6.1.4.1.5923.1.1.1.9\" \
         NameFormat=\"{uri}\"><saml:AttributeValue>student@uni.example</saml:AttributeValue><saml:AttributeValue>\
         member@uni.example</saml:AttributeValue></saml:Attribute></saml:AttributeStatement></saml:Assertion>",
        saml = names::ASSERTION,
        persistent = names::PERSISTENT,
        bearer = names::BEARER,
        uri = names::URI_NAME,
    )
}

/// A response around `content`, unsigned.
pub(crate) fn response(content: &str) -> String {
    format!(
        "<samlp:Response xmlns:samlp=\"{}\" ID=\"_response-1\" Version=\"2.0\" IssueInstant=\"{NOW}\" \
         Destination=\"{ACS}\" InResponseTo=\"{REQUEST}\"><saml:Issuer xmlns:saml=\"{}\">{IDP}</saml:Issuer><samlp:Status>\
         <samlp:StatusCode Value=\"{}Success\"/></samlp:Status>{content}</samlp:Response>",
        names::PROTOCOL,
        names::ASSERTION,
        names::STATUS
    )
}

pub(crate) fn sign_assertion(document: &str) -> String {
    Signing::default().sign(document, "_assertion-1")
}

pub(crate) fn sign_response(document: &str) -> String {
    Signing::default().sign(document, "_response-1")
}

/// The common shape: a signed assertion in an unsigned response.
pub(crate) fn signed() -> String {
    response(&sign_assertion(&assertion()))
}

/// As our service would judge it, at [`NOW`].
pub(crate) fn judge(document: &str) -> Result<VerifiedAssertion, Refusal> {
    verify_response(document.as_bytes(), &expectations())
}

pub(crate) fn expectations() -> Expectations<'static> {
    Expectations {
        sp_entity_id: SP,
        acs_url: ACS,
        idp_entity_id: IDP,
        idp_keys: &keys().trusted,
        decryption_keys: &keys().decryption,
        request: RequestId::Asked(REQUEST),
        sha1: Sha1::Refused,
        now: at(NOW),
    }
}

/// What a refusal's reason is called; `accepted` if there is none.
pub(crate) fn code(document: &str) -> &'static str {
    use pedell::protocol::saml::Coded;
    judge(document).as_ref().map_or_else(Coded::code, |_| "accepted")
}

/// Whom the verified assertion speaks of.
pub(crate) fn student(document: &str) -> String {
    let assertion = judge(document).unwrap_or_else(|refusal| panic!("{refusal}: {document}"));
    assertion.values("urn:oasis:names:tc:SAML:attribute:pairwise-id").join("|")
}
