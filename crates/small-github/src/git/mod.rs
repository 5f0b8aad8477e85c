//! Bare repositories, by the real git program.

mod backend;
mod history;

use std::collections::{BTreeMap, HashMap};
use std::ffi::OsStr;
use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

pub use backend::Asked;
pub use history::{Change, CommitInfo, EMPTY_TREE};
use jiff::Timestamp;

/// What no commit has as its name: git's word for "there was none".
pub const NOTHING: &str = "0000000000000000000000000000000000000000";

/// Refuses what GitHub refuses for a protected branch; the file `protected` lists them.
const UPDATE_HOOK: &str = r#"#!/bin/sh
if [ -z "$SMALL_GITHUB_ADMIN" ] && grep -qxF "$1" protected 2>/dev/null; then
  echo "error: GH006: Protected branch update failed for $1." >&2
  exit 1
fi
if [ -n "$SMALL_GITHUB_NO_WORKFLOWS" ]; then
  old=$2
  case $old in *[!0]*) ;; *) old=$(git merge-base HEAD "$3") || old=HEAD ;; esac
  case $3 in *[!0]*) changed=$(git diff --name-only "$old" "$3" -- .github/workflows) ;; *) changed= ;; esac
  if [ -n "$changed" ]; then
    echo "error: refusing to allow a GitHub App to create or update workflow \`$changed\`" \
      "without \`workflows\` permission" >&2
    exit 1
  fi
fi
"#;

/// Whose hand a commit is in.
#[derive(Debug, Clone)]
pub struct Person {
    /// Name.
    pub name: String,
    /// Address, by which the account is found.
    pub email: String,
    /// When.
    pub at: Timestamp,
}

/// The folder of bare repositories.
pub struct Git {
    root: PathBuf,
    known: Mutex<HashMap<String, Arc<CommitInfo>>>,
}

impl Git {
    /// Below `root`, which exists.
    pub fn new(root: PathBuf) -> Self {
        Self { root, known: Mutex::default() }
    }

    /// Where a repository lies.
    pub fn path(&self, id: u64) -> PathBuf {
        self.root.join(format!("{id}.git"))
    }

    /// Makes an empty one.
    ///
    /// # Errors
    /// Git's, with what it said.
    pub fn create(&self, id: u64, default_branch: &str) -> io::Result<()> {
        let path = self.path(id);
        run(git().args(["init", "--quiet", "--bare", "--initial-branch", default_branch]).arg(&path), b"")?;
        self.furnish(id)
    }

    /// Makes a copy of another one.
    ///
    /// # Errors
    /// Git's, with what it said.
    pub fn fork(&self, from: u64, to: u64) -> io::Result<()> {
        run(git().args(["clone", "--quiet", "--bare"]).arg(self.path(from)).arg(self.path(to)), b"")?;
        self.furnish(to)
    }

    fn furnish(&self, id: u64) -> io::Result<()> {
        let path = self.path(id);
        for (key, value) in [
            ("http.receivepack", "true"),
            ("uploadpack.allowAnySHA1InWant", "true"),
            ("gc.auto", "0"),
            ("receive.autogc", "false"),
            ("core.logAllRefUpdates", "false"),
        ] {
            run(self.git(id).args(["config", key, value]), b"")?;
        }
        let hook = path.join("hooks").join("update");
        fs::create_dir_all(path.join("hooks"))?;
        fs::write(&hook, UPDATE_HOOK)?;
        fs::set_permissions(hook, fs::Permissions::from_mode(0o755))
    }

    /// Says which branches are protected.
    ///
    /// # Errors
    /// The disk's.
    pub fn protect<'a>(&self, id: u64, branches: impl IntoIterator<Item = &'a String>) -> io::Result<()> {
        let text: String = branches.into_iter().map(|branch| format!("refs/heads/{branch}\n")).collect();
        fs::write(self.path(id).join("protected"), text)
    }

    /// The branches and their heads.
    ///
    /// # Errors
    /// Git's.
    pub fn branches(&self, id: u64) -> io::Result<BTreeMap<String, String>> {
        let text = self.text(id, ["for-each-ref", "--format=%(objectname) %(refname:lstrip=2)", "refs/heads"])?;
        let pair = |line: &str| line.split_once(' ').map(|(sha, name)| (name.to_owned(), sha.to_owned()));
        Ok(text.lines().filter_map(pair).collect())
    }

    /// Commits files on top of `parent`; `None` in `files` deletes one. The commit is on no branch yet.
    ///
    /// # Errors
    /// Git's.
    pub fn commit(
        &self,
        id: u64,
        parent: Option<&str>,
        files: &BTreeMap<String, Option<String>>,
        by: &Person,
        message: &str,
    ) -> io::Result<String> {
        let folder = tempfile::tempdir()?;
        let index = folder.path().join("index");
        let git = || {
            let mut command = self.git(id);
            command.env("GIT_INDEX_FILE", &index);
            command
        };
        if let Some(parent) = parent {
            run(git().args(["read-tree", parent]), b"")?;
        }
        let mut lines = Vec::new();
        for (path, content) in files {
            match content {
                Some(content) => {
                    let blob = run(git().args(["hash-object", "-w", "--stdin"]), content.as_bytes())?;
                    let mode = if content.starts_with("#!") { "100755" } else { "100644" };
                    lines.extend(format!("{mode} {}\t{path}\0", blob.trim()).into_bytes());
                }
                None => lines.extend(format!("0 {NOTHING}\t{path}\0").into_bytes()),
            }
        }
        run(git().args(["update-index", "-z", "--index-info"]), &lines)?;
        let tree = run(git().arg("write-tree"), b"")?;
        let parents: Vec<&str> = parent.into_iter().collect();
        self.commit_tree(id, tree.trim(), &parents, by, message)
    }

    fn commit_tree(&self, id: u64, tree: &str, parents: &[&str], by: &Person, message: &str) -> io::Result<String> {
        let mut command = self.git(id);
        let date = by.at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        for who in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{who}_NAME"), &by.name).env(format!("GIT_{who}_EMAIL"), &by.email);
            command.env(format!("GIT_{who}_DATE"), &date);
        }
        command.args(["commit-tree", tree]);
        for parent in parents {
            command.args(["-p", parent]);
        }
        Ok(run(&mut command, message.as_bytes())?.trim().to_owned())
    }

    /// Merges `head` into `base` without moving a branch; `None` if they conflict.
    ///
    /// # Errors
    /// Git's.
    pub fn merge(&self, id: u64, base: &str, head: &str, by: &Person, message: &str) -> io::Result<Option<String>> {
        let Some(tree) = self.merged_tree(id, base, head)? else { return Ok(None) };
        self.commit_tree(id, &tree, &[base, head], by, message).map(Some)
    }

    /// The tree that a merge would have; `None` if they conflict.
    ///
    /// # Errors
    /// Git's.
    pub fn merged_tree(&self, id: u64, base: &str, head: &str) -> io::Result<Option<String>> {
        let output = self.git(id).args(["merge-tree", "--write-tree", base, head]).output()?;
        match output.status.code() {
            Some(0) => Ok(String::from_utf8_lossy(&output.stdout).lines().next().map(str::to_owned)),
            Some(1) => Ok(None),
            _ => Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned())),
        }
    }

    /// Sets a branch, or deletes it.
    ///
    /// # Errors
    /// Git's.
    pub fn set_ref(&self, id: u64, reference: &str, sha: Option<&str>) -> io::Result<()> {
        match sha {
            Some(sha) => run(self.git(id).args(["update-ref", reference, sha]), b"").map(drop),
            None => run(self.git(id).args(["update-ref", "-d", reference]), b"").map(drop),
        }
    }

    /// Brings a commit of one repository into another, under a name.
    ///
    /// # Errors
    /// Git's.
    pub fn bring(&self, from: u64, to: u64, sha: &str, reference: &str) -> io::Result<()> {
        if from == to {
            return self.set_ref(to, reference, Some(sha));
        }
        let spec = format!("+{sha}:{reference}");
        run(self.git(to).args(["fetch", "--quiet", "--no-tags"]).arg(self.path(from)).arg(spec), b"").map(drop)
    }

    /// Checks a commit out into an empty folder.
    ///
    /// # Errors
    /// Git's.
    pub fn check_out(&self, id: u64, sha: &str, folder: &Path) -> io::Result<()> {
        let clone = ["clone", "--quiet", "--shared", "--no-checkout"];
        run(git().args(clone).arg(self.path(id)).arg(folder), b"")?;
        let detach = ["-c", "advice.detachedHead=false", "checkout", "--quiet", "--detach", sha];
        run(git().arg("-C").arg(folder).args(detach), b"").map(drop)
    }

    fn git(&self, id: u64) -> Command {
        let mut command = git();
        command.arg("--git-dir").arg(self.path(id));
        command
    }

    fn text<S: AsRef<OsStr>>(&self, id: u64, arguments: impl IntoIterator<Item = S>) -> io::Result<String> {
        run(self.git(id).args(arguments), b"")
    }
}

/// Git that reads nobody's configuration.
pub fn git() -> Command {
    let mut command = Command::new("git");
    command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_TERMINAL_PROMPT", "0");
    command.env_remove("GIT_DIR").env_remove("GIT_INDEX_FILE").env_remove("GIT_WORK_TREE");
    command
}

/// Runs it to its end.
fn run(command: &mut Command, input: &[u8]) -> io::Result<String> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        // It may end without reading everything; its exit code says whether that was well.
        let _ = stdin.write_all(input);
    }
    let output = child.wait_with_output()?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(io::Error::other(format!("{command:?}: {}", said.trim())))
}
