//! In the agent's image: checkout, the agent's command, push of what it left.

use std::fs;
use std::io::{self, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use jiff::Timestamp;
use remediation::Vocabulary;

use crate::child::{End, Limit};
use crate::git::Checkout;
use crate::task::{PROMPT, TASK, TOKEN};
use crate::{Ending, Task, git, say};

/// Flags of `run-agent run`.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The folder with the task, the prompt and the token
    #[arg(long, value_name = "DIR", default_value = "/run-agent/task")]
    task: PathBuf,
    /// Where to check out; the agent's home is beside it
    #[arg(long, value_name = "DIR", default_value = "/work")]
    work: PathBuf,
    /// Where the word is written that `report` reads
    #[arg(long, value_name = "FILE", default_value = "/dev/termination-log")]
    ending: PathBuf,
}

/// How it ended, with the agent's own exit code if it had one.
struct Ended(Ending, Option<u8>, String);

/// Runs; the exit code is the agent's, or says what else happened.
pub fn main(args: &Args) -> u8 {
    let Ended(ending, code, sentence) = run(args).unwrap_or_else(|ended| ended);
    say(&format!("{}: {sentence}", ending.meaning()));
    let word = fs::OpenOptions::new().write(true).create(true).truncate(true).open(&args.ending);
    if let Err(error) = word.and_then(|mut file| file.write_all(ending.as_str().as_bytes())) {
        say(&format!("cannot write {}: {error}", args.ending.display()));
    }
    ending.exit_code(code)
}

fn run(args: &Args) -> Result<Ended, Ended> {
    let no_task = |what: String| Ended(Ending::NoTask, None, what);
    let read = |name: &str| {
        let path = args.task.join(name);
        fs::read_to_string(&path).map_err(|error| no_task(format!("{}: {error}", path.display())))
    };
    let task: Task = serde_json::from_str(&read(TASK)?).map_err(|error| no_task(format!("{TASK}: {error}")))?;
    let token = read(TOKEN)?;
    let left = Duration::try_from(task.deadline_at - Timestamp::now()).unwrap_or_default();
    let limit = Limit::new(left).map_err(|error| no_task(format!("no signals: {error}")))?;
    let home = args.work.join("home");
    fs::create_dir_all(&home).map_err(|error| no_task(format!("{}: {error}", home.display())))?;
    let repository = args.work.join("repository");
    let checkout = git::configure(&home, &task, token.trim(), &limit)
        .and_then(|()| Checkout::new(&task, &repository, &home, &limit))
        .map_err(|what| ended_early(&limit).unwrap_or(Ended(Ending::NoCheckout, None, what)))?;
    let folder = repository.join(&task.working_directory);
    say(&format!("{} is checked out, the agent has until {}", task.url, task.deadline_at));
    let end = agent(args, &task, token.trim(), &folder, &home, &limit).map_err(|error| {
        Ended(Ending::NotStarted, None, format!("{}: {error}", task.command.first().map_or("", String::as_str)))
    })?;
    match end {
        End::Deadline => Err(Ended(Ending::Deadline, None, task.deadline_at.to_string())),
        End::Stopped => Err(Ended(Ending::Stopped, None, "the pod ends".into())),
        End::Itself(status) if !status.success() => {
            // As a shell says it: 128 and the signal.
            let by = |signal: i32| u8::try_from(signal).ok().map(|signal| signal.saturating_add(128));
            let code = status.code().map_or_else(|| by(status.signal()?), |code| u8::try_from(code).ok());
            Err(Ended(Ending::AgentFailed, code, status.to_string()))
        }
        End::Itself(_) => match checkout.push_rest() {
            Ok(sentence) => Ok(Ended(Ending::Ended, None, sentence.into())),
            Err(what) => Err(ended_early(&limit).unwrap_or(Ended(Ending::NotPushed, None, what))),
        },
    }
}

fn ended_early(limit: &Limit) -> Option<Ended> {
    match limit.over()? {
        End::Stopped => Some(Ended(Ending::Stopped, None, "the pod ends".into())),
        _ => Some(Ended(Ending::Deadline, None, "before the agent had ended".into())),
    }
}

/// The agent's command: the prompt on stdin and in a file, the CodeRun's environment, the token where `gh` looks for it.
fn agent(args: &Args, task: &Task, token: &str, folder: &Path, home: &Path, limit: &Limit) -> io::Result<End> {
    let prompt = args.task.join(PROMPT);
    let words = task.command.iter().map(|word| word.replace("{prompt_file}", &prompt.to_string_lossy()));
    let words: Vec<String> = words.collect();
    let (program, arguments) = words.split_first().ok_or_else(|| io::Error::other("the command is empty"))?;
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder).stdin(Stdio::from(fs::File::open(&prompt)?));
    command.envs(&task.environment).env("HOME", home).env("GIT_TERMINAL_PROMPT", "0");
    command.env("GITHUB_TOKEN", token).env("GH_TOKEN", token).env("HEALER_PROMPT_FILE", &prompt);
    limit.run(&mut command)
}
