//! Reading diffs: odd names, renames, deletions, cut and missing patches. What cannot be read needs a person.

#![allow(clippy::unwrap_used)]

use diff_policy::{FileChange, Policy, Verdict, files, judge, judge_files};
use proptest::prelude::*;
use remediation::{Kind, Vocabulary};

fn change<'a>(path: &'a str, status: &'a str, patch: Option<&'a str>) -> FileChange<'a> {
    FileChange { path: path.into(), status: status.into(), patch: patch.map(Into::into), ..FileChange::default() }
}

fn rules(kind: Kind, changes: &[FileChange<'_>]) -> Vec<&'static str> {
    judge_files(kind, changes).because.iter().map(|one| one.rule).collect()
}

#[test]
fn a_patch_of_githubs_api_is_read() {
    let patch = "@@ -1,3 +1,3 @@ fn sum()\n fn a() {\n-    1\n+    todo!()\n }\n\\ No newline at end of file";
    let judgement = judge_files(Kind::RustBuild, &[change("src/a.rs", "modified", Some(patch))]);
    assert_eq!(
        (judgement.verdict, judgement.because[0].line, judgement.because[0].rule),
        (Verdict::Never, 2, "stubbed")
    );
}

#[test]
fn a_missing_or_cut_patch_needs_a_person() {
    assert_eq!(rules(Kind::RustBuild, &[change("src/a.rs", "modified", None)]), ["unreadable"]);
    let cut = "@@ -1,3 +1,4 @@\n fn a() {\n+    1\n";
    assert_eq!(rules(Kind::RustBuild, &[change("src/a.rs", "modified", Some(cut))]), ["unreadable"]);
    assert_eq!(
        judge(Kind::RustBuild, "diff --git a/a.rs b/a.rs\nBinary files a/a.rs and b/a.rs differ\n").verdict,
        Verdict::Person
    );
    assert_eq!(judge(Kind::RustBuild, "this is no diff").verdict, Verdict::Person);
    assert_eq!(judge(Kind::RustBuild, "").verdict, Verdict::Honest);
}

#[test]
fn a_pure_rename_is_honest_and_a_path_out_is_not() {
    let rename = FileChange { previous_path: Some("src/b.rs".into()), ..change("src/a.rs", "renamed", Some("")) };
    assert_eq!(judge_files(Kind::RustBuild, &[rename]).verdict, Verdict::Honest);
    for path in ["../a.rs", "/etc/a.rs", "src/../../a.rs", "src/a\n.rs", ""] {
        assert_eq!(
            judge_files(Kind::General, &[change(path, "modified", Some(""))]).verdict,
            Verdict::Person,
            "{path:?}"
        );
    }
}

#[test]
fn workflows_are_never_changed_but_where_the_repair_may_lie_in_one() {
    use Kind::*;
    let may = [GithubWorkflow, GitPermission, GitMergeConflict, YamlSyntax];
    let alerts = [SecurityCodeScanning, SecurityDependabot, SecuritySecretScanning];
    for kind in Kind::ALL {
        let verdict = judge_files(*kind, &[change(".github/workflows/ci.yml", "modified", Some(""))]).verdict;
        let wanted = if may.contains(kind) || alerts.contains(kind) { Verdict::Person } else { Verdict::Never };
        assert_eq!(verdict, wanted, "{kind}");
        assert!(!Policy::of(*kind).may.is_empty(), "{kind}");
    }
    let moved = FileChange {
        previous_path: Some(".github/workflows/ci.yml".into()),
        ..change("docs/ci.yml", "renamed", Some(""))
    };
    assert_eq!(judge_files(Kind::General, &[moved]).verdict, Verdict::Never);
}

#[test]
fn names_are_read_as_git_writes_them() {
    let diff = concat!(
        "diff --git \"a/caf\\303\\251 x.rs\" \"b/caf\\303\\251 x.rs\"\n--- \"a/caf\\303\\251 x.rs\"\n+++ \"b/caf\\303\\251 x.rs\"\n@@ -1 +1 @@\n-a\n+b\n",
        "diff --git a/old name.rs b/new name.rs\nsimilarity index 100%\nrename from old name.rs\nrename to new name.rs\n",
        "diff --git a/gone.rs b/gone.rs\ndeleted file mode 100644\n--- a/gone.rs\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n",
        "diff --git a/l b/l\nnew file mode 120000\n--- /dev/null\n+++ b/l\n@@ -0,0 +1 @@\n+/etc/passwd\n\\ No newline at end of file\n",
        "diff --git a/empty.rs b/empty.rs\nnew file mode 100644\nindex 0000000..e69de29\n",
    );
    let files = files(diff);
    let seen: Vec<(&str, &str)> = files.iter().map(|file| (file.path.as_ref(), file.status.as_ref())).collect();
    assert_eq!(
        seen,
        [
            ("café x.rs", "modified"),
            ("new name.rs", "renamed"),
            ("gone.rs", "removed"),
            ("l", "added"),
            ("empty.rs", "added")
        ]
    );
    assert_eq!(files[1].previous_path.as_deref(), Some("old name.rs"));
    assert!(judge(Kind::General, diff).because.iter().any(|one| one.rule == "file_mode"));
}

/// A removed line `-- a/x` reads `--- a/x` in the diff; the counts say that it is no header.
#[test]
fn a_line_inside_a_hunk_is_no_header() {
    let diff = "diff --git a/q.sql b/q.sql\n--- a/q.sql\n+++ b/q.sql\n@@ -1,2 +1,2 @@\n--- a/src/x.rs\n-select 1\n+++ b/src/x.rs\n+select 2\n";
    let files = files(diff);
    assert_eq!(files.len(), 1);
    assert_eq!(files[0].path, "q.sql");
}

#[test]
fn a_plain_diff_without_git_headers_is_read() {
    let diff = "--- a/src/a.rs\t2026-01-15\n+++ b/src/a.rs\t2026-01-15\r\n@@ -1 +1 @@\r\n-a()\r\n+todo!()\r\n--- a/src/b.rs\n+++ b/src/b.rs\n@@ -1 +1 @@\n-a\n+b\n";
    assert_eq!(files(diff).len(), 2);
    assert_eq!(judge(Kind::RustBuild, diff).because[0].rule, "stubbed");
}

/// A megabyte in which every line matches; what is quadratic would not end while anybody waits.
#[test]
fn a_long_diff_is_judged_whole_and_told_in_part() {
    let lines = 20_000;
    let body = "+    let _ = f(|| x.ok()); // eslint-disable\n".repeat(lines);
    let diff = format!("diff --git a/a.rs b/a.rs\n--- a/a.rs\n+++ b/a.rs\n@@ -0,0 +1,{lines} @@\n{body}");
    assert_eq!(judge(Kind::RustTest, &diff).because.len(), 50);
}

proptest! {
    #[test]
    fn nothing_panics(diff in "(diff --git a/x.rs b/x.rs\n|--- a/x.py\n|\\+\\+\\+ b/x.py\n|@@ -1,2 \\+1,3 @@\n|[-+ ][é'\"`/*#\\\\ a-z]{0,9}\n|\\PC{0,12}\n|\\\\ x\r\n){0,24}", kind in 0..Kind::ALL.len()) {
        let judgement = judge(Kind::ALL[kind], &diff);
        prop_assert!(judgement.because.len() <= 50);
        prop_assert_eq!(judgement.verdict == Verdict::Honest, judgement.because.is_empty());
    }
}
