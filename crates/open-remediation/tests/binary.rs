//! The binary: what it reads, what it leaves behind, and that the same input gives the same bytes.
#![allow(clippy::unwrap_used)]

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const EVENT: &str = r#"{"action":"completed","workflow_run":{"id":5,"run_attempt":2,"conclusion":"failure"},
    "repository":{"id":8412,"full_name":"acme/widgets"}}"#;

fn open(folder: &Path, clock: &str, args: &[&str], stdin: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_open-remediation"))
        .args(args)
        .args(["--attachments", "attachments", "--log-format", "human"])
        .current_dir(folder)
        .env_clear()
        .env("HEALER_CLOCK", clock)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It may refuse before everything is read.
    let _ = child.stdin.take().unwrap().write_all(stdin);
    child.wait_with_output().unwrap()
}

fn document(output: &Output) -> serde_json::Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    document.as_object_mut().unwrap().remove("trail");
    document
}

const TEN: &str = "2026-01-15T10:00:00Z";
const ELEVEN: &str = "2026-01-15T11:00:00Z";

#[test]
fn no_id_comes_from_the_time() {
    let folder = tempfile::tempdir().unwrap();
    for (args, stdin) in [(&["--event", "workflow_run"], EVENT), (&["--log", "-"], "error: it broke\n")] {
        let run = |clock| document(&open(folder.path(), clock, args, stdin.as_bytes()));
        assert_eq!(run(TEN), run(TEN));
        let (mut early, mut late) = (run(TEN), run(ELEVEN));
        assert_ne!(early["opened_at"], late["opened_at"]);
        early["opened_at"].take();
        late["opened_at"].take();
        assert_eq!(early, late);
    }
}

#[test]
fn what_an_event_says_of_the_future_is_now() {
    let folder = tempfile::tempdir().unwrap();
    let event = EVENT.replace("\"conclusion\"", "\"updated_at\":\"2036-01-15T10:00:00Z\",\"conclusion\"");
    let opened = document(&open(folder.path(), TEN, &["--event", "workflow_run"], event.as_bytes()));
    assert_eq!(opened["opened_at"], TEN);
}

#[test]
fn another_log_or_another_flag_is_another_remediation() {
    let folder = tempfile::tempdir().unwrap();
    let id = |args: &[&str], log: &str| {
        let args = [&["--log", "-"], args].concat();
        document(&open(folder.path(), TEN, &args, log.as_bytes()))["id"].as_str().unwrap().to_owned()
    };
    let first = id(&[], "error: one\n");
    assert_eq!(first.len(), "log-".len() + 12);
    assert_ne!(first, id(&[], "error: two\n"));
    assert_ne!(first, id(&["--job", "lint"], "error: one\n"));
    assert_ne!(id(&["--job", "a", "--step", "b"], "x"), id(&["--job", "b", "--step", "a"], "x"));
    assert_eq!(id(&["--repository", "acme/widgets"], "x"), id(&["--repository", "Acme/Widgets"], "x"));
}

#[test]
fn too_much_is_refused_and_nothing_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let body = format!("{{\"body\":\"{}\"}}", "x".repeat(30 << 20));
    let output = open(folder.path(), TEN, &["--event", "workflow_run"], body.as_bytes());
    assert_eq!(output.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&output.stderr).contains("has more than 8388608 bytes"));
    let binary = open(folder.path(), TEN, &["--log", "-"], &[b"\x7fELF\0\0\0\0\0\0".as_slice(), &[0; 5000]].concat());
    assert_eq!(binary.status.code(), Some(3));
    assert!(output.stdout.is_empty() && binary.stdout.is_empty());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

/// A line without an end, longer than any buffer, and a secret across the border of two chunks.
#[test]
fn a_secret_is_redacted_wherever_the_chunks_end() {
    let secret = "ghp_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8";
    for before in [65_500, 65_530, 131_060] {
        let folder = tempfile::tempdir().unwrap();
        let log = format!("{}\nGITHUB_TOKEN={secret}\n{}", "a b ".repeat(before / 4), "c ".repeat(200_000));
        document(&open(folder.path(), TEN, &["--log", "-"], log.as_bytes()));
        let kept = std::fs::read_to_string(folder.path().join("attachments/job_log.txt")).unwrap();
        assert!(!kept.contains("ghp_a1B2") && kept.contains("[redacted:"));
        assert_eq!(kept.lines().count(), log.lines().count());
    }
}

#[test]
fn flags_of_the_two_ways_do_not_mix() {
    let folder = tempfile::tempdir().unwrap();
    for args in [
        &["--log", "-", "--event", "workflow_run"][..],
        &["--job", "lint"],
        &["--log", "-", "--pull-request", "0"],
        &["--log", "-", "--repository", "widgets"],
        &["--log", "-", "--branch", "a b"],
        &["--base64", "--event-base64", "e30="],
    ] {
        assert_eq!(open(folder.path(), TEN, args, b"error\n").status.code(), Some(2), "{args:?}");
    }
}
