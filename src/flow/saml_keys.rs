//! The service provider's own keys: made when first needed, rotated while students log in.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use serde_json::json;

use super::{Failure, Pedell, keys::FRESH};
use crate::{
    base::Timestamp,
    domain::{
        audit::{Event, Kind},
        policy::Actor,
    },
    protocol::saml::{
        certificate::Certificate,
        keys::{DecryptionKey, SigningKey},
        self_signed,
    },
    store::{
        Tx,
        control::{KeyStage, SamlPurpose, StoredSamlKey},
    },
    vault::generate_rsa,
};

/// How long a retired key still opens assertions: identity providers that nobody updates every week are many.
const OVERLAP: Duration = Duration::from_hours(24 * 90);
/// What stands in our certificates; nobody acts upon it (SAML metadata interoperability profile §2.5).
const CERTIFICATE_LIFE: Duration = Duration::from_hours(24 * 365 * 30);

/// Keys that this process has read, with the moment of reading.
#[derive(Default)]
pub(super) struct SamlCache(Mutex<Option<(Timestamp, SamlRing)>>);

/// Our SAML keys of a moment.
#[derive(Clone, Debug)]
pub struct SamlRing {
    /// Signs requests and metadata.
    pub signing: Arc<SigningKey>,
    /// Certificates to verify with: the key that signs, then the one that will.
    pub signing_certificates: Arc<Vec<Certificate>>,
    /// Every key that may still have been encrypted to.
    pub decryption: Arc<Vec<DecryptionKey>>,
    /// What identity providers should encrypt to. Only the newest: a retired key opens, but nobody should begin with it.
    pub encryption_certificates: Arc<Vec<Certificate>>,
}

impl Pedell {
    /// Our SAML keys.
    pub async fn saml_ring(&self) -> Result<SamlRing, Failure> {
        let now = self.clock().now();
        let cached = self.0.saml.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((read_at, ring)) = cached
            && now.since(read_at) < FRESH
        {
            return Ok(ring);
        }
        let mut stored = self.stores().control().saml_keys(now).await?;
        if stored.is_empty() {
            self.make_saml_keys().await?;
            stored = self.stores().control().saml_keys(now).await?;
        }
        let ring = self.open_saml_ring(&stored)?;
        *self.0.saml.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, ring.clone()));
        Ok(ring)
    }

    /// Rotates while the service runs. Signing: the key that waited in the metadata signs, a new one waits. Encryption:
    /// a new key is in the metadata, the old one opens for 90 days more. Returns the ids of the keys now in use.
    pub async fn rotate_saml_keys(&self, actor: &Actor) -> Result<Vec<String>, Failure> {
        self.saml_ring().await?;
        let fresh = [self.new_saml_key(SamlPurpose::Signing).await?, self.new_saml_key(SamlPurpose::Encryption).await?];
        let [mut signing, mut encryption] = fresh;
        let control = self.stores().control();
        let now = self.clock().now();
        let mut tx = control.begin().await?;
        let keys = control.saml_keys_for_rotation(&mut tx).await?;
        for key in keys.iter().filter(|key| key.stage == KeyStage::Active.name()) {
            control.set_saml_key_stage(&mut tx, &key.id, KeyStage::Retired, Some(now.plus(OVERLAP))).await?;
        }
        let waiting = keys.iter().find(|key| key.stage == KeyStage::Next.name());
        let signs = if let Some(waiting) = waiting {
            control.set_saml_key_stage(&mut tx, &waiting.id, KeyStage::Active, None).await?;
            KeyStage::Next.name().clone_into(&mut signing.stage);
            waiting.id.clone()
        } else {
            KeyStage::Active.name().clone_into(&mut signing.stage);
            signing.id.clone()
        };
        KeyStage::Active.name().clone_into(&mut encryption.stage);
        control.insert_saml_key(&mut tx, &signing).await?;
        control.insert_saml_key(&mut tx, &encryption).await?;
        let event = Event::new(Kind::SamlKeysRotated, &signs, json!({ "encryption": encryption.id }));
        control.audit(&mut tx, now, actor, &event).await?;
        tx.commit().await?;
        *self.0.saml.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
        Ok(vec![signs, encryption.id])
    }

    async fn make_saml_keys(&self) -> Result<(), Failure> {
        let mut made = Vec::new();
        for (purpose, stage) in [
            (SamlPurpose::Signing, KeyStage::Active),
            (SamlPurpose::Signing, KeyStage::Next),
            (SamlPurpose::Encryption, KeyStage::Active),
        ] {
            made.push(StoredSamlKey { stage: stage.name().to_owned(), ..self.new_saml_key(purpose).await? });
        }
        let control = self.stores().control();
        let mut tx: Tx = control.begin().await?;
        for key in &made {
            control.insert_saml_key(&mut tx, key).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// A key that is nowhere yet; its stage is the caller's to set.
    async fn new_saml_key(&self, purpose: SamlPurpose) -> Result<StoredSamlKey, Failure> {
        // Finding primes takes a second at worst: not on a thread that answers requests.
        let made = tokio::task::spawn_blocking(generate_rsa).await;
        let pkcs8 = made.map_err(|_| Failure::Stopped("making a SAML key"))??;
        let now = self.clock().now();
        let id = crate::base::id::fresh(self.clock(), self.random());
        let host = url::Url::parse(&self.settings().public_url).ok();
        let host = host.as_ref().and_then(url::Url::host_str).unwrap_or("pedell");
        let certificate = self_signed::certificate(
            &SigningKey::from_pkcs8(&pkcs8)?,
            host,
            self.random().bytes(),
            now,
            now.plus(CERTIFICATE_LIFE),
        )?;
        Ok(StoredSamlKey {
            private_key: self.instance_keys().seal_at_rest(self.random(), &id, &pkcs8),
            id,
            purpose: purpose.name().to_owned(),
            certificate: certificate.der().to_vec(),
            stage: KeyStage::Next.name().to_owned(),
            created_at: now.as_millis(),
            withdraw_at: None,
        })
    }

    fn open_saml_ring(&self, stored: &[StoredSamlKey]) -> Result<SamlRing, Failure> {
        let (mut signing, mut active, mut next) = (None, Vec::new(), Vec::new());
        let (mut decryption, mut encryption) = (Vec::new(), Vec::new());
        for key in stored {
            let pkcs8 = self
                .instance_keys()
                .open_at_rest(&key.id, &key.private_key)
                .map_err(Failure::open("a SAML key (is this the master key that sealed it?)"))?;
            let certificate = Certificate::from_der(key.certificate.clone())?;
            let is_active = key.stage == KeyStage::Active.name();
            if key.purpose == SamlPurpose::Encryption.name() {
                decryption.push(DecryptionKey::from_pkcs8(&pkcs8)?);
                encryption.extend(is_active.then_some(certificate));
            } else if is_active {
                signing = Some(SigningKey::from_pkcs8(&pkcs8)?);
                active.push(certificate);
            } else if key.stage == KeyStage::Next.name() {
                next.push(certificate);
            }
        }
        active.append(&mut next);
        Ok(SamlRing {
            signing: Arc::new(signing.ok_or(Failure::NoSigningKey)?),
            signing_certificates: Arc::new(active),
            decryption: Arc::new(decryption),
            encryption_certificates: Arc::new(encryption),
        })
    }
}
