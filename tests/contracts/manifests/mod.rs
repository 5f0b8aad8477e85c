//! What must be true of the manifests, as far as it can be seen without a cluster; the rest is in `tests/cluster.rs`.

mod kustomize;
mod rights;
mod schema;
mod sensors;
mod templates;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde_json::Value;

use super::{entries, read, root};

/// Where manifests are.
const FOLDERS: &[&str] = &["workflow-templates", "sensors", "overlays"];

/// One object and the file it stands in.
pub(super) struct Object {
    /// From the repository's root.
    pub file: String,
    /// The whole.
    pub value: Value,
}

impl Object {
    fn text(&self, pointer: &str) -> &str {
        self.value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
    }

    fn kind(&self) -> &str {
        self.text("/kind")
    }

    fn name(&self) -> &str {
        self.text("/metadata/name")
    }

    fn items<'a>(&'a self, pointer: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
        items(self.value.pointer(pointer))
    }
}

/// A list's items; nothing has none.
fn items(list: Option<&Value>) -> impl Iterator<Item = &Value> {
    list.and_then(Value::as_array).into_iter().flatten()
}

/// A text in an object.
fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

/// Every YAML file below the folders.
pub(super) fn files() -> BTreeSet<String> {
    fn walk(folder: &str, found: &mut BTreeSet<String>) {
        for entry in entries(folder) {
            let path = format!("{folder}/{entry}");
            if root().join(&path).is_dir() {
                walk(&path, found);
            } else if path.ends_with(".yaml") {
                found.insert(path);
            }
        }
    }
    let mut found = BTreeSet::new();
    FOLDERS.iter().for_each(|folder| walk(folder, &mut found));
    found
}

/// The documents of a YAML file.
pub(super) fn documents(file: &str) -> Vec<Value> {
    serde_yaml::from_multiple(&read(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// Every object that is applied as it stands: with kind and metadata, and no patch of another.
pub(super) fn objects() -> &'static [Object] {
    static ALL: LazyLock<Vec<Object>> = LazyLock::new(read_objects);
    &ALL
}

fn read_objects() -> Vec<Object> {
    let is_object = |value: &Value| value["kind"].is_string() && value["metadata"]["name"].is_string();
    let is_patch = |file: &str| file.contains("/pod-of-");
    let of_file = |file: String| {
        let values = documents(&file).into_iter().filter(is_object);
        values.map(move |value| Object { file: file.clone(), value }).collect::<Vec<_>>()
    };
    files().into_iter().filter(|file| !is_patch(file)).flat_map(of_file).collect()
}

/// Those of a kind.
fn of_kind(kind: &str) -> Vec<&'static Object> {
    objects().iter().filter(|object| object.kind() == kind).collect()
}

fn must(wrong: &[String]) {
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
