//! `healer judge-diff` as people and programs call it.
#![allow(clippy::unwrap_used)]

use std::io::Write;
use std::process::{Command, Output, Stdio};

use remediation::{Kind, Vocabulary};
use serde_json::Value;

const SKIPPED: &str = "diff --git a/tests/api.rs b/tests/api.rs\n--- a/tests/api.rs\n+++ b/tests/api.rs\n@@ -1,4 +1,5 @@\n #[test]\n+#[ignore]\n fn finds() {\n     assert_eq!(find(), 1);\n }\n";
const FIXED: &str = "diff --git a/src/lib.rs b/src/lib.rs\n--- a/src/lib.rs\n+++ b/src/lib.rs\n@@ -1,3 +1,3 @@\n pub fn find() -> u32 {\n-    0\n+    1\n }\n";

fn judge_diff(arguments: &[&str], patch: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_healer"))
        .arg("judge-diff")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It may refuse its arguments without reading.
    let _ = child.stdin.take().unwrap().write_all(patch);
    child.wait_with_output().unwrap()
}

fn said(patch: &str) -> Value {
    let output = judge_diff(&["--kind", "rust_test", "--format", "json"], patch.as_bytes());
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn json_names_verdict_file_line_and_rule() {
    assert_eq!(said(FIXED), serde_json::json!({"verdict": "honest", "because": []}));
    let skipped = said(SKIPPED);
    assert_eq!(skipped["verdict"], "never");
    let first = &skipped["because"][0];
    assert_eq!((first["file"].as_str(), first["line"].as_u64()), (Some("tests/api.rs"), Some(2)), "{skipped}");
    assert_eq!(first["says"], "never");
    assert!(diff_policy::RULES.iter().any(|rule| first["rule"] == rule.name), "{skipped}");
}

#[test]
fn people_read_the_verdict_the_place_and_the_rules_sentence() {
    let output = judge_diff(&["--kind", "rust_test"], SKIPPED.as_bytes());
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.starts_with("never as a repair of rust_test: "), "{text}");
    assert!(text.contains("tests/api.rs:2 "), "{text}");
}

#[test]
fn what_is_no_patch_is_refused_with_one_sentence() {
    for nothing in [&b""[..], b" \n\n", b"error: test failed\n", &[0, 159, 146, 150]] {
        let output = judge_diff(&["--kind", "rust_test"], nothing);
        assert_eq!(output.status.code(), Some(3), "{output:?}");
        assert!(output.stdout.is_empty());
        let sentence = String::from_utf8(output.stderr).unwrap();
        assert!(sentence.lines().count() == 1 && sentence.contains("git diff"), "{sentence}");
    }
}

#[test]
fn an_unknown_kind_is_answered_with_the_kinds() {
    let output = judge_diff(&["--kind", "rust_tset"], FIXED.as_bytes());
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    for kind in Kind::ALL {
        assert!(said.contains(kind.as_str()), "{kind} is not in {said}");
    }
}

#[test]
fn a_hostile_path_cannot_draw_on_the_terminal() {
    let patch = SKIPPED.replace("tests/api.rs", "tests/a\u{1b}[2Jpi\u{202e}.rs");
    let output = judge_diff(&["--kind", "rust_test"], patch.as_bytes());
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text:?}");
}
