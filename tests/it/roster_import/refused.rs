//! What is not imported, and that then nothing changes.

use pedell::{
    flow::import_roster::{ImportError, ImportOptions, ImportReport, Outcome, Refusal},
    protocol::roster_csv::RosterError,
};

use super::{HEADER, list, on_the_list, row};
use crate::scene::{Scene, on_each_engine};

const SKIP: ImportOptions = ImportOptions { skip_faulty: true, ..ImportOptions::DEFAULT };

async fn refused(scene: &Scene, csv: String, options: ImportOptions) -> ImportReport {
    let before = scene.tenant().await.rosters().await.unwrap();
    let trail = scene.tenant().await.verify_audit().await.unwrap();
    let Err(ImportError::Refused(report)) = scene.import_with(csv, options).await else { panic!("it is refused") };
    assert_eq!(report.outcome, Outcome::Refused);
    assert_eq!(scene.tenant().await.rosters().await.unwrap(), before);
    assert_eq!(scene.tenant().await.verify_audit().await.unwrap(), trail);
    *report
}

#[tokio::test(flavor = "multi_thread")]
async fn one_faulty_row_refuses_the_list_and_is_named_with_line_and_column() {
    on_each_engine(async |scene| {
        scene.import(list(1, 10, "Ada")).await.unwrap();
        let file = list(1, 20, "Eva") + "0000021;Muster21;Eva;1999-02-30\n" + &row(22, "Eva");
        let report = refused(&scene, file.clone(), ImportOptions::DEFAULT).await;
        assert_eq!((report.refusal, report.fault_count), (Some(Refusal::FaultyRows), 1));
        assert_eq!((report.faults[0].line, report.faults[0].column.as_deref()), (22, Some("Geburtsdatum")));
        assert!(on_the_list(&scene, 1, "Ada").await);
        let preview = ImportOptions { dry_run: true, ..ImportOptions::DEFAULT };
        let preview = scene.import_with(file.clone(), preview).await.unwrap();
        assert_eq!((preview.outcome, preview.refusal), (Outcome::Preview, Some(Refusal::FaultyRows)));
        let imported = scene.import_with(file, SKIP).await.unwrap();
        assert_eq!((imported.rows_read, imported.rows, imported.fault_count), (22, 21, 1));
        assert!(on_the_list(&scene, 22, "Eva").await && !on_the_list(&scene, 21, "Eva").await);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_person_twice_is_merged_but_two_people_under_one_number_are_a_fault() {
    on_each_engine(async |scene| {
        let report = scene.import(list(1, 3, "Ada") + &row(2, "Ada")).await.unwrap();
        assert_eq!((report.rows_read, report.rows, report.duplicates, report.fault_count), (4, 3, 1, 0));
        let file = list(1, 3, "Ada") + &row(2, "Eva");
        let report = refused(&scene, file.clone(), ImportOptions::DEFAULT).await;
        assert_eq!((report.faults[0].line, report.faults[0].code), (5, "same_number"));
        assert!(report.faults[0].message.contains("line 3"), "{}", report.faults[0].message);
        let report = scene.import_with(file, SKIP).await.unwrap();
        assert_eq!(report.rows, 2);
        assert!(!on_the_list(&scene, 2, "Ada").await && !on_the_list(&scene, 2, "Eva").await);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_list_is_refused_even_if_nothing_is_faulty_and_all_may_go() {
    on_each_engine(async |scene| {
        scene.import(list(1, 3, "Ada")).await.unwrap();
        let options = ImportOptions { allow_shrink: true, ..SKIP };
        assert_eq!(refused(&scene, HEADER.to_owned(), options).await.refusal, Some(Refusal::Empty));
        let only_faults = HEADER.to_owned() + "0000021;Muster21;Eva;1999-02-30\n";
        assert_eq!(refused(&scene, only_faults, options).await.refusal, Some(Refusal::Empty));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn half_an_export_is_refused_unless_it_is_meant() {
    on_each_engine(async |scene| {
        scene.import(list(1, 100, "Ada")).await.unwrap();
        scene.import(list(1, 50, "Ada")).await.unwrap();
        let report = refused(&scene, list(1, 24, "Ada"), ImportOptions::DEFAULT).await;
        assert_eq!(report.refusal, Some(Refusal::Shrinks { removed_percent: 52, limit_percent: 50 }));
        let strict = ImportOptions { shrink_limit_percent: 1, ..ImportOptions::DEFAULT };
        let report = refused(&scene, list(1, 49, "Ada"), strict).await;
        assert_eq!(report.refusal, Some(Refusal::Shrinks { removed_percent: 2, limit_percent: 1 }));
        let meant = ImportOptions { allow_shrink: true, ..ImportOptions::DEFAULT };
        assert_eq!(scene.import_with(list(1, 24, "Ada"), meant).await.unwrap().rows, 24);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_are_listed_up_to_a_limit_and_all_counted() {
    on_each_engine(async |scene| {
        let faulty = (1..=1_500).fold(HEADER.to_owned(), |file, n| file + &format!("{n:07};Muster;Eva;1999-02-30\n"));
        let report = refused(&scene, faulty, ImportOptions::DEFAULT).await;
        assert_eq!((report.fault_count, report.faults.len()), (1_500, 1_000));
        assert!(report.faults.iter().map(|fault| fault.line).eq(2..=1_001));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_over_the_limits_is_refused_before_it_is_read_to_its_end() {
    on_each_engine(async |scene| {
        let few = ImportOptions { max_rows: 99, ..ImportOptions::DEFAULT };
        let error = scene.import_with(list(1, 100, "Ada"), few).await.unwrap_err();
        assert!(matches!(error, ImportError::Unreadable(RosterError::TooManyRows { limit: 99 })), "{error}");
        let small = ImportOptions { max_bytes: 1_000, ..ImportOptions::DEFAULT };
        let error = scene.import_with(list(1, 100, "Ada"), small).await.unwrap_err();
        assert!(matches!(error, ImportError::Unreadable(RosterError::TooManyBytes { limit: 1_000 })), "{error}");
        assert_eq!(scene.tenant().await.rosters().await.unwrap(), []);
        let exactly = ImportOptions { max_rows: 100, ..ImportOptions::DEFAULT };
        assert_eq!(scene.import_with(list(1, 100, "Ada"), exactly).await.unwrap().rows, 100);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_without_birth_date_is_faulty_where_students_are_asked_for_it() {
    on_each_engine(async |mut scene| {
        let file = list(1, 3, "Ada") + "0000004;Muster4;Ada;\n";
        let report = refused(&scene, file.clone(), ImportOptions::DEFAULT).await;
        assert_eq!((report.faults[0].line, report.faults[0].code), (5, "no_birth_date"));
        scene.university.profile.ask_birth_date = false;
        assert_eq!(scene.import(file).await.unwrap().rows, 4);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn students_who_have_left_are_left_out_and_counted() {
    on_each_engine(async |scene| {
        let file = "Matrikelnummer;Nachname;Vorname;Geburtsdatum;Status\n\
                    0000001;Muster1;Ada;02.02.1991;immatrikuliert\n\
                    0000002;Muster2;Ada;03.03.1992;exmatrikuliert\n";
        let report = scene.import(file).await.unwrap();
        assert_eq!((report.rows_read, report.left_out, report.rows), (2, 1, 1));
        assert!(on_the_list(&scene, 1, "Ada").await && !on_the_list(&scene, 2, "Ada").await);
    })
    .await;
}
