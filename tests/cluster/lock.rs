//! What a real Argo has seen: digests of everything that only a cluster can try, in `tests/cluster.lock`. A run of
//! `tests/cluster.rs` in which every story held writes it; `contracts.rs` fails when something has changed since.
#![allow(dead_code)] // One of the two writes it, the other reads it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use remediation::names;

/// Where it lies, from the repository's root.
const PATH: &str = "tests/cluster.lock";

/// What is covered: a line each, and the files and folders behind it. The sources of the binaries are not: their own
/// tests speak for them, and a cluster for every line of Rust would only teach people to bless.
const COVERED: &[(&str, &[&str])] = &[
    ("workflow-templates", &["workflow-templates"]),
    ("sensors", &["sensors"]),
    ("image", &["image/Containerfile", "image/build", "image/sbom", "Cargo.lock"]),
];

/// The digest of each line, over names and contents of the files below it.
pub fn digests(root: &Path) -> BTreeMap<&'static str, String> {
    COVERED.iter().map(|(name, paths)| (*name, digest(root, paths))).collect()
}

fn digest(root: &Path, paths: &[&str]) -> String {
    let mut files: Vec<PathBuf> = Vec::new();
    for path in paths {
        collect(&root.join(path), &mut files);
    }
    files.sort();
    let parts: Vec<Vec<u8>> = files
        .iter()
        .flat_map(|file| {
            let name = file.strip_prefix(root).unwrap_or(file).to_string_lossy().replace('\\', "/");
            [name.into_bytes(), fs::read(file).unwrap_or_default()]
        })
        .collect();
    names::hash(&parts.iter().map(Vec::as_slice).collect::<Vec<_>>(), 64)
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) {
    match fs::read_dir(path) {
        Ok(entries) => entries.flatten().for_each(|entry| collect(&entry.path(), files)),
        Err(_) => files.push(path.to_owned()),
    }
}

/// Writes what an Argo of this version has seen now: these stories, and everything that is covered.
pub fn write(root: &Path, stories: &str, argo: &str) {
    let mut text = String::from(
        "# Written by tests/cluster.rs after a run on a real Argo in which every story held. Not by hand.\n",
    );
    let digests = digests(root);
    let lines = digests.iter().map(|(name, digest)| (*name, digest.as_str()));
    for (key, value) in lines.chain([("stories", stories), ("argo", argo)]) {
        text.push_str(&format!("{key}: {value}\n"));
    }
    fs::write(root.join(PATH), text).unwrap();
    assert_eq!(read(root).get("stories").map(String::as_str), Some(stories));
}

/// What the lock says: `key: value`, a line each.
pub fn read(root: &Path) -> BTreeMap<String, String> {
    let text = fs::read_to_string(root.join(PATH)).unwrap_or_default();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_once(": ")).map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}
