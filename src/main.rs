//! The `pedell` program; see [`pedell::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    pedell::cli::main()
}
