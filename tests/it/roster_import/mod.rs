//! A university's list replaces the one before, as a whole or not at all.

mod atomic;
mod killed;
mod refused;
mod undone;

use pedell::{
    domain::policy::Actor,
    flow::import_roster::{Difference, ImportOptions, Outcome},
    store::tenant::RosterStage,
};

use crate::scene::{Scene, WINTER, on_each_engine};

const HEADER: &str = "Matrikelnummer;Nachname;Vorname;Geburtsdatum\n";

/// A list of `count` invented students from number `first` on, each with this given name.
fn list(first: u32, count: u32, given: &str) -> String {
    (first..first + count).fold(HEADER.to_owned(), |list, number| list + &row(number, given))
}

fn row(number: u32, given: &str) -> String {
    format!("{number:07};Muster{number};{given};{}\n", born(number))
}

fn born(number: u32) -> String {
    format!("{}-{:02}-{:02}", 1990 + number % 15, 1 + number % 12, 1 + number % 28)
}

/// The given name under which student `number` is on the list now.
async fn on_the_list(scene: &Scene, number: u32, given: &str) -> bool {
    let typed = (format!("{number:07}"), format!("Muster{number}"));
    scene.find(&typed.0, given, &typed.1, &born(number)).await.is_some()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_student_on_the_list_is_found_and_nobody_else_is() {
    on_each_engine(async |scene| {
        let report = scene.import(list(1, 10_000, "Ada")).await.unwrap();
        assert_eq!((report.rows_read, report.rows, report.fault_count), (10_000, 10_000, 0));
        assert_eq!((report.outcome, report.difference.added), (Outcome::Imported, 10_000));
        for number in [1, 4_096, 4_097, 10_000] {
            assert!(on_the_list(&scene, number, "Ada").await, "{number}");
        }
        assert!(!on_the_list(&scene, 10_001, "Ada").await);
        assert_eq!(scene.find("0000001", "Ada", "Muster2", &born(1)).await, None);
        let trail = scene.tenant().await.verify_audit().await.unwrap();
        assert_eq!((trail.entries, trail.fault), (1, None));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_tells_the_difference_and_changes_nothing() {
    on_each_engine(async |scene| {
        scene.import(list(1, 6_000, "Ada")).await.unwrap();
        let before = scene.tenant().await.rosters().await.unwrap();
        // 1 to 1000 go, 1001 to 5000 stay, 5001 to 6000 change their name, 6001 to 6500 come.
        let next = list(1_001, 4_000, "Ada") + &list(5_001, 1_500, "Eva")[HEADER.len()..];
        let preview = ImportOptions { dry_run: true, ..ImportOptions::default() };
        let report = scene.import_with(next.clone(), preview).await.unwrap();
        let difference = Difference { added: 500, removed: 1_000, changed: 1_000, unchanged: 4_000 };
        assert_eq!((report.outcome, report.difference), (Outcome::Preview, difference));
        assert_eq!(scene.tenant().await.rosters().await.unwrap(), before);
        assert_eq!(scene.tenant().await.verify_audit().await.unwrap().entries, 1);
        assert!(on_the_list(&scene, 1, "Ada").await && !on_the_list(&scene, 6_500, "Eva").await);
        assert_eq!(scene.import(next).await.unwrap().difference, difference);
        assert!(!on_the_list(&scene, 1, "Ada").await && on_the_list(&scene, 6_500, "Eva").await);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_before_and_after_a_key_rotation_are_both_read_and_compared() {
    on_each_engine(async |scene| {
        scene.import(list(1, 5_000, "Ada")).await.unwrap();
        scene.pedell.rotate_tenant_keys(&scene.university.id, &Actor::Operator).await.unwrap();
        assert!(on_the_list(&scene, 7, "Ada").await);
        let report = scene.import(list(101, 5_000, "Ada")).await.unwrap();
        assert_eq!(report.difference, Difference { added: 100, removed: 100, changed: 0, unchanged: 4_900 });
        assert!(on_the_list(&scene, 5_100, "Ada").await && !on_the_list(&scene, 7, "Ada").await);
        let lists = scene.tenant().await.rosters().await.unwrap();
        let version_of = |stage| lists.iter().find(|list| list.stage == stage).map(|list| list.key_version);
        assert_eq!((version_of(RosterStage::Previous), version_of(RosterStage::Current)), (Some(1), Some(2)));
        scene.pedell.roll_back_roster(&scene.scope(), WINTER).await.unwrap();
        assert!(on_the_list(&scene, 7, "Ada").await);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_report_and_the_trail_hold_nobodys_data() {
    on_each_engine(async |scene| {
        let file =
            list(1, 50, "Zwetschge") + "0000001;Anders;Quitte;1999-09-09\n" + "9999999;Zwetschge;Kürbis;gestern\n";
        let options = ImportOptions { skip_faulty: true, ..ImportOptions::default() };
        let report = scene.import_with(file, options).await.unwrap();
        let trail = scene.tenant().await.audit_after(0).await.unwrap();
        let told = serde_json::to_string(&report).unwrap() + &serde_json::to_string(&trail).unwrap();
        assert_eq!(report.fault_count, 2);
        for personal in ["Zwetschge", "Anders", "Quitte", "rbis", "Muster", "0000001", "9999999", "gestern", "1999-09"]
        {
            assert!(!told.contains(personal), "{personal}");
        }
    })
    .await;
}
