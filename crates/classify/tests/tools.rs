//! Every tool's failure, inside a job whose other steps pass: kind and cause must be found.
#![allow(clippy::unwrap_used)]

use classify::{Hints, judge};
use remediation::Vocabulary;

/// Kind, command, output and the lines that state the cause.
fn blocks() -> Vec<(&'static str, &'static str, String, Vec<&'static str>)> {
    let text = include_str!("tools.txt");
    let mut blocks = Vec::new();
    for block in text.split("\n=== ").skip(1) {
        let (head, body) = block.split_once('\n').unwrap();
        let (kind, command) = head.split_once(" | ").unwrap();
        let causes = body.lines().filter_map(|line| line.strip_prefix(">> ")).collect();
        let output: Vec<&str> = body.lines().map(|line| line.strip_prefix(">> ").unwrap_or(line)).collect();
        blocks.push((kind, command, output.join("\n"), causes));
    }
    blocks
}

/// A GitHub Actions job: a step that passes with noise, the step that fails, the clean-up.
fn job(command: &str, output: &str) -> String {
    let body = format!(
        "##[group]Run npm ci && npm run build && cargo build\n\u{1b}[36;1mnpm ci && npm run build && cargo build\u{1b}[0m\nshell: /usr/bin/bash -e {{0}}\n##[endgroup]\n\
         npm warn deprecated inflight@1.0.6\n3 vulnerabilities (1 moderate, 2 high)\nwarning: unused variable: `x`\n   Compiling a v0.1.0\n\
         test errors::reports_FAILED ... ok\ntest result: ok. 3 passed; 0 failed; 0 ignored\n\
         ##[group]Run {command}\n\u{1b}[36;1m{command}\u{1b}[0m\nshell: /usr/bin/bash -e {{0}}\nenv:\n  CI: true\n##[endgroup]\n\
         {output}\n##[error]Process completed with exit code 1.\nPost job cleanup.\n[command]/usr/bin/git version\nfatal: not a git repository\n"
    );
    body.lines().map(|line| format!("2026-03-01T10:00:00.1234567Z {line}\n")).collect()
}

/// The same failure as other systems and people show it.
fn settings(command: &str, output: &str) -> [(&'static str, String); 5] {
    let job = job(command, output);
    let column = |line: &str| format!("build\tUNKNOWN STEP\t{line}\n");
    let travis = format!(
        "travis_fold:start:install\x1b[0K$ npm ci\nadded 3 packages\ntravis_fold:end:install\ntravis_time:start:1\r\x1b[0K$ {command}\n{output}\n\
         travis_time:end:1:start=1,finish=2\x1b[0K\nThe command \"{command}\" exited with 1.\n\nDone. Your build exited with 1.\n"
    );
    let jenkins = format!(
        "Started by user x\n[Pipeline] stage\n[Pipeline] {{ (Build)\n[Pipeline] sh\n+ {command}\n{output}\n[Pipeline] }}\n[Pipeline] // stage\n[Pipeline] End of Pipeline\nERROR: script returned exit code 1\nFinished: FAILURE\n"
    );
    [
        ("gh run view", job.lines().map(column).collect()),
        ("travis", travis),
        ("jenkins", jenkins),
        ("shell", format!("$ {command}\n{output}\n")),
        ("actions", job),
    ]
}

#[test]
fn every_tool_is_known_and_its_cause_is_shown() {
    let mut wrong = Vec::new();
    for (kind, command, output, causes) in blocks() {
        for (setting, log) in settings(command, &output) {
            let found = judge(log.as_bytes(), &Hints::default());
            let why: Vec<&str> = found.because.iter().map(|why| why.rule).collect();
            let shown =
                |cause: &&str| found.lines.iter().any(|(_, line)| !line.is_empty() && cause.ends_with(line.as_str()));
            if found.kind.as_str() != kind {
                wrong.push(format!(
                    "{setting}: {kind} | {command}: said {} {why:?}\n    {}",
                    found.kind,
                    causes.join(" ")
                ));
            } else if !causes.iter().any(shown) {
                wrong.push(format!("{setting}: {kind} | {command}: does not show {causes:?} {why:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(blocks().len() > 90);
}

#[test]
fn the_same_cause_elsewhere_has_the_same_signature_and_no_other_has() {
    let mut seen = std::collections::BTreeMap::new();
    for (kind, command, output, causes) in blocks() {
        let one = judge(job(command, &output).as_bytes(), &Hints::default()).signature;
        let moved = output
            .replace("/home/runner/work/a/a", "/Users/ci/build-7/a")
            .replace("0.12s", "7.9s")
            .replace(":3:", ":77:");
        let moved = job(command, &moved).replace("10:00:00.1234567Z", "23:59:59.7654321Z");
        assert_eq!(one, judge(moved.as_bytes(), &Hints::default()).signature, "{kind} | {command} {causes:?}");
        if let Some(other) = seen.insert(one, causes.clone()) {
            assert_eq!(other, causes, "{kind} | {command}");
        }
    }
}

/// What a generic headline leaves open stands below it, and makes another cause.
#[test]
fn another_cause_under_the_same_headline_has_another_signature() {
    let pairs = include_str!("headlines.txt").split("\n=== ").skip(1);
    let mut wrong = Vec::new();
    for pair in pairs {
        let (head, body) = pair.split_once('\n').unwrap();
        let (command, change) = head.split_once(" | ").unwrap();
        let (old, new) = change.split_once(" -> ").unwrap();
        let (one, other) = (job(command, body), job(command, &body.replace(old, new)));
        assert_ne!(one, other, "{head}");
        let [one, other] = [one, other].map(|log| judge(log.as_bytes(), &Hints::default()).signature);
        if one == other {
            wrong.push(head);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_misleading_job_is_seen_through() {
    let mut wrong = Vec::new();
    for block in include_str!("traps.txt").split("\n@@@ ").skip(1) {
        let (head, body) = block.split_once("\ncause: ").unwrap();
        let (kind, claim) = head.split_once(" | ").unwrap();
        let (cause, log) = body.split_once('\n').unwrap();
        let found = judge(log.as_bytes(), &Hints::default());
        if found.kind.as_str() != kind || !found.lines.iter().any(|(_, line)| line.contains(cause)) {
            wrong.push(format!("{claim}: said {} {:?}", found.kind, found.lines));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn names_and_paths_change_nothing_where_the_log_is_clear() {
    let hostile = Hints {
        workflow: Some("security audit / gitleaks"),
        job: Some("clippy docker helm argocd"),
        changed_files: &["Cargo.toml", ".github/workflows/ci.yml"],
        ..Hints::default()
    };
    for (kind, command, output, _) in blocks() {
        let log = job(command, &output);
        let harmless = judge(log.as_bytes(), &Hints::default());
        if harmless.confidence >= 0.9 {
            assert_eq!(harmless, judge(log.as_bytes(), &hostile), "{kind} | {command}");
        }
    }
}
