//! `kill -9` in the middle of an import: this test binary runs itself as the importing process.

use std::{
    env, fs,
    io::{BufRead, BufReader, Write, stdout},
    process::{Command, Stdio},
    sync::Arc,
    time::Duration,
};

use pedell::{
    base::{Clock, limits},
    domain::policy,
    flow::import_roster::{ImportOptions, Progress},
    store::tenant::RosterStage,
};

use super::{list, on_the_list};
use crate::scene::{Place, Scene, WINTER, on_each_engine_now as on_each_engine};

const FOLDER: &str = "PEDELL_TEST_IMPORTER_FOLDER";
const POSTGRES: &str = "PEDELL_TEST_IMPORTER_POSTGRES";
const ROWS: u32 = 60_000;

/// Starts an import of `list(1, ROWS, "Eva")` in another process and kills it as soon as it says `until`.
fn import_and_kill(scene: &Scene, until: &str) {
    fs::write(scene.place.folder.join("new.csv"), list(1, ROWS, "Eva")).unwrap();
    let mut importer = Command::new(env::current_exe().unwrap())
        .args(["--ignored", "--exact", "--nocapture", "roster_import::killed::importer"])
        .env(FOLDER, &scene.place.folder)
        .env(POSTGRES, scene.place.postgres.as_deref().unwrap_or_default())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let said = BufReader::new(importer.stdout.take().unwrap()).lines().map_while(Result::ok);
    let reached = said.into_iter().any(|line| line.starts_with(until));
    importer.kill().unwrap(); // SIGKILL
    importer.wait().unwrap();
    assert!(reached, "the importer came to {until:?}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "the other process of the tests below"]
async fn importer() {
    let Some(folder) = env::var_os(FOLDER) else { return };
    let place = Place { postgres: env::var(POSTGRES).ok().filter(|url| !url.is_empty()), folder: folder.into() };
    let pedell = place.open(Clock::default()).await;
    let university = pedell.stores().control().universities().await.unwrap().remove(0);
    let file = fs::File::open(place.folder.join("new.csv")).unwrap();
    let tell = Arc::new(|progress| {
        let mut out = stdout().lock();
        match progress {
            Progress::Reading { bytes } => writeln!(out, "\nreading {bytes}"),
            Progress::Comparing { rows, .. } => writeln!(out, "\ncomparing {rows}"),
            Progress::Loading { rows, of } if rows == of => writeln!(out, "\nloaded"),
            Progress::Loading { rows, .. } => writeln!(out, "\nloading {rows}"),
            Progress::Clearing => writeln!(out, "\nclearing"),
        }
        .unwrap();
    });
    let scope = policy::operator(&university.id);
    pedell.import_roster(&scope, &university, WINTER, file, ImportOptions::DEFAULT, tell).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_kill_the_old_list_is_whole_and_what_was_loaded_goes_with_time() {
    on_each_engine(async |scene| {
        let old = scene.import(list(1, 40_000, "Ada")).await.unwrap();
        let tenant = scene.tenant().await;
        for until in ["reading", "comparing", "loading", "loading"] {
            import_and_kill(&scene, until);
            let current = tenant.current_roster(WINTER).await.unwrap().unwrap();
            assert_eq!((Some(&current.id), current.row_count), (old.roster.as_ref(), 40_000), "{until}");
            for number in [1, 20_000, 40_000] {
                assert!(on_the_list(&scene, number, "Ada").await && !on_the_list(&scene, number, "Eva").await);
            }
        }
        let dead: Vec<_> =
            tenant.rosters().await.unwrap().into_iter().filter(|list| list.stage == RosterStage::Loading).collect();
        assert_eq!(dead.len(), 2);
        assert!(!tenant.roster_page(&dead[0].id, None, 1).await.unwrap().is_empty());

        // Nobody knows yet that they are dead: another process may still be loading them.
        scene.clock.advance(Clock::default().now().since(scene.clock.now()));
        scene.pedell.tidy().await.unwrap();
        assert_eq!(tenant.rosters().await.unwrap().len(), 3);

        scene.clock.advance(limits::ROSTER_IMPORT_DEAD_AFTER + Duration::from_secs(5));
        scene.pedell.tidy().await.unwrap();
        assert_eq!(tenant.rosters().await.unwrap().len(), 1);
        for list in dead {
            assert_eq!(tenant.roster_page(&list.id, None, 1).await.unwrap(), []);
        }
        assert_eq!(tenant.verify_audit().await.unwrap().fault, None);
        assert_eq!(scene.import(list(1, ROWS, "Eva")).await.unwrap().rows, u64::from(ROWS));
        assert!(on_the_list(&scene, ROWS, "Eva").await);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_kill_behind_the_exchange_the_new_list_is_whole() {
    on_each_engine(async |scene| {
        for given in ["Ida", "Ada"] {
            scene.import(list(1, 40_000, given)).await.unwrap();
        }
        import_and_kill(&scene, "clearing");
        let tenant = scene.tenant().await;
        let current = tenant.current_roster(WINTER).await.unwrap().unwrap();
        assert_eq!(current.row_count, i64::from(ROWS));
        for number in [1, 40_000, ROWS] {
            assert!(on_the_list(&scene, number, "Eva").await, "{number}");
        }
        assert_eq!(tenant.verify_audit().await.unwrap().fault, None);
        scene.pedell.tidy().await.unwrap();
        assert_eq!(tenant.rosters().await.unwrap().len(), 2);
    })
    .await;
}
