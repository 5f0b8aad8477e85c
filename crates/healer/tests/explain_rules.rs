//! `healer explain --rules FILE LOG`: a user's rule is tried before it goes into the configuration.
#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::process::{Command, Output};

fn explain(folder: &Path, rules: &str) -> Output {
    std::fs::write(folder.join("rules.yaml"), rules).unwrap();
    std::fs::write(folder.join("build.log"), "$ ./ship\nERROR: golden image is 12 days old\n").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_healer"));
    command.current_dir(folder).args(["explain", "--rules", "rules.yaml", "build.log"]).output().unwrap()
}

#[test]
fn a_rule_of_the_file_decides() {
    let folder = tempfile::tempdir().unwrap();
    let output = explain(folder.path(), "rules:\n  - {name: stale, kind: docker_build, pattern: golden image is}\n");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && text.starts_with("docker_build:"), "{text}");
    assert!(text.contains("because rules.stale (line 2)"), "{text}");
}

#[test]
fn a_wrong_rule_is_said_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let output = explain(folder.path(), "rules:\n  - {name: stale, kind: dokcer_build, pattern: x}\n");
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(78), "{said}");
    assert!(said.contains("rules.yaml:2:") && said.contains("docker_build"), "{said}");
}
