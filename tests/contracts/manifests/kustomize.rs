//! Kustomizations name what is there, and nothing is left out.

use std::collections::BTreeSet;

use config::Config;
use serde_json::Value;

use super::{documents, entries, files, items, must, read, root};

/// In no kustomization on purpose: people copy it and fill it in.
const COPIED: &[&str] = &["workflow-templates/secret.example.yaml"];

/// What a path in a kustomization means from the repository's root.
fn resolved(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').collect();
    for part in path.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// What a kustomization names, itself included; folders are followed.
fn follow(folder: &str, named: &mut BTreeSet<String>, wrong: &mut Vec<String>) {
    let file = format!("{folder}/kustomization.yaml");
    if !root().join(&file).is_file() {
        return wrong.push(format!("{folder} has no kustomization.yaml"));
    }
    if !named.insert(file.clone()) {
        return;
    }
    let kustomization = &documents(&file)[0];
    let mut paths: Vec<String> = Vec::new();
    for key in ["resources", "components", "configurations", "transformers"] {
        paths.extend(items(kustomization.get(key)).filter_map(Value::as_str).map(str::to_owned));
    }
    paths.extend(items(kustomization.get("patches")).filter_map(|patch| patch["path"].as_str()).map(str::to_owned));
    for map in items(kustomization.get("configMapGenerator")) {
        let of_map = items(map.get("files")).filter_map(Value::as_str);
        paths.extend(of_map.map(|path| path.rsplit('=').next().unwrap_or_default().to_owned()));
    }
    for path in paths {
        let path = resolved(folder, &path);
        if root().join(&path).is_dir() {
            follow(&path, named, wrong);
        } else if root().join(&path).is_file() {
            named.insert(path);
        } else {
            wrong.push(format!("{file} names {path}, which is not there"));
        }
    }
}

#[test]
fn kustomizations_name_what_is_there_and_nothing_is_left_out() {
    let (mut named, mut wrong) = (BTreeSet::new(), Vec::new());
    for overlay in entries("overlays") {
        follow(&format!("overlays/{overlay}"), &mut named, &mut wrong);
    }
    // Components that no overlay takes are for people's own overlays.
    for file in files().iter().filter(|file| file.contains("/components/") && file.ends_with("/kustomization.yaml")) {
        follow(file.trim_end_matches("/kustomization.yaml"), &mut named, &mut wrong);
    }
    for file in files() {
        if !named.contains(&file) && !COPIED.contains(&file.as_str()) {
            wrong.push(format!("{file} is in no kustomization"));
        }
    }
    must(&wrong);
}

#[test]
fn every_overlay_renames_the_image_in_the_same_places() {
    let places = |overlay: &str| read(&format!("overlays/{overlay}/image-fields.yaml"));
    for overlay in entries("overlays") {
        assert_eq!(places(&overlay), places("observe"), "overlays/{overlay}/image-fields.yaml");
    }
}

#[test]
fn every_configuration_is_valid_and_agrees_with_the_namespaces() {
    let configurations = files().into_iter().filter(|file| file.ends_with("/healer.yaml"));
    let mut seen = 0;
    for file in configurations {
        let config: Config = Config::read(&root().join(&file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        assert_eq!((config.namespace.as_str(), config.coderun_namespace()), ("healer", "cto"), "{file}");
        seen += 1;
    }
    assert!(seen >= 2, "configurations were looked at: {seen}");
}
