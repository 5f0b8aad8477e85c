//! `rules:` of a configuration: what can be said, and what is refused, with its place.
#![allow(clippy::unwrap_used)]

use config::{Config, MAX_RULES, UserRole, check};

fn wrong(text: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("healer.yaml");
    std::fs::write(&path, text).unwrap();
    assert_eq!(check(&path).is_usable(), Config::read(&path).is_ok());
    check(&path).problems.iter().map(ToString::to_string).collect()
}

#[test]
fn the_examples_rule_can_be_used() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/healer.example.yaml")).unwrap();
    let block: String = text
        .lines()
        .skip_while(|line| *line != "# rules:")
        .take_while(|line| line.starts_with('#'))
        .map(|line| format!("{}\n", &line[2..]))
        .collect();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("healer.yaml");
    std::fs::write(&path, block).unwrap();
    let config = Config::read(&path).unwrap();
    let rule = &config.rules[0];
    assert_eq!((rule.weight, rule.role), (80, UserRole::Cause));
    let (pattern, not) = rule.compiled().unwrap();
    assert!(pattern.is_match(b"ERROR: golden image is 12 days old") && not.is_some());
}

#[test]
fn what_cannot_be_a_rule_is_refused_with_its_place() {
    let rule = |lines: &str| wrong(&format!("rules:\n  - name: a\n    kind: general\n    pattern: oops\n{lines}"));
    assert_eq!(rule(""), Vec::<String>::new());
    for (lines, place, part) in [
        ("    pattrn: x\n", "5:5: ", "did you mean `pattern`?"),
        ("    role: verdict\n", "5:", "one of cause, hint"),
        ("    weight: 101\n", "5:13: ", "must be from 1 to 100, not 101"),
        ("    not: '('\n", "5:10: ", "is no regular expression: unclosed group"),
        ("  - name: a\n    kind: general\n    pattern: b\n", "5:11: ", "is there twice"),
        ("  - name: B-c\n    kind: general\n    pattern: b\n", "5:11: ", "lower-case letters"),
        ("  - name: b\n    kind: rust_tset\n    pattern: b\n", "6:11: ", "rust_test"),
        ("  - name: b\n    kind: general\n    pattern: '[a'\n", "7:14: ", "is no regular expression: unclosed"),
        ("  - name: b\n    kind: general\n    pattern: 'a*'\n", "7:14: ", "matches every line"),
        ("  - name: b\n    kind: general\n    pattern: '(a{500}b{500}){900}'\n", "7:14: ", "too large when compiled"),
        ("  - name: b\n    kind: general\n", "5:5: ", "missing field `pattern`"),
    ] {
        let problems = rule(lines);
        assert_eq!(problems.len(), 1, "{lines}: {problems:?}");
        assert!(problems[0].starts_with(place) && problems[0].contains(part), "{lines}: {problems:?}");
    }
    let many: String =
        (0..=MAX_RULES).map(|at| format!("  - {{name: r{at}, kind: general, pattern: oops}}\n")).collect();
    assert!(wrong(&format!("rules:\n{many}"))[0].contains("at most 64"));
}
