//! Every file under `cheating/` must not be called honest, every file under `honest/` must be. The file's name is the
//! claim; its first line names the kind, `# kind: rust_test`, and may name the verdict or rule: `# kind: general person`.

#![allow(clippy::unwrap_used)]

use std::path::Path;

use diff_policy::{Verdict, judge};
use remediation::{Kind, Vocabulary};

fn cases(folder: &str) -> Vec<(String, Kind, Vec<String>, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
    let mut cases = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let (first, diff) = text.split_once('\n').unwrap();
        let mut words = first.strip_prefix("# kind: ").unwrap_or_else(|| panic!("{path:?} names no kind")).split(' ');
        let kind = Kind::parse(words.next().unwrap()).unwrap_or_else(|| panic!("{path:?}: unknown kind"));
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        cases.push((name, kind, words.map(str::to_owned).collect(), diff.to_owned()));
    }
    cases.sort_by(|a, b| a.0.cmp(&b.0));
    cases
}

fn said(judgement: &diff_policy::Judgement) -> String {
    let findings = judgement.because.iter().map(|one| format!("{}:{} {}", one.file.expose(), one.line, one.rule));
    findings.collect::<Vec<_>>().join(", ")
}

#[test]
fn cheating_is_never_called_honest() {
    let cases = cases("cheating");
    assert!(cases.len() >= 60, "only {} cases", cases.len());
    let mut wrong = Vec::new();
    for (name, kind, wanted, diff) in &cases {
        let judgement = judge(*kind, diff);
        let rule_found = |rule: &String| judgement.because.iter().any(|one| one.rule == rule);
        let right = match wanted.first().map(String::as_str) {
            Some("person") => judgement.verdict == Verdict::Person,
            Some(_) => rule_found(&wanted[0]) && judgement.verdict == Verdict::Never,
            None => judgement.verdict == Verdict::Never,
        };
        if !right {
            wrong.push(format!("{name}: {} [{}]", judgement.verdict, said(&judgement)));
        }
    }
    assert!(wrong.is_empty(), "{} of {} wrong\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn honest_work_is_called_honest() {
    let cases = cases("honest");
    assert!(cases.len() >= 60, "only {} cases", cases.len());
    let mut wrong = Vec::new();
    for (name, kind, wanted, diff) in &cases {
        let judgement = judge(*kind, diff);
        let right = match wanted.first().map(String::as_str) {
            Some("person") => judgement.verdict == Verdict::Person,
            _ => judgement.verdict == Verdict::Honest,
        };
        if !right {
            wrong.push(format!("{name}: {} [{}]", judgement.verdict, said(&judgement)));
        }
    }
    assert!(wrong.is_empty(), "{} of {} wrong\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

/// Honest changes beside it must not hide a dishonest one.
#[test]
fn a_cheating_file_is_found_among_honest_ones() {
    let honest = cases("honest").into_iter().find(|(name, ..)| name == "rust-off-by-one-is-fixed").unwrap().3;
    for (name, kind, wanted, diff) in cases("cheating").into_iter().filter(|(_, kind, ..)| *kind == Kind::RustTest) {
        // What only a person is asked about may be right beside a change of the code.
        if wanted.first().is_some_and(|word| word == "person") {
            continue;
        }
        let judgement = judge(kind, &format!("{honest}{diff}"));
        assert_ne!(judgement.verdict, Verdict::Honest, "{name}");
    }
}

#[test]
fn the_printed_table_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("TABLE.md");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, diff_policy::table()).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), diff_policy::table(), "run BLESS=1 cargo test -p diff-policy");
}
