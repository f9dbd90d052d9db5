//! The law of the house, enforced: who may import whom, no circles, no long files.
//!
//! The rows and their reasons stand in `architecture/law.rs`. Every file under `src/` is read as text (comments, strings
//! and character literals are blanked first), its `use` trees and inline paths are resolved to modules of this crate
//! (through `self`, `super` and `pub use`), and each is held against the law. A fault says file, line, what and why.
#![expect(clippy::unwrap_used, reason = "a test that can't read the sources has to fail")]

#[path = "architecture/checker.rs"]
mod checker;
#[path = "architecture/law.rs"]
mod law;
#[path = "architecture/self_test.rs"]
mod self_test;
#[path = "architecture/source.rs"]
mod source;

use std::path::Path;

use checker::House;

#[test]
fn every_file_keeps_the_law() {
    let house = House::read(Path::new(env!("CARGO_MANIFEST_DIR")));
    assert!(house.files().len() > 5, "the walk over src/ found only {:?}", house.files());
    let faults = house.faults();
    assert!(faults.is_empty(), "\n\n{}\n\n{} faults\n", faults.join("\n"), faults.len());
}
