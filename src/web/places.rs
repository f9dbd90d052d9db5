//! Places for connections: so many altogether, and for one address no more than its share, so that nobody can take them
//! all from one place.

use std::{
    collections::{HashMap, hash_map::Entry},
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use ipnet::IpNet;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::pressure::household;

/// Connections at one moment; more wait in the listener's queue.
const CONNECTIONS: usize = 10_000;
/// One address's: plenty for a residence or a carrier behind one, or for a shop's pool.
const SHARE: usize = 1_000;

/// The places that there are.
pub(super) struct Places {
    all: Arc<Semaphore>,
    held: Held,
    proxies: Vec<IpNet>,
}

/// How many each address has.
type Held = Arc<Mutex<HashMap<IpAddr, usize>>>;

/// A place, until it is dropped.
pub(super) struct Place {
    _one: OwnedSemaphorePermit,
    share: Option<(Held, IpAddr)>,
}

impl Places {
    /// Everybody comes through `proxies`: they have no share.
    pub(super) fn new(proxies: &[IpNet]) -> Self {
        Self { all: Arc::new(Semaphore::new(CONNECTIONS)), held: Arc::default(), proxies: proxies.to_vec() }
    }

    /// The next place, as soon as there is one; nothing when the service ends.
    pub(super) async fn next(&self) -> Option<OwnedSemaphorePermit> {
        self.all.clone().acquire_owned().await.ok()
    }

    /// Gives it to this address, unless it has its share.
    pub(super) fn give(&self, one: OwnedSemaphorePermit, to: IpAddr) -> Option<Place> {
        let to = to.to_canonical();
        if self.proxies.iter().any(|network| network.contains(&to)) {
            return Some(Place { _one: one, share: None });
        }
        let household = household(to);
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let count = held.entry(household).or_default();
        if *count >= SHARE {
            return None;
        }
        *count += 1;
        Some(Place { _one: one, share: Some((self.held.clone(), household)) })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some((held, household)) = &self.share else { return };
        let mut held = held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Entry::Occupied(mut count) = held.entry(*household) {
            *count.get_mut() -= 1;
            if *count.get() == 0 {
                count.remove();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn take(places: &Places, address: &str) -> Option<Place> {
        places.give(places.next().await.unwrap(), address.parse().unwrap())
    }

    #[tokio::test]
    async fn one_address_has_its_share_and_no_more() {
        let places = Places::new(&["192.0.2.7/32".parse().unwrap()]);
        let mut taken = Vec::new();
        for n in 0..SHARE {
            taken.push(take(&places, &format!("2001:db8::{n:x}")).await.expect("a share"));
        }
        assert!(take(&places, "2001:db8::ffff:1").await.is_none(), "a whole /64 is one");
        assert!(take(&places, "2001:db8:0:1::1").await.is_some(), "another is another");
        assert!(take(&places, "198.51.100.1").await.is_some() && take(&places, "::ffff:198.51.100.1").await.is_some());
        drop(taken.pop());
        taken.push(take(&places, "2001:db8::1").await.expect("a place that was given back"));
        for _ in 0..=SHARE {
            taken.push(take(&places, "192.0.2.7").await.expect("a proxy speaks for everybody"));
        }
        taken.clear();
        assert!(places.held.lock().unwrap().is_empty(), "nobody who is gone is remembered");
        assert_eq!(places.all.available_permits(), CONNECTIONS);
    }
}
