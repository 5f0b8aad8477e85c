//! What is checked in says what the code does. `BLESS=1 cargo test --workspace` rewrites it.

#![allow(clippy::unwrap_used)]

use std::path::Path;

fn is_fresh(path: &str, now: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, now).unwrap();
    }
    let then = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(then == now, "{} is stale; run BLESS=1 cargo test --workspace and read the diff", path.display());
}

#[test]
fn the_schema_is_fresh() {
    is_fresh("crates/remediation/remediation-v1.schema.json", &remediation::json_schema());
}

#[test]
fn the_vocabulary_page_is_fresh() {
    is_fresh("docs/vocabulary.md", &remediation::docs::vocabulary());
}

#[test]
fn the_definition_of_the_record_is_fresh() {
    let mut text = "# Generated from crates/remediation/src/record.rs: BLESS=1 cargo test -p remediation\n".to_owned();
    text.push_str(&serde_yaml::to_string(&remediation::custom_resource_definition()).unwrap());
    is_fresh("workflow-templates/crds/remediation.yaml", &text);
}

#[test]
fn the_events_page_is_fresh() {
    is_fresh("docs/events.md", &remediation::docs::events());
}
