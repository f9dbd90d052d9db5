//! Keys in service: a ring that every request reads, refreshed from the database, and rotation while running.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use serde_json::json;

use super::{Failure, Pedell};
use crate::{
    base::Timestamp,
    domain::{
        audit::{Event, Kind},
        policy::Actor,
        tenant::TenantId,
    },
    protocol::jwt::JwkSet,
    store::{
        Tx,
        control::{KeyStage, StoredSigningKey},
    },
    vault::{SigningAlgorithm, SigningKey, TenantKeys, TenantToken},
};

/// How long a node may go on with keys that another process has rotated.
pub(super) const FRESH: Duration = Duration::from_secs(5);

/// Keys that this process has read, with the moment of reading.
#[derive(Default)]
pub(super) struct KeyRing {
    signing: Mutex<Option<(Timestamp, SigningRing)>>,
    tenants: Mutex<HashMap<TenantId, (Timestamp, Arc<TenantKeys>)>>,
}

/// The signing keys of a moment.
#[derive(Clone, Debug)]
pub struct SigningRing {
    /// Signs.
    pub active: Arc<SigningKey>,
    /// What verifiers need: next, active and retired keys.
    pub published: Arc<JwkSet>,
}

impl Pedell {
    /// The signing keys.
    pub async fn signing_ring(&self) -> Result<SigningRing, Failure> {
        let now = self.clock().now();
        let cached = self.0.ring.signing.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((read_at, ring)) = cached
            && now.since(read_at) < FRESH
        {
            return Ok(ring);
        }
        let mut active = None;
        let mut published = JwkSet::default();
        for stored in self.stores().control().signing_keys(now).await? {
            let key = self.open_signing_key(&stored)?;
            published.keys.push(key.public().clone());
            if stored.stage == KeyStage::Active.name() {
                active = Some(Arc::new(key));
            }
        }
        let ring = SigningRing { active: active.ok_or(Failure::NoSigningKey)?, published: Arc::new(published) };
        *self.0.ring.signing.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, ring.clone()));
        Ok(ring)
    }

    /// A tenant's keys.
    pub async fn tenant_keys(&self, tenant: &TenantId) -> Result<Arc<TenantKeys>, Failure> {
        let now = self.clock().now();
        let cached = self.0.ring.tenants.lock().unwrap_or_else(PoisonError::into_inner).get(tenant).cloned();
        if let Some((read_at, keys)) = cached
            && now.since(read_at) < FRESH
        {
            return Ok(keys);
        }
        let tokens = self.stores().control().tenant_tokens(tenant).await?;
        let derived = TenantKeys::derive(&self.0.master, tenant.as_str(), &tokens);
        let mut tenants = self.0.ring.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(keys) = derived.map(Arc::new) else {
            tenants.remove(tenant);
            return Err(Failure::KeysGone(tenant.to_string()));
        };
        tenants.insert(tenant.clone(), (now, keys.clone()));
        Ok(keys)
    }

    /// A tenant's keys, this version among them: another node may have rotated a moment ago.
    pub async fn tenant_keys_with(&self, tenant: &TenantId, version: u8) -> Result<Arc<TenantKeys>, Failure> {
        let keys = self.tenant_keys(tenant).await?;
        if keys.newest_version() >= version {
            return Ok(keys);
        }
        self.0.ring.tenants.lock().unwrap_or_else(PoisonError::into_inner).remove(tenant);
        self.tenant_keys(tenant).await
    }

    /// Makes the first active and the first waiting key of a new instance.
    pub(super) async fn ensure_signing_keys(&self) -> Result<(), Failure> {
        if !self.stores().control().signing_keys(self.clock().now()).await?.is_empty() {
            return Ok(());
        }
        let mut tx = self.stores().control().begin().await?;
        if self.stores().control().signing_keys_for_rotation(&mut tx).await?.is_empty() {
            for stage in [KeyStage::Active, KeyStage::Next] {
                self.new_signing_key(&mut tx, stage).await?;
            }
        }
        tx.commit().await?;
        Ok(())
    }

    /// Rotates the signing keys while the service runs: the waiting key signs, a new one waits, the old one stays
    /// published until its last tokens are over. Returns the new active key's id.
    pub async fn rotate_signing_keys(&self, actor: &Actor) -> Result<String, Failure> {
        let control = self.stores().control();
        let now = self.clock().now();
        let mut tx = control.begin().await?;
        let keys = control.signing_keys_for_rotation(&mut tx).await?;
        let waiting = keys.iter().find(|key| {
            key.stage == KeyStage::Next.name() && key.algorithm == self.settings().signing_algorithm.name()
        });
        let withdraw_at = now.plus(self.settings().retired_key_overlap.max(self.settings().token_life));
        for key in keys.iter().filter(|key| Some(&key.kid) != waiting.map(|waiting| &waiting.kid)) {
            control.set_key_stage(&mut tx, &key.kid, KeyStage::Retired, Some(withdraw_at)).await?;
        }
        let active = match waiting {
            Some(key) => {
                control.set_key_stage(&mut tx, &key.kid, KeyStage::Active, None).await?;
                key.kid.clone()
            }
            // The algorithm was changed in the settings: no key of the new kind waits yet.
            None => self.new_signing_key(&mut tx, KeyStage::Active).await?,
        };
        let next = self.new_signing_key(&mut tx, KeyStage::Next).await?;
        let event = Event::new(Kind::SigningKeysRotated, &active, json!({ "next": next }));
        control.audit(&mut tx, now, actor, &event).await?;
        tx.commit().await?;
        *self.0.ring.signing.lock().unwrap_or_else(PoisonError::into_inner) = None;
        Ok(active)
    }

    /// Adds a version to a tenant's key while the service runs: new data are sealed with it, old data still open.
    pub async fn rotate_tenant_keys(&self, tenant: &TenantId, actor: &Actor) -> Result<u8, Failure> {
        let control = self.stores().control();
        let now = self.clock().now();
        let newest = control.tenant_tokens(tenant).await?.last().map(|(version, _)| *version);
        let version = newest
            .ok_or_else(|| Failure::KeysGone(tenant.to_string()))?
            .checked_add(1)
            .ok_or(Failure::Corrupt("the number of key versions"))?;
        let mut tx = control.begin().await?;
        control.insert_tenant_token(&mut tx, tenant, version, &TenantToken::fresh(self.random()), now).await?;
        let event = Event::new(Kind::TenantKeysRotated, tenant.as_str(), json!({ "version": version }));
        control.audit(&mut tx, now, actor, &event).await?;
        tx.commit().await?;
        self.0.ring.tenants.lock().unwrap_or_else(PoisonError::into_inner).remove(tenant);
        Ok(version)
    }

    /// Deletes a tenant's half of its key: its data become unreadable, in backups too (mission D2). Can't be undone.
    pub async fn delete_tenant_keys(&self, tenant: &TenantId, actor: &Actor) -> Result<u64, Failure> {
        let control = self.stores().control();
        let now = self.clock().now();
        let mut tx = control.begin().await?;
        let versions = control.delete_tenant_tokens(&mut tx, tenant).await?;
        let event = Event::new(Kind::TenantKeysDeleted, tenant.as_str(), json!({ "versions": versions }));
        control.audit(&mut tx, now, actor, &event).await?;
        tx.commit().await?;
        self.0.ring.tenants.lock().unwrap_or_else(PoisonError::into_inner).remove(tenant);
        Ok(versions)
    }

    async fn new_signing_key(&self, tx: &mut Tx, stage: KeyStage) -> Result<String, Failure> {
        let key = SigningKey::generate(self.settings().signing_algorithm)?;
        let stored = StoredSigningKey {
            kid: key.kid().to_owned(),
            algorithm: key.algorithm().name().to_owned(),
            private_key: self.instance_keys().seal_at_rest(self.random(), key.kid(), key.pkcs8()),
            stage: stage.name().to_owned(),
            created_at: self.clock().now().as_millis(),
            withdraw_at: None,
        };
        self.stores().control().insert_signing_key(tx, &stored).await?;
        Ok(stored.kid)
    }

    fn open_signing_key(&self, stored: &StoredSigningKey) -> Result<SigningKey, Failure> {
        let algorithm =
            SigningAlgorithm::parse(&stored.algorithm).ok_or(Failure::Corrupt("a signing key's algorithm"))?;
        let pkcs8 = self
            .instance_keys()
            .open_at_rest(&stored.kid, &stored.private_key)
            .map_err(Failure::open("a signing key (is this the master key that sealed it?)"))?;
        Ok(SigningKey::from_pkcs8(algorithm, &pkcs8)?)
    }
}
