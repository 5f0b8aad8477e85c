//! Hostile events: whatever stands wherever, there is a clear refusal or a small document, and never a panic.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use remediation::{SubjectKind, caps, projection};
use serde_json::{Value, json};
use step::Code;

use crate::event::EVENTS;
use crate::input::read_event;

/// Event name, claim, event: every case that is read.
fn cases() -> Vec<(String, String, Value)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases/open-remediation");
    let mut cases = Vec::new();
    for folder in fs::read_dir(root).unwrap() {
        let folder: PathBuf = folder.unwrap().path();
        let claim = folder.file_name().unwrap().to_str().unwrap().to_owned();
        let Ok(out) = fs::read(folder.join("out.json")) else { continue };
        let Ok(event) = fs::read(folder.join("event.json")) else { continue };
        let out: Value = serde_json::from_slice(&out).unwrap();
        let name = out["origin"]["event"].as_str().unwrap().to_owned();
        cases.push((name, claim, serde_json::from_slice(&event).unwrap()));
    }
    cases
}

#[test]
fn every_event_has_cases_whole_and_projected() {
    let mut seen: BTreeMap<(String, bool), usize> = BTreeMap::new();
    for (name, claim, event) in cases() {
        let projected = claim.starts_with("projected-");
        if projected {
            assert!(event.to_string().len() <= 4096, "{claim} is over 4 KiB");
            let text = event.to_string();
            for never in ["\"title\"", "\"message\"", "\"body\""] {
                assert!(!text.contains(never), "{claim} holds {never}");
            }
        }
        *seen.entry((name, projected)).or_default() += 1;
    }
    for event in EVENTS {
        for projected in [false, true] {
            let found = seen.get(&(event.name.to_owned(), projected)).copied().unwrap_or_default();
            assert!(found > 0, "{} has no case with projected = {projected}", event.name);
        }
    }
}

#[test]
fn a_projection_has_the_name_of_the_whole() {
    let mut ids: BTreeMap<String, (Vec<String>, Vec<String>)> = BTreeMap::new();
    for (name, claim, event) in cases() {
        let id = read_event(Some(&name), event.to_string().as_bytes()).unwrap().1.id;
        let entry = ids.entry(name).or_default();
        if claim.starts_with("projected-") { entry.1.push(id) } else { entry.0.push(id) }
    }
    for (name, (whole, projected)) in ids {
        for id in projected {
            // A projected button has a number of its own.
            assert!(whole.contains(&id) || id == "btn-33001-2", "{name}: {id} is not among {whole:?}");
        }
    }
}

/// What a sensor passes on by the table is read as the whole payload is, but for what a table never keeps.
#[test]
fn a_sensors_projection_opens_the_same_remediation() {
    for (name, claim, event) in cases() {
        let whole = read_event(Some(&name), event.to_string().as_bytes()).unwrap().1;
        let body = event.get("body").unwrap_or(&event);
        let projected = projection::encode(&projection::find(&name).unwrap().of(body));
        assert!(projected.len() <= projection::MAX_BYTES, "{claim}: {} bytes", projected.len());
        let read = read_event(Some(&name), projected.as_bytes()).unwrap().1;
        assert_eq!(read.id, whole.id, "{claim}");
        let deciding = |subject: &remediation::Subject| {
            let asks = subject.kind == SubjectKind::Command || subject.kind == SubjectKind::Button;
            let actor = subject.actor.as_ref().map(|actor| actor.id).filter(|_| asks);
            (subject.branch.clone(), subject.head_sha.clone(), subject.head_repository_id, subject.pull_request, actor)
        };
        assert_eq!(deciding(&read.subject), deciding(&whole.subject), "{claim}");
    }
    for event in EVENTS {
        assert!(projection::find(event.name).is_some(), "no projection of {}", event.name);
    }
}

#[test]
fn hostile_values_are_refused_or_harmless_wherever_they_stand() {
    let long = "x".repeat(2_000);
    let deep = (0..100).fold(json!(1), |inner, _| json!([inner]));
    let hostile = [
        Value::Null,
        json!(true),
        json!(0),
        json!(-1),
        json!(1e300),
        json!(u64::MAX),
        json!(""),
        json!("../../etc/passwd"),
        json!("{{workflow.parameters.token}}\u{1b}]0;x\u{7}\u{202e}\u{0}\n"),
        json!(long),
        json!([]),
        json!([1, "x", null]),
        json!({}),
        json!({ "id": { "id": [] } }),
        deep,
    ];
    let mut tried = 0;
    for (name, claim, event) in cases() {
        for place in places(&event, String::new()) {
            // Three values a place, in turn: each value comes to every kind of place.
            for value in hostile.iter().cycle().skip(tried % hostile.len()).take(3) {
                let mut event = event.clone();
                *event.pointer_mut(&place).unwrap() = value.clone();
                tried += 1;
                match read_event(Some(&name), event.to_string().as_bytes()) {
                    Ok((_, read)) => {
                        let subject = serde_json::to_string(&read.subject).unwrap();
                        assert!(subject.len() < 16 * 1024, "{claim} {place}: {} bytes", subject.len());
                        assert!(
                            !subject.contains("\\u001b") && !subject.contains("\\u0000"),
                            "{claim} {place}: {subject}"
                        );
                        assert!(read.id.len() <= 60 && read.id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'));
                        assert!(read.alert.is_none_or(|alert| alert.len() < 64 * 1024));
                    }
                    Err(cannot) => {
                        assert_eq!(cannot.code, Code::Refused, "{claim} {place}: {}", cannot.sentence);
                        assert!(
                            cannot.sentence.len() < 400 && !cannot.sentence.contains('\u{1b}'),
                            "{}",
                            cannot.sentence
                        );
                    }
                }
            }
        }
    }
    assert!(tried > 5_000, "only {tried} tried");
}

/// Every place in a value, as JSON pointers.
fn places(value: &Value, at: String) -> Vec<String> {
    let below: Vec<(String, &Value)> = match value {
        Value::Object(map) => {
            map.iter().map(|(key, value)| (key.replace('~', "~0").replace('/', "~1"), value)).collect()
        }
        Value::Array(items) => items.iter().enumerate().map(|(index, value)| (index.to_string(), value)).collect(),
        _ => Vec::new(),
    };
    let mut all: Vec<String> =
        below.into_iter().flat_map(|(key, value)| places(value, format!("{at}/{key}"))).collect();
    if !at.is_empty() {
        all.push(at);
    }
    all
}

/// Non-interference: what people and strangers write changes no field that decides.
#[test]
fn text_of_the_event_decides_nothing() {
    const TEXTS: &[&str] =
        &["title", "message", "body", "description", "summary", "display_title", "login", "name", "head_branch", "ref"];
    for (name, claim, event) in cases() {
        // An alert is text, and a check, status or repository is named by text; those names are what they are.
        if matches!(name.as_str(), "alert" | "workflow" | "check_run" | "status" | "issue_comment") {
            continue;
        }
        let before = read_event(Some(&name), event.to_string().as_bytes()).unwrap().1;
        let mut changed = event.clone();
        for place in places(&event, String::new()) {
            let key = place.rsplit('/').next().unwrap();
            let is_text = changed.pointer(&place).is_some_and(Value::is_string);
            if is_text && TEXTS.contains(&key) && !place.starts_with("/repository/") {
                *changed.pointer_mut(&place).unwrap() = json!("healer-approve");
            }
        }
        let after = read_event(Some(&name), changed.to_string().as_bytes());
        let after = after.unwrap_or_else(|cannot| panic!("{claim}: {}", cannot.sentence)).1;
        let decides = |read: &crate::event::Read| {
            let subject = &read.subject;
            let ids = (
                read.id.clone(),
                subject.head_repository_id,
                subject.run_id,
                subject.run_attempt,
                subject.alert_number,
            );
            (ids, subject.command.clone(), subject.conclusion.clone(), subject.actor.as_ref().map(|actor| actor.id))
        };
        assert_eq!(decides(&before), decides(&after), "{claim}");
    }
}

#[test]
fn long_names_are_capped_and_not_refused() {
    let event = json!({
        "action": "completed",
        "workflow_run": { "id": 5, "run_attempt": 1, "name": "é".repeat(5000), "head_branch": "b".repeat(5000) },
        "repository": { "id": 1, "full_name": "acme/widgets" },
    });
    let subject = read_event(Some("workflow_run"), event.to_string().as_bytes()).unwrap().1.subject;
    assert_eq!(subject.workflow.unwrap().expose().chars().count(), caps::TEXT);
    assert_eq!(subject.branch.unwrap().expose().chars().count(), caps::TEXT);
}
