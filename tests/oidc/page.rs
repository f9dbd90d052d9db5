//! docs/oidc.md: every code stands there, every test that it names exists.

use std::{collections::BTreeSet, fs, path::Path};

use pedell::protocol::oidc::rp::Refusal;

fn read(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

/// What stands between backquotes in a column of the tables under a heading.
fn named<'p>(page: &'p str, heading: &str, column: usize) -> Vec<&'p str> {
    let (_, rest) = page.split_once(&format!("\n## {heading}\n")).unwrap();
    let section = rest.split("\n## ").next().unwrap();
    let cells = section.lines().filter(|line| line.starts_with('|')).filter_map(|line| line.split('|').nth(column));
    cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).collect()
}

#[test]
fn every_refusal_stands_in_the_tables_once_and_nothing_else_does() {
    let page = read("docs/oidc.md");
    let said = named(&page, "Reading a refusal", 1);
    let codes: BTreeSet<&str> = Refusal::ALL.iter().map(|refusal| refusal.code()).collect();
    assert_eq!(said.len(), codes.len(), "each once");
    assert_eq!(said.into_iter().collect::<BTreeSet<_>>(), codes);
}

#[test]
fn a_refusal_stands_in_the_section_of_what_the_student_is_told() {
    let page = read("docs/oidc.md");
    let (_, rest) = page.split_once("\n### The provider cannot be asked\n").unwrap();
    let section = rest.split("\n### ").next().unwrap();
    for refusal in Refusal::ALL {
        let is_there = section.contains(&format!("`{}`", refusal.code()));
        assert_eq!(is_there, refusal.reason().code() == "source_unavailable", "{}", refusal.code());
    }
}

#[test]
fn every_test_that_the_table_of_attacks_names_exists() {
    let page = read("docs/oidc.md");
    let tests = named(&page, "Attacks, and the tests that catch them", 2);
    assert!(tests.len() > 15, "{tests:?}");
    for test in tests {
        let (module, function) = test.split_once("::").unwrap_or_else(|| panic!("{test}"));
        let source = read(&format!("tests/oidc/{module}.rs"));
        assert!(source.contains(&format!("fn {function}()")), "{test}");
    }
}
