//! `pedell demo` on free ports, in a folder of its own.

use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use crate::process::{PEDELL, Running};

/// A running demo.
pub(crate) struct Demo {
    /// What `--json` printed: `pedell` and `shop` are addresses, `students` are those to try.
    pub(crate) said: Value,
    /// Its data: `master.key`, and `data` with the databases.
    pub(crate) folder: TempDir,
    _process: Running,
}

impl Demo {
    pub(crate) fn start() -> Self {
        let folder = TempDir::new().expect("a folder");
        let mut command = Command::new(PEDELL);
        command.args(["demo", "--json", "--listen", "127.0.0.1:0", "--shop-listen", "127.0.0.1:0", "--data"]);
        command.arg(folder.path()).env("PEDELL_LOG__FILTER", "warn,sqlx=error");
        let (process, line) = Running::start(command);
        let line = line.expect("the demo prints its addresses");
        let said = serde_json::from_str(&line).expect("`--json` is JSON");
        Self { said, folder, _process: process }
    }

    /// Pedell's address.
    pub(crate) fn pedell(&self) -> &str {
        self.said["pedell"].as_str().expect("an address")
    }
}
