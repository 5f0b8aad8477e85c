//! The flow table (design section 1, rule 8): every step on every kind of document, against the rule as the design words
//! it, written here a second time and in another way.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use remediation::flow::{Case, FLOW};
use remediation::{AdmissionReason, Document, Vocabulary};
use serde_json::{Value, json};

/// Every step of the CI order, and one that the table does not know.
const STEPS: &[&str] = &[
    "resolve-event",
    "admit",
    "fetch-failure",
    "classify",
    "claim",
    "gather-context",
    "render-prompt",
    "spawn-coderun",
    "check-outcome",
    "rerun-ci",
    "announce",
    "escalate",
    "remember",
    "finish",
    "a-later-step",
];

/// What the table looks at, as plain words; `None` is a section that is not there.
#[derive(Debug, Clone, Copy)]
struct Facts {
    admission: Option<AdmissionReason>,
    role: Option<&'static str>,
    remedy: Option<&'static str>,
    /// Observed or not.
    coderun: Option<bool>,
    rerun: Option<bool>,
    next: Option<&'static str>,
    fault: Option<u8>,
}

impl Facts {
    fn document(&self) -> Document {
        let mut document = Document::new();
        let mut set = |key: &str, value: Option<Value>| {
            if let Some(value) = value {
                document.set(key, &value).unwrap();
            }
        };
        let decision = |reason: AdmissionReason| reason.decision().as_str();
        let admission = |reason: AdmissionReason| json!({"decision": decision(reason), "reason": reason.as_str(), "mode": "enforce", "because": []});
        let started = |observed: bool| if observed { json!({"observed": true}) } else { json!({"name": "x"}) };
        set("admission", self.admission.map(admission));
        set("claim", self.role.map(|role| json!({"role": role})));
        set("classification", self.remedy.map(|remedy| json!({"remedy": remedy})));
        set("coderun", self.coderun.map(started));
        set("rerun", self.rerun.map(started));
        set("outcome", self.next.map(|next| json!({"next": next})));
        set("fault", self.fault.map(|code| json!({"step": "x", "exit_code": code, "sentence": "s"})));
        document
    }

    fn acts(&self, step: &str) -> bool {
        self.document().needs::<Case>().unwrap().acts(step).unwrap()
    }
}

/// The rule. By hand there is no admission, no claim: then the way is free and the cause is ours.
fn oracle(step: &str, facts: &Facts) -> bool {
    let proceed = match facts.admission.map(|reason| reason.decision().as_str()) {
        None | Some("proceed") => true,
        Some(_) => false,
    };
    let no_is_told = matches!(facts.admission.map(|reason| reason.as_str()), Some("fork" | "budget" | "not_approved"));
    let owner = matches!(facts.role, None | Some("owner"));
    match (step, facts.fault) {
        ("finish", _) => true,
        ("escalate", Some(75)) => false,
        ("escalate", Some(_)) => true,
        (_, Some(_)) => false,
        ("fetch-failure" | "classify" | "claim", None) => proceed,
        ("gather-context" | "render-prompt" | "spawn-coderun", None) => {
            proceed && owner && matches!(facts.remedy, None | Some("agent"))
        }
        ("rerun-ci", None) => proceed && owner && matches!(facts.remedy, None | Some("rerun")),
        ("check-outcome", None) => facts.coderun == Some(false) || facts.rerun == Some(false),
        ("escalate", None) => match facts.next {
            Some(next) => next == "escalate",
            None if proceed => !owner || facts.remedy == Some("person"),
            None => no_is_told,
        },
        ("announce", None) => {
            let said = facts.admission.map(|reason| reason.as_str());
            !matches!(said, Some("window" | "duplicate" | "own_lineage"))
        }
        ("remember" | "resolve-event" | "admit" | "a-later-step", None) => true,
        (other, None) => panic!("{other} has no rule here"),
    }
}

/// Every combination of everything.
fn every_case() -> Vec<Facts> {
    let mut cases = Vec::new();
    let admissions = || std::iter::once(None).chain(AdmissionReason::ALL.iter().copied().map(Some));
    for admission in admissions() {
        for role in [None, Some("owner"), Some("linked"), Some("fixed_upstream")] {
            for remedy in [None, Some("agent"), Some("rerun"), Some("person")] {
                for coderun in [None, Some(false), Some(true)] {
                    for rerun in [None, Some(false), Some(true)] {
                        for next in [None, Some("done"), Some("retry"), Some("escalate")] {
                            for fault in [None, Some(75), Some(77), Some(1)] {
                                cases.push(Facts { admission, role, remedy, coderun, rerun, next, fault });
                            }
                        }
                    }
                }
            }
        }
    }
    cases
}

#[test]
fn every_step_acts_exactly_when_the_design_says() {
    for facts in every_case() {
        let case: Case = facts.document().needs().unwrap();
        for step in STEPS {
            assert_eq!(case.acts(step), Ok(oracle(step, &facts)), "{step} on {facts:?}");
        }
    }
}

#[test]
fn every_row_of_the_table_is_a_step_that_was_tested() {
    let rows: Vec<&str> = FLOW.iter().map(|row| row.step).collect();
    let mut known: Vec<&str> = STEPS[..STEPS.len() - 1].to_vec();
    assert_eq!(rows.len(), known.len(), "{rows:?}");
    known.retain(|step| !rows.contains(step));
    assert!(known.is_empty(), "no row for {known:?}");
    let page = remediation::docs::vocabulary();
    for row in FLOW {
        assert!(page.contains(&format!("| `{}` | {} |", row.step, row.when.sentence())), "{}", row.step);
    }
}

const BY_HAND: Facts =
    Facts { admission: None, role: None, remedy: None, coderun: None, rerun: None, next: None, fault: None };

#[test]
fn a_reason_is_told_or_not_as_the_table_of_reasons_says() {
    for reason in AdmissionReason::ALL {
        let told = Facts { admission: Some(*reason), ..BY_HAND }.acts("escalate");
        assert_eq!(told, reason.tell(), "{reason}");
        assert!(!reason.tell() || reason.decision() != remediation::Decision::Proceed, "{reason}: only a no is told");
    }
}

#[test]
fn an_unknown_deciding_word_stops_the_step_that_it_decides_for() {
    let unknown = "from_the_future";
    let admission = |decision: &str, reason: &str| json!({"decision": decision, "reason": reason, "mode": "enforce", "because": []});
    let table = [
        ("admission", admission(unknown, "fork"), "claim", "admission.decision"),
        ("admission", admission(unknown, "fork"), "spawn-coderun", "admission.decision"),
        ("admission", admission(unknown, "fork"), "escalate", "admission.decision"),
        ("admission", admission("no", unknown), "escalate", "admission.reason"),
        ("claim", json!({"role": unknown}), "spawn-coderun", "claim.role"),
        ("claim", json!({"role": unknown}), "escalate", "claim.role"),
        ("classification", json!({"remedy": unknown}), "render-prompt", "classification.remedy"),
        ("classification", json!({"remedy": unknown}), "rerun-ci", "classification.remedy"),
        ("classification", json!({"remedy": unknown}), "escalate", "classification.remedy"),
        ("admission", admission(unknown, "fork"), "announce", "admission.decision"),
        ("admission", admission("later", unknown), "announce", "admission.reason"),
        ("outcome", json!({"next": unknown}), "escalate", "outcome.next"),
    ];
    for (section, value, step, at) in table {
        let mut document = Document::new();
        document.set(section, &value).unwrap();
        let error = document.needs::<Case>().unwrap().acts(step).expect_err(at);
        assert_eq!((error.at.as_str(), error.word.as_str()), (at, unknown));
        let sentence = error.to_string();
        assert!(sentence.contains(at) && sentence.contains("use that version"), "{sentence}");
        assert_eq!(document.needs::<Case>().unwrap().acts("finish"), Ok(true), "finish always acts");
    }
}

#[test]
fn an_unknown_word_that_decides_nothing_here_stops_nobody() {
    let mut document = Document::new();
    let admission = json!({"decision": "no", "reason": "from_the_future", "mode": "from_the_future", "because": []});
    document.set("admission", &admission).unwrap();
    document.set("claim", &json!({"role": "from_the_future"})).unwrap();
    assert_eq!(document.needs::<Case>().unwrap().acts("spawn-coderun"), Ok(false), "a no is a no, whatever follows");
    document.set("fault", &json!({"step": "x", "exit_code": 77, "sentence": "s"})).unwrap();
    assert_eq!(document.needs::<Case>().unwrap().acts("escalate"), Ok(true), "a fault is told first");
}
