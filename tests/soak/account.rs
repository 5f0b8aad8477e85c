//! What a soak saw, as `tests/soak.json` keeps it, and the one function that says what of it was lost or doubled.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Where the result lies, from the repository's root.
pub const PATH: &str = "tests/soak.json";

/// One soak.
#[derive(Debug, Serialize, Deserialize)]
pub struct Report {
    /// Decides the faults and their order.
    pub seed: u64,
    /// Of this repository.
    pub commit: String,
    /// When it began.
    pub at: Timestamp,
    /// Cores, memory and kernel.
    pub machine: String,
    /// Argo Workflows' version.
    pub argo: String,
    /// The sweeper's schedule.
    pub sweep: String,
    /// From the first event to the last look.
    pub seconds: u64,
    /// How often the watch on CodeRuns had to list them anew, because the API server had forgotten what came before.
    pub relists: usize,
    /// What a person did meanwhile, a sentence each; a soak knows nothing of it, so it is written into the file.
    #[serde(default)]
    pub by_hand: Vec<String>,
    /// Events that no record concluded.
    pub lost: Vec<String>,
    /// What was done twice, a sentence each.
    pub doubled: Vec<String>,
    /// What was broken, in this order.
    pub faults: Vec<Struck>,
    /// What GitHub told.
    pub events: Vec<Event>,
    /// What Healer wrote about it in the end.
    pub records: Vec<Record>,
    /// Every CodeRun that was ever created.
    pub coderuns: Vec<CodeRun>,
}

/// A fault that happened.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Struck {
    /// Since the beginning.
    pub second: u64,
    /// Its row in the table of faults.
    pub name: String,
    /// What was hit.
    pub hit: String,
}

/// A failed run of CI.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Event {
    /// GitHub's id of the repository.
    pub repository_id: u64,
    /// Its id of the run.
    pub run_id: u64,
    /// And of the attempt.
    pub run_attempt: u64,
    /// The branch that failed.
    pub branch: String,
    /// When it had failed, since the beginning.
    pub second: u64,
    /// How long its conclusion was waited for; absent when it was not seen.
    pub concluded_seconds: Option<u64>,
    /// What its `prepare` was to suffer.
    pub fault: Option<String>,
}

/// A Remediation.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Record {
    /// Its name.
    pub name: String,
    /// The event: repository, run and attempt.
    pub event: (u64, u64, u64),
    /// How it ended.
    pub conclusion: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// How many attempts a round may have.
    pub limit: u64,
    /// The CodeRuns it knows of.
    pub coderuns: Vec<String>,
}

/// A CodeRun, as the API server told of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeRun {
    /// Its name says remediation, round and attempt.
    pub name: String,
    /// Another uid is another creation.
    pub uid: String,
    /// The remediation.
    pub record: String,
    /// When it was created.
    pub created_at: Timestamp,
    /// From when on its agent cannot push any more: it ended, or was deleted and seen gone.
    pub ended_at: Option<Timestamp>,
}

/// Events that no record concluded, and what was done twice. Workflows are not asked: what counts is what people see.
pub fn lost_and_doubled(events: &[Event], records: &[Record], coderuns: &[CodeRun]) -> (Vec<String>, Vec<String>) {
    let (mut lost, mut doubled) = (Vec::new(), Vec::new());
    for event in events {
        let id = event.id();
        let of: Vec<&Record> = records.iter().filter(|record| record.event == id).collect();
        if !of.iter().any(|record| record.conclusion.is_some()) {
            lost.push(format!("{id:?} was concluded by none of {} records", of.len()));
        }
        if of.len() > 1 {
            doubled.push(format!("{id:?} has {} records", of.len()));
        }
    }
    let mut by_name: BTreeMap<&str, &CodeRun> = BTreeMap::new();
    let mut by_record: BTreeMap<&str, Vec<&CodeRun>> = BTreeMap::new();
    for coderun in coderuns {
        if by_name.insert(&coderun.name, coderun).is_some() {
            doubled.push(format!("{} was created twice", coderun.name));
        }
        by_record.entry(&coderun.record).or_default().push(coderun);
    }
    for (name, mut of) in by_record {
        let known = records.iter().find(|record| record.name == name);
        let known = known.filter(|known| events.iter().any(|event| event.id() == known.event));
        let Some(record) = known else {
            doubled.push(format!("{} CodeRuns of {name}, which is of no event", of.len()));
            continue;
        };
        of.sort_by_key(|coderun| coderun.created_at);
        for coderun in &of {
            if !record.coderuns.contains(&coderun.name) {
                doubled.push(format!("{name} does not know of {}", coderun.name));
            }
            let attempt = coderun.name.rsplit_once("-a").and_then(|(_, number)| number.parse::<u64>().ok());
            if attempt.is_none_or(|number| number > record.limit) {
                doubled.push(format!("{} is more than {} attempts", coderun.name, record.limit));
            }
        }
        for pair in of.windows(2) {
            if pair[0].ended_at.is_none_or(|ended| ended > pair[1].created_at) {
                doubled.push(format!("{} was created while {} could push", pair[1].name, pair[0].name));
            }
        }
    }
    (lost, doubled)
}

impl Event {
    /// Repository, run and attempt.
    fn id(&self) -> (u64, u64, u64) {
        (self.repository_id, self.run_id, self.run_attempt)
    }

    /// What its remediation is called.
    pub fn name(&self) -> String {
        format!("ci-{}-{}-{}", self.repository_id, self.run_id, self.run_attempt)
    }
}

impl Record {
    /// Of a Remediation as Kubernetes gives it.
    pub fn read(object: &Value) -> Self {
        let (spec, status) = (&object["spec"], &object["status"]);
        let number = |of: &Value| of.as_u64().unwrap_or_default();
        let word = |of: &Value| of.as_str().map(str::to_owned);
        let run = &spec["run"];
        Self {
            name: word(&object["metadata"]["name"]).unwrap_or_default(),
            event: (number(&spec["repositoryId"]), number(&run["run_id"]), number(&run["run_attempt"])),
            conclusion: word(&status["conclusion"]),
            reason: word(&status["reason"]),
            limit: number(&status["attempt"]["limit"]),
            coderuns: status["coderuns"].as_array().into_iter().flatten().filter_map(word).collect(),
        }
    }
}

impl Report {
    /// Writes it, a line for each thing that was seen.
    pub fn write(&self, root: &Path) {
        let Value::Object(fields) = serde_json::to_value(self).unwrap() else { unreachable!("a struct is an object") };
        let lines: Vec<String> = fields
            .iter()
            .map(|(key, value)| match value.as_array() {
                Some(items) if !items.is_empty() => {
                    let items: Vec<String> = items.iter().map(|item| format!("    {item}")).collect();
                    format!("  \"{key}\": [\n{}\n  ]", items.join(",\n"))
                }
                _ => format!("  \"{key}\": {value}"),
            })
            .collect();
        fs::write(root.join(PATH), format!("{{\n{}\n}}\n", lines.join(",\n"))).unwrap();
    }

    /// Reads the committed one.
    pub fn read(root: &Path) -> Self {
        let text = fs::read_to_string(root.join(PATH)).unwrap_or_else(|error| panic!("{PATH}: {error}"));
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{PATH}: {error}"))
    }
}
