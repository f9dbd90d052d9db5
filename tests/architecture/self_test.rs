//! The checker is held against houses that break the law, so that it is known to fail when it should.

use crate::{checker::House, source::Source};

/// A house of these files plus the `mod` lines they need, which is otherwise lawful.
fn faults(files: &[(&str, &str)]) -> Vec<String> {
    let texts = files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    House::of(texts).faults()
}

fn single_fault(files: &[(&str, &str)]) -> String {
    let faults = faults(files);
    assert_eq!(faults.len(), 1, "{faults:#?}");
    faults.into_iter().next().unwrap()
}

const LIB: (&str, &str) = ("src/lib.rs", "pub mod base; pub mod domain; pub mod store; pub mod peers; pub mod vault;");
const BASE: (&str, &str) = ("src/base/mod.rs", "pub struct Clock;");
const DOMAIN: (&str, &str) = ("src/domain/mod.rs", "");
const STORE: (&str, &str) = ("src/store/mod.rs", "pub struct Db;");

#[test]
fn a_lawful_house_has_no_faults() {
    let vault = ("src/vault/mod.rs", "use crate::{base::Clock, domain}; fn f(_: pedell::base::Clock) {}");
    assert_eq!(faults(&[LIB, BASE, DOMAIN, vault]), Vec::<String>::new());
}

#[test]
fn an_upward_import_is_refused_with_file_line_and_reason() {
    let domain = ("src/domain/mod.rs", "//! page\n\nuse crate::{\n    base::Clock,\n    store::Db,\n};\n");
    let fault = single_fault(&[LIB, BASE, STORE, domain]);
    assert!(fault.starts_with("src/domain/mod.rs:5: `crate::store::Db` imports `store`"), "{fault}");
    assert!(fault.contains("`domain` may import base: the business is pure"), "{fault}");
}

#[test]
fn a_sideways_import_is_refused() {
    let fault = single_fault(&[LIB, STORE, ("src/peers/mod.rs", "use crate::store;")]);
    assert!(fault.starts_with("src/peers/mod.rs:1: `crate::store` imports `store`"), "{fault}");
    assert!(fault.contains("calling out must not"), "{fault}");
}

#[test]
fn every_way_to_write_a_path_is_seen() {
    for text in [
        "fn f() { crate::store::open(); }",
        "fn f() { pedell::store::open(); }",
        "fn f(_: &super::super::store::Db) {}",
        "use super::super::store::Db as Base;",
        "use crate::{base::{self, Clock}, store::{self as s}};",
        "mod inner { use super::super::super::store::Db; }",
        "macro_rules! m { () => { $crate::store::open() } }",
        "type T = <crate::store::Db as Clone>::Owned;",
        "fn f() -> Vec<crate::store::Db> { Vec::<u8>::new() }",
        "#[derive(crate::store::Row)] struct X;",
        "#[cfg(test)] mod tests { use crate::store::Db; }",
        "const C: char = '\"'; fn f() { crate::store::open(); }",
        "const C: &[u8] = b\"\\\"\"; fn f<'a>(_: &'a crate::store::Db) {}",
    ] {
        let domain = ("src/domain/mod.rs", "mod rule;");
        let fault = single_fault(&[LIB, BASE, STORE, domain, ("src/domain/rule.rs", text)]);
        assert!(fault.starts_with("src/domain/rule.rs:1:") && fault.contains("imports `store`"), "{text}: {fault}");
    }
}

#[test]
fn comments_and_strings_are_not_imports() {
    for text in [
        "// use crate::store::Db;",
        "/* /* nested */ use crate::store::Db; */",
        "//! [`crate::store::Db`]",
        "const A: &str = \"crate::store::Db \\\" crate::store\";",
        "const A: &str = r#\"crate::store::Db \" crate::store\"#;",
        "const A: &[u8] = br\"crate::store::Db\";",
        "mod store { pub fn open() {} } fn f() { store::open(); }",
    ] {
        assert_eq!(faults(&[LIB, STORE, ("src/domain/mod.rs", text)]), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn an_outside_crate_stays_in_its_row() {
    let fault = single_fault(&[LIB, BASE, ("src/domain/mod.rs", "use std::{fmt, fs::File};")]);
    assert!(fault.starts_with("src/domain/mod.rs:1: `std::fs::File` in `domain`"), "{fault}");
    let fault = single_fault(&[LIB, ("src/peers/mod.rs", "fn f() -> sqlx::Result<()> { Ok(()) }")]);
    assert!(fault.contains("SQL lives in `store` only"), "{fault}");
    let tests = "#[cfg(test)] mod tests { use std::fs; }";
    assert_eq!(faults(&[LIB, ("src/domain/mod.rs", tests)]), Vec::<String>::new());
}

#[test]
fn a_circle_between_siblings_is_refused_with_the_imports_that_close_it() {
    let fault = single_fault(&[
        LIB,
        ("src/base/mod.rs", "mod a; mod b; mod c;"),
        ("src/base/a.rs", "use super::b::B;"),
        ("src/base/b.rs", "\nfn f(_: crate::base::c::C) {}"),
        ("src/base/c.rs", "use crate::base::a;"),
    ]);
    assert!(fault.contains("a circle in `base`: a → b (src/base/a.rs:1) → c (src/base/b.rs:2) → a (src/base/c.rs:1)"));
}

#[test]
fn a_circle_is_seen_through_re_exports_and_folders() {
    let fault = single_fault(&[
        LIB,
        ("src/base/mod.rs", "mod clock; mod random; pub use clock::{Clock, Tick as T}; pub use self::random::Random;"),
        ("src/base/clock/mod.rs", "mod hand;"),
        ("src/base/clock/hand.rs", "use super::super::Random;"),
        ("src/base/random.rs", "use super::T;"),
    ]);
    assert!(fault.contains("a circle in `base`: clock → random"), "{fault}");
}

#[test]
fn tests_may_use_their_siblings_without_closing_a_circle() {
    let files = [
        LIB,
        ("src/base/mod.rs", "mod a; mod b;"),
        ("src/base/a.rs", "use super::b::B;"),
        ("src/base/b.rs", "#[cfg(test)]\nmod tests { use crate::base::a; }"),
    ];
    assert_eq!(faults(&files), Vec::<String>::new());
}

#[test]
fn a_folder_that_is_no_row_is_refused() {
    let fault = single_fault(&[("src/lib.rs", "mod util;"), ("src/util/mod.rs", "")]);
    assert!(fault.starts_with("src/util/mod.rs:1: `util` is no row of the house"), "{fault}");
}

#[test]
fn a_file_that_nobody_declares_is_refused() {
    let fault = single_fault(&[LIB, BASE, ("src/base/lost.rs", "")]);
    assert!(fault.starts_with("src/base/lost.rs:1: no `mod lost;` declares this file"), "{fault}");
}

#[test]
fn a_long_file_is_refused_but_its_tests_are_not_counted() {
    let code = "fn f() {}\n".repeat(500);
    assert_eq!(faults(&[LIB, ("src/base/mod.rs", &code)]), Vec::<String>::new());

    let longer = format!("{code}fn g() {{}}\n");
    let fault = single_fault(&[LIB, ("src/base/mod.rs", &longer)]);
    assert!(fault.starts_with("src/base/mod.rs:501: 501 lines without tests, 500 are allowed"), "{fault}");

    let tests = "#[cfg(test)]\n#[expect(dead_code, reason = \"x\")]\nmod tests {\n    fn t() { if true {} }\n}\n";
    assert_eq!(Source::read(&format!("{code}{tests}")).lines, 500);
    assert_eq!(Source::read(&format!("{tests}{code}")).lines, 500);
    assert_eq!(Source::read(&format!("#[cfg(test)]\nuse x;\nmod a {{\n{code}}}\n")).lines, 504);
}

#[test]
fn a_file_of_tests_may_be_long() {
    let long = "fn f() {}\n".repeat(900);
    let base = ("src/base/mod.rs", "#[cfg(test)]\nmod tests;\n");
    assert_eq!(faults(&[LIB, base, ("src/base/tests.rs", &long)]), Vec::<String>::new());
}
