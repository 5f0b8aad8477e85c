//! A story of the recorded world, with other text in it, and what Healer made of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use healer::play::{Part, Stage};
use serde_json::{Map, Value, json};

/// A pull request whose Clippy job fails; the first attempt is not enough, so that everything is asked for again.
const WORLD: &str = "worlds/widgets";
/// The same with an application, pods, events, logs and metrics around it.
const OBSERVED: &str = "worlds/widgets-observed";
/// A vulnerable dependency, lifted at the first attempt.
const ALERT: &str = "flows/remediate-ci/a-dependabot-alert-gets-a-draft-pull-request/world";

/// The files of the world, by their path below `tests/`.
#[derive(Clone)]
pub struct Scene {
    world: &'static str,
    pub files: BTreeMap<String, Vec<u8>>,
}

impl Scene {
    pub fn recorded() -> Self {
        Self::of(WORLD, &[WORLD])
    }

    /// With what a cluster says.
    pub fn observed() -> Self {
        Self::of(OBSERVED, &[WORLD, OBSERVED])
    }

    /// With an alert in place of a failure.
    pub fn alert() -> Self {
        Self::of(ALERT, &[WORLD, ALERT])
    }

    fn of(world: &'static str, folders: &[&str]) -> Self {
        let tests = fs::canonicalize(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests")).unwrap();
        let mut files = BTreeMap::new();
        folders.iter().for_each(|folder| gather(&tests, &tests.join(folder), &mut files));
        assert!(files.len() > 40, "{} files", files.len());
        Self { world, files }
    }

    /// Changes every JSON object of the files that `wanted` names; the visitor gets the key it stands under.
    pub fn change(&mut self, wanted: impl Fn(&str) -> bool, visit: &mut dyn FnMut(&str, &mut Map<String, Value>)) {
        for (path, bytes) in self.files.iter_mut().filter(|(path, _)| path.ends_with(".json") && wanted(path)) {
            let mut value: Value = serde_json::from_slice(bytes).unwrap_or_else(|error| panic!("{path}: {error}"));
            walk(&mut value, "", visit);
            *bytes = serde_json::to_vec(&value).unwrap();
        }
    }

    /// Writes other bytes into the files whose path ends so.
    pub fn write(&mut self, end: &str, text: &[u8]) {
        let wanted: Vec<_> = self.files.iter_mut().filter(|(path, _)| path.ends_with(end)).collect();
        assert!(!wanted.is_empty(), "no file ends with {end}");
        wanted.into_iter().for_each(|(_, bytes)| *bytes = text.to_vec());
    }

    /// Plays it from its event, to its end or through the step `until`.
    pub fn play(&self, until: Option<&str>) -> Story {
        let folder = tempfile::tempdir().unwrap();
        for (path, bytes) in &self.files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        let world = folder.path().join(self.world);
        let play = folder.path().join("play");
        let stage = Stage::of(env!("CARGO_BIN_EXE_healer").into(), &world, play).unwrap();
        let mut story = Story::default();
        let ended = stage.play(&Part { from: None, until: until.map(str::to_owned) }, |played| {
            let mut document: Value = serde_json::from_slice(&played.document.to_bytes().unwrap()).unwrap();
            // When a step ran, and how long, is the real clock's.
            document.as_object_mut().unwrap().remove("trail");
            let written: Vec<Value> = played.written.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
            if played.tool == "render-prompt" && played.acted {
                story.prompts.push(fs::read_to_string(played.attachments.join("prompt.md")).unwrap());
            }
            story.steps.push(json!({ "tool": played.tool, "exit_code": played.exit_code, "acted": played.acted,
                "parameters": played.parameters, "document": document, "written": written }));
        });
        match ended {
            Ok(code) => story.ended = Some(code),
            Err(error) => story.why = error.0,
        }
        story
    }
}

/// What happened.
#[derive(Debug, Default)]
pub struct Story {
    pub steps: Vec<Value>,
    pub prompts: Vec<String>,
    pub ended: Option<i32>,
    pub why: String,
}

fn gather(root: &Path, folder: &Path, files: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            gather(root, &path, files);
        } else {
            files.insert(path.strip_prefix(root).unwrap().to_str().unwrap().to_owned(), fs::read(&path).unwrap());
        }
    }
}

fn walk(value: &mut Value, key: &str, visit: &mut dyn FnMut(&str, &mut Map<String, Value>)) {
    match value {
        Value::Object(map) => {
            visit(key, map);
            map.iter_mut().for_each(|(key, value)| walk(value, key, visit));
        }
        Value::Array(list) => list.iter_mut().for_each(|value| walk(value, key, visit)),
        _ => {}
    }
}

impl Story {
    /// What agents and people read as Markdown: the prompts, the comment, and what is remembered.
    pub fn markdown(&self) -> Vec<&str> {
        let writes = self.steps.iter().flat_map(|step| step["written"].as_array().unwrap());
        let read = writes.filter_map(|write| write["body"]["content"].as_str().or(write["body"]["body"].as_str()));
        self.prompts.iter().map(String::as_str).chain(read).collect()
    }

    /// Where the other story differs: `step/pointer`, whatever attempt it is. Indices are `*`.
    pub fn differs(&self, other: &Self) -> BTreeSet<String> {
        let mut found = Vec::new();
        let tools = |story: &Self| story.steps.iter().map(|step| step["tool"].to_string()).collect::<Vec<_>>();
        if (self.ended, tools(self)) != (other.ended, tools(other)) {
            found.push(format!("the way: {:?} {} {:?}", other.ended, other.why, tools(other)));
        }
        for (one, two) in self.steps.iter().zip(&other.steps) {
            differences(one, two, "", &mut found);
        }
        let index = |part: &str| part.parse::<u32>().map_or(part.to_owned(), |_| "*".into());
        found.iter().map(|at| at.split('/').map(index).collect::<Vec<_>>().join("/")).collect()
    }
}

/// Does the work on two threads: the plays are mostly processes that wait for one another.
pub fn on_both_cores<T: Sync, R: Send>(work: &[T], each: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let (left, right) = work.split_at(work.len() / 2);
    std::thread::scope(|scope| {
        let half = scope.spawn(|| left.iter().map(&each).collect::<Vec<R>>());
        let other: Vec<R> = right.iter().map(&each).collect();
        half.join().unwrap().into_iter().chain(other).collect()
    })
}

/// Where two values differ, as JSON pointers.
fn differences(one: &Value, other: &Value, at: &str, found: &mut Vec<String>) {
    match (one, other) {
        (Value::Object(a), Value::Object(b)) => {
            let keys: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            for key in keys {
                let (a, b) = (a.get(key).unwrap_or(&Value::Null), b.get(key).unwrap_or(&Value::Null));
                differences(a, b, &format!("{at}/{key}"), found);
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            a.iter().zip(b).enumerate().for_each(|(n, (a, b))| differences(a, b, &format!("{at}/{n}"), found));
        }
        _ if one == other => {}
        _ => found.push(at.to_owned()),
    }
}
