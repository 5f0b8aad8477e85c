//! GitHub's closed words, open to new ones: an unknown word is `Unknown`, which decides nothing.

use serde::{Deserialize, Serialize};

/// Where a run, job, step or check stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Status {
    Queued,
    Requested,
    /// For a runner, an approval or a concurrency group.
    Waiting,
    Pending,
    InProgress,
    Completed,
    /// A word that this version does not know.
    #[serde(other)]
    Unknown,
}

/// How a run, job, step or check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Conclusion {
    Success,
    Failure,
    Neutral,
    Cancelled,
    Skipped,
    TimedOut,
    /// Waits for a person, such as the approval of a first-time contributor.
    ActionRequired,
    Stale,
    /// The workflow file is invalid.
    StartupFailure,
    /// A word that this version does not know.
    #[serde(other)]
    Unknown,
}

impl Conclusion {
    /// Whether something failed that could be repaired; cancelled, skipped and stale is not.
    pub const fn is_failure(self) -> bool {
        matches!(self, Self::Failure | Self::TimedOut | Self::StartupFailure)
    }
}

/// How a head relates to a base.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Relation {
    Ahead,
    Behind,
    Diverged,
    Identical,
    /// A word that this version does not know.
    #[serde(other)]
    Unknown,
}

/// The state of a commit status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum StatusState {
    Error,
    Failure,
    Pending,
    Success,
    /// A word that this version does not know.
    #[serde(other)]
    Unknown,
}

impl StatusState {
    /// Whether it is red.
    pub const fn is_failure(self) -> bool {
        matches!(self, Self::Error | Self::Failure)
    }
}

/// Open or closed, for issues and pull requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum OpenClosed {
    Open,
    Closed,
    /// A word that this version does not know.
    #[serde(other)]
    Unknown,
}

/// What a user may do in a repository, by GitHub's legacy four steps (maintain counts as write, triage as read).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Access {
    None,
    Read,
    Write,
    Admin,
    /// A word that this version does not know: grants nothing.
    #[serde(other)]
    Unknown,
}

impl Access {
    /// Whether it includes pushing.
    pub const fn may_write(self) -> bool {
        matches!(self, Self::Write | Self::Admin)
    }
}

/// The three kinds of security alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertKind {
    /// A dependency with a known weakness.
    Dependabot,
    /// A finding of code scanning.
    CodeScanning,
    /// A leaked secret; its value is never asked for.
    SecretScanning,
}

impl AlertKind {
    /// The path segment of its API.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Dependabot => "dependabot",
            Self::CodeScanning => "code-scanning",
            Self::SecretScanning => "secret-scanning",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_word_decides_nothing() {
        assert_eq!(serde_json::from_str::<Conclusion>(r#""timed_out""#).unwrap(), Conclusion::TimedOut);
        assert_eq!(serde_json::from_str::<Conclusion>(r#""exploded""#).unwrap(), Conclusion::Unknown);
        assert!(!serde_json::from_str::<Access>(r#""owner""#).unwrap().may_write());
        assert!(Access::Write.may_write() && !Access::Read.may_write());
    }
}
