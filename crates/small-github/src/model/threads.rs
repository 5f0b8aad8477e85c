//! Issues, pull requests, comments, alerts.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

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
