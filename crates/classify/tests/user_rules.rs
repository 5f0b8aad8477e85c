//! Rules of a configuration decide, lose, and leave alone, as `healer.example.yaml` says.
#![allow(clippy::unwrap_used)]

use classify::user_rules::{judge_by, table};
use classify::{Hints, Judgement};
use config::Config;
use remediation::Kind;

fn judged(rules: &str, log: &str, hints: &Hints<'_>) -> Judgement {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("healer.yaml");
    std::fs::write(&path, format!("rules:\n{rules}")).unwrap();
    let config = Config::read(&path).unwrap();
    judge_by(table(&config.rules), log.as_bytes(), hints)
}

const STALE: &str =
    "  - {name: stale, kind: docker_build, pattern: '^ERROR: golden image is \\d+ days old', not: 'will be'}\n";

#[test]
fn a_rule_decides_what_no_built_in_rule_knows() {
    let log = "$ ./ship\nfetching\nERROR: golden image is 12 days old\n";
    let found = judged(STALE, log, &Hints::default());
    assert_eq!((found.kind, found.because[0].rule, found.because[0].line), (Kind::DockerBuild, "rules.stale", Some(3)));
    assert!(found.lines.iter().any(|(_, line)| line.contains("golden image")));
    let later = judged(STALE, &log.replace("12 days", "13 days"), &Hints::default());
    assert_eq!(found.signature, later.signature);
}

#[test]
fn its_look_alike_is_left_alone() {
    let found =
        judged(STALE, "$ ./ship\nERROR: golden image is 12 days old, this will be an error\n", &Hints::default());
    assert!(found.because.iter().all(|why| why.rule != "rules.stale"), "{:?}", found.because);
}

#[test]
fn a_tools_unmistakable_words_win_unless_the_rule_is_surer() {
    let log = "$ ./ship\nerror[E0425]: cannot find function `sign` in this scope\n --> src/a.rs:1:1\nERROR: golden image is 12 days old\n";
    assert_eq!(judged(STALE, log, &Hints::default()).kind, Kind::RustBuild);
    let sure = STALE.replace("kind:", "weight: 100, kind:");
    assert_eq!(judged(&sure, log, &Hints::default()).kind, Kind::DockerBuild);
}

#[test]
fn a_rule_may_not_choose_a_security_kind_where_the_log_may_not() {
    let rule = "  - {name: leak, kind: security_secret_scanning, pattern: '^LEAK ', weight: 100}\n";
    let log = "$ ./scan\nLEAK in a.txt\n";
    assert_eq!(judged(rule, log, &Hints::default()).kind, Kind::SecuritySecretScanning);
    let hints = Hints { security_allowed: false, ..Hints::default() };
    assert_ne!(judged(rule, log, &hints).kind, Kind::SecuritySecretScanning);
}

#[test]
fn without_rules_there_is_no_table() {
    assert!(table(&[]).is_none());
}
