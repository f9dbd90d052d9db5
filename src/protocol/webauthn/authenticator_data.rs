//! Authenticator data (§6.1): 32 bytes that name the relying party, flags, a counter, and of a new credential its id and
//! public key.

use aws_lc_rs::digest::{SHA256, digest};
use minicbor::Decoder;

use super::{Expected, Refusal, cose};
use crate::base::limits;

const USER_PRESENT: u8 = 0x01;
const USER_VERIFIED: u8 = 0x04;
const BACKUP_ELIGIBLE: u8 = 0x08;
const BACKED_UP: u8 = 0x10;
const ATTESTED: u8 = 0x40;
const EXTENDED: u8 = 0x80;

/// As far as it is used.
pub(super) struct AuthenticatorData<'a> {
    flags: u8,
    /// §6.1.1; zero for authenticators that do not count.
    pub(super) sign_count: u32,
    /// Of a new credential.
    pub(super) attested: Option<Attested<'a>>,
}

/// §6.5.1
pub(super) struct Attested<'a> {
    /// The credential's id.
    pub(super) id: &'a [u8],
    /// Its COSE key, as it came.
    pub(super) public_key: &'a [u8],
}

impl<'a> AuthenticatorData<'a> {
    /// Reads all of it and checks what §7.1 (13–17) and §7.2 (15–19) ask of the flags.
    pub(super) fn read(bytes: &'a [u8], expected: &Expected<'_>) -> Result<Self, Refusal> {
        let cut = Refusal::AuthenticatorData;
        let (party, rest) = bytes.split_first_chunk::<32>().ok_or(cut)?;
        let (&flags, rest) = rest.split_first().ok_or(cut)?;
        let (sign_count, mut rest) = rest.split_first_chunk::<4>().ok_or(cut)?;
        let attested = if flags & ATTESTED == 0 { None } else { Some(attested(&mut rest)?) };
        if flags & EXTENDED != 0 {
            skip_map(&mut rest)?; // of extensions that nobody asked for
        }
        if !rest.is_empty() {
            return Err(cut);
        }
        if digest(&SHA256, expected.party.id.as_bytes()).as_ref() != party {
            return Err(Refusal::RelyingParty);
        }
        if flags & USER_PRESENT == 0 {
            return Err(Refusal::NotPresent);
        }
        if expected.user_verification && flags & USER_VERIFIED == 0 {
            return Err(Refusal::NotVerified);
        }
        if flags & BACKUP_ELIGIBLE == 0 && flags & BACKED_UP != 0 {
            return Err(Refusal::Backup);
        }
        Ok(Self { flags, sign_count: u32::from_be_bytes(*sign_count), attested })
    }

    /// Whether the credential may live on several devices.
    pub(super) const fn is_backup_eligible(&self) -> bool {
        self.flags & BACKUP_ELIGIBLE != 0
    }
}

fn attested<'a>(rest: &mut &'a [u8]) -> Result<Attested<'a>, Refusal> {
    let cut = Refusal::AuthenticatorData;
    let (_aaguid, after) = rest.split_first_chunk::<16>().ok_or(cut)?;
    let (length, after) = after.split_first_chunk::<2>().ok_or(cut)?;
    let length = usize::from(u16::from_be_bytes(*length));
    if length == 0 || length > limits::PASSKEY_ID_BYTES {
        return Err(cut);
    }
    let (id, after) = after.split_at_checked(length).ok_or(cut)?;
    let (public_key, after) = after.split_at_checked(cose::length(after)?).ok_or(cut)?;
    *rest = after;
    Ok(Attested { id, public_key })
}

/// Leaves out one map, however deep: nothing is built, nothing recurses.
fn skip_map(rest: &mut &[u8]) -> Result<(), Refusal> {
    let mut decoder = Decoder::new(rest);
    decoder.map().map_err(|_| Refusal::Cbor)?.ok_or(Refusal::Cbor)?;
    let mut decoder = Decoder::new(rest);
    decoder.skip().map_err(|_| Refusal::Cbor)?;
    *rest = rest.get(decoder.position()..).ok_or(Refusal::Cbor)?;
    Ok(())
}
