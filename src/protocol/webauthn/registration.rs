//! Somebody makes a passkey (§7.1).

use super::{
    Expected, Refusal, attestation,
    authenticator_data::AuthenticatorData,
    client_data::{self, Ceremony},
    cose::PublicKey,
};

/// What the browser answers.
#[derive(Clone, Copy, Debug)]
pub struct Registration<'a> {
    /// `clientDataJSON`
    pub client_data: &'a [u8],
    /// `attestationObject`
    pub attestation_object: &'a [u8],
}

/// A credential that was made for us just now. Whether its id is somebody's already is the store's to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCredential {
    /// Its id, of 1 to 1023 bytes.
    pub id: Vec<u8>,
    /// Its public key, as COSE.
    pub public_key: Vec<u8>,
    /// Where its counter stands.
    pub sign_count: u32,
    /// Whether it may live on several devices.
    pub is_backup_eligible: bool,
}

/// Checks all of it.
pub fn register(answer: Registration<'_>, expected: &Expected<'_>) -> Result<NewCredential, Refusal> {
    client_data::check(answer.client_data, Ceremony::Create, expected)?;
    let data = attestation::authenticator_data(answer.attestation_object)?;
    let data = AuthenticatorData::read(data, expected)?;
    let attested = data.attested.as_ref().ok_or(Refusal::AuthenticatorData)?;
    PublicKey::read(attested.public_key)?;
    Ok(NewCredential {
        id: attested.id.to_vec(),
        public_key: attested.public_key.to_vec(),
        sign_count: data.sign_count,
        is_backup_eligible: data.is_backup_eligible(),
    })
}
