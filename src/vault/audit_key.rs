//! The key that signs checkpoints of audit trails, and nothing else. Derived from the master key, so that it stands in no
//! database: whoever can rewrite a trail can neither sign it anew nor put another key in its place.

use aws_lc_rs::signature::Ed25519KeyPair;

use super::{
    MasterKey,
    signing::{SigningAlgorithm, SigningError, SigningKey},
};
use crate::{
    domain::checkpoint::Checkpoint,
    protocol::jwt::{Jwk, JwkSet, JwtError, verify},
};

/// The `typ` of a signed checkpoint: no token of ours can be passed off as one, nor one as a token.
const TYPE: &str = "pedell-audit-checkpoint+jwt";

/// Signs checkpoints (Ed25519).
#[derive(Debug)]
pub struct AuditKey {
    key: SigningKey,
    public: JwkSet,
}

impl AuditKey {
    /// Derives it: the same on every node and after every restore.
    pub fn derive(master: &MasterKey) -> Result<Self, SigningError> {
        let seed = master.derive(b"pedell/instance", &[b"audit-checkpoints"]);
        let pair = Ed25519KeyPair::from_seed_unchecked(seed.as_slice()).map_err(|_| SigningError::Generate)?;
        let pkcs8 = pair.to_pkcs8().map_err(|_| SigningError::Generate)?;
        let key = SigningKey::from_pkcs8(SigningAlgorithm::EdDsa, pkcs8.as_ref())?;
        let public = JwkSet { keys: vec![key.public().clone()] };
        Ok(Self { key, public })
    }

    /// The public half, for whoever verifies without this gateway.
    pub fn public(&self) -> &Jwk {
        self.key.public()
    }

    /// Signs a checkpoint as a JWS (RFC 7515 §7.1).
    pub fn sign(&self, checkpoint: &Checkpoint) -> Result<String, SigningError> {
        self.key.sign(TYPE, checkpoint)
    }

    /// Reads a checkpoint that this key has signed.
    pub fn open(&self, signed: &str) -> Result<Checkpoint, JwtError> {
        verify(signed, &self.public, &[TYPE])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Random;

    fn key(seed: u64) -> AuditKey {
        AuditKey::derive(&MasterKey::fresh(&Random::seeded(seed))).unwrap()
    }

    #[test]
    fn only_what_this_key_signed_as_a_checkpoint_is_one() {
        let checkpoint = Checkpoint { trail: "instance".into(), number: 1, seq: 7, hash: "00".into(), iat: 5 };
        let signed = key(1).sign(&checkpoint).unwrap();
        assert_eq!(key(1).open(&signed).unwrap(), checkpoint, "derived anew, it is the same key");
        assert!(matches!(key(2).open(&signed), Err(JwtError::UnknownKey(_))));
        let token = key(1).key.sign("JWT", &checkpoint).unwrap();
        assert!(matches!(key(1).open(&token), Err(JwtError::Type(_))));
        let [header, _, signature] = signed.split('.').collect::<Vec<_>>()[..] else { panic!() };
        let other = key(1).sign(&Checkpoint { seq: 8, ..checkpoint }).unwrap();
        let claims = other.split('.').nth(1).unwrap();
        let forged = key(1).open(&format!("{header}.{claims}.{signature}"));
        assert!(matches!(forged, Err(JwtError::Signature)), "{forged:?}");
    }
}
