//! A bulkhead: one source's questions take one source's places, never another's.

use std::time::Duration;

use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::{Instant, timeout_at},
};

/// One source's places.
#[derive(Debug)]
pub struct Bulkhead {
    places: Semaphore,
    queue_time: Duration,
}

impl Bulkhead {
    /// So many at a time; others wait so long.
    pub fn new(places: usize, queue_time: Duration) -> Self {
        Self { places: Semaphore::new(places), queue_time }
    }

    /// Places that nobody has.
    pub fn free(&self) -> usize {
        self.places.available_permits()
    }

    /// A place, until it is dropped; `None` if there is none in time.
    pub async fn enter(&self, deadline: Instant) -> Option<SemaphorePermit<'_>> {
        let until = deadline.min(Instant::now() + self.queue_time);
        timeout_at(until, self.places.acquire()).await.ok()?.ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_finds_no_place_in_time_is_sent_away_and_a_place_comes_back() {
        let bulkhead = Bulkhead::new(1, Duration::from_millis(20));
        let deadline = Instant::now() + Duration::from_secs(5);
        let place = bulkhead.enter(deadline).await.unwrap();
        assert!(bulkhead.enter(deadline).await.is_none());
        drop(place);
        assert!(bulkhead.enter(deadline).await.is_some());
    }
}
