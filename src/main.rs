//! The `walkshed` program; everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    walkshed::cli::run(std::env::args_os())
}
