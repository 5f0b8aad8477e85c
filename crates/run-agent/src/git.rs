//! The checkout, by the image's own `git`.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use base64::Engine;

use crate::child::{End, Limit};
use crate::{Task, say};

/// Pauses before a clone is tried again.
const PAUSES: [u64; 3] = [0, 2, 10];

/// A checkout of the target.
pub struct Checkout<'a> {
    task: &'a Task,
    folder: PathBuf,
    home: &'a Path,
    limit: &'a Limit,
    /// Where it began.
    began: String,
}

/// Who commits, and how git gets in: in the home of the agent, so that its own git finds it.
pub fn configure(home: &Path, task: &Task, token: &str, limit: &Limit) -> Result<(), String> {
    let basic = base64::engine::general_purpose::STANDARD.encode(format!("x-access-token:{token}"));
    let (scheme, rest) = task.url.split_once("://").unwrap_or(("https", &task.url));
    let host = rest.split('/').next().unwrap_or_default();
    let header = format!("http.{scheme}://{host}/.extraHeader");
    for (key, value) in [
        ("user.name", &*task.name),
        ("user.email", &*task.email),
        (&*header, &*format!("Authorization: Basic {basic}")),
        ("push.default", "upstream"),
        ("advice.detachedHead", "false"),
    ] {
        git(home, home, limit, &["config", "--global", key, value])?;
    }
    Ok(())
}

/// Runs git and gives what it printed.
fn git<A: AsRef<OsStr>>(home: &Path, folder: &Path, limit: &Limit, arguments: &[A]) -> Result<String, String> {
    let printed = home.join("git-printed");
    let failed = |error: std::io::Error| format!("git cannot be started: {error}; is it in the agent's image?");
    let file = std::fs::File::create(&printed).map_err(|error| format!("{}: {error}", printed.display()))?;
    let mut command = Command::new("git");
    command.args(arguments).current_dir(folder).stdin(Stdio::null()).stdout(file);
    command.env("HOME", home).env("GIT_TERMINAL_PROMPT", "0").env("LC_ALL", "C");
    let what = arguments.first().map(|word| word.as_ref().to_string_lossy().into_owned()).unwrap_or_default();
    match limit.run(&mut command).map_err(failed)? {
        End::Itself(status) if status.success() => {
            let bytes = std::fs::read(&printed).map_err(|error| format!("{}: {error}", printed.display()))?;
            Ok(String::from_utf8_lossy(&bytes).trim().to_owned())
        }
        End::Itself(status) => Err(format!("git {what} failed: {status}")),
        End::Deadline => Err(format!("git {what} was stopped at the deadline")),
        End::Stopped => Err(format!("git {what} was stopped")),
    }
}

impl<'a> Checkout<'a> {
    /// Clones, and stands on the target branch: as it is, or begun at the base if it is not there yet.
    pub fn new(task: &'a Task, folder: &Path, home: &'a Path, limit: &'a Limit) -> Result<Self, String> {
        let mut last = String::new();
        for pause in PAUSES {
            sleep(Duration::from_secs(pause));
            // What a clone that broke off left behind.
            let _ = std::fs::remove_dir_all(folder);
            let words = ["clone", "--quiet", "--no-checkout", "--template=", "--", &task.url].map(OsStr::new);
            let words: Vec<&OsStr> = words.into_iter().chain([folder.as_os_str()]).collect();
            match git(home, home, limit, &words) {
                Ok(_) => {
                    let mut checkout = Self { task, folder: folder.to_owned(), home, limit, began: String::new() };
                    checkout.stand()?;
                    return Ok(checkout);
                }
                Err(error) => {
                    say(&error);
                    last = error;
                }
            }
            if limit.over().is_some() {
                break;
            }
        }
        Err(last)
    }

    fn git(&self, arguments: &[&str]) -> Result<String, String> {
        git(self.home, &self.folder, self.limit, arguments)
    }

    fn stand(&mut self) -> Result<(), String> {
        let branch = &self.task.branch;
        let there = format!("refs/remotes/origin/{branch}");
        if self.git(&["rev-parse", "--verify", "--quiet", &there]).is_ok() {
            self.git(&["checkout", "--quiet", "-B", branch, "--track", &format!("origin/{branch}")])?;
        } else {
            let base =
                self.task.base_sha.as_deref().ok_or("the target branch is not there, nor a base to begin it at")?;
            self.git(&["checkout", "--quiet", "-B", branch, base])?;
            self.git(&["config", &format!("branch.{branch}.remote"), "origin"])?;
            self.git(&["config", &format!("branch.{branch}.merge"), &format!("refs/heads/{branch}")])?;
        }
        self.began = self.git(&["rev-parse", "HEAD"])?;
        Ok(())
    }

    /// Pushes what the agent committed on the target branch and did not push. Never by force: who pushed in between wins.
    pub fn push_rest(&self) -> Result<&'static str, String> {
        let target = format!("refs/heads/{}", self.task.branch);
        let on = self.git(&["symbolic-ref", "--quiet", "HEAD"]).unwrap_or_default();
        let head = self.git(&["rev-parse", "HEAD"])?;
        if on != target || head == self.began {
            return Ok("nothing is left to push");
        }
        let remote = self.git(&["ls-remote", "origin", &target])?;
        if remote.split_whitespace().next() == Some(&*head) {
            return Ok("the agent pushed");
        }
        self.git(&["push", "--quiet", "origin", &format!("HEAD:{target}")])?;
        Ok("what the agent left unpushed was pushed")
    }
}
