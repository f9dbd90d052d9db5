//! What a browser is asked (§5.4, §5.5), in the JSON of §5.1.8 and §5.1.9: bytes as base64url.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::{ALGORITHMS, RelyingParty};
use crate::base::limits;

/// Whose passkey is to be made.
#[derive(Clone, Copy, Debug)]
pub struct User<'a> {
    /// The user handle: no name (§14.6.1).
    pub handle: &'a [u8],
    /// What they log in with.
    pub login: &'a str,
    /// For people.
    pub name: &'a str,
}

/// To make a passkey, on no authenticator that has one of these already. It need not be found without a login name, so
/// that it takes no place on a security key that has few.
pub fn creation(party: &RelyingParty, user: User<'_>, challenge: &[u8], there: &[Vec<u8>]) -> Value {
    json!({
        "rp": { "id": party.id(), "name": "Pedell" },
        "user": { "id": text(user.handle), "name": user.login, "displayName": user.name },
        "challenge": text(challenge),
        "pubKeyCredParams": ALGORITHMS.map(|alg| json!({ "type": "public-key", "alg": alg })),
        "timeout": milliseconds(),
        "excludeCredentials": credentials(there),
        "authenticatorSelection": {
            "residentKey": "discouraged", "requireResidentKey": false, "userVerification": "required",
        },
        "attestation": "none",
    })
}

/// To prove one of these.
pub fn request(party: &RelyingParty, challenge: &[u8], there: &[Vec<u8>]) -> Value {
    json!({
        "rpId": party.id(),
        "challenge": text(challenge),
        "timeout": milliseconds(),
        "allowCredentials": credentials(there),
        "userVerification": "required",
    })
}

fn credentials(ids: &[Vec<u8>]) -> Vec<Value> {
    ids.iter().map(|id| json!({ "type": "public-key", "id": text(id) })).collect()
}

fn text(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

fn milliseconds() -> u64 {
    u64::try_from(limits::PASSKEY_CHALLENGE_LIFE.as_millis()).unwrap_or(u64::MAX)
}
