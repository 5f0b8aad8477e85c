use remediation::Vocabulary;
use serde_json::json;

use super::*;

fn needs(number: u32, attempts: serde_json::Value, changed: &[&str]) -> Needs {
    let changed: Vec<_> = changed
        .iter()
        .map(|path| json!({"path": path, "status": "modified", "additions": 1, "deletions": 1}))
        .collect();
    serde_json::from_str(
        &json!({
            "id": "ci-1-2-1", "opened_at": "2026-01-15T10:32:20Z",
            "repository": {"host": "github.com", "owner": "acme", "name": "widgets"},
            "subject": {"kind": "ci_failure"},
            "attempt": {"round": 1, "number": number, "limit": 3},
            "failure": {"jobs": [], "changed_files": changed},
            "attempts": attempts,
        })
        .to_string(),
    )
    .unwrap()
}

fn ended(number: u32, agent: Agent, verdict: Verdict, files: &[&str]) -> Ended {
    let finished = json!({
        "round": 1, "number": number, "agent": (number > 0).then_some(agent.as_str()), "verdict": verdict.as_str(),
        "commits": [], "files": files, "signature": "s", "head_sha": "new"
    });
    Ended { verdict, because: Vec::new(), finished: serde_json::from_value(finished).unwrap(), pull_request: None }
}

fn earlier(number: u32, agent: &str) -> serde_json::Value {
    json!([{ "round": 1, "number": number, "agent": agent, "verdict": "not_fixed", "commits": [], "files": ["a.rs"],
             "signature": "s", "head_sha": "old" }])
}

fn following(needs: &Needs, config: &Config, ended: &Ended) -> Following {
    follow(needs, &Past::read(&needs.attempts, crate::Key { round: 1, number: ended.finished.number }), config, ended)
}

#[test]
fn every_verdict_at_every_attempt_is_followed_as_the_table_says() {
    for verdict in Verdict::ALL {
        for number in 1..=3 {
            let needs = needs(number, json!([]), &[]);
            let follows = following(&needs, &Config::default(), &ended(number, Agent::Rex, *verdict, &["a.rs"]));
            let (next, reason) = verdict::next(*verdict, &needs.attempt, false);
            assert_eq!((follows.next, follows.reason), (next, reason), "{verdict} at {number}");
            assert_eq!(follows.attempt.map(|attempt| attempt.number), (next == Next::Retry).then_some(number + 1));
        }
    }
}

#[test]
fn no_progress_escalates_before_the_attempts_are_used_up() {
    let needs = needs(2, earlier(1, "rex"), &[]);
    let follows = following(&needs, &Config::default(), &ended(2, Agent::Rex, Verdict::NotFixed, &["a.rs"]));
    assert_eq!((follows.next, follows.reason), (Next::Escalate, Some(EscalationReason::SameFailureTwice)));
}

#[test]
fn the_second_failure_of_an_agent_changes_the_agent_if_the_repository_allows_it() {
    let other = |config: &Config, agent: Agent, changed: &[&str]| {
        let needs = needs(2, earlier(1, agent.as_str()), changed);
        let follows = following(&needs, config, &ended(2, agent, Verdict::NotFixed, &["b.rs"]));
        follows.attempt.unwrap().agent.and_then(|agent| agent.known())
    };
    let config = Config::default();
    assert_eq!(other(&config, Agent::Rex, &["src/a.rs"]), Some(Agent::Atlas));
    assert_eq!(other(&config, Agent::Rex, &["infra/a.yaml"]), Some(Agent::Bolt));
    assert_eq!(other(&config, Agent::Cipher, &["src/a.rs"]), Some(Agent::Rex));
    assert_eq!(other(&config, Agent::Cipher, &["web/a.ts"]), Some(Agent::Blaze));
    assert_eq!(other(&config, Agent::Atlas, &[]), None);
    let mut only_rex = Config::default();
    let entry = config::Repository { agents: Some(vec![Agent::Rex]), ..config::Repository::default() };
    only_rex.repositories.insert("acme/widgets".into(), entry);
    assert_eq!(other(&only_rex, Agent::Rex, &["src/a.rs"]), None);
    let first = needs(1, json!([]), &[]);
    let follows = following(&first, &config, &ended(1, Agent::Rex, Verdict::NotFixed, &["b.rs"]));
    assert_eq!(follows.attempt.unwrap().agent, None, "one failure changes nothing");
}

#[test]
fn a_red_rerun_costs_no_attempt_even_the_last() {
    let needs = needs(3, json!([]), &[]);
    let follows = following(&needs, &Config::default(), &ended(0, Agent::Rex, Verdict::NotFixed, &[]));
    assert_eq!(follows.next, Next::Retry);
    assert_eq!(follows.attempt, Some(needs.attempt));
}

#[test]
fn a_late_run_of_an_earlier_attempt_does_not_turn_the_record_back() {
    let first = needs(1, json!([]), &[]);
    let done = ended(1, Agent::Rex, Verdict::NotFixed, &["a.rs"]);
    let follows = following(&first, &Config::default(), &done);
    let mut status = RecordStatus::default();
    record(&mut status, &first, &done, &follows);
    let once = status.clone();
    assert_eq!((status.attempt.as_ref().unwrap().number, status.head_sha.as_deref()), (2, Some("new")));
    record(&mut status, &first, &done, &follows);
    assert_eq!(status, once, "running it again changes nothing");
    status.attempt = Some(Attempt { round: 1, number: 3, limit: 3, agent: None });
    let later = status.clone();
    record(&mut status, &first, &done, &follows);
    assert_eq!(status, later);
}
