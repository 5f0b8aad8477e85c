//! The generated schema takes every document that there is in the repository and refuses what is none.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

fn validator() -> jsonschema::Validator {
    let schema: Value = serde_json::from_str(&remediation::json_schema()).unwrap();
    jsonschema::draft202012::new(&schema).unwrap()
}

fn problems(document: &Value) -> Vec<String> {
    validator().iter_errors(document).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

fn smallest() -> Value {
    json!({
        "schema": "remediation/v1",
        "id": "ci-8412-12216892003-1",
        "opened_at": "2026-01-15T10:32:20Z",
        "origin": {"source": "github", "event": "workflow_run"},
        "subject": {"kind": "ci_failure"},
        "attempt": {"round": 1, "number": 1, "limit": 3},
        "trail": [{"step": "open-remediation", "version": "0.1.0", "at": "2026-01-15T10:40:00Z", "took_ms": 0}]
    })
}

/// The smallest document with one section more.
fn with(section: &str, value: Value) -> Value {
    let mut document = smallest();
    document[section] = value;
    document
}

#[test]
fn documents_with_words_sections_and_fields_from_the_future_are_valid() {
    for document in [
        smallest(),
        with("observation", json!({"anything": [1, null]})),
        with("claim", json!({"role": "from_the_future", "cause": "c", "lease": "l", "because": [], "newer": 1})),
    ] {
        assert_eq!(problems(&document), [""; 0]);
    }
}

#[test]
fn documents_with_a_wrong_type_a_missing_field_or_too_long_a_list_are_not() {
    let because = |count: usize| json!(vec![json!({"rule": "r", "at": "x"}); count]);
    let claim = |count| json!({"role": "owner", "cause": "c", "lease": "l", "because": because(count)});
    assert_eq!(problems(&with("claim", claim(12))), [""; 0]);
    for (section, value) in [
        ("schema", json!("remediation/v2")),
        ("id", json!(1)),
        ("opened_at", json!(0)),
        ("subject", json!({})),
        ("attempt", json!({"round": 1, "number": "1", "limit": 3})),
        ("attempt", json!({"round": 1, "number": -1, "limit": 3})),
        ("claim", json!({"role": 1, "cause": "c", "lease": "l", "because": []})),
        ("claim", claim(13)),
        ("fault", json!({"step": "x", "exit_code": 256, "sentence": "s"})),
        ("attachments", json!([])),
        ("trail", json!({})),
    ] {
        assert!(!problems(&with(section, value.clone())).is_empty(), "{section}: {value}");
    }
}

/// Every list of the schema states its cap; only pairs of line numbers have a fixed length instead.
#[test]
fn every_list_states_its_cap() {
    fn walk(at: &str, value: &Value, uncapped: &mut Vec<String>) {
        let is_list =
            value["type"] == "array" || value["type"].as_array().is_some_and(|types| types.contains(&json!("array")));
        if is_list && value["maxItems"].is_null() {
            uncapped.push(at.to_owned());
        }
        let members = value.as_object().into_iter().flatten();
        members.for_each(|(key, value)| walk(&format!("{at}/{key}"), value, uncapped));
    }
    let mut uncapped = Vec::new();
    walk("", &serde_json::from_str(&remediation::json_schema()).unwrap(), &mut uncapped);
    assert_eq!(uncapped, [""; 0], "add #[schemars(length(max = caps::…))] to these lists");
}

fn golden(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            golden(&path, found);
        } else if path.file_name().is_some_and(|name| name == "in.json" || name == "out.json") {
            found.push(path);
        }
    }
}

/// An `in.json` may be there to be refused, and then says so in `case.yaml`: it is held to the schema when the case ends
/// with exit 0. What we write is always held to it.
#[test]
fn every_golden_document_is_valid() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests");
    let mut paths = Vec::new();
    for folder in ["cases", "flows"] {
        golden(&root.join(folder), &mut paths);
    }
    let mut wrong = Vec::new();
    for path in paths {
        let case = std::fs::read_to_string(path.with_file_name("case.yaml")).unwrap_or_default();
        let is_refused = case.lines().any(|line| line.starts_with("exit:") && line.trim() != "exit: 0");
        if path.ends_with("in.json") && is_refused {
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        if let Err(error) = remediation::Document::parse(&bytes) {
            wrong.push(format!("{}: {error}", path.display()));
            continue;
        }
        let document: Value = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        // Numbers that no machine holds are foreign sections' right.
        if !document.is_null() {
            wrong.extend(problems(&document).iter().map(|problem| format!("{}: {problem}", path.display())));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
