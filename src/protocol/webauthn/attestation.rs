//! The attestation object (§6.5.4), of which only the authenticator data are read.
//!
//! We ask for no attestation. A browser then sends the format `none` with an empty statement; some send what they have
//! nevertheless. Whoever could forge a statement could as well send `none`, so the statement of another format is skipped
//! and proves nothing.

use minicbor::Decoder;

use super::Refusal;
use crate::base::limits;

/// The authenticator data within.
pub(super) fn authenticator_data(object: &[u8]) -> Result<&[u8], Refusal> {
    if object.len() > limits::PASSKEY_ATTESTATION_BYTES {
        return Err(Refusal::TooLong);
    }
    let mut decoder = Decoder::new(object);
    let (mut format, mut data, mut is_empty) = (None, None, None);
    if decoder.map().ok().flatten() != Some(3) {
        return Err(Refusal::Cbor);
    }
    for _ in 0..3 {
        match decoder.str().map_err(|_| Refusal::Cbor)? {
            "fmt" if format.is_none() => format = Some(decoder.str().map_err(|_| Refusal::Cbor)?),
            "authData" if data.is_none() => data = Some(decoder.bytes().map_err(|_| Refusal::Cbor)?),
            "attStmt" if is_empty.is_none() => {
                let start = decoder.position();
                let members = decoder.map().map_err(|_| Refusal::Cbor)?.ok_or(Refusal::Cbor)?;
                decoder.set_position(start);
                decoder.skip().map_err(|_| Refusal::Cbor)?;
                is_empty = Some(members == 0);
            }
            _ => return Err(Refusal::Cbor),
        }
    }
    match (format, data, is_empty) {
        (Some("none"), _, Some(false)) => Err(Refusal::Cbor), // §8.7: its statement is empty
        (Some(_), Some(data), Some(_)) if decoder.position() == object.len() => Ok(data),
        _ => Err(Refusal::Cbor),
    }
}
