//! Every CodeRun that was ever created, told by the API server's own watch, so that one that is made, deleted and made
//! again is two.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use crate::account::CodeRun;
use crate::lab::{Told, kubectl};

const ALL: &str = "/apis/agents.platform/v1/namespaces/cto/coderuns";

/// What was seen so far.
#[derive(Default)]
pub struct Creations {
    by_uid: Mutex<BTreeMap<String, CodeRun>>,
    relists: AtomicUsize,
}

impl Creations {
    /// Watches until it is over. After a fault of the API server it goes on from where it was; when the server has
    /// forgotten that, everything is listed anew, which only misses what was made and deleted in between.
    pub fn watch(&self, over: &AtomicBool) {
        let mut version = None;
        while !over.load(Ordering::Relaxed) {
            let told = match version.take() {
                None => self.list().map(Some),
                Some(from) => self.follow(from),
            };
            version = told.unwrap_or_default();
            if version.is_none() {
                self.relists.fetch_add(1, Ordering::Relaxed);
                thread::sleep(Duration::from_millis(500));
            }
        }
    }

    /// Those of these remediations, the oldest first.
    pub fn of(&self, is_ours: impl Fn(&str) -> bool) -> Vec<CodeRun> {
        let seen = self.by_uid.lock().unwrap();
        let mut all: Vec<CodeRun> = seen.values().filter(|coderun| is_ours(&coderun.record)).cloned().collect();
        all.sort_by(|a, b| (a.created_at, &a.name).cmp(&(b.created_at, &b.name)));
        all
    }

    /// How often everything was listed anew.
    pub fn relists(&self) -> usize {
        self.relists.load(Ordering::Relaxed)
    }

    /// Notes all there are; from which version on to watch.
    pub fn list(&self) -> Told<String> {
        let text = kubectl(&["get", "--raw", ALL])?;
        let list: Value = serde_json::from_str(&text).map_err(|error| format!("CodeRuns: {error}"))?;
        for object in list["items"].as_array().into_iter().flatten() {
            self.note(object, false);
        }
        Ok(list["metadata"]["resourceVersion"].as_str().unwrap_or_default().to_owned())
    }

    /// Some seconds of the watch; the version to go on from, or none when it must be listed anew.
    fn follow(&self, from: String) -> Told<Option<String>> {
        let path = format!("{ALL}?watch=true&timeoutSeconds=5&resourceVersion={from}");
        let mut child = Command::new("kubectl")
            .args(["get", "--raw", &path])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("kubectl: {error}"))?;
        let mut version = Some(from);
        for line in BufReader::new(child.stdout.take().ok_or("kubectl has no output")?).lines() {
            let Ok(event) = serde_json::from_str::<Value>(&line.map_err(|error| error.to_string())?) else { break };
            let object = &event["object"];
            if event["type"] == "ERROR" {
                version = None;
                break;
            }
            self.note(object, event["type"] == "DELETED");
            version = object["metadata"]["resourceVersion"].as_str().map(str::to_owned).or(version);
        }
        let _ = child.wait();
        Ok(version)
    }

    fn note(&self, object: &Value, is_gone: bool) {
        let word = |of: &Value| of.as_str().unwrap_or_default().to_owned();
        let time = |of: &Value| of.as_str().and_then(|at| at.parse::<Timestamp>().ok());
        let metadata = &object["metadata"];
        let Some(created_at) = time(&metadata["creationTimestamp"]) else { return };
        let ended_at = time(&object["status"]["finishedAt"]).or_else(|| is_gone.then(Timestamp::now));
        let name = word(&metadata["name"]);
        let record = word(&metadata["labels"]["healer/task-id"]);
        let seen = CodeRun { uid: word(&metadata["uid"]), name, record, created_at, ended_at };
        self.by_uid.lock().unwrap().insert(seen.uid.clone(), seen);
    }
}
