use remediation::{ChangedFile, LogLine};
use text::Untrusted;
use world::github as gh;

use super::*;

#[test]
fn hostile_lengths_never_make_the_document_too_large() {
    let long = || Untrusted::new("x".repeat(caps::TEXT));
    let file = || ChangedFile { path: long(), status: "added".into(), additions: 1, deletions: 0 };
    let line = |second| LogLine { at: Timestamp::from_second(second).unwrap(), line: long() };
    let mut context = Context {
        pull_request: None,
        description: None,
        changed_files: (0..caps::FILES).map(|_| file()).collect(),
        changed_files_omitted: 2,
        diff: None,
        base: None,
        history: Vec::new(),
        argocd: None,
        logs: (0..20).map(line).collect(),
        logs_omitted: 0,
        metrics: Vec::new(),
        pods: Vec::new(),
        events: (0..caps::CONTEXT).map(|_| long()).collect(),
        memories: Vec::new(),
        gaps: Vec::new(),
    };
    fit(&mut context);
    assert!(serde_json::to_string(&context).unwrap().len() < SECTION_BYTES + 1024);
    assert_eq!(context.changed_files.len() as u64 + context.changed_files_omitted, caps::FILES as u64 + 2);
    assert_eq!(context.logs.last(), Some(&line(19)), "the newest lines stay");
    assert!(context.gaps.iter().any(|gap| gap.source == ContextSource::ChangedFiles));
}

#[test]
fn files_with_their_hunks_read_as_a_diff() {
    let file = |patch: Option<&str>| gh::ChangedFile {
        filename: Untrusted::new("b.rs"),
        previous_filename: Some(Untrusted::new("a.rs")),
        status: "renamed".into(),
        additions: 1,
        deletions: 1,
        patch: patch.map(Untrusted::new),
    };
    let diff = github::patches(&[file(Some("@@ -1 +1 @@\n-a\n+b")), file(None)]);
    let head = "diff --git a/a.rs b/b.rs\n--- a/a.rs\n+++ b/b.rs\n";
    let expected = format!("{head}@@ -1 +1 @@\n-a\n+b\n{head}(GitHub shows no hunks of this file)\n");
    assert_eq!(diff.expose(), expected);
}
