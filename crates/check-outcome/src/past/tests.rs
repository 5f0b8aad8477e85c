use remediation::{Push, Verdict};
use text::Untrusted;

use super::*;

fn raw(json: &str) -> Box<RawValue> {
    RawValue::from_string(json.to_owned()).unwrap()
}

fn attempt(number: u32, sha: Option<&str>, signature: &str, files: &[&str], red: &[u64]) -> AttemptRecord {
    AttemptRecord {
        round: 1,
        number,
        agent: (number > 0).then(|| Agent::Rex.into()),
        kind: None,
        coderun: None,
        verdict: Verdict::NotFixed.into(),
        head_sha: sha.map(str::to_owned),
        commits: Vec::new(),
        commits_omitted: 0,
        files: files.iter().map(|file| Untrusted::new(*file)).collect(),
        files_omitted: 0,
        red_runs: red.iter().map(|run_id| RunRef { run_id: *run_id, run_attempt: 1 }).collect(),
        signature: Some(signature.to_owned()),
    }
}

fn past(now: u32, attempts: &[AttemptRecord]) -> Past {
    let items: Vec<_> = attempts.iter().map(|attempt| raw(&serde_json::to_string(attempt).unwrap())).collect();
    Past::read(&items, Key { round: 1, number: now })
}

fn target() -> Target {
    Target { branch: Untrusted::new("feat/x"), base_sha: "base".into(), how: Push::Push.into(), into: None }
}

#[test]
fn an_attempt_begins_where_the_last_judged_one_ended() {
    assert_eq!(past(1, &[]).base_sha(&target()), "base");
    let two = [attempt(1, Some("one"), "s", &[], &[7]), attempt(2, None, "s", &[], &[])];
    assert_eq!(past(3, &two).base_sha(&target()), "one");
    assert_eq!(past(3, &two).red_runs(), [RunRef { run_id: 7, run_attempt: 1 }]);
    // Its own earlier entry is no past: a step run again judges the same.
    assert_eq!(past(1, &two[..1]).base_sha(&target()), "base");
}

#[test]
fn the_same_signature_in_the_same_files_twice_is_no_progress() {
    let first = attempt(1, Some("one"), "s", &["a.rs", "b.rs"], &[]);
    let no_progress = |now: AttemptRecord| past(2, std::slice::from_ref(&first)).no_progress(&now);
    assert!(no_progress(attempt(2, Some("two"), "s", &["b.rs", "a.rs"], &[])));
    assert!(!no_progress(attempt(2, Some("two"), "t", &["a.rs", "b.rs"], &[])));
    assert!(!no_progress(attempt(2, Some("two"), "s", &["a.rs"], &[])));
    let nothing = [attempt(1, None, "s", &[], &[])];
    assert!(!past(2, &nothing).no_progress(&attempt(2, None, "s", &[], &[])), "who pushed nothing changed no files");
}

#[test]
fn failures_are_counted_by_agent_and_a_rerun_is_none() {
    let two = [attempt(0, None, "s", &[], &[7]), attempt(1, Some("one"), "s", &[], &[])];
    assert_eq!(past(2, &two).failures_of(Agent::Rex), 1);
    assert_eq!(past(2, &two).failures_of(Agent::Atlas), 0);
    assert_eq!(past(1, &two).failures_of(Agent::Rex), 0);
}

#[test]
fn the_list_is_keyed_and_what_is_foreign_in_it_stays_byte_for_byte() {
    let foreign = r#"{"round":9,"number":1,"verdict":"sang","weight":1e2}"#;
    let mine = serde_json::to_string(&attempt(1, Some("old"), "s", &[], &[])).unwrap();
    let past = Past::read(&[raw(foreign), raw(&mine), raw("17")], Key { round: 1, number: 1 });
    let (list, omitted) = past.with(&attempt(1, Some("new"), "s", &[], &[])).unwrap();
    assert_eq!((list.len(), omitted, list[0].as_str(), list[2].as_str()), (3, 0, foreign, "17"));
    assert!(list[1].contains("\"new\"") && !list[1].contains("\"old\""));
    let many: Vec<_> = (1..=20).map(|round| raw(&format!(r#"{{"round":{round},"number":5}}"#))).collect();
    let (list, omitted) =
        Past::read(&many, Key { round: 1, number: 1 }).with(&attempt(1, None, "s", &[], &[])).unwrap();
    assert_eq!((list.len(), omitted), (20, 1));
    assert!(list[19].contains("\"signature\""));
}
