//! The program: one file per subcommand, parse (pure) then run.
//!
//! Exit codes are an interface: 0 fine, 1 findings (a promise is broken, an input has faults), 2 error.

mod args;
mod audit;
mod batch;
mod check;
mod compare;
mod console;
mod demo;
mod export;
mod graph;
mod init;
mod manual;
mod place;
mod reach;
mod results;
mod serve;
mod stored;
mod table;
mod text;
mod tongue;
mod verify;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::FromArgMatches;

use args::{Args, Command, Lang};
use console::Console;

/// How a command ended, short of an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    /// Everything is as promised.
    Fine,
    /// The command did its work and found something wrong.
    Findings,
}

/// Runs the program with the words of the command line; the first is the program's name.
pub fn run(words: impl IntoIterator<Item = OsString>) -> ExitCode {
    let words: Vec<OsString> = words.into_iter().collect();
    let lang = tongue::language_of(&words);
    let parsed = tongue::command(lang).try_get_matches_from(words);
    let args = match parsed.and_then(|matches| Args::from_arg_matches(&matches)) {
        Ok(args) => args,
        Err(refusal) => return refuse(&refusal, lang),
    };
    let console = Console::new(&args.common);
    match console.start().and_then(|()| dispatch(args.command, &console)) {
        Ok(Ending::Fine) => ExitCode::SUCCESS,
        Ok(Ending::Findings) => ExitCode::from(1),
        Err(error) if console::is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            console.error(&error);
            ExitCode::from(2)
        }
    }
}

/// Help and version are answers, anything else is a wrong command line.
fn refuse(refusal: &clap::Error, lang: Lang) -> ExitCode {
    if !refusal.use_stderr() {
        // Who stops reading help has read enough.
        let gone = |fault: &std::io::Error| fault.kind() == std::io::ErrorKind::BrokenPipe;
        let told = refusal.print().map_or_else(|fault| gone(&fault), |()| true);
        return ExitCode::from(if told { 0 } else { 2 });
    }
    let told = if lang == Lang::Zh {
        let text = tongue::refusal(lang, &refusal.render().to_string());
        std::io::Write::write_all(&mut std::io::stderr(), text.as_bytes())
    } else {
        refusal.print()
    };
    // Nobody is left to tell when standard error itself cannot be written.
    drop(told);
    ExitCode::from(2)
}

fn dispatch(command: Command, console: &Console) -> anyhow::Result<Ending> {
    match command {
        Command::Init(args) => init::run(&args, console),
        Command::Check(args) => check::run(&args, console),
        Command::Audit(args) => audit::run(&args, console),
        Command::Reach(args) => reach::run(&args, console),
        Command::Export(args) => export::run(&args, console),
        Command::Graph(args) => graph::run(&args, console),
        Command::Place(args) => place::run(&args, console),
        Command::Verify(args) => verify::run(&args, console),
        Command::Serve(args) => serve::run(&args, console),
        Command::Compare(args) => compare::run(&args, console),
        Command::Batch(args) => batch::run(&args, console),
        Command::Demo(args) => demo::run(&args, console),
        Command::Completions(args) => manual::completions(&args, console),
        Command::Man => manual::man(console),
        Command::Openapi => {
            console.print(&crate::server::openapi_json())?;
            Ok(Ending::Fine)
        }
    }
}
