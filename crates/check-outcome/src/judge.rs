//! The verdict: an ordered table over [`Facts`], first match decides (design section 3). No match means that there is more
//! to look at.

use remediation::{Push, Verdict};

use crate::ci::Ci;
use crate::facts::{AgentRun, Facts, Honesty, Place, Pushed};
use crate::rule::{Rule, Then, rule};

/// The rules, in order.
pub const RULES: &[Rule<Facts>] = &[
    // Two agents never push to one branch: nothing is decided while one may still push.
    rule("agent_running", Then::Wait, "the agent has not ended", |f| f.agent == AgentRun::Running && !overdue(f)),
    rule("agent_overdue", Then::StopAgent, "the agent is past its deadline", |f| f.agent == AgentRun::Running),
    rule("agent_stopping", Then::Wait, "the agent's run was deleted and is not gone yet", |f| {
        f.agent == AgentRun::Stopping
    }),
    rule("pull_request_closed", Then::Verdict(Verdict::Withdrawn), "the pull request was closed", |f| {
        f.place == Some(Place::PullClosed)
    }),
    rule("branch_gone", Then::Verdict(Verdict::Withdrawn), "the branch is gone", |f| {
        f.place == Some(Place::BranchGone)
    }),
    // Somebody else's commits: what CI says now decides, and nobody waits for it.
    rule(
        "others_pushed_and_green",
        Then::Verdict(Verdict::FixedByOther),
        "somebody else pushed, and CI is green",
        |f| others_pushed(f) && f.ci.as_ref().is_some_and(Ci::is_green),
    ),
    rule("others_pushed", Then::Verdict(Verdict::Superseded), "somebody else pushed, or rewrote the branch", |f| {
        others_pushed(f) && f.ci.is_some()
    }),
    rule(
        "no_push_in_time",
        Then::Verdict(Verdict::AgentTimeout),
        "the agent did not end in time and pushed nothing",
        |f| nothing_pushed(f) && f.agent == AgentRun::TimedOut,
    ),
    rule("agent_failed", Then::Verdict(Verdict::AgentFailed), "the agent's run failed and it pushed nothing", |f| {
        nothing_pushed(f) && matches!(f.agent, AgentRun::Failed | AgentRun::Lost)
    }),
    rule("no_push", Then::Verdict(Verdict::NoPush), "the agent ended and pushed nothing", nothing_pushed),
    // The agent's own commits: CI on their head decides, whatever the agent said.
    rule("ci_not_begun", Then::Wait, "CI has not begun on the commit", |f| {
        ci(f, Ci::is_absent) && f.now < f.ci_start_deadline
    }),
    rule("ci_running", Then::Wait, "CI has not ended", |f| ci(f, |ci| ci.pending) && f.now < f.ci_deadline),
    rule("still_red", Then::Verdict(Verdict::NotFixed), "a job that was red is red again", |f| ci(f, Ci::is_red)),
    rule("waiting_for_people", Then::Verdict(Verdict::CiNotRun), "CI waits for somebody's approval", |f| {
        ci(f, Ci::waits_for_people)
    }),
    rule("ci_overdue", Then::Verdict(Verdict::CiTimeout), "CI did not end in time", |f| ci(f, |ci| ci.pending)),
    rule("job_did_not_run", Then::Verdict(Verdict::CiNotRun), "a job that was red did not really run", |f| {
        ci(f, |ci| ci.is_absent() || !ci.ran())
    }),
    rule("red_beside", Then::Verdict(Verdict::BrokeOther), "something is red that was not red before", |f| {
        ci(f, |ci| !ci.broken.is_empty())
    }),
    rule("hidden", Then::Verdict(Verdict::Dishonest), "the change hides the failure", |f| {
        f.honesty == Some(Honesty::Never)
    }),
    // A draft pull request waits for a person anyway.
    rule("touches_a_persons_part", Then::Verdict(Verdict::NeedsPerson), "the change touches a person's part", |f| {
        f.honesty == Some(Honesty::Person) && f.how == Push::Push
    }),
    rule(
        "alert_still_open",
        Then::Verdict(Verdict::NeedsPerson),
        "CI is green and the alert is open until the change is merged",
        |f| f.honesty.is_some() && f.alert_open == Some(true),
    ),
    rule(
        "green",
        Then::Verdict(Verdict::Fixed),
        "every job that was red ran and is green, and nothing else is red",
        |f| ci(f, Ci::is_green) && f.honesty.is_some() && f.alert_open == Some(false),
    ),
];

/// The first rule that fires.
pub fn judge(facts: &Facts) -> Option<&'static Rule<Facts>> {
    RULES.iter().find(|rule| (rule.when)(facts))
}

fn overdue(facts: &Facts) -> bool {
    facts.now >= facts.agent_deadline
}

fn others_pushed(facts: &Facts) -> bool {
    matches!(facts.pushed, Some(Pushed::Foreign | Pushed::Rewritten))
}

fn nothing_pushed(facts: &Facts) -> bool {
    facts.pushed == Some(Pushed::Nothing)
}

/// Something about CI on the agent's own commits.
fn ci(facts: &Facts, holds: impl Fn(&Ci) -> bool) -> bool {
    facts.pushed == Some(Pushed::Ours) && facts.ci.as_ref().is_some_and(holds)
}

#[cfg(test)]
mod tests;
