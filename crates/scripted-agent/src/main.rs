//! An agent for tests: it edits the repository it stands in as a script says, with real commits and real pushes.
//!
//! The script is `.scripted-agent.yaml` in the repository (or `--script FILE`): a list of plays, of which the first that
//! fits the CodeRun's attempt, round and kind is played. No play that fits: it does nothing and ends well.
//!
//! ```yaml
//! - attempt: 1                # HEALER_ATTEMPT; round: HEALER_ROUND; kind: HEALER_FAILURE_KIND; each may be left out
//!   do:
//!     - replace: {file: src/lib.rs, old: "a - b", new: "a * b"}
//!     - commit: try a product
//!     - push
//! - do:
//!     - delete: tests/sum.rs
//!     - commit_as: {name: Somebody, email: somebody@example.org, message: no test and no failure}
//!     - force_push
//!     - never_end
//! ```

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread::sleep;
use std::time::Duration;

use clap::Parser;
use serde::Deserialize;

/// Does what a script says.
#[derive(Parser)]
#[command(name = "scripted-agent")]
struct Args {
    /// The script [default: .scripted-agent.yaml in this folder or above it]
    #[arg(long, value_name = "FILE")]
    script: Option<PathBuf>,
    /// Instead of a script: replace text in a file, commit and push
    #[arg(long, num_args = 3, value_names = ["FILE", "OLD", "NEW"], conflicts_with = "script")]
    replace: Option<Vec<String>>,
    /// Only on this attempt
    #[arg(long, value_name = "NUMBER", requires = "replace")]
    on_attempt: Option<u32>,
}

/// What to do in one case.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Play {
    #[serde(default)]
    attempt: Option<u32>,
    #[serde(default)]
    round: Option<u32>,
    #[serde(default)]
    kind: Option<String>,
    #[serde(rename = "do")]
    steps: Vec<Step>,
}

/// One thing to do.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Step {
    /// Replaces the first such text; it must be there.
    Replace { file: PathBuf, old: String, new: String },
    /// Writes a file.
    Write { file: PathBuf, text: String },
    /// Deletes a file.
    Delete(PathBuf),
    /// Commits everything as whoever git is set up for.
    Commit(String),
    /// Commits everything as somebody else.
    CommitAs { name: String, email: String, message: String },
    /// Begins another branch here.
    Branch(String),
    /// Pushes the branch it stands on to its like.
    Push,
    /// Replaces the branch's newest commit, and what is on the remote.
    ForcePush,
    /// Prints a line.
    Say(String),
    /// Waits.
    WaitSeconds(u64),
    /// Does not end when it is asked to.
    IgnoreSigterm,
    /// Does not end.
    NeverEnd,
    /// Ends with this code.
    Exit(u8),
}

fn main() -> ExitCode {
    match play(&Args::parse()) {
        Ok(code) => ExitCode::from(code),
        Err(what) => {
            say(&what);
            ExitCode::FAILURE
        }
    }
}

fn say(what: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "scripted-agent: {what}");
}

fn number(name: &str) -> Option<u32> {
    std::env::var(name).ok()?.parse().ok()
}

impl Play {
    fn fits(&self) -> bool {
        let kind = std::env::var("HEALER_FAILURE_KIND").ok();
        let same = |wanted: Option<u32>, name: &str| wanted.is_none_or(|wanted| number(name) == Some(wanted));
        same(self.attempt, "HEALER_ATTEMPT")
            && same(self.round, "HEALER_ROUND")
            && self.kind.as_ref().is_none_or(|wanted| kind.as_ref() == Some(wanted))
    }
}

fn play(args: &Args) -> Result<u8, String> {
    let steps = match &args.replace {
        Some(words) => match &words[..] {
            [_, _, _] if args.on_attempt.is_some_and(|attempt| number("HEALER_ATTEMPT") != Some(attempt)) => vec![],
            [file, old, new] => vec![
                Step::Replace { file: file.into(), old: old.clone(), new: new.clone() },
                Step::Commit(format!("repair {file}")),
                Step::Push,
            ],
            _ => return Err("--replace takes FILE OLD NEW".into()),
        },
        None => script(args.script.as_deref())?,
    };
    if steps.is_empty() {
        say("nothing to do");
    }
    for step in &steps {
        if !matches!(step, Step::Say(_)) {
            say(&format!("{step:?}"));
        }
        if let Some(code) = step.carry_out()? {
            return Ok(code);
        }
    }
    Ok(0)
}

/// The steps of the first play that fits.
fn script(given: Option<&Path>) -> Result<Vec<Step>, String> {
    let here = std::env::current_dir().map_err(|error| error.to_string())?;
    let found = || here.ancestors().map(|folder| folder.join(".scripted-agent.yaml")).find(|path| path.is_file());
    let Some(path) = given.map(Path::to_owned).or_else(found) else { return Ok(vec![]) };
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let plays: Vec<Play> = serde_yaml::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(plays.into_iter().find(Play::fits).map(|play| play.steps).unwrap_or_default())
}

impl Step {
    /// `Some`: it ends here.
    fn carry_out(&self) -> Result<Option<u8>, String> {
        let file = |file: &Path, error: std::io::Error| format!("{}: {error}", file.display());
        match self {
            Self::Replace { file: path, old, new } => {
                let text = fs::read_to_string(path).map_err(|error| file(path, error))?;
                if !text.contains(old) {
                    return Err(format!("{}: there is no {old:?}", path.display()));
                }
                fs::write(path, text.replacen(old, new, 1)).map_err(|error| file(path, error))?;
            }
            Self::Write { file: path, text } => {
                let folder = path.parent().unwrap_or(Path::new("."));
                fs::create_dir_all(folder).map_err(|error| file(path, error))?;
                fs::write(path, text).map_err(|error| file(path, error))?;
            }
            Self::Delete(path) => fs::remove_file(path).map_err(|error| file(path, error))?,
            Self::Commit(message) => {
                git(&["add", "--all"])?;
                git(&["commit", "--quiet", "--allow-empty", "-m", message])?;
            }
            Self::CommitAs { name, email, message } => {
                git(&["add", "--all"])?;
                let (name, email) = (format!("user.name={name}"), format!("user.email={email}"));
                git(&["-c", &name, "-c", &email, "commit", "--quiet", "--allow-empty", "-m", message])?;
            }
            Self::Branch(name) => git(&["checkout", "--quiet", "-b", name])?,
            Self::Push => git(&["push", "--quiet", "origin", "HEAD"])?,
            Self::ForcePush => {
                git(&["commit", "--quiet", "--amend", "--allow-empty", "-m", "as if it had always been so"])?;
                git(&["push", "--quiet", "--force", "origin", "HEAD"])?;
            }
            Self::Say(line) => say(line),
            Self::WaitSeconds(seconds) => sleep(Duration::from_secs(*seconds)),
            Self::IgnoreSigterm => {
                let seen = Arc::new(AtomicBool::new(false));
                signal_hook::flag::register(signal_hook::consts::SIGTERM, seen).map_err(|error| error.to_string())?;
            }
            Self::NeverEnd => loop {
                sleep(Duration::from_secs(3600));
            },
            Self::Exit(code) => return Ok(Some(*code)),
        }
        Ok(None)
    }
}

fn git(arguments: &[&str]) -> Result<(), String> {
    let status = Command::new("git").args(arguments).status().map_err(|error| format!("git: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("git {}: {status}", arguments.join(" "))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_of_the_documentation_is_one() {
        let source = include_str!("main.rs");
        let (_, rest) = source.split_once("```yaml\n").unwrap();
        let (script, _) = rest.split_once("//! ```").unwrap();
        let script: String = script.lines().map(|line| format!("{}\n", line.trim_start_matches("//! "))).collect();
        let plays: Vec<Play> = serde_yaml::from_str(&script).unwrap();
        let steps: Vec<usize> = plays.iter().map(|play| play.steps.len()).collect();
        assert_eq!((steps, plays[0].attempt), (vec![3, 4], Some(1)));
        assert!(serde_yaml::from_str::<Vec<Play>>("- do: [dance]").is_err());
    }
}
