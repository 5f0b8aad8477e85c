//! The flags that every tool has, its help, completions and man page: all from one clap definition.

use std::path::PathBuf;

use clap::{Args, Command, CommandFactory, FromArgMatches, Parser, ValueEnum};
use clap_complete::Shell as CompletionShell;
use jiff::Timestamp;

use crate::log::{self, LogFormat};
use crate::{Cannot, Code, Step};

/// What becomes of a step that cannot do its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum OnFailure {
    /// End with the exit code; write nothing.
    #[default]
    Exit,
    /// Write `fault` into the document and end with 0, so that the containers after this one still run.
    Record,
}

/// Flags of every tool.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Document")]
pub struct Shell {
    /// Read the document from FILE instead of stdin (`-` is stdin)
    #[arg(long = "in", value_name = "FILE")]
    pub input: Option<PathBuf>,
    /// Write the document to FILE instead of stdout (`-` is stdout)
    #[arg(long = "out", value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Folder of the attachments
    #[arg(long, value_name = "DIR", env = "HEALER_ATTACHMENTS", default_value = "attachments")]
    pub attachments: PathBuf,
    /// Write one small file per declared parameter into DIR
    #[arg(long, value_name = "DIR", env = "HEALER_PARAMETERS")]
    pub parameters: Option<PathBuf>,
    /// What becomes of a step that cannot do its work
    #[arg(long, value_name = "WHAT", default_value = "exit", env = "HEALER_ON_FAILURE")]
    pub on_failure: OnFailure,
    /// How events are written to stderr
    #[arg(long, value_name = "FORMAT", default_value = "auto", env = "HEALER_LOG_FORMAT")]
    pub log_format: LogFormat,
    /// Which events: error, warn, info, debug
    #[arg(long, value_name = "LEVEL", default_value = "info", env = "HEALER_LOG")]
    pub log_level: tracing::Level,
    /// What time it is (RFC 3339), for runs that must give the same bytes again
    #[arg(long, value_name = "INSTANT", env = "HEALER_CLOCK")]
    pub clock: Option<Timestamp>,
    #[command(flatten)]
    pages: Pages,
}

/// Flags that print a page and end.
#[derive(Debug, Clone, Args)]
struct Pages {
    /// Print the completions for a shell and end
    #[arg(long, value_name = "SHELL", exclusive = true)]
    completions: Option<CompletionShell>,
    /// Print the man page and end
    #[arg(long, exclusive = true)]
    man: bool,
}

/// Their names, without which nobody asks for one.
const PAGES: [&str; 2] = ["--completions", "--man"];

#[derive(Parser)]
struct Cli<A: Args> {
    #[command(flatten)]
    args: A,
    #[command(flatten)]
    shell: Shell,
}

/// The clap definition of a tool.
pub fn command<S: Step>() -> Command {
    let examples = S::EXAMPLES.lines().map(|line| format!("  {}", line.trim())).collect::<Vec<_>>().join("\n");
    let owns = if S::OWNS.is_empty() { "nothing".into() } else { S::OWNS.join(", ") };
    let parameters: Vec<&str> = S::PARAMETERS.iter().map(|parameter| parameter.name).collect();
    let parameters = if parameters.is_empty() { "none".into() } else { parameters.join(", ") };
    Cli::<S::Args>::command()
        .name(S::NAME)
        .bin_name(S::NAME)
        .version(env!("CARGO_PKG_VERSION"))
        .about(S::ABOUT)
        .after_help(format!(
            "Owns the sections: {owns}\nParameters: {parameters}\n\nExamples:\n{examples}\n\n{}",
            exit_code_table()
        ))
}

/// The exit codes as `--help` prints them.
pub fn exit_code_table() -> String {
    let rows: Vec<String> =
        Code::ALL.iter().map(|(code, name, advice)| format!("  {:>2}  {name}: {advice}", *code as u8)).collect();
    format!("Exit codes:\n{}", rows.join("\n"))
}

/// What a wrong command line is answered with: clap's own page on a terminal, one event elsewhere.
pub(crate) fn wrong_usage<S: Step>(error: &clap::Error) -> Cannot {
    let asked = std::env::var("HEALER_LOG_FORMAT").ok();
    let format = asked.and_then(|word| LogFormat::from_str(&word, true).ok()).unwrap_or_default();
    log::install(format, tracing::Level::INFO);
    if !format.is_json() {
        // A closed terminal is not worth another error.
        let _ = error.print();
    }
    let page = error.render().to_string();
    let what = page.split("\n\n").next().unwrap_or_default().trim_start_matches("error: ");
    let what = what.split_whitespace().collect::<Vec<_>>().join(" ");
    Cannot::usage(format!("{what}; see {} --help; no document was written", S::NAME))
}

pub(crate) fn parse<S: Step>(arguments: &[std::ffi::OsString]) -> Result<(S::Args, Shell), clap::Error> {
    let matches = command::<S>().try_get_matches_from(arguments)?;
    let cli = Cli::<S::Args>::from_arg_matches(&matches)?;
    Ok((cli.args, cli.shell))
}

/// Answers `--completions` and `--man`, without the flags that the tool itself must have; nothing otherwise.
pub(crate) fn page<S: Step>(arguments: &[std::ffi::OsString]) -> Option<Vec<u8>> {
    let begins = |word: &&[u8]| PAGES.iter().any(|page| word.starts_with(page.as_bytes()));
    arguments.iter().map(|argument| argument.as_encoded_bytes()).find(begins)?;
    let only_pages = Pages::augment_args(Command::new(S::NAME)).try_get_matches_from(arguments).ok()?;
    let pages = Pages::from_arg_matches(&only_pages).ok()?;
    let mut page = Vec::new();
    if let Some(for_shell) = pages.completions {
        clap_complete::generate(for_shell, &mut command::<S>(), S::NAME, &mut page);
    } else if pages.man {
        // Writing into memory cannot fail.
        let _ = clap_mangen::Man::new(command::<S>()).render(&mut page);
    } else {
        return None;
    }
    Some(page)
}
