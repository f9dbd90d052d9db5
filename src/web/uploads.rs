//! Lists that are on their way in: so many at once, one of each university, and none that stops half-way and waits.

use std::{
    collections::HashSet,
    io,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::body::Bytes;
use futures_util::{Stream, StreamExt, stream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{base::limits, domain::tenant::TenantId};

/// Places for lists: each holds a thread and a list in memory.
pub(super) struct Uploads {
    places: Arc<Semaphore>,
    universities: Arc<Mutex<HashSet<TenantId>>>,
}

/// A list's place, until it is dropped.
pub(super) struct UploadPlace {
    _place: OwnedSemaphorePermit,
    universities: Arc<Mutex<HashSet<TenantId>>>,
    university: TenantId,
}

impl Uploads {
    pub(super) fn new() -> Self {
        Self { places: Arc::new(Semaphore::new(limits::ROSTER_UPLOADS)), universities: Arc::default() }
    }

    /// A place for a list of this university, unless it has one already or there is none.
    pub(super) fn take(&self, university: &TenantId) -> Option<UploadPlace> {
        let place = self.places.clone().try_acquire_owned().ok()?;
        let mut universities = self.universities.lock().unwrap_or_else(PoisonError::into_inner);
        let universities_of = self.universities.clone();
        universities.insert(university.clone()).then(|| UploadPlace {
            _place: place,
            universities: universities_of,
            university: university.clone(),
        })
    }
}

impl Drop for UploadPlace {
    fn drop(&mut self) {
        self.universities.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.university);
    }
}

/// The same stream, which ends in an error when its sender pauses for longer than [`limits::ROSTER_UPLOAD_PAUSE`].
pub(super) fn without_pauses<S, E>(pieces: S) -> impl Stream<Item = io::Result<Bytes>> + Unpin
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    pausing_at_most(limits::ROSTER_UPLOAD_PAUSE, pieces)
}

fn pausing_at_most<S, E>(pause: Duration, pieces: S) -> impl Stream<Item = io::Result<Bytes>> + Unpin
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    Box::pin(stream::unfold(Some(pieces), move |pieces| async move {
        let mut pieces = pieces?;
        match tokio::time::timeout(pause, pieces.next()).await {
            Ok(None) => None,
            Ok(Some(piece)) => Some((piece.map_err(io::Error::other), Some(pieces))),
            Err(_) => Some((Err(io::Error::new(io::ErrorKind::TimedOut, "the sender paused for too long")), None)),
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Clock, Random};

    #[test]
    fn a_university_has_one_place() {
        let (uploads, random) = (Uploads::new(), Random::seeded(1));
        let [a, b, c] = [0; 3].map(|_| TenantId::fresh(&Clock::default(), &random));
        let first = uploads.take(&a).expect("a place");
        assert!(uploads.take(&a).is_none(), "its list is on its way");
        let second = uploads.take(&b).expect("another's place, although the first asked twice");
        assert!(uploads.take(&c).is_none(), "there are two");
        drop(first);
        let again = uploads.take(&a).expect("its place again");
        drop((second, again));
        assert!(uploads.take(&c).is_some() && uploads.universities.lock().unwrap().is_empty());
    }

    #[tokio::test]
    async fn who_pauses_is_not_waited_for() {
        let most = Duration::from_millis(300);
        let pieces = |pause| {
            Box::pin(stream::unfold(0, move |n| async move {
                tokio::time::sleep(pause).await;
                (n < 3).then(|| (Ok::<_, io::Error>(Bytes::from_static(b"x")), n + 1))
            }))
        };
        let slow: Vec<_> = pausing_at_most(most, pieces(Duration::from_millis(1))).collect().await;
        assert!(slow.len() == 3 && slow.iter().all(Result::is_ok), "{slow:?}");
        let stopped: Vec<_> = pausing_at_most(most, pieces(Duration::from_mins(1))).collect().await;
        assert!(matches!(&stopped[..], [Err(error)] if error.kind() == io::ErrorKind::TimedOut), "{stopped:?}");
    }
}
