//! What an admission rests on. Every field is a fact that somebody was asked for, never text; the default of each speaks
//! against nothing, so that a rule which does not apply says nothing.

use config::Approve;
use ledger::Switch;
use remediation::{AdmissionReason, SubjectKind};

/// Everything that the rules read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// ConfigMap `healer-switch`.
    pub switch: Switch,
    /// What the event is about.
    pub subject: SubjectKind,
    /// Whether anything is done for an alert of this name.
    pub supported: bool,
    /// Whether the event reports a failure at all.
    pub reports_failure: bool,
    /// Whether the repository is on the allow-list.
    pub allowed: bool,
    /// What somebody asked for, with a comment or a button.
    pub asked: Option<Asked>,
    /// The record of this very remediation.
    pub record: Own,
    /// Whether a person said stop while it was under way.
    pub stopped: bool,
    /// GitHub's answer about the repository.
    pub repository: Seen,
    /// Whether it is read-only.
    pub archived: bool,
    /// Who caused the event.
    pub actor: Actor,
    /// Whether whoever asked may write to the repository; asked of GitHub, `false` until it said yes.
    pub may_write: bool,
    /// GitHub's answer about the run, status or alert.
    pub event: Seen,
    /// Whether the head branch is in another repository, or in one that is gone.
    pub fork: bool,
    /// Whether the branch has our reserved name and is no open remediation's target.
    pub reserved: bool,
    /// Whether the commit asks Healer to stay away.
    pub skip_flag: bool,
    /// Whether branch and pull request are as the event says.
    pub head: Head,
    /// Whether CI is green by now.
    pub green: bool,
    /// Whose failure it is.
    pub lineage: Lineage,
    /// Seconds until the branch may be remediated again.
    pub window_seconds: Option<u64>,
    /// Whether today's starts are used up.
    pub budget_spent: bool,
    /// Approval by a person.
    pub approval: Approval,
}

impl Facts {
    /// A failure that nothing speaks against.
    pub fn of(subject: SubjectKind) -> Self {
        Self {
            switch: Switch::On,
            subject,
            supported: true,
            reports_failure: true,
            allowed: true,
            asked: None,
            record: Own::Absent,
            stopped: false,
            repository: Seen::Confirmed,
            archived: false,
            actor: Actor::Person,
            may_write: false,
            event: Seen::Confirmed,
            fork: false,
            reserved: false,
            skip_flag: false,
            head: Head::Current,
            green: false,
            lineage: Lineage::None,
            window_seconds: None,
            budget_spent: false,
            approval: Approval::NotNeeded,
        }
    }
}

/// What a comment or a button asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// Repair it.
    Fix,
    /// Try again: a new round.
    Retry,
    /// Stop.
    Stop,
    /// Approve what waits.
    Approve,
    /// Something that this version does not know.
    Unknown,
}

impl Asked {
    /// The command's word.
    pub fn parse(word: &str) -> Self {
        match word {
            "fix" => Self::Fix,
            "retry" => Self::Retry,
            "stop" => Self::Stop,
            "approve" => Self::Approve,
            _ => Self::Unknown,
        }
    }
}

/// The record of this remediation, seen from whoever asks now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Own {
    /// There is none, or one of observe mode, which binds nobody.
    Absent,
    /// We made it; with the reason that it was admitted for, if it was.
    Mine(Option<AdmissionReason>),
    /// Its owner can do nothing any more, and it has not ended.
    Dead,
    /// Another run works on it.
    Alive,
    /// It has ended.
    Concluded,
    /// It has ended, and a person asks for another round.
    NewRound,
}

/// What GitHub says to something that the event claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// The same.
    Confirmed,
    /// Something else.
    Contradicted,
    /// It is no failure.
    NotAFailure,
    /// There is no such thing any more.
    Gone,
    /// A security alert that is fixed or dismissed.
    Closed,
}

/// Who caused the event, by numeric id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// A person, or nobody known.
    Person,
    /// One of our agents' bot users.
    OurAgent,
    /// Any other bot.
    StrangeBot,
}

/// Where the branch stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Head {
    /// Where the event says.
    Current,
    /// It has moved on.
    MovedOn,
    /// The branch is gone or the pull request is closed.
    Gone,
}

/// Whether the failure is one of our own making.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lineage {
    /// It is not.
    None,
    /// It belongs to a remediation that is under way, or that ended without repairing it.
    Ours,
    /// It belongs to a remediation whose owner died.
    Orphaned,
}

/// Approval by a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Approval {
    /// The configuration asks for none.
    NotNeeded,
    /// Not given yet; so many seconds are left.
    Awaited {
        /// Until it is too late.
        seconds: u64,
    },
    /// Given, for this commit.
    Given,
    /// Refused, or not given in time.
    NotGiven,
}

/// Whether the configuration wants an approval.
pub fn needs_approval(rule: Approve, subject: SubjectKind, on_default_branch: bool) -> bool {
    match rule {
        Approve::Never => false,
        Approve::DefaultBranch => on_default_branch,
        Approve::Security => subject == SubjectKind::SecurityAlert,
        Approve::Always => true,
    }
}
