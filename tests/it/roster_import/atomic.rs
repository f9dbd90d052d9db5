//! While a list is replaced, whoever looks sees the old one or the new one; and two imports never mix.

use std::{
    io,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
};

use pedell::flow::import_roster::{ImportError, ImportOptions, OnProgress, Progress};

use super::{born, list, on_the_list};
use crate::scene::{Scene, WINTER, on_each_engine};

/// Numbers that only one of the two lists has, and the given name of both lists' students.
const OLD: (u32, &str) = (1, "Ada");
const NEW: (u32, &str) = (30_000, "Eva");

/// What one reader saw over time: each look at one list as a whole.
async fn look(scene: &Scene, stop: &AtomicBool) -> Vec<&'static str> {
    let mut seen = Vec::new();
    while !stop.load(Ordering::SeqCst) {
        // One check reads the list's id once: both names under one number can't be right in it.
        let old = scene.find("0010000", OLD.1, "Muster10000", &born(10_000)).await.is_some();
        let new = scene.find("0010000", NEW.1, "Muster10000", &born(10_000)).await.is_some();
        let now = match (old, new) {
            (true, false) => "old",
            (false, true) => "new",
            // The list was replaced between the two questions.
            (true, true) => "both",
            (false, false) => "none",
        };
        if seen.last() != Some(&now) {
            seen.push(now);
        }
    }
    seen
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_readers_see_the_whole_old_list_and_then_the_whole_new_one() {
    on_each_engine(async |scene| {
        scene.import(list(OLD.0, 20_000, OLD.1)).await.unwrap();
        let scene = Arc::new(scene);
        let stop = Arc::new(AtomicBool::new(false));
        let readers: Vec<_> = (0..50)
            .map(|_| {
                let (scene, stop) = (scene.clone(), stop.clone());
                tokio::spawn(async move { look(&scene, &stop).await })
            })
            .collect();
        scene.import(list(5_000, NEW.0 - 5_000 + 1, NEW.1)).await.unwrap();
        stop.store(true, Ordering::SeqCst);
        for reader in readers {
            let seen = reader.await.unwrap();
            // Any part of this in this order: a slow reader may come late, or look just once.
            let order = ["old", "both", "new"];
            let places: Vec<_> = seen.iter().map(|look| order.iter().position(|known| known == look)).collect();
            assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{seen:?}");
        }
        assert!(on_the_list(&scene, NEW.0, NEW.1).await && !on_the_list(&scene, OLD.0, OLD.1).await);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_imports_at_once_each_is_whole_or_told_that_it_was_overtaken() {
    on_each_engine(async |scene| {
        scene.import(list(1, 20_000, "Ida")).await.unwrap();
        let (ada, eva) = tokio::join!(scene.import(list(1, 20_000, "Ada")), scene.import(list(1, 20_000, "Eva")));
        let mut ids = Vec::new();
        for (given, result) in [("Ada", ada), ("Eva", eva)] {
            match result {
                Ok(report) => ids.push((report.roster.unwrap(), given)),
                Err(error) => assert!(matches!(error, ImportError::Overtaken), "{error}"),
            }
        }
        let current = scene.tenant().await.current_roster(WINTER).await.unwrap().unwrap();
        let (_, given) = ids.into_iter().find(|(id, _)| *id == current.id).unwrap();
        for number in [1, 10_000, 20_000] {
            assert!(on_the_list(&scene, number, given).await, "{number}");
        }
        let rows = scene.tenant().await.roster_page(&current.id, None, 30_000).await.unwrap();
        assert_eq!((current.row_count, rows.len()), (20_000, 20_000));
        assert_eq!(scene.tenant().await.verify_audit().await.unwrap().fault, None);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_compared_itself_with_an_outdated_list_changes_nothing() {
    on_each_engine(async |scene| {
        scene.import(list(1, 20_000, "Ida")).await.unwrap();
        let scene = Arc::new(scene);
        let (reached, loading) = mpsc::channel();
        let (go_on, wait) = mpsc::channel::<()>();
        let wait = Mutex::new(wait);
        let slow = tokio::spawn({
            let scene = scene.clone();
            let file = io::Cursor::new(list(1, 20_000, "Ada"));
            let progress: OnProgress = Arc::new(move |progress| {
                if matches!(progress, Progress::Loading { rows, of } if rows == of) {
                    reached.send(()).unwrap();
                    // Not on the thread of the runtime: connections are given back there.
                    tokio::task::block_in_place(|| wait.lock().unwrap().recv().unwrap());
                }
            });
            let options = ImportOptions::DEFAULT;
            async move {
                let (scope, university) = (scene.scope(), &scene.university);
                scene.pedell.import_roster(&scope, university, WINTER, file, options, progress).await
            }
        });
        tokio::task::spawn_blocking(move || loading.recv().unwrap()).await.unwrap();
        let fast = scene.import(list(1, 20_000, "Eva")).await.unwrap();
        go_on.send(()).unwrap();
        assert!(matches!(slow.await.unwrap(), Err(ImportError::Overtaken)));
        let current = scene.tenant().await.current_roster(WINTER).await.unwrap().unwrap();
        assert_eq!(Some(&current.id), fast.roster.as_ref());
        assert!(on_the_list(&scene, 20_000, "Eva").await && !on_the_list(&scene, 20_000, "Ada").await);
        let trail = scene.tenant().await.verify_audit().await.unwrap();
        assert_eq!((trail.entries, trail.fault), (2, None));
        assert_eq!(scene.tenant().await.rosters().await.unwrap().len(), 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn others_write_while_a_list_is_loaded() {
    on_each_engine(async |scene| {
        let scene = Arc::new(scene);
        let done = Arc::new(AtomicBool::new(false));
        let writing = tokio::spawn({
            let (scene, done) = (scene.clone(), done.clone());
            async move {
                let mut checks = 0;
                while !done.load(Ordering::SeqCst) {
                    // A check counts its attempt: it writes.
                    assert_eq!(scene.find("77", "Nobody", "Nowhere", &born(1)).await, None);
                    checks += 1;
                }
                checks
            }
        });
        for name in ["Ada", "Eva", "Ida"] {
            scene.import(list(1, 60_000, name)).await.unwrap();
        }
        done.store(true, Ordering::SeqCst);
        // Were a list loaded in one transaction, one check would get in between two imports.
        let checks: u32 = writing.await.unwrap();
        assert!(checks > 10, "{checks} checks were answered during three imports");
    })
    .await;
}
