//! The platform's own files: `healer-config.json` (cto.md 4.5) and `heal-config.json` (cto.md 4.6), in our keys.

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::tree::{Path, Tree};

/// How a value changes on its way.
enum Turn {
    As,
    /// Minutes become seconds.
    Minutes,
    /// `Factory` becomes `factory`.
    Lower,
    /// One text with commas, or a list, becomes a list.
    List,
}

/// Their path, our path (`*`: each agent), and what happens to the value.
type Row = (&'static str, &'static str, Turn);

const HEALER_CONFIG: &[Row] = &[
    ("cli", "agents.*.cli", Turn::Lower),
    ("model", "agents.*.model", Turn::As),
    ("max_attempts", "limits.attempts", Turn::As),
    ("time_window_mins", "limits.window_seconds", Turn::Minutes),
    ("check_timeout_mins", "deadlines.ci_seconds", Turn::Minutes),
    ("memory_url", "sources.openmemory_url", Turn::As),
    ("memory_enabled", "sources.openmemory_enabled", Turn::As),
];

const HEAL_CONFIG: &[Row] = &[
    ("coderun.namespace", "namespace", Turn::As),
    ("coderun.model", "agents.*.model", Turn::As),
    ("coderun.cliConfig.model", "agents.*.model", Turn::As),
    ("coderun.cliConfig.cliType", "agents.*.cli", Turn::Lower),
    ("coderun.remoteTools", "agents.*.remote_tools", Turn::List),
    ("coderun.localTools", "agents.*.local_tools", Turn::List),
    ("coderun.service", "coderun.service", Turn::As),
    ("coderun.docsProjectDirectory", "coderun.docs_project_directory", Turn::As),
    ("coderun.docsBranch", "coderun.docs_branch", Turn::As),
    ("coderun.workingDirectory", "coderun.working_directory", Turn::As),
    ("coderun.enableDocker", "coderun.enable_docker", Turn::As),
    ("coderun.serviceAccountName", "coderun.service_account_name", Turn::As),
];

const AGENTS: &[&str] = &["rex", "blaze", "bolt", "cipher", "atlas"];

/// The tree in our keys, what kind of file it was, and what of it means nothing here. A `healer.yaml` stays as it is.
pub(crate) fn translate(tree: Tree) -> (Tree, &'static str, Vec<String>) {
    let (rows, format) = match &tree.value {
        Value::Object(map) if is_heal_config(map) => (HEAL_CONFIG, "heal-config.json"),
        Value::Object(map) if is_healer_config(map) => (HEALER_CONFIG, "healer-config.json"),
        _ => return (tree, "healer.yaml", Vec::new()),
    };
    let mut ours = Tree { value: Value::Object(Map::new()), keys: HashMap::new(), values: HashMap::new() };
    let mut ignored = Vec::new();
    for path in leaves(&tree.value, &mut Vec::new(), rows) {
        let name = path.join(".");
        match rows.iter().find(|(theirs, _, _)| *theirs == name) {
            Some((_, here, turn)) => {
                let value = path.iter().try_fold(&tree.value, |value, key| value.get(key)).cloned();
                put(&mut ours, &tree, &path, here, turned(value.unwrap_or_default(), turn));
            }
            None => ignored.push(format!("`{name}` of {format} means nothing to Healer and is ignored")),
        }
    }
    (ours, format, ignored)
}

fn is_healer_config(map: &Map<String, Value>) -> bool {
    HEALER_CONFIG.iter().any(|(theirs, _, _)| map.contains_key(*theirs))
}

/// Ours has a `coderun` too, but in snake_case and without `server` beside it.
fn is_heal_config(map: &Map<String, Value>) -> bool {
    let camel = |key: &String| key.chars().any(|c| c.is_ascii_uppercase());
    map.get("coderun")
        .and_then(Value::as_object)
        .is_some_and(|coderun| coderun.keys().any(camel) || map.contains_key("server"))
}

/// The paths that a row names, and of everything else the topmost.
fn leaves(value: &Value, above: &mut Path, rows: &[Row]) -> Vec<Path> {
    let mut found = Vec::new();
    for (key, value) in value.as_object().into_iter().flatten() {
        above.push(key.clone());
        let prefix = format!("{}.", above.join("."));
        if value.is_object() && rows.iter().any(|(theirs, _, _)| theirs.starts_with(&prefix)) {
            found.extend(leaves(value, above, rows));
        } else {
            found.push(above.clone());
        }
        above.pop();
    }
    found
}

/// A value of the wrong type stays as it is: the types say so then, at the place where it stands.
fn turned(value: Value, turn: &Turn) -> Value {
    match (turn, value) {
        (Turn::Minutes, Value::Number(minutes)) => {
            minutes.as_u64().and_then(|minutes| minutes.checked_mul(60)).map_or(Value::Number(minutes), Value::from)
        }
        (Turn::Lower, Value::String(text)) => text.to_lowercase().into(),
        (Turn::List, Value::String(text)) => {
            text.split(',').map(str::trim).filter(|tool| !tool.is_empty()).map(Value::from).collect()
        }
        (_, value) => value,
    }
}

fn put(ours: &mut Tree, theirs: &Tree, from: &[String], to: &str, value: Value) {
    let each: Vec<String> = match to.split_once('*') {
        Some((before, after)) => AGENTS.iter().map(|agent| format!("{before}{agent}{after}")).collect(),
        None => vec![to.to_owned()],
    };
    for path in each.iter().map(|path| path.split('.').map(str::to_owned).collect::<Path>()) {
        ours.keys.insert(path.clone(), theirs.place(from, false));
        ours.values.insert(path.clone(), theirs.place(from, true));
        let mut at = &mut ours.value;
        for key in &path {
            if !at.is_object() {
                *at = Value::Object(Map::new());
            }
            at = &mut at[key.as_str()];
        }
        *at = value.clone();
    }
}
