//! One source among others, asked by closures that fail as they are told.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use super::*;

#[derive(Debug, PartialEq)]
struct Fails(Failing);

impl SourceError for Fails {
    fn failing(&self) -> Failing {
        self.0
    }

    fn code(&self) -> &'static str {
        "fails"
    }
}

/// At an address of their own.
fn somebody(address: u64) -> Asker {
    Asker { address, number: address }
}

const PATIENCE: Duration = Duration::from_secs(5);

fn sources(clock: &Clock) -> Sources {
    Sources::new(clock.clone(), Random::seeded(1))
}

fn clock() -> Clock {
    Clock::manual(Timestamp::from_seconds(1_000_000))
}

/// Asks a source that fails so often in this way and then answers; how often it was asked.
async fn ask(source: &Source, failing: Failing, times: u32) -> (Result<(), Trouble<Fails>>, u32) {
    // Everybody asks once.
    static ASKERS: AtomicU64 = AtomicU64::new(1_000);
    let asked = AtomicU32::new(0);
    let answer = source
        .ask(somebody(ASKERS.fetch_add(1, Ordering::SeqCst)), PATIENCE, |_| async {
            if asked.fetch_add(1, Ordering::SeqCst) < times { Err(Fails(failing)) } else { Ok(()) }
        })
        .await;
    (answer, asked.load(Ordering::SeqCst))
}

#[tokio::test]
async fn what_failed_in_passing_is_asked_again_and_nothing_else_is() {
    let sources = sources(&clock());
    let source = sources.source("a", 1);
    let (answer, asked) = ask(&source, Failing::Passing, 2).await;
    assert!(answer.is_ok(), "{answer:?}");
    assert_eq!(asked, 3);
    for failing in [Failing::Sick, Failing::Wrong] {
        let (answer, asked) = ask(&source, failing, 1).await;
        assert!(matches!(answer, Err(Trouble::Failed(Fails(was))) if was == failing));
        assert_eq!(asked, 1, "{failing:?}");
    }
    let (answer, asked) = ask(&source, Failing::Passing, 99).await;
    assert!(answer.is_err());
    assert_eq!(asked, limits::SOURCE_ATTEMPTS);
}

#[tokio::test]
async fn nothing_is_asked_again_when_the_students_patience_is_nearly_over() {
    let sources = sources(&clock());
    let asked = AtomicU32::new(0);
    let answer: Result<(), _> = sources
        .source("a", 1)
        .ask(somebody(1), Duration::from_millis(200), |left| {
            asked.fetch_add(1, Ordering::SeqCst);
            assert!(left <= Duration::from_millis(200));
            async { Err(Fails(Failing::Passing)) }
        })
        .await;
    assert!(answer.is_err());
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_source_that_fails_is_left_alone_and_tried_again_by_one_question() {
    let clock = clock();
    let sources = sources(&clock);
    let source = sources.source("a", 1);
    for _ in 0..limits::SOURCE_FAILURES {
        ask(&source, Failing::Sick, 1).await.0.unwrap_err();
    }
    let (answer, asked) = ask(&source, Failing::Sick, 0).await;
    let Err(Trouble::Resting(until)) = answer else { panic!("{answer:?}") };
    assert_eq!(asked, 0, "nobody asks meanwhile");
    assert_eq!(source.figures().read().questions["source_resting"], 1);
    assert!(
        ask(&sources.source("b", 1), Failing::Sick, 0).await.0.is_ok(),
        "another university's source is not concerned"
    );
    assert!(ask(&sources.source("a", 2), Failing::Sick, 0).await.0.is_ok(), "nor the same one with other settings");
    clock.advance(until.since(clock.now()));
    let (answer, asked) = ask(&source, Failing::Passing, 1).await;
    assert!(answer.is_err());
    assert_eq!(asked, 1, "a trial is not repeated");
    clock.advance(limits::SOURCE_REST_MOST);
    assert!(ask(&source, Failing::Sick, 0).await.0.is_ok(), "it closes by itself");
    assert_eq!(source.resting_until(), None);
}

#[tokio::test]
async fn one_who_makes_it_fail_does_not_close_it_to_others() {
    let sources = sources(&clock());
    let source = sources.source("a", 1);
    for _ in 0..3 * limits::SOURCE_FAILURES {
        source.ask(somebody(7), PATIENCE, |_| async { Err::<(), _>(Fails(Failing::Sick)) }).await.unwrap_err();
    }
    assert_eq!(source.resting_until(), None);
    assert!(ask(&source, Failing::Sick, 0).await.0.is_ok());
}

#[tokio::test]
async fn an_answer_that_is_none_does_not_open_the_breaker() {
    let sources = sources(&clock());
    let source = sources.source("a", 1);
    for _ in 0..3 * limits::SOURCE_FAILURES {
        ask(&source, Failing::Wrong, 1).await.0.unwrap_err();
    }
    assert_eq!(source.resting_until(), None);
}

#[tokio::test]
async fn one_source_full_of_hanging_questions_leaves_the_others_their_places() {
    let sources = sources(&clock());
    let (hangs, well) = (sources.source("hangs", 1), sources.source("well", 1));
    let hanging: Vec<_> = (0..limits::SOURCE_PLACES)
        .map(|_| {
            let hangs = hangs.clone();
            tokio::spawn(async move {
                let never = std::future::pending::<Result<(), Fails>>;
                hangs.ask(somebody(1), PATIENCE, |_| never()).await
            })
        })
        .collect();
    while hangs.0.bulkhead.free() > 0 {
        tokio::task::yield_now().await;
    }
    let began = Instant::now();
    assert!(ask(&well, Failing::Sick, 0).await.0.is_ok());
    assert!(began.elapsed() < limits::SOURCE_QUEUE_TIME, "nobody waits for another university's place");
    assert!(matches!(ask(&hangs, Failing::Sick, 0).await.0, Err(Trouble::Busy)));
    hanging.iter().for_each(tokio::task::JoinHandle::abort);
}
