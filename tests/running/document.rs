//! Documents of universities and clients.

use std::fs;

use crate::program::Program;

/// Writes a document and adds it: `client add ID` or `university add SLUG`. What was printed.
pub(crate) fn add(program: &Program, what: &str, name: &str, document: &str) -> String {
    let file = format!("{name}.toml");
    fs::write(program.folder.join(&file), document).expect("the document is written");
    program.done(&[what, "add", name, &file])
}
