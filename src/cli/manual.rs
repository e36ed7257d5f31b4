//! Completions and the manual page, from the one definition of the command line.

use std::io::Write;

use clap::CommandFactory;

use super::Ending;
use super::args::{Args, CompletionsArgs};

/// Prints completions for a shell.
pub(super) fn completions(args: &CompletionsArgs) -> anyhow::Result<Ending> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Args::command(), "walkshed", &mut text);
    std::io::stdout().write_all(&text)?;
    Ok(Ending::Fine)
}

/// Prints the manual page.
pub(super) fn man() -> anyhow::Result<Ending> {
    let mut text = Vec::new();
    clap_mangen::Man::new(Args::command()).render(&mut text)?;
    std::io::stdout().write_all(&text)?;
    Ok(Ending::Fine)
}
