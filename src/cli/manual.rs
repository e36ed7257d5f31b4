//! Completions and the manual page, from the one definition of the command line.

use std::io::Write;

use super::Ending;
use super::args::{CompletionsArgs, Lang};
use super::console::Console;
use super::tongue;

/// Prints completions for a shell.
pub(super) fn completions(args: &CompletionsArgs, console: &Console) -> anyhow::Result<Ending> {
    let mut text = Vec::new();
    clap_complete::generate(
        args.shell,
        &mut tongue::command(console.lang_or(Lang::En)),
        "walkshed",
        &mut text,
    );
    std::io::stdout().write_all(&text)?;
    Ok(Ending::Fine)
}

/// Prints the manual page.
pub(super) fn man(console: &Console) -> anyhow::Result<Ending> {
    let mut text = Vec::new();
    clap_mangen::Man::new(tongue::command(console.lang_or(Lang::En))).render(&mut text)?;
    std::io::stdout().write_all(&text)?;
    Ok(Ending::Fine)
}
