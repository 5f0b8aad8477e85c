//! The step as a program: a document in, its section out.
#![allow(clippy::unwrap_used)]

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use remediation::names;
use serde_json::{Value, json};

const CLIPPY: &str = "$ cargo clippy -- -D warnings\nerror: used `unwrap()` on a `Result` value\n --> src/a.rs:3:4\n  |\n  = note: requested on the command line with `-D clippy::unwrap-used`\n";
const LEAK: &str = "$ gitleaks git\nRuleID:      slack-bot-token\n8:49AM WRN leaks found: 1\n";

/// Runs `classify` on a document with this log and these other sections.
fn run(folder: &Path, log: Option<&str>, mut document: Value) -> (Value, String) {
    let fields = document.as_object_mut().unwrap();
    fields.insert("schema".into(), "remediation/v1".into());
    if let Some(log) = log {
        std::fs::write(folder.join("job_log.txt"), log).unwrap();
        let about = json!({ "file": "job_log.txt", "size_bytes": log.len(), "dropped_bytes": 0,
            "sha256": names::sha256(log.as_bytes()), "trusted": false });
        fields.insert("attachments".into(), json!({ "job_log": about }));
    }
    let mut child = Command::new(env!("CARGO_BIN_EXE_classify"))
        .args(["--attachments", &folder.display().to_string()])
        .args(["--parameters", &folder.join("parameters").display().to_string()])
        .env_remove("HEALER_CONFIG")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(document.to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (serde_json::from_slice(&output.stdout).unwrap_or(Value::Null), said)
}

fn by_hand() -> Value {
    json!({ "origin": { "source": "hand", "event": "log" }, "subject": { "kind": "ci_failure" } })
}

fn of_github() -> Value {
    json!({ "origin": { "source": "github", "event": "workflow_run" }, "subject": { "kind": "ci_failure" },
        "repository": { "host": "github.com", "owner": "acme", "name": "widgets" },
        "admission": { "decision": "proceed", "reason": "ci_failed", "mode": "enforce", "because": [] } })
}

#[test]
fn a_log_becomes_a_classification_and_parameters() {
    let folder = tempfile::tempdir().unwrap();
    let (document, said) = run(folder.path(), Some(CLIPPY), by_hand());
    let found = &document["classification"];
    assert_eq!(found["kind"], "rust_clippy", "{said}");
    assert_eq!((&found["agent"], &found["remedy"]), (&json!("rex"), &json!("agent")));
    assert_eq!(found["location"], json!({ "file": "src/a.rs", "line": 3 }));
    assert_eq!(found["excerpt"]["attachment"], "job_log");
    assert!(found["because"][0]["at"].as_str().unwrap().starts_with("job_log:"));
    let parameter = |name: &str| std::fs::read_to_string(folder.path().join("parameters").join(name)).unwrap();
    assert_eq!(parameter("kind").trim(), "rust_clippy");
    assert_eq!(parameter("signature").trim(), found["signature"].as_str().unwrap());
}

#[test]
fn a_log_from_github_never_chooses_cipher_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(run(folder.path(), Some(LEAK), by_hand()).0["classification"]["remedy"], "person");
    let (document, said) = run(folder.path(), Some(LEAK), of_github());
    assert_eq!(document["classification"]["agent"], "atlas", "{said}");
}

#[test]
fn every_job_is_judged_and_a_real_failure_beats_a_cancelled_one() {
    let folder = tempfile::tempdir().unwrap();
    let log = format!("##[group]Run sleep 9\n##[endgroup]\n##[error]The operation was canceled.\n{CLIPPY}");
    let job = |name: &str, lines: [u64; 2]| json!({ "id": 1, "name": name, "conclusion": "failure", "failed_steps": [], "log_lines": lines });
    let mut document = of_github();
    document["failure"] = json!({ "jobs": [job("slow", [1, 3]), job("lint", [4, 8])], "changed_files": [] });
    let (document, said) = run(folder.path(), Some(&log), document);
    assert_eq!(document["classification"]["kind"], "rust_clippy", "{said}");
    assert_eq!(document["classification"]["because"][0]["at"], "job_log:8");
}

#[test]
fn after_a_red_re_run_nothing_is_transient() {
    let folder = tempfile::tempdir().unwrap();
    let log = "$ npm ci\nnpm error code ECONNRESET\n";
    assert_eq!(run(folder.path(), Some(log), of_github()).0["classification"]["remedy"], "rerun");
    let mut document = of_github();
    document["attempts"] = json!([{ "round": 1, "number": 0, "verdict": "not_fixed", "commits": [] }]);
    let (document, said) = run(folder.path(), Some(log), document);
    assert_eq!(document["classification"]["remedy"], "agent", "{said}");
    assert_eq!(document["classification"]["kind"], "frontend_deps");
}

#[test]
fn an_alert_says_itself_what_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let mut document = of_github();
    document["subject"] = json!({ "kind": "security_alert", "alert_type": "secret_scanning", "alert_number": 7 });
    let (document, said) = run(folder.path(), None, document);
    assert_eq!(document["classification"]["kind"], "security_secret_scanning", "{said}");
    assert_eq!(document["classification"]["remedy"], "person");
}

#[test]
fn a_log_that_could_not_be_had_is_judged_by_names_and_a_missing_one_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut document = of_github();
    document["failure"] = json!({ "jobs": [{ "id": 1, "name": "clippy", "conclusion": "failure", "failed_steps": [] }], "changed_files": [] });
    let (document, said) = run(folder.path(), None, document);
    assert_eq!(document["classification"]["kind"], "rust_clippy", "{said}");
    assert!(document["classification"]["confidence"].as_f64().unwrap() < 0.6);
    let (nothing, said) = run(folder.path(), None, by_hand());
    assert_eq!(nothing, Value::Null);
    assert!(said.contains("job_log"), "{said}");
}
