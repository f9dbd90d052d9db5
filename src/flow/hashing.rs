//! Where passwords are hashed: on threads of their own, a few at a time, so that a storm of logins takes neither all cores
//! nor all memory from those who want a token.

use std::{sync::Arc, thread};

use tokio::sync::Semaphore;

use super::Failure;
use crate::base::limits;

/// Places for hashing passwords: each holds a thread and its memory.
#[derive(Clone, Debug)]
pub(super) struct HashingPlaces(Arc<Semaphore>);

/// As many as are right for this machine: half of its cores, so that the other half serves.
pub fn places_here() -> usize {
    let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    (cores / 2).clamp(1, limits::PASSWORD_HASHES)
}

impl HashingPlaces {
    pub(super) fn new(places: usize) -> Self {
        Self(Arc::new(Semaphore::new(places)))
    }

    /// Runs something slow when there is a place. Whoever no longer waits for it gives nobody else the place: the thread
    /// holds it until it is done.
    pub(super) async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
        let place = self.0.clone().acquire_owned().await.map_err(|_| Failure::Stopped("hashing passwords"))?;
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(place);
            done
        });
        done.await.map_err(|_| Failure::Stopped("hashing a password"))
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::mpsc, time::Duration};

    use super::*;

    #[tokio::test]
    async fn a_login_that_is_given_up_keeps_its_place_until_the_thread_is_done() {
        let places = HashingPlaces::new(1);
        let (begun, begins) = tokio::sync::oneshot::channel();
        let (end, ends) = mpsc::channel::<()>();
        let first = places.clone();
        let waiting = tokio::spawn(async move {
            first
                .run(move || {
                    begun.send(()).unwrap();
                    ends.recv().unwrap();
                })
                .await
        });
        begins.await.unwrap();
        waiting.abort();
        assert!(waiting.await.unwrap_err().is_cancelled());
        let second = places.run(|| 7);
        tokio::pin!(second);
        let early = tokio::time::timeout(Duration::from_millis(100), &mut second).await;
        assert!(early.is_err(), "the only place is taken");
        end.send(()).unwrap();
        assert_eq!(second.await.unwrap(), 7);
    }

    #[test]
    fn there_is_a_place_and_never_too_many() {
        assert!((1..=limits::PASSWORD_HASHES).contains(&places_here()));
    }
}
