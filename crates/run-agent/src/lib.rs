//! `run-agent`: carries a CodeRun out where the platform's own controller is not there (docs/executor.md).
//!
//! Parts, each in a container that has what it needs and nothing else. `prepare` may read the CodeRun and has the
//! App's key: it makes a Secret with the task and a token for one repository. `install` puts this program into the
//! agent's image. `run` is there, with that Secret and no right in the cluster: checkout, the agent's command, push.
//! `report` says in the CodeRun's status how it ended. `tend` does, every minute, what no event did.

mod child;
mod credential;
mod ending;
mod git;
mod install;
mod prepare;
mod report;
mod run;
mod settings;
mod task;
mod tend;

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use step::{Cannot, Code};

pub use ending::Ending;
pub use prepare::Then;
pub use settings::Settings;
pub use task::Task;

/// The name of the binary.
pub const NAME: &str = "run-agent";
/// What it does.
pub const ABOUT: &str = "Carries a CodeRun out where the platform is not there: checkout, agent, push, status";

#[derive(Parser)]
#[command(name = NAME, version, about = ABOUT)]
struct RunAgent {
    #[command(subcommand)]
    part: Part,
}

#[derive(Subcommand)]
enum Part {
    /// Read the CodeRun, get a token for its repository, hand both over in a Secret
    Prepare(prepare::Args),
    /// Copy this program to a place from which the agent's image can run it
    Install(install::Args),
    /// Check the target out, run the agent's command in it, push what it left unpushed
    Run(run::Args),
    /// Say in the CodeRun's status how it ended
    Report(report::Args),
    /// Start CodeRuns that no event started, end those whose Workflow is gone without a report
    Tend(tend::Args),
}

/// The definition of its flags.
pub fn command() -> clap::Command {
    RunAgent::command().after_help(step::exit_code_table())
}

/// Runs it with these arguments, the first of which is its name.
pub fn main(arguments: &[OsString]) -> ExitCode {
    match command().try_get_matches_from(arguments).and_then(|matches| RunAgent::from_arg_matches(&matches)) {
        Ok(RunAgent { part }) => part.run(),
        Err(error) => {
            let _ = error.print();
            ExitCode::from(if error.use_stderr() { Code::Usage } else { Code::Done } as u8)
        }
    }
}

impl Part {
    fn run(&self) -> ExitCode {
        let result = match self {
            Part::Prepare(args) => prepare::main(args),
            Part::Install(args) => install::main(args),
            // The agent's own code is kept.
            Part::Run(args) => return ExitCode::from(run::main(args)),
            Part::Report(args) => report::main(args),
            Part::Tend(args) => tend::main(args),
        };
        match result {
            Ok(sentence) => {
                say(&sentence);
                ExitCode::SUCCESS
            }
            Err(cannot) => {
                say(&format!("{} ({}): {}", cannot.code.name(), cannot.code as u8, cannot.sentence));
                ExitCode::from(cannot.code as u8)
            }
        }
    }
}

/// One event a line, on stderr.
pub(crate) fn say(line: &str) {
    let _ = writeln!(io::stderr(), "{NAME}: {}", text::clean_line(line));
}

/// A file that cannot be read or written.
pub(crate) fn failed(doing: &str, path: &std::path::Path, error: &io::Error) -> Cannot {
    Cannot::misconfigured(format!(
        "cannot {doing} {}: {error}; mount it as workflow-templates/executor does",
        path.display()
    ))
}
