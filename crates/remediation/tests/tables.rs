//! The vocabularies, the verdict table, the caps and the names are data; this is what must be true of them.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::HashSet;

use remediation::verdict::{FOLLOWS, Follows, next, other_agent};
use remediation::*;

const WORDS: &str = concat!(
    include_str!("../src/words.rs"),
    include_str!("../src/words/admission.rs"),
    include_str!("../src/words/resolution.rs")
);

/// `Variant = "word", "meaning";` rows of `words.rs`, by vocabulary.
fn spelled() -> Vec<Vec<&'static str>> {
    let vocabularies = WORDS.split("vocabulary! {").skip(1).map(|block| block.split("\n}").next().unwrap());
    let word = |line: &'static str| line.trim().ends_with("\";").then(|| line.split('"').nth(1).unwrap());
    vocabularies.map(|block| block.lines().filter_map(word).collect()).collect()
}

/// One vocabulary held to its rules; gives its words.
fn check<T: Vocabulary>() -> Vec<&'static str> {
    let words: Vec<&str> = T::ALL.iter().map(|word| word.as_str()).collect();
    for (known, word) in T::ALL.iter().zip(&words) {
        assert_eq!(T::parse(word), Some(*known), "{} {word}", T::NAME);
        assert_eq!(serde_json::to_value(Open::from(*known)).unwrap(), **word);
        let read: Open<T> = serde_json::from_value((*word).into()).unwrap();
        assert_eq!(read.require("x"), Ok(*known));
        assert!(!known.meaning().is_empty() && !known.meaning().ends_with('.'), "{} {word}", T::NAME);
    }
    for unknown in ["", "from_the_future", "PROCEED"] {
        let open: Open<T> = serde_json::from_value(unknown.into()).unwrap();
        assert_eq!((open.known(), open.as_str()), (None, unknown), "an unknown word is kept as it came");
        assert!(open.require("here").unwrap_err().to_string().contains(T::NAME));
    }
    words
}

#[test]
fn every_word_is_snake_case_unique_in_its_vocabulary_parsed_again_and_in_the_docs() {
    macro_rules! every { ($($vocabulary:ty)*) => { vec![$((<$vocabulary>::NAME, check::<$vocabulary>())),*] }; }
    let checked = every!(Source SubjectKind AlertType Decision Mode Push Remedy Agent Kind Role Verdict Next Stage
        Conclusion EscalationReason Channel Receipt ContextSource AdmissionReason ResolutionReason);
    let (names, words): (Vec<&str>, Vec<Vec<&str>>) = checked.into_iter().unzip();
    assert_eq!(words, spelled(), "a vocabulary of words.rs is missing in this list");
    assert_eq!(names.iter().collect::<HashSet<_>>().len(), names.len(), "the schema knows vocabularies by name");
    let page = docs::vocabulary();
    for (name, words) in names.iter().zip(&words) {
        assert_eq!(words.iter().collect::<HashSet<_>>().len(), words.len(), "{name}");
        for word in words {
            let plain = word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
            assert!(
                plain && word.starts_with(|c: char| c.is_ascii_lowercase()) && !word.ends_with('_'),
                "{name} {word}"
            );
            assert!(page.contains(&format!("| `{word}` |")), "docs/vocabulary.md has no row for {name} {word}");
        }
    }
}

#[test]
fn a_word_that_people_write_is_known_or_answered_with_all_that_are() {
    assert_eq!(words::parse_strict::<Agent>("rex"), Ok(Agent::Rex));
    let sentence = words::parse_strict::<Agent>("Rex\n").unwrap_err();
    assert_eq!(sentence, r#""Rex\n" is no agent; it is one of rex, blaze, bolt, cipher, atlas"#);
}

#[test]
fn kinds_go_to_the_agents_and_remedies_of_the_design() {
    let table = [
        ("rex", "rust_build rust_clippy rust_deps rust_fmt rust_test"),
        ("blaze", "frontend_build frontend_deps frontend_lint frontend_test frontend_typescript"),
        ("bolt", "argocd_sync docker_build helm_template k8s_manifest yaml_syntax"),
        ("cipher", "security_audit security_code_scanning security_dependabot security_secret_scanning"),
        ("atlas", "git_merge_conflict git_permission github_workflow general"),
        ("none", "infra_transient"),
    ];
    let mut kinds = 0;
    for (agent, words) in table {
        for word in words.split(' ') {
            let kind = Kind::parse(word).unwrap();
            assert_eq!(kind.agent().map_or("none", Vocabulary::as_str), agent, "{word}");
            assert_eq!(kind.is_security(), agent == "cipher", "{word}");
            let remedy = match word {
                "infra_transient" => Remedy::Rerun,
                "security_secret_scanning" => Remedy::Person,
                _ => Remedy::Agent,
            };
            assert_eq!(kind.remedy(), remedy, "{word}");
            let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
            assert!(kind.platform_name().bytes().all(plain), "{word}: a label value");
            kinds += 1;
        }
    }
    assert_eq!(kinds, Kind::ALL.len());
    for alert in AlertType::ALL {
        assert!(alert.kind().is_security(), "{alert}");
    }
}

#[test]
fn every_verdict_has_one_row_and_leads_where_the_design_says() {
    let attempt = |number| Attempt { round: 1, number, limit: 3, agent: None };
    let done = ["fixed", "fixed_by_other", "passed_on_rerun", "superseded", "withdrawn"];
    let retry = ["not_fixed", "broke_other", "no_push", "agent_failed", "agent_timeout"];
    for verdict in Verdict::ALL.iter().copied() {
        assert_eq!(FOLLOWS.iter().filter(|(known, _)| *known == verdict).count(), 1, "{verdict}");
        let word = verdict.as_str();
        for number in 1..=4 {
            for no_progress in [false, true] {
                let wanted = if done.contains(&word) {
                    (Next::Done, None)
                } else if !retry.contains(&word) {
                    // The reason has the verdict's own name.
                    (Next::Escalate, EscalationReason::parse(word))
                } else if no_progress {
                    (Next::Escalate, Some(EscalationReason::SameFailureTwice))
                } else if number >= 3 {
                    (Next::Escalate, Some(EscalationReason::AttemptsExhausted))
                } else {
                    (Next::Retry, None)
                };
                assert_eq!(next(verdict, &attempt(number), no_progress), wanted, "{word} {number} {no_progress}");
                assert_eq!(wanted.0 == Next::Escalate, wanted.1.is_some(), "{word}: a person is told why");
            }
        }
    }
    assert!(FOLLOWS.iter().all(|(_, follows)| *follows != Follows::Escalate(EscalationReason::Fault)));
}

#[test]
fn security_work_leaves_cipher_only_towards_the_code_that_changed() {
    assert_eq!(other_agent(Agent::Cipher, true, true, true), Agent::Rex);
    assert_eq!(other_agent(Agent::Cipher, false, true, true), Agent::Blaze);
    assert_eq!(other_agent(Agent::Cipher, false, false, true), Agent::Atlas);
    assert_eq!(other_agent(Agent::Rex, true, true, true), Agent::Bolt);
    assert_eq!(other_agent(Agent::Blaze, true, true, false), Agent::Atlas);
    for agent in Agent::ALL {
        for files in 0..8 {
            let other = other_agent(*agent, files & 1 > 0, files & 2 > 0, files & 4 > 0);
            assert!(other != Agent::Cipher, "nobody becomes Cipher, from {agent}");
            assert!(other != *agent || *agent == Agent::Atlas, "{agent} is followed by another");
        }
    }
}

#[test]
fn a_capped_list_keeps_its_head_and_says_how_many_it_omitted() {
    assert_eq!(cap(vec![1, 2, 3], 2), (vec![1, 2], 1));
    assert_eq!(cap(vec![1, 2], 2), (vec![1, 2], 0));
    assert_eq!(cap(Vec::<u8>::new(), 0), (vec![], 0));
}

#[test]
fn names_are_those_of_the_design() {
    use names::*;
    let sha = "6f1c0f6b9d3e4a5c8b7a2d1e0f9c8b7a6d5e4f3a";
    let table = [
        (actions_run(8412, 12216892003, 1), "ci-8412-12216892003-1"),
        (status(8412, sha, "ci/build"), "st-8412-6f1c0f6b9d3e-b46894ef"),
        (security_alert(8412, AlertType::SecretScanning, 7), "sec-8412-secret-scanning-7"),
        (failed_workflow("0A1B2C3D-4e5f-6071-8293-a4b5c6d7e8f9"), "wf-0a1b2c3d"),
        (command(8412, 99), "cmd-8412-99"),
        (button(5, 2), "btn-5-2"),
        (coderun("ci-8412-12216892003-1", 1, 2), "healer-ci-8412-12216892003-1-r1-a2"),
    ];
    for (name, wanted) in table {
        assert_eq!(name, wanted);
    }
}

#[test]
fn names_are_valid_kubernetes_names_even_at_the_limits_and_for_strange_input() {
    use names::*;
    let most = i64::MAX as u64;
    let long = "x".repeat(300);
    let fits = |length: usize| coderun(&"x".repeat(length), 1, 1);
    assert_eq!((fits(50).len(), fits(50).contains("xxx")), (63, true));
    assert!(!fits(51).contains("xxx"), "too long a name is hashed");
    let names = [
        actions_run(most, most, 999),
        status(most, &"F".repeat(64), "ci/🦀 \0 build"),
        status(1, "../../etc", ""),
        security_alert(most, AlertType::SecretScanning, most),
        failed_workflow(""),
        failed_workflow("-é-"),
        command(most, most),
        button(most, most),
        other("alert", &[b"\0", b""]),
        coderun(&long, u32::MAX, u32::MAX),
        coderun("../Evil_id", 1, 1),
        coderun("", 1, 1),
    ];
    for name in names {
        let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        let ends = |b: Option<u8>| b.is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        assert!(name.len() <= 63 && name.bytes().all(inner), "{name}");
        assert!(ends(name.bytes().next()) && ends(name.bytes().last()), "{name}");
    }
}

#[test]
fn names_differ_where_their_causes_differ() {
    use names::*;
    let hashes = [
        hash(&[b"a", b"b"], 64),
        hash(&[b"ab"], 64),
        hash(&[b"ab", b""], 64),
        hash(&[b"", b"ab"], 64),
        hash(&[b"a\0b"], 64),
        hash(&[b"a\xff\x01b"], 64),
        hash(&[b"a\xff\xff\x01b"], 64),
        hash(&[], 64),
        hash(&[b""], 64),
    ];
    assert_eq!(hashes.iter().collect::<HashSet<_>>().len(), hashes.len());
    assert_eq!(hash(&[b"a", b"b"], 64), sha256(b"a\0b\0"), "text without a NUL is hashed as it is");
    assert_eq!(hash(&[b"a"], 8).len(), 8);
    let other_long = |end: &str| coderun(&format!("{}{end}", "x".repeat(80)), 1, 1);
    assert_ne!(other_long("1"), other_long("2"), "what differs behind the cut still differs");
    assert_ne!(coderun("a", 1, 1), coderun("a", 1, 2));
    let branch = |id, name: &str| record::branch_key(id, &text::Untrusted::new(name));
    assert_eq!(branch(8412, "feat/x").len(), 16);
    assert_ne!(branch(8412, "feat/x"), branch(8413, "feat/x"));
}
