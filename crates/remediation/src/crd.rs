//! The definition of the record's resource, generated from its types (design section 4).

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use crate::record::{RecordSpec, RecordStatus};

/// What people see in `kubectl get remediations`, in this order: title, type, where. What has a priority needs `-o wide`.
/// The outcome is the conclusion, or where it stands as long as there is none.
const COLUMNS: &[(&str, &str, &str, u8)] = &[
    ("Repository", "string", ".spec.repository", 0),
    ("PR", "integer", ".spec.pullRequest", 0),
    ("Kind", "string", ".status.kind", 0),
    ("Agent", "string", ".status.agent", 0),
    ("Attempt", "integer", ".status.attempt.number", 0),
    ("Outcome", "string", ".status['conclusion','stage']", 0),
    ("Age", "date", ".metadata.creationTimestamp", 0),
    ("Reason", "string", ".status.reason", 1),
    ("Round", "integer", ".status.attempt.round", 1),
    ("Mode", "string", ".spec.mode", 1),
    ("Workflow", "string", ".status.owner.workflow", 1),
    ("Cause", "string", ".status.cause", 1),
    ("Linked-To", "string", ".status.linkedTo", 1),
];

/// What the API server itself refuses: rule, message. Of `spec` and of `status`.
const SPEC_RULES: &[(&str, &str)] = &[("self == oldSelf", "what a remediation is about never changes")];
const STATUS_RULES: &[(&str, &str)] = &[(
    "!has(oldSelf.conclusion) || (has(self.conclusion) && self.conclusion == oldSelf.conclusion) || \
     (has(self.attempt) && has(oldSelf.attempt) && self.attempt.round > oldSelf.attempt.round)",
    "a conclusion stays; only a later round may open the remediation again",
)];

/// The CustomResourceDefinition of `Remediation`.
pub fn custom_resource_definition() -> Value {
    let columns = COLUMNS.iter().map(|(name, kind, path, priority)| {
        let mut column = json!({ "name": name, "type": kind, "jsonPath": path });
        if *priority > 0 {
            column["priority"] = json!(priority);
        }
        column
    });
    let columns: Vec<Value> = columns.collect();
    json!({
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {
            "name": "remediations.healer.platform",
            "labels": { "app.kubernetes.io/name": "healer", "app.kubernetes.io/part-of": "healer" }
        },
        "spec": {
            "group": "healer.platform",
            "scope": "Namespaced",
            "names": {
                "kind": "Remediation",
                "listKind": "RemediationList",
                "plural": "remediations",
                "singular": "remediation",
                "shortNames": ["rem"],
                "categories": ["healer"]
            },
            "versions": [{
                "name": "v1alpha1",
                "served": true,
                "storage": true,
                "subresources": { "status": {} },
                "additionalPrinterColumns": columns,
                "schema": { "openAPIV3Schema": {
                    "description": "One remediation's ledger: what must outlive a pod and a Workflow. Healer alone writes it.",
                    "type": "object",
                    "required": ["spec"],
                    "properties": {
                        "apiVersion": { "type": "string" },
                        "kind": { "type": "string" },
                        "metadata": { "type": "object" },
                        "spec": ruled(structural::<RecordSpec>(), SPEC_RULES),
                        "status": ruled(structural::<RecordStatus>(), STATUS_RULES)
                    }
                }}
            }]
        }
    })
}

fn ruled(mut schema: Value, rules: &[(&str, &str)]) -> Value {
    schema["x-kubernetes-validations"] =
        rules.iter().map(|(rule, message)| json!({ "rule": rule, "message": message })).collect();
    schema
}

/// A type's schema as API servers want it: no references, one type everywhere, no `null`.
fn structural<T: JsonSchema>() -> Value {
    let mut settings = SchemaSettings::draft2020_12();
    settings.inline_subschemas = true;
    rewritten(&settings.into_generator().into_root_schema_for::<T>().to_value())
}

/// Keeps what an API server understands. A newer version's fields are kept as well: an older definition in the cluster
/// would otherwise drop them without a word.
fn rewritten(schema: &Value) -> Value {
    let mut out = Map::new();
    let about = |schema: &Value| schema["description"].as_str().map(|text| text.lines().collect::<Vec<_>>().join(" "));
    // An option is its inner type or null, and null is never written; an open vocabulary is words or any string.
    for choice in schema["anyOf"].as_array().into_iter().flatten().filter(|choice| choice["type"] != "null") {
        out.extend(rewritten(choice).as_object().cloned().into_iter().flatten());
    }
    let mut put = |key: &str, value: Value| out.insert(key.to_owned(), value);
    if let Some(text) = about(schema) {
        put("description", text.into());
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().find(|kind| *kind != "null").cloned(),
        Value::String(_) => Some(schema["type"].clone()),
        _ => None,
    };
    if let Some(kind) = kind {
        put("type", kind);
    }
    match schema["format"].as_str() {
        // No unsigned numbers there; `minimum` says the rest.
        Some(format) if format.starts_with("uint") => drop(put("format", "int64".into())),
        Some(format) => drop(put("format", format.into())),
        None => {}
    }
    for key in ["minimum", "maxItems", "maxLength", "pattern", "required"] {
        if !schema[key].is_null() {
            put(key, schema[key].clone());
        }
    }
    if schema["type"] == "string" && schema["enum"].is_array() {
        put("enum", schema["enum"].clone());
    }
    if schema["items"].is_object() {
        put("items", rewritten(&schema["items"]));
    }
    if let Some(properties) = schema["properties"].as_object() {
        let properties = properties.iter().map(|(name, schema)| (name.clone(), rewritten(schema)));
        put("properties", properties.collect::<Map<_, _>>().into());
        put("x-kubernetes-preserve-unknown-fields", true.into());
    }
    out.into()
}
