//! A university's list replaces the one before, as a whole or not at all.

use crate::scene::on_each_engine;

const HEADER: &str = "Matrikelnummer;Vorname;Nachname;Geburtsdatum\n";

/// A list of `count` invented students from number `first` on, each with this given name.
fn list(first: u32, count: u32, given: &str) -> String {
    (first..first + count).fold(HEADER.to_owned(), |list, number| {
        list + &format!("{number:07};{given};Muster{number};{}\n", born(number))
    })
}

fn born(number: u32) -> String {
    format!("{}-{:02}-{:02}", 1990 + number % 15, 1 + number % 12, 1 + number % 28)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_student_on_the_list_is_found_with_the_universitys_spelling_and_nobody_else_is() {
    on_each_engine(async |scene| {
        let report = scene.import(list(1, 10_000, "Ada")).await.unwrap();
        assert_eq!((report.rows_read, report.rows, report.fault_count), (10_000, 10_000, 0));
        assert_eq!(report.difference.added, 10_000);
        for number in [1, 4_096, 4_097, 10_000] {
            let found = scene.find(&format!("{number:07}"), "Ada", &format!("Muster{number}"), &born(number)).await;
            assert_eq!(found.as_deref(), Some("Ada"), "{number}");
        }
        assert_eq!(scene.find("0010001", "Ada", "Muster10001", &born(10_001)).await, None);
        assert_eq!(scene.find("0000001", "Ada", "Muster2", &born(1)).await, None);
        let trail = scene.tenant().await.verify_audit().await.unwrap();
        assert_eq!((trail.entries, trail.fault), (1, None));
    })
    .await;
}
