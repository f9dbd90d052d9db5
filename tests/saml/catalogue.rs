//! `docs/saml-security.md` says which test catches which attack, and for which reason it is refused: it does.

use std::{collections::BTreeSet, fs, path::Path};

const PAGE: &str = include_str!("../../docs/saml-security.md");
const REASONS: &str = include_str!("../../docs/saml.md");

/// A row: the test's file and name, and the reasons that it must assert.
struct Row {
    file: String,
    test: String,
    reasons: Vec<String>,
}

fn rows() -> Vec<Row> {
    let code = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
    let rows = PAGE.lines().filter(|line| line.starts_with("| ") && line.contains("::")).map(|line| {
        let cells: Vec<&str> = line.split(" | ").collect();
        let [test] = &code(cells[1])[..] else { panic!("one test a row: {line}") };
        let (file, test) = test.split_once("::").expect("file::test");
        Row { file: file.to_owned(), test: test.to_owned(), reasons: cells.get(2).map_or(vec![], |cell| code(cell)) }
    });
    rows.collect()
}

/// The text of a test; `None` if there is no such test.
fn body(row: &Row) -> Option<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let places = [format!("tests/saml/{}.rs", row.file), format!("src/protocol/saml/{}.rs", row.file)];
    let source = places.iter().find_map(|place| fs::read_to_string(root.join(place)).ok())?;
    let start = source.find(&format!("fn {}(", row.test))?;
    let before = source[..start].trim_end_matches("async ").trim_end();
    // Inside of `proptest!` the attribute stands before, and the test is indented.
    let indent = &source[source[..start].rfind('\n').map_or(0, |at| at + 1)..start];
    let indent: String = indent.chars().take_while(|c| *c == ' ').collect();
    let end = source[start..].find(&format!("\n{indent}}}"))?;
    (before.ends_with("#[test]") || before.ends_with("#[tokio::test]")).then(|| source[start..start + end].to_owned())
}

#[test]
fn every_attack_has_a_test_that_asserts_its_reason() {
    let rows = rows();
    assert!(rows.len() > 50, "the tables are read: {}", rows.len());
    for row in &rows {
        let body = body(row).unwrap_or_else(|| panic!("there is no test {}::{}", row.file, row.test));
        for reason in &row.reasons {
            assert!(body.contains(reason.as_str()), "{}::{} does not speak of {reason}", row.file, row.test);
            let is_explained = REASONS.contains(&format!("`{reason}`")) || reason == "login_failed";
            assert!(is_explained, "docs/saml.md does not explain {reason}");
        }
    }
}

#[test]
fn every_test_of_an_attack_stands_in_the_catalogue() {
    let listed: BTreeSet<_> = rows().into_iter().map(|row| format!("{}::{}", row.file, row.test)).collect();
    for file in ["attacks", "wrapping", "nodes"] {
        let source = fs::read_to_string(format!("{}/tests/saml/{file}.rs", env!("CARGO_MANIFEST_DIR"))).unwrap();
        for (_, rest) in source.match_indices("test]\n").map(|(at, found)| (at, &source[at + found.len()..])) {
            let name = rest.split_once("fn ").unwrap().1.split('(').next().unwrap();
            assert!(listed.contains(&format!("{file}::{name}")), "docs/saml-security.md does not list {file}::{name}");
        }
    }
}

#[test]
fn a_row_that_is_wrong_would_be_noticed() {
    let row = |file: &str, test: &str| Row { file: file.to_owned(), test: test.to_owned(), reasons: vec![] };
    assert!(body(&row("attacks", "a_response_that_nobody_signed_is_refused")).unwrap().contains("signature_missing"));
    assert!(body(&row("attacks", "there_is_no_such_test")).is_none());
    assert!(body(&row("attacks", "resigned")).is_none(), "a helper is no test");
    assert!(body(&row("nowhere", "a_response_that_nobody_signed_is_refused")).is_none());
}
