//! A server that forks: its whole process group ends with the test.

use std::{
    os::unix::process::CommandExt,
    process::{Child, Command, Stdio},
};

/// A running group.
pub(crate) struct Group(Child);

impl Group {
    /// Starts the command as the leader of a group of its own.
    pub(crate) fn start(mut command: Command) -> Self {
        Self(command.process_group(0).stdin(Stdio::null()).spawn().expect("it starts"))
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        drop(Command::new("kill").args(["-TERM", "--", &format!("-{}", self.0.id())]).status());
        drop(self.0.wait());
    }
}
