//! Workflows, runs and checks.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

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
