//! Services that run as long as a test.

use std::{
    fs,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::Command,
};

use crate::process::{PEDELL, Running};

/// A file of this folder.
pub(crate) fn in_folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/soap_peers").join(name)
}

/// A running one.
pub(crate) struct Service {
    /// `http://127.0.0.1:…`; the example's has its path.
    pub(crate) address: String,
    _process: Running,
}

impl Service {
    /// `verify.php`, with workers enough for one that sleeps.
    pub(crate) fn php() -> Self {
        // It says where it listens on standard error. Its workers outlive it, so that their whole group is ended.
        let script = "trap 'trap \"\" TERM; kill 0; exit' TERM
                      php -d display_errors=0 -S 127.0.0.1:0 \"$0\" 2>&1 & wait";
        let mut command = Command::new("sh");
        command.arg("-c").arg(script).arg(in_folder("verify.php")).process_group(0);
        command.env("PHP_CLI_SERVER_WORKERS", "4");
        let (process, line) = Running::start(command);
        let line = line.expect("php runs (`tests/run soap` installs it)");
        let address = line.split(['(', ')']).find(|part| part.starts_with("http://")).expect(&line).to_owned();
        Self { address, _process: process }
    }

    /// `verify.mjs`; with a key, a certificate and an authority over TLS.
    pub(crate) fn node(environment: &[(&str, &Path)]) -> Self {
        let mut command = Command::new("node");
        command.arg(in_folder("verify.mjs")).envs(environment.iter().copied());
        let (process, line) = Running::start(command);
        let line = line.expect("node runs (`tests/run soap` installs it)");
        Self { address: line.trim().to_owned(), _process: process }
    }

    /// `examples/verify_service.rs` with this list.
    pub(crate) fn example(folder: &Path, list: &str, token: &str) -> Self {
        let file = folder.join("students.csv");
        fs::write(&file, list).unwrap();
        let program = Path::new(PEDELL).with_file_name("examples").join("verify_service");
        assert!(program.exists(), "`cargo build --example verify_service` first, as `tests/run soap` does");
        let mut command = Command::new(program);
        command.arg(file).arg("127.0.0.1:0").arg(token);
        let (process, line) = Running::start(command);
        Self { address: line.expect("it prints its address").trim().to_owned(), _process: process }
    }
}
