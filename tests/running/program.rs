//! `pedell COMMAND`, run to its end.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::process::PEDELL;

/// An instance's commands: the program with its configuration, as an operator types them.
pub(crate) struct Program {
    /// Where it is run and where documents are written.
    pub(crate) folder: PathBuf,
}

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Program {
    /// With this configuration, as `pedell.toml` in `folder`.
    pub(crate) fn new(folder: &Path, configuration: &str) -> Self {
        fs::write(folder.join("pedell.toml"), configuration).expect("the configuration is written");
        Self { folder: folder.to_owned() }
    }

    /// The command, ready to run.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(PEDELL);
        command.args(arguments).current_dir(&self.folder).env("PEDELL_CONFIG", "pedell.toml");
        command
    }

    /// Runs it to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Answer {
        let output = self.command(arguments).output().expect("the program runs");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("it prints UTF-8");
        Answer { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// Runs it; it must succeed. What it printed, without the last line's end.
    pub(crate) fn done(&self, arguments: &[&str]) -> String {
        let answer = self.run(arguments);
        assert_eq!(answer.code, Some(0), "pedell {}: {}{}", arguments.join(" "), answer.out, answer.err);
        answer.out.trim_end().to_owned()
    }
}
