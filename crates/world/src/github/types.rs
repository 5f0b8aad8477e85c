//! What we read of GitHub's answers: only the fields that Healer uses, everything else ignored.
//!
//! Fields without `default` are what GitHub always sends and something decides on: an answer without them is malformed.
//! All others may be missing or null. Free text is [`Untrusted`]; ids, SHAs, addresses and closed words are plain.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use text::Untrusted;

use super::words::{Conclusion, Relation, Status};

/// A repository.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Repository {
    /// Stays the same when it is renamed or moved.
    pub id: u64,
    /// `owner/name`, as GitHub spells it.
    #[serde(default)]
    pub full_name: String,
    /// For people.
    #[serde(default)]
    pub html_url: String,
    /// The branch that pull requests aim at by default.
    #[serde(default)]
    pub default_branch: Untrusted,
    /// Not public. Taken as private if GitHub does not say.
    #[serde(default = "yes")]
    pub private: bool,
    /// Read-only.
    #[serde(default)]
    pub archived: bool,
}

fn yes() -> bool {
    true
}

/// Something of which we only need the id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Id {
    /// The id.
    pub id: u64,
}

/// A user, bot or organisation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Account {
    /// Stays the same when the login changes; decide by this.
    pub id: u64,
    /// The login, for showing only.
    #[serde(default)]
    pub login: Untrusted,
    /// `User`, `Bot`, `Organization`.
    #[serde(default, rename = "type")]
    pub kind: String,
}

/// A workflow run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// The same for every attempt.
    pub id: u64,
    /// The workflow's name.
    #[serde(default)]
    pub name: Untrusted,
    /// The workflow.
    pub workflow_id: u64,
    /// The workflow's file, `.github/workflows/ci.yml`, perhaps with `@ref`.
    #[serde(default)]
    pub path: Untrusted,
    /// What started it: `push`, `pull_request`, …
    #[serde(default)]
    pub event: String,
    /// What groups its checks.
    #[serde(default)]
    pub check_suite_id: Option<u64>,
    /// Where it stands.
    pub status: Status,
    /// How it ended; `None` while it runs.
    #[serde(default)]
    pub conclusion: Option<Conclusion>,
    /// The branch, absent for tags of forks and the like.
    #[serde(default)]
    pub head_branch: Option<Untrusted>,
    /// The commit.
    pub head_sha: String,
    /// 1 for the first.
    #[serde(default = "one")]
    pub run_attempt: u64,
    /// For people.
    #[serde(default)]
    pub html_url: String,
    /// Who caused the first attempt.
    #[serde(default)]
    pub actor: Option<Account>,
    /// Who caused this attempt.
    #[serde(default)]
    pub triggering_actor: Option<Account>,
    /// Where the commit lies; another id than `repository` is a fork, none is a deleted fork.
    #[serde(default)]
    pub head_repository: Option<Id>,
    /// Where the run is.
    #[serde(default)]
    pub repository: Option<Id>,
    /// Open pull requests of this branch; always empty for forks.
    #[serde(default)]
    pub pull_requests: Vec<RunPull>,
    /// When the run began.
    #[serde(default)]
    pub created_at: Option<Timestamp>,
    /// When it last changed.
    #[serde(default)]
    pub updated_at: Option<Timestamp>,
}

fn one() -> u64 {
    1
}

/// A pull request of a run or check.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunPull {
    /// The number in its repository.
    pub number: u64,
    /// What is to be merged.
    #[serde(default)]
    pub head: Option<RunPullEnd>,
    /// Where to.
    #[serde(default)]
    pub base: Option<RunPullEnd>,
}

/// One end of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunPullEnd {
    /// Its head.
    #[serde(default)]
    pub sha: Option<String>,
    /// Its repository.
    #[serde(default)]
    pub repo: Option<Id>,
}

/// A job of one attempt of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// Of this attempt; the log's id too.
    pub id: u64,
    /// Its run.
    #[serde(default)]
    pub run_id: u64,
    /// Which attempt of the run.
    #[serde(default = "one")]
    pub run_attempt: u64,
    /// With its matrix values: `test (ubuntu-latest, 1.89)`.
    #[serde(default)]
    pub name: Untrusted,
    /// Where it stands.
    pub status: Status,
    /// How it ended.
    #[serde(default)]
    pub conclusion: Option<Conclusion>,
    /// The commit.
    #[serde(default)]
    pub head_sha: String,
    /// When a runner took it.
    #[serde(default)]
    pub started_at: Option<Timestamp>,
    /// When it ended.
    #[serde(default)]
    pub completed_at: Option<Timestamp>,
    /// For people.
    #[serde(default)]
    pub html_url: String,
    /// Which runner had it.
    #[serde(default)]
    pub runner_name: Untrusted,
    /// What the workflow asked of the runner.
    #[serde(default)]
    pub labels: Vec<Untrusted>,
    /// In order.
    #[serde(default)]
    pub steps: Vec<JobStep>,
}

/// A step of a job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JobStep {
    /// As the workflow names it, or its command.
    #[serde(default)]
    pub name: Untrusted,
    /// From 1.
    #[serde(default)]
    pub number: u64,
    /// Where it stands.
    pub status: Status,
    /// How it ended.
    #[serde(default)]
    pub conclusion: Option<Conclusion>,
}

/// A commit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Commit {
    /// Its SHA.
    pub sha: String,
    /// The account of the author's address; `None` if GitHub knows none.
    #[serde(default)]
    pub author: Option<Account>,
    /// The account of the committer's address.
    #[serde(default)]
    pub committer: Option<Account>,
    /// What git itself holds.
    pub commit: GitCommit,
    /// Its parents.
    #[serde(default)]
    pub parents: Vec<Sha>,
    /// What it changes; only where one commit is asked for, at most 300 of them.
    #[serde(default)]
    pub files: Vec<ChangedFile>,
}

/// A SHA.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sha {
    /// The SHA.
    pub sha: String,
}

/// A commit as git has it: all of it is what somebody typed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GitCommit {
    /// The whole message.
    #[serde(default)]
    pub message: Untrusted,
    /// Name, address, date: claims, not facts.
    #[serde(default)]
    pub author: Option<Signature>,
}

/// Who a commit says made it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Signature {
    /// Name.
    #[serde(default)]
    pub name: Untrusted,
    /// Address.
    #[serde(default)]
    pub email: Untrusted,
    /// Date.
    #[serde(default)]
    pub date: Option<Timestamp>,
}

/// A file that a commit, comparison or pull request changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChangedFile {
    /// Path now.
    pub filename: Untrusted,
    /// Path before a rename.
    #[serde(default)]
    pub previous_filename: Option<Untrusted>,
    /// `added`, `removed`, `modified`, `renamed`, `copied`, `changed`, `unchanged`.
    #[serde(default)]
    pub status: String,
    /// Lines added. Past about 20,000 lines of patch GitHub says 0 for both, without a mark.
    #[serde(default)]
    pub additions: u64,
    /// Lines deleted.
    #[serde(default)]
    pub deletions: u64,
    /// The hunks; none for binary and very large files.
    #[serde(default)]
    pub patch: Option<Untrusted>,
}

/// How two commits relate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// The head, seen from the base.
    pub status: Relation,
    /// Commits that only the head has.
    #[serde(default)]
    pub ahead_by: u64,
    /// Commits that only the base has.
    #[serde(default)]
    pub behind_by: u64,
    /// Where they parted.
    #[serde(default)]
    pub merge_base_commit: Option<Sha>,
    /// The head's own, oldest first, at most 250.
    #[serde(default)]
    pub commits: Vec<Commit>,
    /// What changed since the merge base, at most 300.
    #[serde(default)]
    pub files: Vec<ChangedFile>,
}

/// A branch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Branch {
    /// Its name.
    #[serde(default)]
    pub name: Untrusted,
    /// Its head.
    pub commit: Sha,
    /// Whether rules protect it; `None` is unknown, and unknown counts as protected.
    #[serde(default)]
    pub protected: Option<bool>,
}

/// A list that GitHub pages, as far as we read it.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed<T> {
    /// In GitHub's order.
    pub items: Vec<T>,
    /// Whether that is all; `false` where the cap of the call cut it.
    pub complete: bool,
}
