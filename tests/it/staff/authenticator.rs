//! An authenticator in software: makes passkeys and proves them as a browser would, or as it is told to.

use aws_lc_rs::{
    digest::{SHA256, digest},
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use pedell::flow::staff_passkey::{NewPasskey, PasskeyAnswer, PasskeyQuestion};
use serde_json::json;

/// One passkey.
pub(crate) struct Passkey {
    pub(crate) id: Vec<u8>,
    key: EcdsaKeyPair,
    user_handle: Vec<u8>,
    /// What is said of the person: present and verified.
    pub(crate) flags: u8,
    pub(crate) count: u32,
    pub(crate) origin: &'static str,
    pub(crate) rp_id: &'static str,
}

pub(crate) fn bytes(value: &serde_json::Value) -> Vec<u8> {
    BASE64_URL_SAFE_NO_PAD.decode(value.as_str().unwrap()).unwrap()
}

impl Passkey {
    /// Makes one, as it was asked for.
    pub(crate) fn make(question: &PasskeyQuestion, name: &str) -> (Self, NewPasskey) {
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &SystemRandom::new()).unwrap();
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8.as_ref()).unwrap();
        let id = digest(&SHA256, key.public_key().as_ref()).as_ref().to_vec();
        let passkey = Self {
            id,
            key,
            user_handle: bytes(&question.options["user"]["id"]),
            flags: 0x05,
            count: 0,
            origin: "https://pedell.example",
            rp_id: "pedell.example",
        };
        let answer = passkey.made(question, name);
        (passkey, answer)
    }

    /// The answer to a question for a new one.
    pub(crate) fn made(&self, question: &PasskeyQuestion, name: &str) -> NewPasskey {
        let point = self.key.public_key().as_ref();
        let cose = [&[0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32], &point[1..33], &[0x22, 0x58, 32], &point[33..]];
        let id = [&u16::try_from(self.id.len()).unwrap().to_be_bytes(), self.id.as_slice()].concat();
        let data = [&self.data(0x40)[..], &[0; 16], &id, &cose.concat()].concat();
        let length = u8::try_from(data.len()).unwrap();
        NewPasskey {
            name: name.to_owned(),
            client_data: self.client_data("webauthn.create", question),
            attestation_object: [&b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58"[..], &[length], &data].concat(),
        }
    }

    /// The answer to a question for this one.
    pub(crate) fn prove(&self, question: &PasskeyQuestion) -> PasskeyAnswer {
        let (data, client_data) = (self.data(0), self.client_data("webauthn.get", question));
        let signed = [&data[..], digest(&SHA256, &client_data).as_ref()].concat();
        PasskeyAnswer {
            id: self.id.clone(),
            signature: self.key.sign(&SystemRandom::new(), &signed).unwrap().as_ref().to_vec(),
            authenticator_data: data,
            client_data,
            user_handle: self.user_handle.clone(),
        }
    }

    fn data(&self, more: u8) -> Vec<u8> {
        let party = digest(&SHA256, self.rp_id.as_bytes());
        [party.as_ref(), &[self.flags | more], &self.count.to_be_bytes()].concat()
    }

    fn client_data(&self, kind: &str, question: &PasskeyQuestion) -> Vec<u8> {
        let data = json!({ "type": kind, "challenge": question.options["challenge"], "origin": self.origin });
        data.to_string().into_bytes()
    }
}
