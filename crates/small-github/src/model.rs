//! Everything the server remembers. Git's objects lie in bare repositories; refs are kept here too, so that a read may
//! be stale.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// All of it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// The last id given; ids are shared by everything that has one, so that no two kinds are mixed up unseen.
    pub last_id: u64,
    /// Users, bots and organisations by id.
    pub accounts: BTreeMap<u64, Account>,
    /// GitHub Apps by id.
    pub apps: BTreeMap<u64, App>,
    /// Installations by id.
    pub installations: BTreeMap<u64, Installation>,
    /// What tokens stand for.
    pub tokens: BTreeMap<String, Token>,
    /// Repositories by id.
    pub repositories: BTreeMap<u64, Repository>,
    /// What was created or changed through the API, in order: for assertions.
    pub written: Vec<Written>,
}

/// A user, a bot or an organisation.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Account {
    /// Its id.
    pub id: u64,
    /// Its login; a bot's ends in `[bot]`.
    pub login: String,
    /// `User`, `Bot` or `Organization`.
    pub kind: String,
    /// By which commits are told.
    pub email: String,
}

/// A GitHub App.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct App {
    /// Its id, which is not its bot's.
    pub id: u64,
    /// Its name in addresses.
    pub slug: String,
    /// The account `<slug>[bot]`.
    pub bot: u64,
    /// What it asks for: `checks` → `write`.
    pub permissions: BTreeMap<String, String>,
    /// When it was registered.
    pub created_at: Timestamp,
}

/// An App on an account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Installation {
    /// Its id.
    pub id: u64,
    /// The App.
    pub app: u64,
    /// The account.
    pub account: u64,
    /// The repositories; `None` is all of the account's.
    pub repositories: Option<BTreeSet<u64>>,
    /// When it was installed.
    pub created_at: Timestamp,
}

/// What a token stands for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Token {
    /// The user or bot.
    pub account: u64,
    /// The installation, for an App's token.
    pub installation: Option<u64>,
    /// The repositories it reaches; `None` is all that the account or the installation reaches.
    pub repositories: Option<BTreeSet<u64>>,
    /// Its rights; empty for a user's token, which has the user's.
    pub permissions: BTreeMap<String, String>,
    /// When it ends; never for a user's.
    pub expires_at: Option<Timestamp>,
}

/// A repository.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Repository {
    /// Its id.
    pub id: u64,
    /// The owner's account.
    pub owner: u64,
    /// Its name.
    pub name: String,
    /// Not everybody's to read.
    pub private: bool,
    /// Read-only.
    pub archived: bool,
    /// Where pull requests aim.
    pub default_branch: String,
    /// What it was forked from.
    pub fork_of: Option<u64>,
    /// Branches and their heads.
    pub branches: BTreeMap<String, String>,
    /// Branches that only admins push to.
    pub protected: BTreeSet<String>,
    /// `admin`, `maintain`, `write`, `triage` or `read` by account.
    pub permissions: BTreeMap<u64, String>,
    /// The last number of an issue or pull request.
    pub last_number: u64,
    /// Issues and pull requests by number.
    pub issues: BTreeMap<u64, Issue>,
    /// Comments by id.
    pub comments: BTreeMap<u64, Comment>,
    /// Workflows by id.
    pub workflows: BTreeMap<u64, Workflow>,
    /// Runs by id.
    pub runs: BTreeMap<u64, Run>,
    /// Check suites by id.
    pub suites: BTreeMap<u64, Suite>,
    /// Check runs by id; a job of a run is one too.
    pub checks: BTreeMap<u64, Check>,
    /// Commit statuses, oldest first.
    pub statuses: Vec<CommitStatus>,
    /// Security alerts.
    pub alerts: Vec<Alert>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When somebody pushed last.
    pub pushed_at: Timestamp,
}

/// An issue, or a pull request.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Issue {
    /// Its id.
    pub id: u64,
    /// Its number in the repository.
    pub number: u64,
    /// Who opened it.
    pub author: u64,
    /// The App that did, if one did.
    pub app: Option<u64>,
    /// The title.
    pub title: String,
    /// The description.
    pub body: Option<String>,
    /// Names of labels.
    pub labels: Vec<String>,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it changed last.
    pub updated_at: Timestamp,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// There if it is a pull request.
    pub pull: Option<Pull>,
}

/// What a pull request has beyond an issue.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Pull {
    /// Its id, which is not the issue's.
    pub id: u64,
    /// Where the head lies.
    pub head_repository: u64,
    /// The head's branch.
    pub head: String,
    /// The head.
    pub head_sha: String,
    /// The branch it aims at.
    pub base: String,
    /// That branch's head when the pull request last changed.
    pub base_sha: String,
    /// Not ready for review.
    pub draft: bool,
    /// When it was merged.
    pub merged_at: Option<Timestamp>,
    /// Who merged it.
    pub merged_by: Option<u64>,
    /// The commit that merged it.
    pub merge_sha: Option<String>,
}

/// A comment on an issue or pull request.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Comment {
    /// Its id.
    pub id: u64,
    /// The issue's or pull request's number.
    pub number: u64,
    /// Who wrote it.
    pub author: u64,
    /// The App that did, if one did.
    pub app: Option<u64>,
    /// Markdown.
    pub body: String,
    /// When.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
}

/// A workflow.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Workflow {
    /// Its id.
    pub id: u64,
    /// Its file.
    pub path: String,
    /// Its name.
    pub name: String,
    /// `active` or `deleted`.
    pub state: String,
    /// The last run's number.
    pub last_run: u64,
    /// When it was seen first.
    pub created_at: Timestamp,
}

/// A run of a workflow.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Run {
    /// Its id, the same for each attempt.
    pub id: u64,
    /// The workflow.
    pub workflow: u64,
    /// The workflow's name then.
    pub name: String,
    /// The workflow's file.
    pub path: String,
    /// `push` or `pull_request`.
    pub event: String,
    /// The n-th run of this workflow.
    pub number: u64,
    /// The commit's branch.
    pub branch: String,
    /// The commit.
    pub sha: String,
    /// The first line of its message.
    pub title: String,
    /// Where the commit lies.
    pub head_repository: u64,
    /// The pull request, for that event.
    pub pull: Option<u64>,
    /// Its check suite.
    pub suite: u64,
    /// Who caused it.
    pub actor: u64,
    /// The concurrency group, once evaluated.
    pub group: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Every attempt, the first first.
    pub attempts: Vec<Attempt>,
}

/// One attempt of a run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Attempt {
    /// From 1.
    pub number: u64,
    /// Who caused it.
    pub actor: u64,
    /// `queued`, `in_progress`, `completed`.
    pub status: String,
    /// How it ended.
    pub conclusion: Option<String>,
    /// When it began.
    pub started_at: Timestamp,
    /// When it changed last.
    pub updated_at: Timestamp,
    /// Its jobs.
    pub jobs: Vec<Job>,
}

/// A job of an attempt.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Job {
    /// Its id, its check run's too.
    pub id: u64,
    /// Its key in the workflow.
    pub key: String,
    /// Its name.
    pub name: String,
    /// `runs-on`.
    pub labels: Vec<String>,
    /// `queued`, `in_progress`, `completed`.
    pub status: String,
    /// How it ended.
    pub conclusion: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it began.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub completed_at: Option<Timestamp>,
    /// Its steps.
    pub steps: Vec<Step>,
    /// Whose log it has: its own, or that of the job of an earlier attempt which was not run again.
    pub log: u64,
    /// When its log may be read.
    pub log_at: Option<Timestamp>,
}

/// A step of a job.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Step {
    /// From 1.
    pub number: u64,
    /// Its name, or `Run <command>`.
    pub name: String,
    /// `queued`, `in_progress`, `completed`.
    pub status: String,
    /// How it ended.
    pub conclusion: Option<String>,
    /// When it began.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub completed_at: Option<Timestamp>,
}

/// A check suite: what one App checks on one commit.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Suite {
    /// Its id.
    pub id: u64,
    /// The App.
    pub app: u64,
    /// The branch it was made for.
    pub branch: Option<String>,
    /// The commit.
    pub sha: String,
    /// The branch's head before.
    pub before: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A check run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Check {
    /// Its id; a job's for a job.
    pub id: u64,
    /// Its suite.
    pub suite: u64,
    /// The App.
    pub app: u64,
    /// Its name.
    pub name: String,
    /// The commit.
    pub sha: String,
    /// `queued`, `in_progress`, `completed`.
    pub status: String,
    /// How it ended.
    pub conclusion: Option<String>,
    /// Its maker's name for it.
    pub external_id: String,
    /// Where its maker shows it.
    pub details_url: Option<String>,
    /// `title`, `summary`, `text`.
    pub output: Value,
    /// Its annotations.
    pub annotations: Vec<Value>,
    /// Its buttons.
    pub actions: Vec<Value>,
    /// When it began.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub completed_at: Option<Timestamp>,
}

/// A commit status.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CommitStatus {
    /// Its id.
    pub id: u64,
    /// The commit.
    pub sha: String,
    /// `error`, `failure`, `pending`, `success`.
    pub state: String,
    /// Its name.
    pub context: String,
    /// What it says.
    pub description: Option<String>,
    /// Where its maker shows it.
    pub target_url: Option<String>,
    /// Who set it.
    pub creator: u64,
    /// When.
    pub created_at: Timestamp,
}

/// A security alert.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Alert {
    /// `dependabot`, `code-scanning` or `secret-scanning`.
    pub kind: String,
    /// Counted by kind.
    pub number: u64,
    /// `open`, `fixed`, `dismissed`, `auto_dismissed`, `resolved`.
    pub state: String,
    /// What it is about, by kind: see `render::alerts`.
    pub about: Value,
    /// When it was raised.
    pub created_at: Timestamp,
    /// When it changed last.
    pub updated_at: Timestamp,
}

/// Something that came through the API's writing half.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Written {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub login: String,
    /// The method and path.
    pub call: String,
    /// What was sent.
    pub body: Value,
    /// What was answered: 2xx or a refusal.
    pub status: u16,
}
