//! GitHub's shapes, second part: pull requests, checks, comments, alerts. The rules of [`super::types`] hold here.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use text::Untrusted;

use super::types::{Account, Id, RunPull};
use super::words::{Access, Conclusion, OpenClosed, Status, StatusState};

/// A pull request. Where a list is asked for, `merged` and `mergeable_state` are not sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pull {
    /// The number in its repository.
    pub number: u64,
    /// Open or closed.
    pub state: OpenClosed,
    /// Not ready for review.
    #[serde(default)]
    pub draft: bool,
    /// Merged, not merely closed.
    #[serde(default)]
    pub merged: bool,
    /// The title.
    #[serde(default)]
    pub title: Untrusted,
    /// The description.
    #[serde(default)]
    pub body: Untrusted,
    /// Who opened it.
    #[serde(default)]
    pub user: Option<Account>,
    /// What is to be merged.
    pub head: PullEnd,
    /// Where to.
    pub base: PullEnd,
    /// `clean`, `dirty` (conflicts), `blocked`, `behind`, `unstable`, `unknown`, …
    #[serde(default)]
    pub mergeable_state: Option<String>,
    /// When it was opened.
    #[serde(default)]
    pub created_at: Option<Timestamp>,
    /// For people.
    #[serde(default)]
    pub html_url: String,
    /// Its labels.
    #[serde(default)]
    pub labels: Vec<Label>,
}

/// One end of a pull request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PullEnd {
    /// The branch.
    #[serde(rename = "ref")]
    pub branch: Untrusted,
    /// Its head.
    pub sha: String,
    /// Its repository; `None` if the fork was deleted.
    #[serde(default)]
    pub repo: Option<Id>,
}

/// A label of an issue or pull request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Label {
    /// Its name.
    pub name: Untrusted,
}

/// A check run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CheckRun {
    /// For an Actions job, the job's id.
    pub id: u64,
    /// Its name.
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
    /// Where its maker shows it.
    #[serde(default)]
    pub details_url: Option<Untrusted>,
    /// Who made it.
    #[serde(default)]
    pub app: Option<App>,
    /// What it belongs to.
    #[serde(default)]
    pub check_suite: Option<Id>,
    /// Open pull requests of the commit; none for a fork's.
    #[serde(default)]
    pub pull_requests: Vec<RunPull>,
    /// What it says.
    #[serde(default)]
    pub output: Option<CheckOutput>,
    /// Its maker's own name for it; ours is the remediation's id.
    #[serde(default)]
    pub external_id: Option<Untrusted>,
}

/// A GitHub App.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct App {
    /// Decide by this.
    pub id: u64,
    /// For showing.
    #[serde(default)]
    pub slug: String,
}

/// What a check run says.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct CheckOutput {
    /// Headline.
    #[serde(default)]
    pub title: Untrusted,
    /// Markdown.
    #[serde(default)]
    pub summary: Untrusted,
    /// More markdown.
    #[serde(default)]
    pub text: Untrusted,
}

/// What a check run says about lines of code.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Annotation {
    /// The file; `.github` where it is about the job itself.
    #[serde(default)]
    pub path: Untrusted,
    /// First line, from 1.
    #[serde(default)]
    pub start_line: u64,
    /// Last line.
    #[serde(default)]
    pub end_line: u64,
    /// `notice`, `warning`, `failure`.
    #[serde(default)]
    pub annotation_level: String,
    /// Headline.
    #[serde(default)]
    pub title: Untrusted,
    /// The text.
    #[serde(default)]
    pub message: Untrusted,
}

/// A check suite: everything one App checks on one commit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CheckSuite {
    /// Its id.
    pub id: u64,
    /// Where it stands; `None` for suites that nobody uses.
    #[serde(default)]
    pub status: Option<Status>,
    /// How it ended.
    #[serde(default)]
    pub conclusion: Option<Conclusion>,
    /// The commit.
    #[serde(default)]
    pub head_sha: String,
    /// Whose.
    #[serde(default)]
    pub app: Option<App>,
    /// When it was made.
    #[serde(default)]
    pub created_at: Option<Timestamp>,
    /// How many check runs it has had.
    #[serde(default)]
    pub latest_check_runs_count: u64,
}

/// All commit statuses of a commit, the newest of each context.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CombinedStatus {
    /// All of them together; `pending` also when there is none.
    pub state: StatusState,
    /// The commit.
    #[serde(default)]
    pub sha: String,
    /// One for each context.
    #[serde(default)]
    pub statuses: Vec<CommitStatus>,
}

/// A commit status, as other CI services set it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CommitStatus {
    /// Where it stands.
    pub state: StatusState,
    /// Its name.
    #[serde(default)]
    pub context: Untrusted,
    /// What it says.
    #[serde(default)]
    pub description: Untrusted,
    /// Where its maker shows it.
    #[serde(default)]
    pub target_url: Option<Untrusted>,
}

/// A workflow.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Workflow {
    /// Its id.
    pub id: u64,
    /// Its name.
    #[serde(default)]
    pub name: Untrusted,
    /// Its file.
    #[serde(default)]
    pub path: Untrusted,
    /// `active`, `deleted`, `disabled_manually`, `disabled_inactivity`, `disabled_fork`.
    #[serde(default)]
    pub state: String,
}

/// What a user may do in a repository.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Permission {
    /// By GitHub's four steps.
    pub permission: Access,
    /// The role by name, also `maintain`, `triage` and an organisation's own.
    #[serde(default)]
    pub role_name: Untrusted,
    /// Whom GitHub looked up. Compare the id: logins change hands.
    #[serde(default)]
    pub user: Option<Account>,
}

/// A comment on an issue or pull request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IssueComment {
    /// Its id.
    pub id: u64,
    /// Markdown.
    #[serde(default)]
    pub body: Untrusted,
    /// Who.
    #[serde(default)]
    pub user: Option<Account>,
    /// The App that posted it, if one did. Only this proves that a comment is ours.
    #[serde(default)]
    pub performed_via_github_app: Option<Id>,
    /// When.
    #[serde(default)]
    pub created_at: Option<Timestamp>,
    /// For people.
    #[serde(default)]
    pub html_url: String,
}

/// An issue; every pull request is one too.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Issue {
    /// The number in its repository.
    pub number: u64,
    /// Open or closed.
    pub state: OpenClosed,
    /// The title.
    #[serde(default)]
    pub title: Untrusted,
    /// The description.
    #[serde(default)]
    pub body: Untrusted,
    /// Who opened it.
    #[serde(default)]
    pub user: Option<Account>,
    /// The App that opened it.
    #[serde(default)]
    pub performed_via_github_app: Option<Id>,
    /// Its labels.
    #[serde(default)]
    pub labels: Vec<Label>,
    /// There if it is a pull request.
    #[serde(default)]
    pub pull_request: Option<PullLink>,
    /// For people.
    #[serde(default)]
    pub html_url: String,
}

/// Says that an issue is a pull request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PullLink {
    /// The pull request's address in the API.
    #[serde(default)]
    pub url: String,
}
