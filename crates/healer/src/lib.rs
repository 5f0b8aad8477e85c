//! The multi-call binary: every tool under its name, and the front doors for people.

mod demo;
mod explain;
mod judge_diff;
pub mod play;
mod tell;
mod tools;

use std::ffi::OsString;
use std::io::{self, BufRead, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};
use step::Code;

pub use tools::{TOOLS, Tool};

#[derive(Parser)]
#[command(
    name = "healer",
    version,
    about = "Repairs failing CI: the toolkit and its front doors",
    propagate_version = true
)]
struct Healer {
    #[command(subcommand)]
    door: Door,
}

#[derive(Subcommand)]
enum Door {
    /// Say what broke in a log, who would fix it, and why
    Explain(explain::Explain),
    /// Say whether a change repairs a failure or hides it: a unified diff on stdin
    JudgeDiff(judge_diff::JudgeDiff),
    /// Play a recorded remediation through the real steps
    Demo(demo::Demo),
    /// Take secrets out of text: stdin to stdout
    Redact,
    /// Print the names of the tools, one a line: the links that an image needs
    Tools,
    /// Look at a configuration
    Config {
        #[command(subcommand)]
        what: ConfigDoor,
    },
}

#[derive(Subcommand)]
enum ConfigDoor {
    /// Print what is effective and what is wrong
    Check {
        /// A healer.yaml, or the platform's healer-config.json or heal-config.json
        file: PathBuf,
    },
}

/// Runs whatever the first word, or the link's name, asks for.
pub fn main() -> ExitCode {
    #[cfg(feature = "live")]
    world_live::register();
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let name = arguments.first().map(Path::new).and_then(Path::file_stem).unwrap_or_default();
    if let Some(tool) = TOOLS.iter().find(|tool| name == tool.name) {
        return (tool.run)(&arguments);
    }
    if name == run_agent::NAME {
        return run_agent::main(&arguments);
    }
    let second = arguments.get(1).map(OsString::as_os_str).unwrap_or_default();
    if let Some(tool) = TOOLS.iter().find(|tool| second == tool.name) {
        return (tool.run)(&arguments[1..]);
    }
    if second == run_agent::NAME {
        return run_agent::main(&arguments[1..]);
    }
    let code = match doors()
        .try_get_matches_from(&arguments)
        .and_then(|matches| <Healer as clap::FromArgMatches>::from_arg_matches(&matches))
    {
        Ok(healer) => open(&healer.door),
        Err(error) => {
            let code = if error.use_stderr() { Code::Usage } else { Code::Done };
            let _ = error.print();
            code
        }
    };
    ExitCode::from(code as u8)
}

/// The front doors, with the tools named in the help.
fn doors() -> clap::Command {
    let width = TOOLS.iter().map(|tool| tool.name.len()).max().unwrap_or_default();
    let tools: Vec<String> = TOOLS.iter().map(|tool| format!("  {:width$}  {}", tool.name, tool.about)).collect();
    Healer::command().after_help(format!(
        "Tools, each also a binary of its own (`healer TOOL --help`):\n{}\n\n\
         Beside them, no step and without a document:\n  {:width$}  {}\n\n{}",
        tools.join("\n"),
        run_agent::NAME,
        run_agent::ABOUT,
        step::exit_code_table()
    ))
}

fn open(door: &Door) -> Code {
    match door {
        Door::Explain(explain) => answer("explain", explain.run(&mut UntilClosed(anstream::stdout().lock()))),
        Door::JudgeDiff(judge) => {
            answer("judge-diff", judge.run(io::stdin().lock(), &mut UntilClosed(anstream::stdout().lock())))
        }
        Door::Demo(demo) => answer(
            "demo",
            demo.run(&mut UntilClosed(anstream::stdout().lock())).map_err(|error| step::Cannot::refused(error.0)),
        ),
        Door::Redact => answer("redact", redact_stdin()),
        Door::Tools => answer("tools", list_tools(&mut UntilClosed(io::stdout().lock()))),
        Door::Config { what: ConfigDoor::Check { file } } => check(file),
    }
}

/// A writer for people: whoever reads has seen enough when it closes (`| head`), and that is no failure.
struct UntilClosed<W>(W);

impl<W: Write> Write for UntilClosed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.0.write(bytes) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(bytes.len()),
            written => written,
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self.0.flush() {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            flushed => flushed,
        }
    }
}

/// The last line of a failure is one sentence on stderr.
fn answer(door: &str, result: Result<(), step::Cannot>) -> Code {
    match result {
        Ok(()) => Code::Done,
        Err(cannot) => {
            let _ = writeln!(
                io::stderr(),
                "healer {door}: {} ({}): {}",
                cannot.code.name(),
                cannot.code as u8,
                cannot.sentence
            );
            cannot.code
        }
    }
}

fn list_tools(out: &mut dyn Write) -> Result<(), step::Cannot> {
    let names = TOOLS.iter().map(|tool| tool.name).chain([run_agent::NAME]);
    let names: String = names.map(|name| format!("{name}\n")).collect();
    out.write_all(names.as_bytes()).map_err(|error| step::Cannot::not_yet(format!("cannot print the names: {error}")))
}

fn redact_stdin() -> Result<(), step::Cannot> {
    let failed = |error: io::Error| step::Cannot::not_yet(format!("cannot pass the text on: {error}"));
    let (mut input, mut output) = (io::stdin().lock(), io::stdout().lock());
    let mut stream = redact::Redactor::new().stream();
    let mut out = String::new();
    loop {
        let chunk = input.fill_buf().map_err(failed)?;
        if chunk.is_empty() {
            break;
        }
        let length = chunk.len();
        stream.push_bytes(chunk, &mut out);
        input.consume(length);
        output.write_all(out.as_bytes()).map_err(failed)?;
        out.clear();
    }
    stream.finish(&mut out);
    output.write_all(out.as_bytes()).and_then(|()| output.flush()).map_err(failed)
}

fn check(file: &Path) -> Code {
    let report = config::check(file);
    let written = write!(io::stdout(), "{}", report);
    match (written, report.is_usable()) {
        (Ok(()), true) => Code::Done,
        (Ok(()), false) => Code::Misconfigured,
        (Err(_), _) => Code::NotYet,
    }
}
