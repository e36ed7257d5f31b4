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
mod table;
mod text;
mod verify;
mod verify_assign;
mod verify_ground;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;

use args::{Args, Command};
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
    let args = match Args::try_parse_from(words) {
        Ok(args) => args,
        Err(refusal) => {
            // Help and version are answers, anything else is a wrong command line.
            let code = u8::from(refusal.use_stderr()) * 2;
            return if refusal.print().is_ok() { ExitCode::from(code) } else { ExitCode::from(2) };
        }
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
        Command::Completions(args) => manual::completions(&args),
        Command::Man => manual::man(),
        Command::Openapi => {
            console.print(&crate::server::openapi_json())?;
            Ok(Ending::Fine)
        }
    }
}
