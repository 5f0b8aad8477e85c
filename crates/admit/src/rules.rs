//! The rules, read from the top; the first that has something to say decides. Each names the look that it needs, so that
//! nothing is asked of anybody before a cheaper rule has spoken.

use ledger::Switch;
use remediation::AdmissionReason::{self, *};
use remediation::{Decision, SubjectKind};

use crate::facts::{Actor, Approval, Asked, Facts, Head, Lineage, Own, Seen};

/// What has to be known before a rule can speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Look {
    /// The document and the configuration alone.
    Nothing,
    /// The switch.
    Switch,
    /// The record of this remediation.
    Record,
    /// The repository on GitHub.
    Repository,
    /// The run, status or alert on GitHub, and who caused it.
    Event,
    /// The permission of whoever asked.
    Permission,
    /// The other records of the repository: lineage, reserved branches.
    Lineage,
    /// Branch and pull request.
    Head,
    /// The commit's message.
    Commit,
    /// Newer runs of the commit.
    Green,
    /// The other records of the branch.
    Window,
    /// Today's starts.
    Budget,
    /// Approval.
    Approval,
}

/// One rule.
pub struct Rule {
    /// Its name in `because`.
    pub rule: &'static str,
    /// What decided, in `because`; `{run}` stands for the run's id.
    pub at: &'static str,
    /// What it reads.
    pub look: Look,
    /// Its reason, if it has something to say.
    pub says: fn(&Facts) -> Option<AdmissionReason>,
}

const fn rule(rule: &'static str, at: &'static str, look: Look, says: fn(&Facts) -> Option<AdmissionReason>) -> Rule {
    Rule { rule, at, look, says }
}

fn when(holds: bool, reason: AdmissionReason) -> Option<AdmissionReason> {
    holds.then_some(reason)
}

/// The rules that may stop it. What none of them stops goes ahead, see [`proceed`].
#[rustfmt::skip]
pub const RULES: &[Rule] = &[
    rule("switch", "kubernetes:configmaps/healer-switch", Look::Switch, |f| when(f.switch == Switch::Off, SwitchOff)),
    rule("event_type", "document:subject.kind", Look::Nothing, |f| when(!f.supported || is_unsupported(f.subject), NotSupported)),
    rule("reported_outcome", "document:subject.conclusion", Look::Nothing, |f| when(!f.reports_failure, NotAFailure)),
    rule("allow_list", "config:repositories", Look::Nothing, |f| when(!f.allowed, RepositoryNotAllowed)),
    rule("stopped", "record:status.stoppedBy", Look::Record, |f| when(f.stopped, AskedToStop)),
    rule("own_record", "record:status", Look::Record, own_record),
    rule("repository_id", "github:repository", Look::Repository, |f| seen(f.repository)),
    rule("archived", "github:repository", Look::Repository, |f| when(f.archived, RepositoryArchived)),
    // Commands: whoever has not the right to ask is not told what would have come of it.
    rule("bot_asks", "document:subject.actor", Look::Nothing, |f| when(f.asked.is_some() && f.actor == Actor::StrangeBot, BotActor)),
    rule("agent_asks", "document:subject.actor", Look::Nothing, |f| when(f.asked.is_some() && f.actor == Actor::OurAgent, ActorNotPermitted)),
    rule("permission", "github:permission", Look::Permission, |f| when(f.asked.is_some() && !f.may_write, ActorNotPermitted)),
    rule("stop", "document:subject.command", Look::Nothing, |f| when(f.asked == Some(Asked::Stop), AskedToStop)),
    rule("command", "document:subject.command", Look::Nothing, |f| when(is_unresolved(f), NotSupported)),
    rule("confirmed", "github:runs/{run}", Look::Event, |f| seen(f.event)),
    rule("bot_actor", "github:runs/{run}", Look::Event, |f| when(f.actor == Actor::StrangeBot, BotActor)),
    rule("fork", "github:head_repository", Look::Event, |f| when(f.fork, Fork)),
    rule("own_lineage", "record:status.target", Look::Lineage, |f| when(f.lineage == Lineage::Ours, OwnLineage)),
    rule("branch_reserved", "record:status.target", Look::Lineage, |f| when(f.reserved, BranchReserved)),
    rule("branch_gone", "github:branch", Look::Head, |f| when(f.head == Head::Gone, Gone)),
    rule("pull_request_fork", "github:pull_request", Look::Head, |f| when(f.fork, Fork)),
    rule("branch_head", "github:branch", Look::Head, |f| when(f.head == Head::MovedOn, StaleHead)),
    rule("skip_flag", "github:commit", Look::Commit, |f| when(f.skip_flag, SkipFlag)),
    rule("newer_run", "github:runs", Look::Green, |f| when(f.green, AlreadyGreen)),
    rule("newer_attempt", "github:runs/{run}", Look::Green, |f| seen(f.event)),
    rule("window", "record:spec.branchKey", Look::Window, |f| when(f.window_seconds.is_some(), Window)),
    rule("budget", "kubernetes:configmaps/healer-starts", Look::Budget, |f| when(f.budget_spent, Budget)),
    rule("approval", "record:status.approval", Look::Approval, approval),
];

/// What another flow resolves (design section 5), or a later version remediates.
fn is_unsupported(subject: SubjectKind) -> bool {
    use SubjectKind::*;
    matches!(subject, PullRequest | Review | WorkflowFailure)
}

/// A command that `resolve-event` has not turned into the failure it is about, or that is none.
fn is_unresolved(f: &Facts) -> bool {
    matches!(f.subject, SubjectKind::Command | SubjectKind::Button)
        || f.asked.is_some_and(|asked| asked != Asked::Fix && asked != Asked::Retry)
}

fn own_record(f: &Facts) -> Option<AdmissionReason> {
    match f.record {
        Own::Alive | Own::Concluded => Some(Duplicate),
        // Our own re-entry after we were let in: the same answer as before, whatever the world says now.
        Own::Mine(Some(reason)) if reason.decision() == Decision::Proceed => Some(reason),
        Own::Absent | Own::Mine(_) | Own::Dead | Own::NewRound => None,
    }
}

fn seen(seen: Seen) -> Option<AdmissionReason> {
    match seen {
        Seen::Confirmed => None,
        Seen::Contradicted => Some(NotConfirmed),
        Seen::NotAFailure => Some(NotAFailure),
        Seen::Gone => Some(Gone),
        Seen::Closed => Some(AlertClosed),
    }
}

fn approval(f: &Facts) -> Option<AdmissionReason> {
    match f.approval {
        Approval::NotNeeded | Approval::Given => None,
        Approval::Awaited { .. } => Some(AwaitingApproval),
        Approval::NotGiven => Some(NotApproved),
    }
}

/// Why it goes ahead.
pub fn proceed(f: &Facts) -> AdmissionReason {
    if f.record == Own::Dead || f.lineage == Lineage::Orphaned {
        TakenOver
    } else if f.asked.is_some() {
        AskedByWriter
    } else if f.approval == Approval::Given {
        Approved
    } else if f.subject.is_alert() {
        AlertOpen
    } else {
        CiFailed
    }
}

/// The rule and the place behind a reason that lets it go ahead.
pub fn proceed_because(reason: AdmissionReason) -> (&'static str, &'static str) {
    match reason {
        TakenOver => ("owner_dead", "record:status.owner"),
        AskedByWriter => ("permission", "github:permission"),
        Approved => ("approval", "record:status.approval"),
        AlertOpen => ("confirmed", "github:alert"),
        _ => ("confirmed", "github:runs/{run}"),
    }
}

/// The decision over facts that are all known: the rule that decided, if one did, and the reason.
pub fn decide(facts: &Facts) -> (Option<&'static Rule>, AdmissionReason) {
    let stopped = RULES.iter().find_map(|rule| (rule.says)(facts).map(|reason| (Some(rule), reason)));
    stopped.unwrap_or_else(|| (None, proceed(facts)))
}
