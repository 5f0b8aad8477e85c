//! `healer.example.yaml` shows every key with its default, and what it shows in comments can be used too.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use config::{Approve, Args, Config, check};
use serde_json::Value;

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/healer.example.yaml");

#[test]
fn the_example_says_the_defaults() {
    let config = Config::read(Path::new(EXAMPLE)).unwrap();
    assert_eq!(config, Config::default());
}

#[test]
fn the_example_names_every_key() {
    let example: Value = serde_yaml::from_str(&std::fs::read_to_string(EXAMPLE).unwrap()).unwrap();
    assert_eq!(example, serde_json::to_value(Config::default()).unwrap());
}

/// The commented block of a repository, with its comment marks taken off.
#[test]
fn the_examples_repository_can_be_used() {
    let text = std::fs::read_to_string(EXAMPLE).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("healer.yaml");
    let block: String = text
        .lines()
        .skip_while(|line| *line != "# repositories:")
        .take_while(|line| line.starts_with('#'))
        .map(|line| format!("{}\n", &line[2..]))
        .collect();
    std::fs::write(&path, block).unwrap();
    let config = Config::read(&path).unwrap();
    let widgets = config.repository("ACME", "Widgets").unwrap();
    let shown = serde_json::to_value(widgets).unwrap();
    let unset: Vec<&String> =
        shown.as_object().unwrap().iter().filter(|(_, value)| value.is_null()).map(|(key, _)| key).collect();
    assert!(unset.is_empty(), "the example says nothing of {unset:?}");
    assert_eq!(widgets.approve, Approve::DefaultBranch);
    assert_eq!(config.attempts_for("acme", "widgets"), 2);
}

#[test]
fn what_is_effective_can_be_read_again() {
    let report = check(Path::new(EXAMPLE));
    assert!(report.is_usable(), "{report}");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("healer.yaml");
    std::fs::write(&path, report.to_string()).unwrap();
    assert_eq!(Config::read(&path).unwrap(), Config::default());
}

#[test]
fn without_a_file_the_worlds_or_the_defaults_hold() {
    let world = tempfile::tempdir().unwrap();
    let args = Args { config: None };
    assert_eq!(args.load(None).unwrap(), Config::default());
    assert_eq!(args.load(Some(world.path())).unwrap(), Config::default());
    std::fs::write(world.path().join("healer.yaml"), "repositories:\n  acme/widgets:\n").unwrap();
    let of_world = args.load(Some(world.path())).unwrap();
    assert!(of_world.repository("acme", "widgets").is_some());
    assert!(of_world.repository("acme", "gadgets").is_none());
    let example = Args { config: Some(EXAMPLE.into()) };
    assert!(example.load(Some(world.path())).unwrap().repositories.is_empty(), "--config comes first");
}
