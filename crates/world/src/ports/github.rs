//! What a step may do on GitHub, each power a trait of its own.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use text::Untrusted;

use crate::errors::PortResult;
use crate::github::{
    Account, Alert, AlertKind, Annotation, Branch, ChangedFile, CheckRun, CheckSuite, CombinedStatus, Commit,
    Comparison, Conclusion, Issue, IssueComment, Job, Listed, Permission, Pull, Repository, Run, Slug, Status,
    Workflow,
};

/// How a streamed log ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogEnd {
    /// How many bytes were handed on.
    pub bytes: u64,
    /// Whether that was all; `false` if the answer broke off.
    pub complete: bool,
}

/// Reads GitHub. Rights: metadata, contents, actions, checks, statuses, pull requests, issues, each read; alerts where used.
///
/// Every method may fail with every [`crate::PortError`]; "not there" is `NotFound` (GitHub says so too of what we may not see).
#[allow(async_fn_in_trait)]
pub trait ReadGithub {
    /// The repository.
    async fn repository(&self, of: &Slug) -> PortResult<Repository>;
    /// A run, its newest attempt.
    async fn run(&self, of: &Slug, run_id: u64) -> PortResult<Run>;
    /// One attempt of a run.
    async fn run_attempt(&self, of: &Slug, run_id: u64, attempt: u64) -> PortResult<Run>;
    /// All runs of a commit, newest first, at most 1,000.
    async fn runs_of_commit(&self, of: &Slug, head_sha: &str) -> PortResult<Listed<Run>>;
    /// Runs that failed, timed out or could not start, and began at or after an instant, newest first, at most 1,000 of each.
    /// For what no event told us. A later attempt of an older run is not among them.
    async fn failed_runs_since(&self, of: &Slug, since: Timestamp) -> PortResult<Listed<Run>>;
    /// The newest runs of a workflow on a branch, newest first, at most `limit` (100).
    async fn runs_of_workflow(
        &self,
        of: &Slug,
        workflow_id: u64,
        branch: &Untrusted,
        limit: usize,
    ) -> PortResult<Listed<Run>>;
    /// The jobs of one attempt, at most 1,000.
    async fn jobs(&self, of: &Slug, run_id: u64, attempt: u64) -> PortResult<Listed<Job>>;
    /// One job; its id is the id of its check run too.
    async fn job(&self, of: &Slug, job_id: u64) -> PortResult<Job>;
    /// A job's log, handed to `chunk` in pieces as it comes, never on a disk. `Gone`: expired. `NotFound`: not there yet, or expired.
    ///
    /// A log that breaks off is no error: `complete` is false then. `chunk` redacts before it keeps anything.
    async fn job_log(&self, of: &Slug, job_id: u64, chunk: &mut (dyn FnMut(&[u8]) + Send)) -> PortResult<LogEnd>;
    /// A commit with its files. `reference` is a SHA, branch or tag.
    async fn commit(&self, of: &Slug, reference: &str) -> PortResult<Commit>;
    /// How `head` relates to `base` (SHAs or branches); at most 250 commits and 300 files.
    async fn compare(&self, of: &Slug, base: &str, head: &str) -> PortResult<Comparison>;
    /// A branch, its head and whether it is protected.
    async fn branch(&self, of: &Slug, name: &Untrusted) -> PortResult<Branch>;
    /// The pull requests that hold a commit.
    async fn pulls_of_commit(&self, of: &Slug, sha: &str) -> PortResult<Listed<Pull>>;
    /// A pull request.
    async fn pull(&self, of: &Slug, number: u64) -> PortResult<Pull>;
    /// Pull requests from a branch of `head_owner`'s repository, open and closed, newest first.
    async fn pulls_from(&self, of: &Slug, head_owner: &str, branch: &Untrusted) -> PortResult<Listed<Pull>>;
    /// The files of a pull request, at most 3,000.
    async fn pull_files(&self, of: &Slug, number: u64) -> PortResult<Listed<ChangedFile>>;
    /// The whole diff of a pull request. `Refused`: over 300 files or 20,000 lines (406).
    async fn pull_diff(&self, of: &Slug, number: u64) -> PortResult<Untrusted>;
    /// The newest check runs of a commit, at most 1,000.
    async fn check_runs(&self, of: &Slug, sha: &str) -> PortResult<Listed<CheckRun>>;
    /// One check run.
    async fn check_run(&self, of: &Slug, id: u64) -> PortResult<CheckRun>;
    /// What a check run says about lines of code, at most 1,000; for an Actions job whose log is gone, its errors.
    async fn annotations(&self, of: &Slug, check_run_id: u64) -> PortResult<Listed<Annotation>>;
    /// The check suites of a commit, at most 1,000.
    async fn check_suites(&self, of: &Slug, sha: &str) -> PortResult<Listed<CheckSuite>>;
    /// The newest commit status of each context.
    async fn combined_status(&self, of: &Slug, sha: &str) -> PortResult<CombinedStatus>;
    /// A workflow.
    async fn workflow(&self, of: &Slug, id: u64) -> PortResult<Workflow>;
    /// What a user may do. A failed look-up is never "yes".
    async fn permission(&self, of: &Slug, login: &Untrusted) -> PortResult<Permission>;
    /// The comments of an issue or pull request, oldest first, at most 1,000.
    async fn comments(&self, of: &Slug, number: u64) -> PortResult<Listed<IssueComment>>;
    /// One comment.
    async fn comment(&self, of: &Slug, id: u64) -> PortResult<IssueComment>;
    /// An issue or pull request.
    async fn issue(&self, of: &Slug, number: u64) -> PortResult<Issue>;
    /// Open issues with a label, newest first, at most 100. Pull requests are left out.
    async fn open_issues(&self, of: &Slug, label: &str) -> PortResult<Listed<Issue>>;
    /// A security alert. Of a leaked secret everything but its value.
    async fn alert(&self, of: &Slug, kind: AlertKind, number: u64) -> PortResult<Alert>;
    /// Open alerts of a kind, newest first, at most 100.
    async fn open_alerts(&self, of: &Slug, kind: AlertKind) -> PortResult<Listed<Alert>>;
}

/// A check run to be made or changed; `None` leaves a field as it is.
#[derive(Debug, Clone, Default, Serialize)]
pub struct CheckRunDraft {
    /// Its name; needed to create.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The commit; needed to create.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub head_sha: Option<String>,
    /// Our own name for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// Where it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// How it ended; GitHub sets `status` to completed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conclusion: Option<Conclusion>,
    /// Where a person reads more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub details_url: Option<String>,
    /// What it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<CheckRunText>,
    /// Buttons, at most three.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<CheckRunAction>,
}

/// What our check run says: already encoded markdown.
#[derive(Debug, Clone, Default, Serialize)]
pub struct CheckRunText {
    /// Headline.
    pub title: String,
    /// Markdown, at most 65,535 characters.
    pub summary: String,
}

/// A button under a check run.
#[derive(Debug, Clone, Default, Serialize)]
pub struct CheckRunAction {
    /// On the button, at most 20 characters.
    pub label: String,
    /// Beside it, at most 40 characters.
    pub description: String,
    /// Comes back in the `requested_action` event, at most 20 characters.
    pub identifier: String,
}

/// An issue to be made or changed; `None` leaves a field as it is.
#[derive(Debug, Clone, Default, Serialize)]
pub struct IssueDraft {
    /// The title; needed to create.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Encoded markdown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// All its labels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub labels: Option<Vec<String>>,
    /// `open` or `closed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
}

/// Says something on GitHub. Bodies are markdown that went through the sinks of `text`. Rights: issues, pull requests, checks write.
#[allow(async_fn_in_trait)]
pub trait CommentOnGithub {
    /// A new comment on an issue or pull request. Not idempotent: look for ours first.
    async fn create_comment(&self, of: &Slug, number: u64, body: &str) -> PortResult<IssueComment>;
    /// Replaces the text of a comment of ours.
    async fn update_comment(&self, of: &Slug, comment_id: u64, body: &str) -> PortResult<IssueComment>;
    /// A new check run. Not idempotent.
    async fn create_check_run(&self, of: &Slug, draft: &CheckRunDraft) -> PortResult<CheckRun>;
    /// Changes a check run of ours.
    async fn update_check_run(&self, of: &Slug, id: u64, draft: &CheckRunDraft) -> PortResult<CheckRun>;
    /// A new issue. Not idempotent.
    async fn create_issue(&self, of: &Slug, draft: &IssueDraft) -> PortResult<Issue>;
    /// Changes an issue.
    async fn update_issue(&self, of: &Slug, number: u64, draft: &IssueDraft) -> PortResult<Issue>;
}

/// Runs CI again. Right: actions write.
#[allow(async_fn_in_trait)]
pub trait RerunGithub {
    /// Runs the failed jobs of a run, and what depends on them, as a new attempt. `Refused` or `Denied`: too old, or still running.
    async fn rerun_failed_jobs(&self, of: &Slug, run_id: u64) -> PortResult<()>;
}

/// Opens pull requests. Right: pull requests write.
#[allow(async_fn_in_trait)]
pub trait OpenPullRequests {
    /// A draft pull request from a branch of the same repository. `Refused`: there is one already, or nothing to merge.
    async fn open_draft(
        &self,
        of: &Slug,
        title: &str,
        body: &str,
        head: &Untrusted,
        base: &Untrusted,
    ) -> PortResult<Pull>;
}

/// A token for one repository and a few rights, as GitHub gave it. It shows itself to nobody.
pub struct NarrowToken {
    /// The token.
    pub token: Untrusted,
    /// Until when GitHub takes it: an hour.
    pub expires_at: Timestamp,
}

/// Acts as the GitHub App itself, with its key. What a token may do is said here and nowhere else.
#[allow(async_fn_in_trait)]
pub trait ActAsApp {
    /// The App's slug, which is its bot's login without `[bot]`.
    async fn app_slug(&self) -> PortResult<Untrusted>;
    /// A token for this repository alone, with these rights and no others (`contents` to `write`). `Refused`: the
    /// installation has not all of them.
    async fn narrow_token(&self, of: &Slug, rights: &[(&str, &str)]) -> PortResult<NarrowToken>;
}

/// Looks up accounts.
#[allow(async_fn_in_trait)]
pub trait Accounts {
    /// An account by its login. An App asks as its installation in `of`.
    async fn account(&self, of: &Slug, login: &Untrusted) -> PortResult<Account>;
    /// Whose token we have; no question for an App.
    async fn whoami(&self) -> PortResult<Account>;
}

/// The time. Nothing else may ask for it.
#[allow(async_fn_in_trait)]
pub trait Clock {
    /// Now.
    fn now(&self) -> Timestamp;
    /// Waits; a recorded world moves its clock instead.
    async fn sleep(&self, wait: Duration);
    /// Runs something for at most so long; `None` if it took longer.
    ///
    /// A recorded world measures on its own clock. Recorded calls run one after another, also in a `join!`: each has its
    /// own limit, and their recorded delays add up on the clock.
    async fn within<T>(&self, limit: Duration, work: impl Future<Output = T>) -> Option<T>;
}
