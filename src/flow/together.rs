//! What waits at the same moment is done together: one transaction for many, without anybody being made to wait for more
//! to come. Whoever comes to an idle desk leads; who comes meanwhile is in the next round.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

/// Where work of one kind queues.
pub(super) struct Desk<T, R>(Mutex<Queue<T, R>>);

struct Queue<T, R> {
    waiting: Vec<(T, oneshot::Sender<R>)>,
    led: bool,
}

impl<T, R> Default for Desk<T, R> {
    fn default() -> Self {
        Self(Mutex::new(Queue { waiting: Vec::new(), led: false }))
    }
}

impl<T: Send + 'static, R: Send + 'static> Desk<T, R> {
    /// Has `work` done for this piece, with at most `most` in a round; `work` gives a result for each, in order. `None` if it
    /// panicked. Once begun it is ended, also for somebody who has gone.
    pub(super) async fn hand_in<F, W>(self: &Arc<Self>, piece: T, most: usize, work: F) -> Option<R>
    where
        F: Fn(Vec<T>) -> W + Send + 'static,
        W: Future<Output = Vec<R>> + Send,
    {
        let (answer, answered) = oneshot::channel();
        let leads = {
            let mut queue = self.queue();
            queue.waiting.push((piece, answer));
            !std::mem::replace(&mut queue.led, true)
        };
        if leads {
            let leader = Leader(Arc::clone(self));
            tokio::spawn(async move {
                while let Some((pieces, answers)) = leader.next_round(most) {
                    for (answer, result) in answers.into_iter().zip(work(pieces).await) {
                        let _ = answer.send(result); // who waited may have gone
                    }
                }
            });
        }
        answered.await.ok()
    }

    fn queue(&self) -> MutexGuard<'_, Queue<T, R>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Leads until nobody waits. One that panics leaves a desk that the next comer leads; who waited is told.
struct Leader<T: Send + 'static, R: Send + 'static>(Arc<Desk<T, R>>);

type Round<T, R> = (Vec<T>, Vec<oneshot::Sender<R>>);

impl<T: Send + 'static, R: Send + 'static> Leader<T, R> {
    fn next_round(&self, most: usize) -> Option<Round<T, R>> {
        let mut queue = self.0.queue();
        if queue.waiting.is_empty() {
            queue.led = false;
            return None;
        }
        let many = queue.waiting.len().min(most);
        Some(queue.waiting.drain(..many).unzip())
    }
}

impl<T: Send + 'static, R: Send + 'static> Drop for Leader<T, R> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let mut queue = self.0.queue();
            queue.waiting.clear();
            queue.led = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn who_comes_meanwhile_is_in_the_next_round_and_gets_their_own_answer() {
        let desk = Arc::new(Desk::<u32, (u32, usize)>::default());
        let work = |pieces: Vec<u32>| async move {
            tokio::time::sleep(Duration::from_millis(20)).await;
            let together = pieces.len();
            pieces.into_iter().map(|piece| (piece, together)).collect()
        };
        let tasks: Vec<_> = (0..10)
            .map(|piece| {
                let desk = desk.clone();
                tokio::spawn(async move { desk.hand_in(piece, 4, work).await.unwrap() })
            })
            .collect();
        let mut rounds = Vec::new();
        for (piece, task) in (0..).zip(tasks) {
            let (own, together) = task.await.unwrap();
            assert_eq!(own, piece);
            rounds.push(together);
        }
        // As they queued, and never more than were allowed.
        assert!(rounds.contains(&4) && rounds.iter().all(|together| (1..=4).contains(together)), "{rounds:?}");
    }

    #[tokio::test]
    async fn a_round_that_panics_is_told_to_its_people_and_the_desk_goes_on() {
        let desk = Arc::new(Desk::<u32, u32>::default());
        let work = |pieces: Vec<u32>| async move {
            assert!(!pieces.contains(&13), "unlucky");
            pieces
        };
        assert_eq!(desk.hand_in(13, 4, work).await, None);
        assert_eq!(desk.hand_in(7, 4, work).await, Some(7));
    }
}
