//! A child process that ends with the test, by its process id.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

/// The program as cargo has built it.
pub(crate) const PEDELL: &str = env!("CARGO_BIN_EXE_pedell");

/// How long it may take to start on a busy machine.
const START: Duration = Duration::from_mins(2);
/// How long it may take to end after it was asked to.
const END: Duration = Duration::from_secs(40);

/// A running child.
pub(crate) struct Running(Child);

impl Running {
    /// Starts it and waits for its first line on standard output (`None` if it ends without one).
    pub(crate) fn start(mut command: Command) -> (Self, Option<String>) {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("it starts");
        let mut out = BufReader::new(child.stdout.take().expect("its output is piped"));
        let (said, heard) = std::sync::mpsc::channel();
        thread::spawn(move || {
            let mut line = String::new();
            let read = out.read_line(&mut line);
            drop(said.send(read.is_ok_and(|bytes| bytes > 0).then_some(line)));
            drop(std::io::copy(&mut out, &mut std::io::sink())); // so that it never waits for us
        });
        let line = heard.recv_timeout(START).expect("it says something or ends");
        (Self(child), line)
    }

    /// Asks it to end (SIGTERM) and waits; one that does not end is killed.
    pub(crate) fn end(&mut self) -> ExitStatus {
        if let Ok(Some(status)) = self.0.try_wait() {
            return status;
        }
        let asked = Command::new("kill").arg(self.0.id().to_string()).status();
        let patience = Instant::now();
        while asked.as_ref().is_ok_and(ExitStatus::success) && patience.elapsed() < END {
            if let Ok(Some(status)) = self.0.try_wait() {
                return status;
            }
            thread::sleep(Duration::from_millis(20));
        }
        drop(self.0.kill());
        self.0.wait().expect("a killed child can be waited for")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}
