//! Universities' OpenID providers and OAuth servers: what they publish, and the calls of a login.
//!
//! A provider's discovery document and keys are read when they are first needed and again in the background
//! ([`Providers::refresh`]); while it answers nothing good, the last good copy goes on. Keys that are not there are asked
//! for once more, at once, and no more often than [`limits::PROVIDER_REFETCH_EVERY`]: an ID token with an invented key
//! must not have us hammer somebody's server.

mod calls;
mod client_proof;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::{
    sync::{Mutex as AsyncMutex, MutexGuard as AsyncMutexGuard},
    time::timeout,
};

pub use self::{
    calls::{CodeExchange, UserinfoAnswer, exchange, user_document, userinfo},
    client_proof::ClientProof,
};
use super::{
    http::Http,
    source::{Failing, SourceError},
};
use crate::{
    base::{Clock, Timestamp, limits},
    domain::reason::Reason,
    protocol::oidc::rp::{ProviderKeys, ProviderMetadata, Refusal, metadata::discovery_url},
};

/// A provider as it was last read.
#[derive(Debug)]
pub struct Provider {
    /// Its discovery document.
    pub metadata: ProviderMetadata,
    /// Its keys.
    pub keys: ProviderKeys,
}

/// Only what [`is_the_providers`] is ever given to a source: what it means for whoever comes next.
impl SourceError for Refusal {
    fn failing(&self) -> Failing {
        match self {
            // A code is good once: nothing of a login is sent a second time.
            Self::Unreachable | Self::TooSlow | Self::Status => Failing::Sick,
            _ => Failing::Wrong,
        }
    }

    fn code(&self) -> &'static str {
        (*self).code()
    }
}

/// Whether it is the provider that fails, and not this login: then the next student would fare no better.
pub fn is_the_providers(refusal: Refusal) -> bool {
    refusal.reason() == Reason::SourceUnavailable && refusal != Refusal::ConnectionChanged
}

/// The providers that were asked for. Cheap to clone; clones share what they know.
#[derive(Clone, Debug, Default)]
pub struct Providers(Arc<Mutex<HashMap<String, Arc<Known>>>>);

#[derive(Debug, Default)]
struct Known {
    good: Mutex<Option<Good>>,
    /// Held while the provider is asked, so that a crowd of students asks once.
    asking: AsyncMutex<Asked>,
}

#[derive(Clone, Debug)]
struct Good {
    provider: Arc<Provider>,
    read_at: Timestamp,
}

#[derive(Debug, Default)]
struct Asked {
    /// When the keys alone were last asked for.
    keys_at: Option<Timestamp>,
    /// When nothing good came, and what came instead.
    failed: Option<(Timestamp, Refusal)>,
}

impl Providers {
    /// The provider of this issuer: as it is known, or read now.
    pub async fn provider(&self, http: &Http, clock: &Clock, issuer: &str) -> Result<Arc<Provider>, Refusal> {
        let known = self.known(issuer);
        if let Some(good) = known.good() {
            return Ok(good.provider);
        }
        let mut asked = known.asking().await?;
        if let Some(good) = known.good() {
            return Ok(good.provider); // somebody else has just asked
        }
        let began = clock.now();
        match asked.failed {
            Some((at, refusal)) if began.since(at) < limits::PROVIDER_RETRY_AFTER => return Err(refusal),
            _ => {}
        }
        let read = timeout(limits::PROVIDER_READ_TIME, read(http, issuer)).await.unwrap_or(Err(Refusal::TooSlow));
        // From its end on: those who have waited for a provider that hangs must not each wait for it anew.
        asked.failed = read.as_ref().err().map(|refusal| (clock.now(), *refusal));
        let provider = Arc::new(read?.0);
        known.set(&provider, began);
        Ok(provider)
    }

    /// The provider with keys newer than `than`; `None` if they were asked for a moment ago, or could not be had.
    pub async fn with_newer_keys(
        &self,
        http: &Http,
        clock: &Clock,
        issuer: &str,
        than: &Arc<Provider>,
    ) -> Option<Arc<Provider>> {
        let known = self.known(issuer);
        let mut asked = known.asking().await.ok()?;
        if let Some(good) = known.good().filter(|good| !Arc::ptr_eq(&good.provider, than)) {
            return Some(good.provider);
        }
        let now = clock.now();
        if asked.keys_at.is_some_and(|at| now.since(at) < limits::PROVIDER_REFETCH_EVERY) {
            tracing::warn!(issuer, "a provider uses a key that it did not publish a moment ago");
            return None;
        }
        asked.keys_at = Some(now);
        match calls::keys(http, &than.metadata).await {
            Ok(keys) => {
                tracing::info!(issuer, keys = keys.len(), "a provider's keys were read again: it uses a new one");
                Some(known.set_keys(than, keys, now))
            }
            Err(refusal) => {
                tracing::error!(issuer, %refusal, "a provider's keys can't be read again");
                None
            }
        }
    }

    /// Reads again what is older than [`limits::PROVIDER_FRESH_FOR`], and forgets providers that nobody uses any more. What
    /// can't be read, or is not good, never replaces what was.
    pub async fn refresh(&self, http: &Http, clock: &Clock, issuers: &[String]) {
        self.all().retain(|issuer, _| issuers.contains(issuer));
        for issuer in issuers {
            let known = self.known(issuer);
            let now = clock.now();
            let good = known.good();
            if good.as_ref().is_some_and(|good| now.since(good.read_at) < limits::PROVIDER_FRESH_FOR) {
                continue;
            }
            match read(http, issuer).await {
                Ok((provider, _)) => {
                    let before = good.as_ref().map(|good| &good.provider);
                    if !known.replace(before, Arc::new(provider), now) {
                        tracing::info!(issuer, "a provider's keys were read again meanwhile: those stay");
                    }
                }
                Err(refusal) => {
                    tracing::error!(issuer, %refusal, kept = good.is_some(), "a provider's discovery document or keys are not used");
                }
            }
        }
    }

    fn known(&self, issuer: &str) -> Arc<Known> {
        Arc::clone(self.all().entry(issuer.to_owned()).or_default())
    }

    fn all(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<Known>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn good(&self) -> Option<Good> {
        self.good.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The right to ask the provider; not for ever, since a student is waiting.
    async fn asking(&self) -> Result<AsyncMutexGuard<'_, Asked>, Refusal> {
        timeout(limits::PROVIDER_READ_TIME, self.asking.lock()).await.map_err(|_| Refusal::TooSlow)
    }

    fn set(&self, provider: &Arc<Provider>, read_at: Timestamp) {
        let good = Good { provider: Arc::clone(provider), read_at };
        *self.good.lock().unwrap_or_else(PoisonError::into_inner) = Some(good);
    }

    /// Puts newer keys beside the metadata that is there, which is no younger for it: it is read again in its time.
    fn set_keys(&self, than: &Arc<Provider>, keys: ProviderKeys, now: Timestamp) -> Arc<Provider> {
        let mut good = self.good.lock().unwrap_or_else(PoisonError::into_inner);
        let (latest, read_at) = match &*good {
            Some(good) => (&good.provider, good.read_at),
            None => (than, now),
        };
        let provider = Arc::new(Provider { metadata: latest.metadata.clone(), keys });
        *good = Some(Good { provider: Arc::clone(&provider), read_at });
        provider
    }

    /// Puts this in the place of `before`; `false`, and nothing done, if something else is there by now: keys that were
    /// asked for because of an unknown one are newer than those of an answer that was under way then.
    fn replace(&self, before: Option<&Arc<Provider>>, provider: Arc<Provider>, read_at: Timestamp) -> bool {
        let mut good = self.good.lock().unwrap_or_else(PoisonError::into_inner);
        if good.as_ref().map(|good| Arc::as_ptr(&good.provider)) != before.map(Arc::as_ptr) {
            return false;
        }
        *good = Some(Good { provider, read_at });
        true
    }
}

/// Reads a provider anew, and what time it is there if it says so; nothing is kept.
pub async fn read(http: &Http, issuer: &str) -> Result<(Provider, Option<Timestamp>), Refusal> {
    let (document, date) = calls::json(http, &discovery_url(issuer)).await?;
    let metadata = ProviderMetadata::parse(&document, issuer)?;
    let keys = calls::keys(http, &metadata).await?;
    Ok((Provider { metadata, keys }, date))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::peers::outbound::{Allowed, Outbound};

    #[tokio::test]
    async fn nobody_waits_for_ever_for_somebody_else_who_asks() {
        let (providers, issuer) = (Providers::default(), "https://op.example");
        let http = Http::new(Outbound::public_and([Allowed::parse("127.0.0.1").unwrap()])).unwrap();
        let clock = Clock::manual(Timestamp::from_seconds(0));
        let known = providers.known(issuer);
        let _somebody = known.asking.lock().await;
        let waiting = providers.provider(&http, &clock, issuer);
        let answer = timeout(limits::PROVIDER_READ_TIME + Duration::from_secs(3), waiting).await;
        assert_eq!(answer.expect("an answer in time").unwrap_err(), Refusal::TooSlow);
    }
}
