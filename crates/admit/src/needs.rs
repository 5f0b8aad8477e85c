//! What `admit` reads of the document.

use jiff::Timestamp;
use ledger::{OwnerArgs, WorldArgs};
use remediation::{ARGOCD_ALERT, Attempt, Origin, Repository, Source, Subject, SubjectKind, UnknownWord};
use serde::Deserialize;

use crate::facts::Asked;

/// The sections.
#[derive(Debug, Clone, Deserialize)]
pub struct Needs {
    /// The name of the record.
    pub id: String,
    /// When the failure was reported.
    pub opened_at: Timestamp,
    /// Where the event came from.
    #[serde(default)]
    pub origin: Option<Origin>,
    /// Where it happened.
    #[serde(default)]
    pub repository: Option<Repository>,
    /// What happened.
    pub subject: Subject,
    /// Which try.
    #[serde(default)]
    pub attempt: Option<Attempt>,
}

/// Flags of `admit`.
#[derive(Debug, Clone, Default, clap::Args)]
#[group(skip)]
pub struct Args {
    #[command(flatten)]
    pub(crate) world: WorldArgs,
    #[command(flatten)]
    pub(crate) owner: OwnerArgs,
}

/// Conclusions and states that are a failure, in GitHub's words for runs, jobs, checks and statuses.
const FAILURES: &[&str] = &["failure", "timed_out", "startup_failure", "error"];

impl Needs {
    /// What it is about; it decides, so a newer version's word is refused.
    pub fn kind(&self) -> Result<SubjectKind, UnknownWord> {
        self.subject.kind.require("subject.kind")
    }

    /// What somebody asks.
    pub fn asked(&self, kind: SubjectKind) -> Option<Asked> {
        let door = matches!(kind, SubjectKind::Command | SubjectKind::Button);
        match self.subject.command.as_deref() {
            Some(word) => Some(Asked::parse(word)),
            None if door => Some(Asked::Unknown),
            None => None,
        }
    }

    /// Whether the event says that something failed. Who asks, and an alert, need no conclusion; by hand there is none.
    pub fn reports_failure(&self, kind: SubjectKind) -> bool {
        if !matches!(kind, SubjectKind::CiFailure | SubjectKind::CommitStatus) {
            return true;
        }
        let ended = self.subject.action.as_deref().is_none_or(|action| action == "completed");
        ended && self.subject.conclusion.as_deref().is_none_or(|word| FAILURES.contains(&word))
    }

    /// Whether a person opened it with flags: then there may be nothing that GitHub could confirm but the branch.
    pub fn by_hand(&self) -> bool {
        self.origin.as_ref().is_some_and(|origin| origin.source == Source::Hand)
    }

    /// Whether it is the one alert about the cluster that can be repaired in a repository.
    pub fn is_supported(&self, kind: SubjectKind) -> bool {
        let argocd = || self.subject.context.as_ref().is_some_and(|alert| alert.expose() == ARGOCD_ALERT);
        kind != SubjectKind::ClusterAlert || argocd()
    }

    /// The round of the document, 1 if it does not say.
    pub fn round(&self) -> u32 {
        self.attempt.as_ref().map_or(1, |attempt| attempt.round)
    }
}
