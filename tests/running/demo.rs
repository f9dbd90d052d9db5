//! `pedell demo` on free ports.

use std::{path::Path, process::Command};

use serde_json::Value;

use crate::process::{PEDELL, Running};

/// A running demo.
pub(crate) struct Demo {
    /// What `--json` printed: `pedell`, `shop`, `idp` and `op` are addresses, `students`, `accounts` and
    /// `members` are those to try.
    pub(crate) said: Value,
    _process: Running,
}

impl Demo {
    /// Its data go to `folder`: `master.key`, and `data` with the databases.
    pub(crate) fn start(folder: &Path) -> Self {
        let mut command = Command::new(PEDELL);
        command.args([
            "demo",
            "--json",
            "--listen",
            "127.0.0.1:0",
            "--shop-listen",
            "127.0.0.1:0",
            "--idp-listen",
            "127.0.0.1:0",
            "--op-listen",
            "127.0.0.1:0",
            "--data",
        ]);
        command.arg(folder).env("PEDELL_LOG__FILTER", "warn,sqlx=error");
        let (process, line) = Running::start(command);
        let line = line.expect("the demo prints its addresses");
        let said = serde_json::from_str(&line).expect("`--json` is JSON");
        Self { said, _process: process }
    }

    /// Pedell's address.
    pub(crate) fn pedell(&self) -> &str {
        self.said["pedell"].as_str().expect("an address")
    }
}
