use std::collections::BTreeSet;

use jiff::Timestamp;
use remediation::{RunRef, Vocabulary};
use world::github::{Conclusion, Status};

use super::*;
use crate::ci::{self, JobSeen, Required, RunSeen, Snapshot};

fn at(text: &str) -> Timestamp {
    format!("2026-01-15T{text}:00Z").parse().unwrap()
}

fn run(id: u64, workflow_id: u64, conclusion: Option<Conclusion>, jobs: &[(&str, Conclusion)]) -> RunSeen {
    let status = if conclusion.is_some() { Status::Completed } else { Status::InProgress };
    let job = |(name, conclusion): &(&str, Conclusion)| JobSeen {
        name: (*name).to_owned(),
        status: Status::Completed,
        conclusion: Some(*conclusion),
    };
    RunSeen {
        run: RunRef { run_id: id, run_attempt: 1 },
        workflow_id,
        status,
        conclusion,
        jobs: jobs.iter().map(job).collect(),
    }
}

/// CI where `lint` of workflow 77 was red, and these runs are on the commit.
fn lint(runs: Vec<RunSeen>) -> Ci {
    let required = BTreeSet::from([Required::Job(77, Some("lint".into()))]);
    ci::read(&required, &Snapshot { runs, others: Vec::new() }, None)
}

fn ended(conclusion: Conclusion) -> Ci {
    lint(vec![run(1, 77, Some(conclusion), &[("lint", conclusion), ("test", Conclusion::Success)])])
}

/// An attempt that ended well: the agent at 11:00, its deadline 11:40, CI's 13:10.
fn fixed() -> Facts {
    Facts {
        now: at("11:20"),
        agent_deadline: at("11:40"),
        ci_start_deadline: at("11:10"),
        ci_deadline: at("13:10"),
        how: Push::Push,
        agent: AgentRun::Succeeded,
        place: Some(Place::Here),
        pushed: Some(Pushed::Ours),
        ci: Some(ended(Conclusion::Success)),
        honesty: Some(Honesty::Clean),
        alert_open: Some(false),
    }
}

fn with(change: impl FnOnce(&mut Facts)) -> Facts {
    let mut facts = fixed();
    change(&mut facts);
    facts
}

/// What was pushed is known, and nothing after it was looked at.
fn unseen(facts: &mut Facts) {
    (facts.ci, facts.honesty, facts.alert_open) = (None, None, None);
}

/// At least one example for every rule.
fn examples() -> Vec<(&'static str, Facts)> {
    vec![
        ("agent_running", with(|f| (f.agent, f.place, f.pushed) = (AgentRun::Running, None, None))),
        // Even what is green already is not judged while the agent may still push.
        ("agent_running", with(|f| f.agent = AgentRun::Running)),
        ("agent_overdue", with(|f| (f.agent, f.now) = (AgentRun::Running, at("11:40")))),
        ("agent_stopping", with(|f| (f.agent, f.now) = (AgentRun::Stopping, at("11:45")))),
        ("pull_request_closed", with(|f| f.place = Some(Place::PullClosed))),
        ("branch_gone", with(|f| f.place = Some(Place::BranchGone))),
        ("others_pushed_and_green", with(|f| f.pushed = Some(Pushed::Foreign))),
        ("others_pushed_and_green", with(|f| f.pushed = Some(Pushed::Rewritten))),
        ("others_pushed", with(|f| (f.pushed, f.ci) = (Some(Pushed::Foreign), Some(ended(Conclusion::Failure))))),
        // Nobody waits for the CI of somebody else's commit.
        (
            "others_pushed",
            with(|f| (f.pushed, f.ci) = (Some(Pushed::Rewritten), Some(lint(vec![run(1, 77, None, &[])])))),
        ),
        ("no_push_in_time", with(|f| (f.pushed, f.agent) = (Some(Pushed::Nothing), AgentRun::TimedOut))),
        ("agent_failed", with(|f| (f.pushed, f.agent) = (Some(Pushed::Nothing), AgentRun::Failed))),
        ("agent_failed", with(|f| (f.pushed, f.agent) = (Some(Pushed::Nothing), AgentRun::Lost))),
        ("no_push", with(|f| f.pushed = Some(Pushed::Nothing))),
        ("ci_not_begun", with(|f| (f.ci, f.now) = (Some(lint(Vec::new())), at("11:09")))),
        ("ci_running", with(|f| f.ci = Some(lint(vec![run(1, 77, None, &[("lint", Conclusion::Success)])])))),
        // A failed agent that pushed is judged by its commits.
        ("still_red", with(|f| (f.agent, f.ci) = (AgentRun::Failed, Some(ended(Conclusion::Failure))))),
        ("still_red", with(|f| f.ci = Some(ended(Conclusion::TimedOut)))),
        ("waiting_for_people", with(|f| f.ci = Some(lint(vec![run(1, 77, Some(Conclusion::ActionRequired), &[])])))),
        ("ci_overdue", with(|f| (f.ci, f.now) = (Some(lint(vec![run(1, 77, None, &[])])), at("13:10")))),
        ("job_did_not_run", with(|f| f.ci = Some(lint(Vec::new())))),
        ("job_did_not_run", with(|f| f.ci = Some(ended(Conclusion::Skipped)))),
        ("job_did_not_run", with(|f| f.ci = Some(ended(Conclusion::Neutral)))),
        ("job_did_not_run", with(|f| f.ci = Some(ended(Conclusion::Cancelled)))),
        ("job_did_not_run", with(|f| f.ci = Some(ended(Conclusion::Stale)))),
        ("job_did_not_run", with(|f| f.ci = Some(ended(Conclusion::Unknown)))),
        // Renamed, deleted, or its workflow did not run.
        (
            "job_did_not_run",
            with(|f| {
                f.ci = Some(lint(vec![run(1, 77, Some(Conclusion::Success), &[("lint v2", Conclusion::Success)])]));
            }),
        ),
        (
            "job_did_not_run",
            with(|f| {
                f.ci = Some(lint(vec![run(1, 78, Some(Conclusion::Success), &[("lint", Conclusion::Success)])]));
            }),
        ),
        (
            "red_beside",
            with(|f| {
                let green = [("lint", Conclusion::Success), ("test", Conclusion::Failure)];
                f.ci = Some(lint(vec![run(1, 77, Some(Conclusion::Failure), &green)]));
            }),
        ),
        ("hidden", with(|f| f.honesty = Some(Honesty::Never))),
        ("hidden", with(|f| (f.honesty, f.how) = (Some(Honesty::Never), Push::DraftPullRequest))),
        ("touches_a_persons_part", with(|f| f.honesty = Some(Honesty::Person))),
        ("alert_still_open", with(|f| (f.alert_open, f.how) = (Some(true), Push::DraftPullRequest))),
        ("green", fixed()),
        ("green", with(|f| (f.honesty, f.how) = (Some(Honesty::Person), Push::DraftPullRequest))),
    ]
}

#[test]
fn every_rule_decides_its_examples() {
    for (name, facts) in examples() {
        assert_eq!(judge(&facts).map(|rule| rule.name), Some(name), "{facts:?}");
    }
    for rule in RULES {
        assert!(examples().iter().any(|(name, _)| *name == rule.name), "no example for {}", rule.name);
    }
}

#[test]
fn what_was_not_looked_at_decides_nothing() {
    let unknown = with(|facts| {
        unseen(facts);
        (facts.place, facts.pushed) = (None, None);
    });
    assert!(judge(&unknown).is_none());
    assert!(judge(&with(unseen)).is_none());
    assert!(judge(&with(|f| (f.honesty, f.alert_open) = (None, None))).is_none());
}

#[test]
fn only_green_that_really_ran_is_fixed() {
    for (name, facts) in examples() {
        let rule = judge(&facts).unwrap();
        if rule.then == Then::Verdict(Verdict::Fixed) {
            assert!(facts.ci.as_ref().unwrap().is_green(), "{name}");
        }
    }
    for verdict in Verdict::ALL.iter().filter(|verdict| **verdict != Verdict::PassedOnRerun) {
        assert!(RULES.iter().any(|rule| rule.then == Then::Verdict(*verdict)), "no rule gives {verdict}");
    }
}
