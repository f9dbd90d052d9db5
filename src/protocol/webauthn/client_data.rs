//! `clientDataJSON` (§5.8.1): what the browser saw.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::Deserialize;
use subtle::ConstantTimeEq;

use super::{Expected, Refusal};
use crate::base::limits;

/// What a browser says it was asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ceremony {
    /// To make a credential.
    Create,
    /// To prove one.
    Get,
}

/// Members that are not named here are for a future browser (§5.8.1) and read by nobody.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    cross_origin: Option<bool>,
    top_origin: Option<serde_json::Value>,
}

/// Steps 5–12 of §7.1, 8–14 of §7.2. No page of ours is ever within a frame, so neither is an answer.
pub(super) fn check(json: &[u8], ceremony: Ceremony, expected: &Expected<'_>) -> Result<(), Refusal> {
    if json.len() > limits::PASSKEY_CLIENT_DATA_BYTES {
        return Err(Refusal::TooLong);
    }
    let json = json.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(json);
    let data: ClientData = serde_json::from_slice(json).map_err(|_| Refusal::ClientData)?;
    let kind = match ceremony {
        Ceremony::Create => "webauthn.create",
        Ceremony::Get => "webauthn.get",
    };
    if data.kind != kind {
        return Err(Refusal::Type);
    }
    let challenge = BASE64_URL_SAFE_NO_PAD.decode(&data.challenge).map_err(|_| Refusal::Challenge)?;
    if !bool::from(challenge.ct_eq(expected.challenge)) {
        return Err(Refusal::Challenge);
    }
    if data.origin != expected.party.origin {
        return Err(Refusal::Origin);
    }
    if data.cross_origin == Some(true) || data.top_origin.is_some() {
        return Err(Refusal::CrossOrigin);
    }
    Ok(())
}
