//! Where passwords are hashed: on threads of their own, a few at a time, so that a storm of logins takes neither all cores
//! nor all memory from those who want a token.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Sender, channel},
    },
    thread,
};

use tokio::sync::oneshot;

use super::Failure;
use crate::base::limits;

type Job = Box<dyn FnOnce() + Send>;

/// Threads that hash passwords. Always the same ones: each keeps the memory of one hash for the next, where the threads
/// of a pool that grows would each keep theirs.
#[derive(Clone, Debug)]
pub(super) struct HashingPlaces(Sender<Job>);

/// As many as are right for this machine: half of its cores, so that the other half serves.
pub fn places_here() -> usize {
    let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    (cores / 2).clamp(1, limits::PASSWORD_HASHES)
}

impl HashingPlaces {
    /// Starts so many; they end with the last of its clones.
    pub(super) fn new(places: usize) -> Self {
        let (jobs, queue) = channel::<Job>();
        let queue = Arc::new(Mutex::new(queue));
        for _ in 0..places {
            let queue = queue.clone();
            thread::spawn(move || {
                loop {
                    let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
                    let Ok(job) = next else { return };
                    let _ = catch_unwind(AssertUnwindSafe(job)); // whoever waits for it learns that it has stopped
                }
            });
        }
        Self(jobs)
    }

    /// Runs something slow when there is a place. What nobody waits for any more is not begun; what was begun keeps its
    /// place until it is done.
    pub(super) async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
        let (done, result) = oneshot::channel();
        let job = move || {
            if !done.is_closed() {
                let _ = done.send(work());
            }
        };
        self.0.send(Box::new(job)).map_err(|_| Failure::Stopped("hashing passwords"))?;
        result.await.map_err(|_| Failure::Stopped("hashing a password"))
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

    #[tokio::test]
    async fn a_hash_that_fails_takes_no_place_away() {
        let places = HashingPlaces::new(1);
        let failed = places.run(|| -> u8 { std::panic::resume_unwind(Box::new("it fails")) }).await;
        assert!(matches!(failed, Err(Failure::Stopped(_))), "{failed:?}");
        assert_eq!(places.run(|| 7).await.unwrap(), 7);
    }

    #[test]
    fn there_is_a_place_and_never_too_many() {
        assert!((1..=limits::PASSWORD_HASHES).contains(&places_here()));
    }
}
