//! The subset of a workflow file that is understood. What is not understood is an error, never ignored.

use std::collections::BTreeMap;

use globset::GlobBuilder;
use serde::Deserialize;
use serde_json::{Map, Value};

/// A workflow file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Workflow {
    /// Its name; its path without one.
    pub name: Option<String>,
    /// What starts it.
    pub on: Value,
    /// Its group.
    pub concurrency: Option<Value>,
    /// Variables.
    #[serde(default)]
    pub env: BTreeMap<String, Value>,
    /// Accepted; there is no token here to narrow.
    #[serde(default, rename = "permissions")]
    _permissions: Option<Value>,
    /// Its jobs, each as [`Job`] reads it, in the file's order.
    pub jobs: Map<String, Value>,
}

/// A job.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Job {
    /// Its name; its key without one.
    pub name: Option<String>,
    /// Which runner; there is one only.
    #[serde(default)]
    pub runs_on: Value,
    /// The jobs that must be green before.
    #[serde(default)]
    pub needs: Value,
    /// Variables.
    #[serde(default)]
    pub env: BTreeMap<String, Value>,
    /// Its limit.
    pub timeout_minutes: Option<f64>,
    /// Accepted, as for the workflow.
    #[serde(default, rename = "permissions")]
    _permissions: Option<Value>,
    /// Its steps.
    pub steps: Vec<Step>,
}

/// A step.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Step {
    /// Its name.
    pub name: Option<String>,
    /// Accepted; nothing refers to it.
    #[serde(default, rename = "id")]
    _id: Option<String>,
    /// Its command.
    pub run: Option<String>,
    /// `actions/checkout@…` and nothing else.
    pub uses: Option<String>,
    /// Accepted: a checkout is always whole.
    #[serde(default, rename = "with")]
    _with: Option<Value>,
    /// Variables.
    #[serde(default)]
    pub env: BTreeMap<String, Value>,
    /// Where, below the checkout.
    pub working_directory: Option<String>,
}

impl Step {
    /// Its name as GitHub shows it.
    pub fn title(&self) -> String {
        if let Some(name) = &self.name {
            return name.clone();
        }
        let run = self.run.as_deref().or(self.uses.as_deref()).unwrap_or_default();
        format!("Run {}", run.lines().next().unwrap_or_default())
    }
}

/// A list of strings, or one string, or nothing.
pub(crate) fn strings(value: &Value) -> Vec<String> {
    match value {
        Value::String(one) => vec![one.clone()],
        Value::Array(list) => list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

/// A scalar as text.
pub(crate) fn scalar(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

impl Workflow {
    /// Reads a file.
    ///
    /// # Errors
    /// What is wrong with it, or not understood here, in a sentence.
    pub fn read(text: &str) -> Result<Self, String> {
        let workflow: Self = serde_yaml::from_str(text).map_err(|error| error.to_string())?;
        for (key, job) in workflow.jobs()? {
            for step in &job.steps {
                match (&step.run, &step.uses) {
                    (Some(_), None) => {}
                    (None, Some(uses)) if uses.starts_with("actions/checkout@") => {}
                    _ => return Err(format!("jobs.{key}: a step needs `run`, or `uses: actions/checkout@…`")),
                }
            }
            if job.steps.is_empty() {
                return Err(format!("jobs.{key}: no steps"));
            }
        }
        Ok(workflow)
    }

    /// Its jobs by key, in order.
    ///
    /// # Errors
    /// What is wrong with one.
    pub fn jobs(&self) -> Result<Vec<(String, Job)>, String> {
        let job = |(key, value): (&String, &Value)| {
            let job = serde_json::from_value(value.clone()).map_err(|error| format!("jobs.{key}: {error}"))?;
            Ok((key.clone(), job))
        };
        self.jobs.iter().map(job).collect()
    }

    /// Whether an event starts it; `branch` is the pushed or the base branch, `files` what changed.
    pub fn starts(&self, event: &str, branch: &str, files: &[String]) -> bool {
        let filter = match &self.on {
            Value::String(one) if one == event => return true,
            Value::Array(list) => return list.iter().any(|one| one.as_str() == Some(event)),
            Value::Object(map) => match map.get(event) {
                Some(filter) => filter,
                None => return false,
            },
            _ => return false,
        };
        let patterns = |key: &str| filter.get(key).map(strings);
        let branch_fits = patterns("branches").is_none_or(|list| matches(&list, branch))
            && patterns("branches-ignore").is_none_or(|list| !matches(&list, branch));
        let paths_fit = patterns("paths").is_none_or(|list| files.iter().any(|file| matches(&list, file)))
            && patterns("paths-ignore").is_none_or(|list| !files.iter().all(|file| matches(&list, file)));
        let tags_only = event == "push" && patterns("tags").is_some() && patterns("branches").is_none();
        branch_fits && paths_fit && !tags_only
    }

    /// Its concurrency group, not yet expanded, and whether a new run cancels an old one.
    pub fn group(&self) -> Option<(String, bool)> {
        match self.concurrency.as_ref()? {
            Value::String(group) => Some((group.clone(), false)),
            Value::Object(map) => {
                let cancels = map.get("cancel-in-progress").and_then(Value::as_bool).unwrap_or(false);
                Some((map.get("group")?.as_str()?.to_owned(), cancels))
            }
            _ => None,
        }
    }
}

/// Whether GitHub's filter patterns take it: the last one that fits decides, `!` excludes.
fn matches(patterns: &[String], text: &str) -> bool {
    let mut taken = false;
    for pattern in patterns {
        let (sign, pattern) = pattern.strip_prefix('!').map_or((true, &**pattern), |rest| (false, rest));
        let glob = GlobBuilder::new(pattern).literal_separator(true).build();
        if glob.is_ok_and(|glob| glob.compile_matcher().is_match(text)) {
            taken = sign;
        }
    }
    taken
}

/// Puts in what `${{ … }}` stands for: one of `values`, or the first of several with `||` that is not empty.
///
/// # Errors
/// The expression that is not understood.
pub(crate) fn expand(text: &str, values: &BTreeMap<&str, String>) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${{") {
        let (expression, after) = after.split_once("}}").ok_or_else(|| format!("`${{{{` without an end in {text}"))?;
        let mut value = String::new();
        for name in expression.split("||").map(str::trim) {
            let known = values.get(name).ok_or_else(|| format!("`{name}` is not understood here"))?;
            if !known.is_empty() {
                value.clone_from(known);
                break;
            }
        }
        out.push_str(before);
        out.push_str(&value);
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CI: &str = include_str!("../../tests/workflows/filtered.yml");

    #[test]
    fn filters_decide_what_starts() {
        let workflow = Workflow::read(CI).unwrap();
        let starts = |event: &str, branch: &str, file: &str| workflow.starts(event, branch, &[file.to_owned()]);
        assert!(starts("push", "main", "src/lib.rs"));
        assert!(starts("push", "feat/a/b", "src/lib.rs"));
        assert!(!starts("push", "fix/a", "src/lib.rs"));
        assert!(!starts("push", "main", "README.md"));
        assert!(!starts("push", "main", "src/README.md"));
        assert!(starts("pull_request", "any", "README.md"));
        assert!(!starts("schedule", "main", "src/lib.rs"));
        assert!(Workflow::read(&CI.replace("pull_request:", "x:")).unwrap().starts("push", "main", &["src/a".into()]));
        let short = CI.split("on:").next().unwrap().to_owned() + "on: [push]\njobs: {a: {steps: [{run: 'true'}]}}";
        assert!(Workflow::read(&short).unwrap().starts("push", "main", &[]));
    }

    #[test]
    fn says_what_it_does_not_understand() {
        assert!(
            Workflow::read(&CI.replace("    steps:", "    strategy: {}\n    steps:")).unwrap_err().contains("strategy")
        );
        assert!(
            Workflow::read(&CI.replace("actions/checkout@v4", "actions/cache@v4")).unwrap_err().contains("checkout")
        );
        assert!(Workflow::read("on: push\njobs: [").is_err());
    }

    #[test]
    fn expressions_are_the_few_that_groups_need() {
        let values = BTreeMap::from([
            ("github.workflow", "CI".to_owned()),
            ("github.head_ref", String::new()),
            ("github.ref", "r".to_owned()),
        ]);
        let (group, cancels) = Workflow::read(CI).unwrap().group().unwrap();
        assert_eq!(expand(&group, &values).unwrap(), "CI-r");
        assert!(cancels);
        assert!(expand("${{ secrets.X }}", &values).unwrap_err().contains("secrets.X"));
    }
}
