//! Argo's objects hold only keys that Argo knows, and names and labels are valid.

use serde_json::{Map, Value};

use super::{must, objects, read};

/// The table in `objects.yaml`.
pub struct Types(Map<String, Value>);

impl Types {
    /// The table.
    pub fn read() -> Self {
        Self(serde_yaml::from_str(&read("tests/contracts/manifests/objects.yaml")).unwrap())
    }

    /// Whether the table has this kind.
    pub fn knows(&self, kind: &str) -> bool {
        self.0.contains_key(kind)
    }

    /// What is wrong with a value of a type.
    pub fn check(&self, at: &str, value: &Value, wanted: &Value, wrong: &mut Vec<String>) {
        let mut no = |what: &str| wrong.push(format!("{at}: {what}: {value}"));
        match wanted {
            Value::Array(of) => match value.as_array() {
                Some(items) => {
                    items
                        .iter()
                        .enumerate()
                        .for_each(|(n, item)| self.check(&format!("{at}[{n}]"), item, &of[0], wrong));
                }
                None => no("is no list"),
            },
            Value::Object(keys) => match value.as_object() {
                Some(fields) => {
                    for (key, value) in fields {
                        match keys.get(key) {
                            Some(wanted) => self.check(&format!("{at}.{key}"), value, wanted, wrong),
                            None => wrong.push(format!("{at}: Argo knows no key {key:?} there")),
                        }
                    }
                }
                None => no("is no object"),
            },
            Value::String(name) => match name.as_str() {
                "any" => {}
                "text" if value.is_string() => {}
                "number" if value.is_number() => {}
                "flag" if value.is_boolean() => {}
                "map" if value.as_object().is_some_and(|map| map.values().all(Value::is_string)) => {}
                "text" | "number" | "flag" | "map" => no(&format!("is no {name}")),
                each if each.starts_with('{') => {
                    let of = Value::from(each.trim_matches(['{', '}']));
                    let fields = value.as_object().into_iter().flatten();
                    fields.for_each(|(key, value)| self.check(&format!("{at}.{key}"), value, &of, wrong));
                }
                named => {
                    let wanted = self.0.get(named).unwrap_or_else(|| panic!("objects.yaml has no type {named}"));
                    self.check(at, value, wanted, wrong);
                }
            },
            other => panic!("objects.yaml: {other} is no type"),
        }
    }
}

#[test]
fn argos_objects_hold_only_keys_that_argo_knows() {
    let types = Types::read();
    let mut wrong = Vec::new();
    let mut seen = 0;
    for object in objects().iter().filter(|object| types.knows(object.kind())) {
        types.check(&format!("{} {}", object.file, object.name()), &object.value, &object.kind().into(), &mut wrong);
        seen += 1;
    }
    assert!(seen > 8, "only {seen} objects were looked at");
    must(&wrong);
}

#[test]
fn the_check_sees_a_wrong_key_and_a_wrong_type() {
    let types = Types::read();
    let broken = r#"{"kind":"WorkflowTemplate","spec":{"templates":[{"name":"a","retryStrategi":{}}],"podGC":[],
        "ttlStrategy":{"secondsAfterCompletion":"1d"},"arguments":{"parameters":[{"name":"x","value":1}]}}}"#;
    let mut wrong = Vec::new();
    types.check("x", &serde_json::from_str(broken).unwrap(), &"WorkflowTemplate".into(), &mut wrong);
    assert_eq!(wrong.len(), 4, "{wrong:?}");
}

/// Kinds without a namespace.
const CLUSTER_WIDE: &[&str] =
    &["CustomResourceDefinition", "Namespace", "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"];

/// Names are DNS labels of at most 63 characters, so that a Service or a label can carry them.
fn is_name(name: &str) -> bool {
    let inside = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=63).contains(&name.len()) && name.bytes().all(inside) && !name.starts_with('-') && !name.ends_with('-')
}

fn is_label_value(value: &str) -> bool {
    let inside = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
    let end = |b: Option<&u8>| b.is_none_or(u8::is_ascii_alphanumeric);
    let bytes = value.as_bytes();
    bytes.len() <= 63 && bytes.iter().all(|b| inside(*b)) && end(bytes.first()) && end(bytes.last())
}

fn is_label_key(key: &str) -> bool {
    let (prefix, name) = key.split_once('/').unwrap_or(("", key));
    !name.is_empty() && is_label_value(name) && prefix.split('.').all(|part| prefix.is_empty() || is_name(part))
}

/// Every `labels` and `matchLabels` of text, wherever it stands.
fn labels(at: &str, value: &Value, wrong: &mut Vec<String>) {
    if let Some(items) = value.as_array() {
        items.iter().for_each(|item| labels(at, item, wrong));
    }
    for (key, value) in value.as_object().into_iter().flatten() {
        let pairs = value.as_object().filter(|_| key == "labels" || key == "matchLabels");
        for (label, value) in pairs.into_iter().flatten() {
            if !is_label_key(label) || !value.as_str().is_some_and(is_label_value) {
                wrong.push(format!("{at}: {label}: {value} is no label"));
            }
        }
        labels(at, value, wrong);
    }
}

#[test]
fn names_and_labels_are_valid() {
    let mut wrong = Vec::new();
    for object in objects() {
        let dotted = object.kind() == "CustomResourceDefinition";
        if !object.name().split('.').all(is_name) || (object.name().contains('.') && !dotted) {
            wrong.push(format!("{}: {:?} is no name", object.file, object.name()));
        }
        labels(&format!("{} {}", object.file, object.name()), &object.value, &mut wrong);
        // Kustomize sets none, for there are two: what says none would land wherever kubectl happens to look.
        if object.text("/metadata/namespace").is_empty() && !CLUSTER_WIDE.contains(&object.kind()) {
            wrong.push(format!("{} {} says no namespace", object.file, object.name()));
        }
    }
    must(&wrong);
}
