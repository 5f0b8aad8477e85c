//! What is known of an attempt when it is judged. Gathered from the outside in ([`crate::look`]): what was not looked at
//! yet is `None`, and no rule fires on it.

use jiff::Timestamp;
use remediation::Push;

use crate::ci::Ci;

/// Where the agent's run stands (facts: cto.md 1.5 and 1.6; a missing phase is a run that was not taken up yet).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AgentRun {
    /// Not terminal.
    Running,
    /// Deleted by us at its deadline, and still there.
    Stopping,
    /// Its process ended normally. Says nothing about CI.
    Succeeded,
    /// It ended badly, retries of the platform included.
    Failed,
    /// Not there before its deadline: somebody deleted it.
    Lost,
    /// Not there after its deadline: deleted by us and seen gone.
    TimedOut,
}

/// Whether there still is something to repair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Branch and pull request are there.
    Here,
    /// The pull request was closed or merged.
    PullClosed,
    /// The branch that we push to is gone.
    BranchGone,
}

/// Who pushed since the attempt began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pushed {
    /// Nobody.
    Nothing,
    /// The expected App, and nobody else.
    Ours,
    /// Somebody else, alone or beside the App; or there are more commits than GitHub lists.
    Foreign,
    /// The branch was rewritten: its head does not descend from where the attempt began.
    Rewritten,
}

/// What the honest-diff table says of the change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Honesty {
    /// Nothing to object.
    Clean,
    /// A person must look.
    Person,
    /// It hides the failure.
    Never,
}

/// Everything the rules look at.
#[derive(Debug, Clone)]
pub struct Facts {
    /// Now.
    pub now: Timestamp,
    /// When the agent must have ended.
    pub agent_deadline: Timestamp,
    /// When CI must have begun on the commit.
    pub ci_start_deadline: Timestamp,
    /// When CI must have ended.
    pub ci_deadline: Timestamp,
    /// How commits reach the repository.
    pub how: Push,
    /// The agent's run.
    pub agent: AgentRun,
    /// Whether there is something left to repair.
    pub place: Option<Place>,
    /// Who pushed.
    pub pushed: Option<Pushed>,
    /// What CI says of the head.
    pub ci: Option<Ci>,
    /// What the diff says.
    pub honesty: Option<Honesty>,
    /// Whether the security alert is still open; `Some(false)` for what is no alert.
    pub alert_open: Option<bool>,
}
