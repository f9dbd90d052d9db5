//! Somebody proves that they have a passkey (§7.2).

use aws_lc_rs::digest::{SHA256, digest};

use super::{
    Expected, Refusal,
    authenticator_data::AuthenticatorData,
    client_data::{self, Ceremony},
    cose::PublicKey,
};
use crate::base::limits;

/// What the browser answers.
#[derive(Clone, Copy, Debug)]
pub struct Assertion<'a> {
    /// `clientDataJSON`
    pub client_data: &'a [u8],
    /// `authenticatorData`
    pub authenticator_data: &'a [u8],
    /// `signature`
    pub signature: &'a [u8],
}

/// What is known of the credential.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// Its public key, as COSE.
    pub public_key: &'a [u8],
    /// Where its counter stood last.
    pub sign_count: u32,
    /// Whether it may live on several devices.
    pub is_backup_eligible: bool,
}

/// They have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proof {
    /// Where the counter stands now: greater than before, or zero if the authenticator does not count.
    pub sign_count: u32,
}

/// Checks all of it.
pub fn assert(answer: Assertion<'_>, known: &Known<'_>, expected: &Expected<'_>) -> Result<Proof, Refusal> {
    client_data::check(answer.client_data, Ceremony::Get, expected)?;
    if answer.authenticator_data.len() > limits::PASSKEY_ATTESTATION_BYTES
        || answer.signature.len() > limits::PASSKEY_SIGNATURE_BYTES
    {
        return Err(Refusal::TooLong);
    }
    let data = AuthenticatorData::read(answer.authenticator_data, expected)?;
    if data.is_backup_eligible() != known.is_backup_eligible {
        return Err(Refusal::Backup);
    }
    let hash = digest(&SHA256, answer.client_data);
    let signed = [answer.authenticator_data, hash.as_ref()].concat();
    PublicKey::read(known.public_key)?.verify(&signed, answer.signature)?;
    let counts = data.sign_count != 0 || known.sign_count != 0;
    if counts && data.sign_count <= known.sign_count {
        return Err(Refusal::Counter);
    }
    Ok(Proof { sign_count: data.sign_count })
}
