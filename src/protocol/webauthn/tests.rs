//! The published test vectors (Web Authentication Level 3 §16), and every way to be refused.

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use proptest::prelude::*;
use serde::Deserialize;

use super::*;
use crate::base::limits;

#[derive(Deserialize)]
struct Vectors {
    vectors: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    name: String,
    registration: Made,
    assertion: Proven,
}

#[derive(Deserialize)]
struct Made {
    challenge: Hex,
    credential_id: Hex,
    client_data: Hex,
    attestation_object: Hex,
}

#[derive(Deserialize)]
struct Proven {
    challenge: Hex,
    authenticator_data: Hex,
    client_data: Hex,
    signature: Hex,
}

#[derive(Clone, Deserialize)]
#[serde(try_from = "String")]
struct Hex(Vec<u8>);

impl TryFrom<String> for Hex {
    type Error = std::num::ParseIntError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        (0..text.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&text[at..at + 2], 16))
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

fn vectors() -> Vec<Vector> {
    serde_json::from_str::<Vectors>(include_str!("vectors.json")).unwrap().vectors
}

fn vector(name: &str) -> Vector {
    vectors().into_iter().find(|vector| vector.name == name).unwrap()
}

fn example() -> RelyingParty {
    RelyingParty::at("https://example.org").unwrap()
}

impl Made {
    fn register(&self, party: &RelyingParty, user_verification: bool) -> Result<NewCredential, Refusal> {
        let answer = Registration { client_data: &self.client_data.0, attestation_object: &self.attestation_object.0 };
        register(answer, &Expected { party, challenge: &self.challenge.0, user_verification })
    }
}

impl Proven {
    fn assert(&self, of: &NewCredential, party: &RelyingParty, user_verification: bool) -> Result<Proof, Refusal> {
        let answer = Assertion {
            client_data: &self.client_data.0,
            authenticator_data: &self.authenticator_data.0,
            signature: &self.signature.0,
        };
        let known =
            Known { public_key: &of.public_key, sign_count: of.sign_count, is_backup_eligible: of.is_backup_eligible };
        assert(answer, &known, &Expected { party, challenge: &self.challenge.0, user_verification })
    }
}

#[test]
fn the_published_vectors_are_read_as_they_should_be() {
    let mut accepted = 0;
    for vector in vectors() {
        let made = vector.registration.register(&example(), false);
        let refused = match vector.name.as_str() {
            "none-es256-crossOrigin" | "none-es256-topOrigin" => Some(Refusal::CrossOrigin),
            "packed-es384" | "packed-es512" | "packed-ed448" => Some(Refusal::Key), // nobody asked for them
            _ => None,
        };
        if let Some(refusal) = refused {
            assert_eq!(made, Err(refusal), "{}", vector.name);
            continue;
        }
        let made = made.unwrap_or_else(|refusal| panic!("{}: {refusal}", vector.name));
        assert_eq!(made.id, vector.registration.credential_id.0, "{}", vector.name);
        let proof = vector.assertion.assert(&made, &example(), false);
        assert_eq!(proof, Ok(Proof { sign_count: 0 }), "{}", vector.name);
        let has_verified = |at: u8| at & 4 != 0;
        let flags = vector.assertion.authenticator_data.0[32];
        let strict = vector.assertion.assert(&made, &example(), true);
        assert_eq!(strict.is_ok(), has_verified(flags), "{}", vector.name);
        assert!(strict.is_ok() || strict == Err(Refusal::NotVerified), "{}", vector.name);
        accepted += 1;
    }
    assert_eq!(accepted, 10, "ES256 with seven kinds of attestation and a long id, RS256, Ed25519");
}

#[test]
fn the_embedded_answers_of_other_ceremonies_sites_and_challenges_are_refused() {
    let vector = vector("packed-es256");
    let (made, proven) = (&vector.registration, &vector.assertion);
    let credential = made.register(&example(), true).unwrap();
    assert_eq!(proven.assert(&credential, &example(), true), Ok(Proof { sign_count: 0 }));

    let elsewhere = RelyingParty::at("https://example.org:8443").unwrap();
    assert_eq!(made.register(&elsewhere, true), Err(Refusal::Origin));
    assert_eq!(proven.assert(&credential, &elsewhere, true), Err(Refusal::Origin));
    let plain = RelyingParty::at("http://example.org").unwrap();
    assert_eq!(proven.assert(&credential, &plain, true), Err(Refusal::Origin));
    let other_id = RelyingParty { id: "sub.example.org".to_owned(), ..example() };
    assert_eq!(made.register(&other_id, true), Err(Refusal::RelyingParty));
    assert_eq!(proven.assert(&credential, &other_id, true), Err(Refusal::RelyingParty));

    let other_challenge = Proven { challenge: made.challenge.clone(), ..self::vector("packed-es256").assertion };
    assert_eq!(other_challenge.assert(&credential, &example(), true), Err(Refusal::Challenge));
    let nothing = Proven { challenge: Hex(Vec::new()), ..self::vector("packed-es256").assertion };
    assert_eq!(nothing.assert(&credential, &example(), true), Err(Refusal::Challenge));
    let other_challenge = Made { challenge: proven.challenge.clone(), ..self::vector("packed-es256").registration };
    assert_eq!(other_challenge.register(&example(), true), Err(Refusal::Challenge));

    let for_get = Made {
        client_data: proven.client_data.clone(),
        challenge: proven.challenge.clone(),
        ..self::vector("packed-es256").registration
    };
    assert_eq!(for_get.register(&example(), true), Err(Refusal::Type));
    let for_create = Proven {
        client_data: made.client_data.clone(),
        challenge: made.challenge.clone(),
        ..self::vector("packed-es256").assertion
    };
    assert_eq!(for_create.assert(&credential, &example(), true), Err(Refusal::Type));
}

#[test]
fn no_byte_of_an_assertion_can_be_altered() {
    for name in ["packed-es256", "packed-eddsa", "packed-rs256"] {
        let vector = vector(name);
        let credential = vector.registration.register(&example(), false).unwrap();
        let altered = |change: &dyn Fn(&mut Proven)| {
            let mut proven = self::vector(name).assertion;
            change(&mut proven);
            proven.assert(&credential, &example(), false)
        };
        assert!(altered(&|_| ()).is_ok());
        for at in 0..vector.assertion.authenticator_data.0.len() {
            assert!(altered(&|proven| proven.authenticator_data.0[at] ^= 0x20).is_err(), "{name} data {at}");
        }
        for at in 0..vector.assertion.client_data.0.len() {
            assert!(altered(&|proven| proven.client_data.0[at] ^= 1).is_err(), "{name} client data {at}");
        }
        let last = vector.assertion.signature.0.len() - 1;
        assert_eq!(altered(&|proven| proven.signature.0[last] ^= 1), Err(Refusal::Signature));
        assert_eq!(altered(&|proven| proven.signature.0.clear()), Err(Refusal::Signature));
        assert_eq!(altered(&|proven| proven.signature.0.resize(2_000, 0)), Err(Refusal::TooLong));
        let others = self::vector("none-es256").registration.register(&example(), false).unwrap();
        let of_other = vector.assertion.assert(
            &NewCredential { is_backup_eligible: credential.is_backup_eligible, ..others },
            &example(),
            false,
        );
        assert_eq!(of_other, Err(Refusal::Signature), "another credential's");
    }
}

/// An authenticator that says what it is told to.
struct Authenticator(EcdsaKeyPair);

impl Authenticator {
    fn new() -> Self {
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &SystemRandom::new()).unwrap();
        Self(EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8.as_ref()).unwrap())
    }

    fn cose(&self) -> Vec<u8> {
        let point = self.0.public_key().as_ref();
        [&[0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32], &point[1..33], &[0x22, 0x58, 32], &point[33..]].concat()
    }

    fn assert(&self, flags: u8, count: u32, known: u32, extra: &str) -> Result<Proof, Refusal> {
        let data = [
            aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, b"example.org").as_ref(),
            &[flags],
            &count.to_be_bytes(),
        ]
        .concat();
        let client_data = client_data("webauthn.get", extra);
        let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, client_data.as_bytes());
        let signature = self.0.sign(&SystemRandom::new(), &[&data[..], hash.as_ref()].concat()).unwrap();
        let answer =
            Assertion { client_data: client_data.as_bytes(), authenticator_data: &data, signature: signature.as_ref() };
        let known = Known { public_key: &self.cose(), sign_count: known, is_backup_eligible: false };
        assert(answer, &known, &Expected { party: &example(), challenge: b"challenge", user_verification: true })
    }
}

fn client_data(kind: &str, extra: &str) -> String {
    let challenge = BASE64_URL_SAFE_NO_PAD.encode(b"challenge");
    format!(r#"{{"type":"{kind}","challenge":"{challenge}","origin":"https://example.org"{extra}}}"#)
}

/// A registration of these authenticator data after the 37 bytes in front.
fn made(flags: u8, attested: &[u8]) -> Result<NewCredential, Refusal> {
    let data = [
        aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, b"example.org").as_ref(),
        &[flags, 0, 0, 0, 7],
        attested,
    ]
    .concat();
    let length = u16::try_from(data.len()).unwrap().to_be_bytes();
    object(&[&b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59"[..], &length, &data].concat())
}

fn object(attestation_object: &[u8]) -> Result<NewCredential, Refusal> {
    let client_data = client_data("webauthn.create", "");
    let answer = Registration { client_data: client_data.as_bytes(), attestation_object };
    register(answer, &Expected { party: &example(), challenge: b"challenge", user_verification: true })
}

fn attested(id: &[u8], key: &[u8]) -> Vec<u8> {
    [&[0; 16][..], &u16::try_from(id.len()).unwrap().to_be_bytes(), id, key].concat()
}

#[test]
fn the_flags_and_the_counter_have_to_be_right() {
    let authenticator = Authenticator::new();
    assert_eq!(authenticator.assert(0x05, 8, 7, ""), Ok(Proof { sign_count: 8 }));
    assert_eq!(authenticator.assert(0x05, 0, 0, ""), Ok(Proof { sign_count: 0 }), "it does not count");
    assert_eq!(authenticator.assert(0x04, 8, 7, ""), Err(Refusal::NotPresent));
    assert_eq!(authenticator.assert(0x01, 8, 7, ""), Err(Refusal::NotVerified));
    assert_eq!(authenticator.assert(0x15, 8, 7, ""), Err(Refusal::Backup), "backed up without being eligible");
    assert_eq!(authenticator.assert(0x0d, 8, 7, ""), Err(Refusal::Backup), "eligible, which it was not before");
    assert_eq!(authenticator.assert(0x05, 7, 7, ""), Err(Refusal::Counter));
    assert_eq!(authenticator.assert(0x05, 6, 7, ""), Err(Refusal::Counter));
    assert_eq!(authenticator.assert(0x05, 0, 7, ""), Err(Refusal::Counter));
    assert_eq!(authenticator.assert(0x45, 8, 7, ""), Err(Refusal::AuthenticatorData), "no credential follows");
    assert_eq!(authenticator.assert(0x85, 8, 7, ""), Err(Refusal::Cbor), "no extensions follow");
    for frame in [r#","crossOrigin":true"#, r#","topOrigin":"https://example.org""#, r#","topOrigin":7"#] {
        assert_eq!(authenticator.assert(0x05, 8, 7, frame), Err(Refusal::CrossOrigin), "{frame}");
    }
    assert!(authenticator.assert(0x05, 8, 7, r#","crossOrigin":false,"new":{"a":[1]}"#).is_ok());
    for twice in [r#","type":"webauthn.get""#, r#","challenge":"""#, r#","crossOrigin":"no""#, "}"] {
        assert_eq!(authenticator.assert(0x05, 8, 7, twice), Err(Refusal::ClientData), "{twice}");
    }
    let long = format!(r#","pad":"{}""#, "x".repeat(limits::PASSKEY_CLIENT_DATA_BYTES));
    assert_eq!(authenticator.assert(0x05, 8, 7, &long), Err(Refusal::TooLong));
}

#[test]
fn a_new_credential_is_read_to_its_last_byte_and_no_further() {
    let cose = Authenticator::new().cose();
    let good = attested(b"id", &cose);
    let credential = made(0x45, &good).unwrap();
    assert_eq!((credential.id.as_slice(), &credential.public_key, credential.sign_count), (&b"id"[..], &cose, 7));
    assert!(!credential.is_backup_eligible && made(0x4d, &good).unwrap().is_backup_eligible);
    assert_eq!(made(0x44, &good), Err(Refusal::NotPresent));
    assert_eq!(made(0x41, &good), Err(Refusal::NotVerified));
    assert_eq!(made(0x55, &good), Err(Refusal::Backup));
    assert_eq!(made(0x05, b""), Err(Refusal::AuthenticatorData), "nothing was made");
    assert_eq!(made(0x05, &good), Err(Refusal::AuthenticatorData), "more than the flags say");
    for cut in 0..good.len() {
        assert!(made(0x45, &good[..cut]).is_err(), "cut at {cut}");
    }
    assert_eq!(made(0x45, &[&good[..], &[0]].concat()), Err(Refusal::AuthenticatorData));
    assert!(made(0xc5, &[&good[..], b"\xa1\x61a\x82\x01\xa1\x01\x02"].concat()).is_ok(), "extensions are left out");
    assert_eq!(made(0xc5, &[&good[..], b"\x01"].concat()), Err(Refusal::Cbor), "extensions are a map");
    assert!(made(0x45, &attested(&[7; 1023], &cose)).is_ok());
    assert_eq!(made(0x45, &attested(&[7; 1024], &cose)), Err(Refusal::AuthenticatorData));
    assert_eq!(made(0x45, &attested(&[], &cose)), Err(Refusal::AuthenticatorData));
}

#[test]
fn keys_that_are_none_or_of_another_kind_are_refused() {
    let cose = Authenticator::new().cose();
    let with = |at: usize, byte: u8| {
        let mut key = cose.clone();
        key[at] = byte;
        made(0x45, &attested(b"id", &key)).map(|_| ())
    };
    assert_eq!(with(2, 2), Ok(()));
    assert_eq!(with(2, 3), Err(Refusal::Key), "kty");
    assert_eq!(with(4, 0x27), Err(Refusal::Key), "alg EdDSA with a P-256 key");
    assert_eq!(with(6, 2), Err(Refusal::Key), "crv P-384");
    assert_eq!(with(20, cose[20] ^ 1), Err(Refusal::Key), "no point of the curve");
    assert_eq!(with(0, 0xa4), Err(Refusal::AuthenticatorData), "a member too many");
    assert_eq!(with(0, 0xa6), Err(Refusal::Cbor));
    assert_eq!(with(0, 0xbf), Err(Refusal::Cbor), "of no length");
    assert_eq!(with(1, 3), Err(Refusal::Cbor), "a label twice");
    let rsa = |bytes: usize, first: u8, e: &[u8]| {
        let n = [&[first][..], &vec![0xff; bytes - 1]].concat();
        let key = [
            &b"\xa4\x01\x03\x03\x39\x01\x00\x20\x59"[..],
            &u16::try_from(bytes).unwrap().to_be_bytes(),
            &n,
            &[0x21, 0x40 | u8::try_from(e.len()).unwrap()],
            e,
        ]
        .concat();
        made(0x45, &attested(b"id", &key)).map(|_| ())
    };
    assert_eq!(rsa(256, 0xff, &[1, 0, 1]), Ok(()));
    assert_eq!(rsa(255, 0xff, &[1, 0, 1]), Err(Refusal::Key), "under 2048 bits");
    assert_eq!(rsa(257, 0, &[1, 0, 1]), Err(Refusal::Key), "a zero in front");
    assert_eq!(rsa(1025, 0xff, &[1, 0, 1]), Err(Refusal::Key), "over 8192 bits");
    assert_eq!(rsa(256, 0xff, &[1, 0, 0, 0, 1]), Err(Refusal::Key), "a long exponent");
}

#[test]
fn cbor_that_is_cut_short_large_or_deep_is_refused() {
    let object_of = vector("packed-es256").registration.attestation_object.0;
    for cut in 0..object_of.len() {
        assert_eq!(object(&object_of[..cut]), Err(Refusal::Cbor), "cut at {cut}");
    }
    assert_eq!(object(&[&object_of[..], &[0]].concat()), Err(Refusal::Cbor), "more after it");
    assert_eq!(object(&vec![0xa3; limits::PASSKEY_ATTESTATION_BYTES + 1]), Err(Refusal::TooLong));
    let nested = |open: &[u8]| {
        let deep = open.repeat(14_000 / open.len());
        object(&[&b"\xa3\x63fmt\x66packed\x67attStmt\xa1\x61a"[..], &deep].concat())
    };
    assert_eq!(nested(b"\x81"), Err(Refusal::Cbor), "arrays in arrays");
    assert_eq!(nested(b"\xa1\x01"), Err(Refusal::Cbor), "maps in maps");
    assert_eq!(nested(b"\x9f"), Err(Refusal::Cbor), "arrays of no length");
    assert_eq!(nested(b"\xc1"), Err(Refusal::Cbor), "tags on tags");
    let claims = |length: &[u8]| object(&[&b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData"[..], length].concat());
    assert_eq!(claims(b"\x5b\xff\xff\xff\xff\xff\xff\xff\xff"), Err(Refusal::Cbor), "16 exabytes to come");
    assert_eq!(object(b"\xbb\xff\xff\xff\xff\xff\xff\xff\xff"), Err(Refusal::Cbor));
    assert_eq!(object(b"\xa3\x63fmt\x64none\x67attStmt\xa1\x01\x02\x68authData\x41\x00"), Err(Refusal::Cbor), "§8.7");
    assert_eq!(object(b"\xa3\x63fmt\x64none\x63fmt\x64none\x67attStmt\xa0"), Err(Refusal::Cbor), "twice");
    assert_eq!(object(b"\xa2\x63fmt\x64none\x67attStmt\xa0"), Err(Refusal::Cbor), "no data");
}

#[test]
fn only_a_host_with_a_name_has_passkeys() {
    let party = RelyingParty::at("https://pedell.example:8443").unwrap();
    assert_eq!((party.id(), party.origin.as_str()), ("pedell.example", "https://pedell.example:8443"));
    assert_eq!(RelyingParty::at("http://localhost:8080").unwrap().id(), "localhost");
    for none in ["https://192.0.2.7", "http://127.0.0.1:8080", "https://[2001:db8::1]", "pedell.example", ""] {
        assert_eq!(RelyingParty::at(none), None, "{none}");
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_are_refused_and_never_panic(
        one in prop::collection::vec(any::<u8>(), 0..600),
        two in prop::collection::vec(any::<u8>(), 0..600),
        three in prop::collection::vec(any::<u8>(), 0..100),
        cut in 0usize..1000,
        at in 0usize..1000,
    ) {
        let party = example();
        let expected = Expected { party: &party, challenge: b"challenge", user_verification: true };
        let right = client_data("webauthn.create", "");
        let answer = Registration { client_data: &one, attestation_object: &two };
        prop_assert!(register(answer, &expected).is_err());
        let answer = Registration { client_data: right.as_bytes(), attestation_object: &two };
        prop_assert!(register(answer, &expected).is_err());
        // Almost right: a good object, cut and overwritten.
        let mut object = vector("packed-es256").registration.attestation_object.0;
        let at = at.min(object.len());
        object.splice(at..(at + one.len()).min(object.len()), one.iter().copied());
        object.truncate(cut);
        let _ = register(Registration { client_data: right.as_bytes(), attestation_object: &object }, &expected);
        let known = Known { public_key: &one, sign_count: 0, is_backup_eligible: false };
        let right = client_data("webauthn.get", "");
        for client_data in [&one[..], right.as_bytes()] {
            let answer = Assertion { client_data, authenticator_data: &two, signature: &three };
            prop_assert!(assert(answer, &known, &expected).is_err());
        }
    }
}
