//! The cluster, and the small GitHub beside it, as a story sees them.

use std::io::Write;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// The small GitHub.
const GITHUB: &str = "http://10.96.0.1:8970";

/// What a story's step came to; the sentence says what was not so.
pub type Told<T> = Result<T, String>;

/// A repository of the small GitHub with Healer on it.
pub struct Scene {
    /// Its name; the owner is `acme`.
    pub repository: String,
    /// Its id there.
    pub id: u64,
}

/// One command of `kubectl`, and what it printed.
pub fn kubectl(args: &[&str]) -> Told<String> {
    let output = Command::new("kubectl").args(args).output().map_err(|error| format!("kubectl: {error}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(format!("kubectl {}: {}", args.join(" "), String::from_utf8_lossy(&output.stderr).trim()))
}

/// Applies an object.
pub fn apply(object: &Value) -> Told<()> {
    let mut file = tempfile::NamedTempFile::new().map_err(|error| format!("a file for an object: {error}"))?;
    file.write_all(object.to_string().as_bytes()).map_err(|error| format!("{}: {error}", file.path().display()))?;
    kubectl(&["apply", "--server-side", "--force-conflicts", "-f", &file.path().to_string_lossy()]).map(drop)
}

/// All objects of a kind in a namespace, oldest first.
pub fn objects(namespace: &str, kind: &str) -> Told<Vec<Value>> {
    let text = kubectl(&["-n", namespace, "get", kind, "--sort-by=.metadata.creationTimestamp", "-o", "json"])?;
    let list: Value = serde_json::from_str(&text).map_err(|error| format!("{kind}: {error}"))?;
    Ok(list["items"].as_array().cloned().unwrap_or_default())
}

/// What an object is called.
pub fn name_of(object: &Value) -> String {
    object["metadata"]["name"].as_str().unwrap_or_default().to_owned()
}

/// One command of the small GitHub's control API.
pub fn github(command: &str, body: &Value) -> Told<Value> {
    let url = format!("{GITHUB}/_control/{command}");
    let output = Command::new("curl")
        .args(["-sS", "--fail-with-body", "--max-time", "90", &url, "-d", &body.to_string()])
        .output()
        .map_err(|error| format!("curl: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        return Err(format!("{command}: {text} {}", String::from_utf8_lossy(&output.stderr)));
    }
    serde_json::from_str(&text).map_err(|error| format!("{command}: {error}: {text}"))
}

/// How much longer than usual everything may take: `HEALER_PATIENCE=3` for a GitHub that misbehaves.
fn patience() -> u64 {
    std::env::var("HEALER_PATIENCE").ok().and_then(|times| times.parse().ok()).unwrap_or(1)
}

/// Three stories that look twice a second take half a core from what they look at.
const BETWEEN_LOOKS: Duration = Duration::from_secs(2);

/// Asks until there is an answer; `what` is what was waited for.
pub fn until<T>(seconds: u64, what: &str, mut look: impl FnMut() -> Told<Option<T>>) -> Told<T> {
    let seconds = seconds * patience();
    let began = Instant::now();
    let mut last = String::new();
    while began.elapsed() < Duration::from_secs(seconds) {
        match look() {
            Ok(Some(found)) => return Ok(found),
            Ok(None) => {}
            Err(error) => last = error,
        }
        sleep(BETWEEN_LOOKS);
    }
    Err(format!("{what}: not within {seconds} s {last}"))
}

/// What must be so, and the sentence when it is not.
pub fn holds(is: bool, sentence: impl Into<String>) -> Told<()> {
    if is { Ok(()) } else { Err(sentence.into()) }
}

impl Scene {
    /// Makes the repository with these files on `main`; a story has one of its own.
    pub fn new(name: &str, files: &[(&str, &str)]) -> Told<Self> {
        let files: serde_json::Map<_, _> = files.iter().map(|(path, text)| ((*path).to_owned(), json!(text))).collect();
        let made = github("repository", &json!({"owner": "acme", "name": name, "files": files}))?;
        let scene = Self { repository: name.to_owned(), id: made["id"].as_u64().unwrap_or_default() };
        github("permission", &json!({"repository": scene.slug(), "user": "mona", "permission": "write"}))?;
        Ok(scene)
    }

    /// `acme/name`.
    pub fn slug(&self) -> String {
        format!("acme/{}", self.repository)
    }

    /// Mona commits these files on a branch.
    pub fn commit(&self, branch: &str, files: &[(&str, &str)]) -> Told<String> {
        let files: serde_json::Map<_, _> = files.iter().map(|(path, text)| ((*path).to_owned(), json!(text))).collect();
        let made =
            github("commit", &json!({"repository": self.slug(), "branch": branch, "user": "mona", "files": files}))?;
        Ok(made["sha"].as_str().unwrap_or_default().to_owned())
    }

    /// Mona opens a pull request from a branch; its number.
    pub fn pull(&self, branch: &str) -> Told<u64> {
        let made = github("pull", &json!({"repository": self.slug(), "head": branch, "user": "mona"}))?;
        made["number"].as_u64().ok_or_else(|| format!("pull: {made}"))
    }

    /// Somebody comments on a pull request.
    pub fn comment(&self, pull: u64, user: &str, text: &str) -> Told<()> {
        let body = json!({"repository": self.slug(), "number": pull, "user": user, "body": text});
        github("comment", &body).map(|_| ())
    }

    /// The runs of CI, oldest first.
    pub fn runs(&self) -> Told<Vec<Value>> {
        Ok(github("runs", &json!({"repository": self.slug()}))?.as_array().cloned().unwrap_or_default())
    }

    /// Waits until no run of CI is under way.
    pub fn quiet(&self, seconds: u64) -> Told<()> {
        let ended = |run: &Value| run["status"] == "completed";
        until(seconds, "the end of CI", || Ok(self.runs()?.iter().all(ended).then_some(())))
    }

    /// What Healer's own App wrote there, oldest first: each with its `call` and `body`.
    pub fn said(&self) -> Told<Vec<Value>> {
        let of = format!("/repos/{}/", self.slug());
        let mut all = github("written", &json!({}))?.as_array().cloned().unwrap_or_default();
        all.retain(|one| one["login"] == "healer[bot]" && one["call"].as_str().is_some_and(|call| call.contains(&of)));
        Ok(all)
    }

    /// The records of this repository, oldest first.
    pub fn records(&self) -> Told<Vec<Value>> {
        let mut all = objects("healer", "remediations")?;
        all.retain(|record| record["spec"]["repositoryId"] == self.id);
        Ok(all)
    }

    /// The one record, once it is concluded.
    pub fn concluded(&self, seconds: u64) -> Told<Value> {
        until(seconds, "a concluded record", || {
            Ok(self.records()?.into_iter().find(|record| record["status"]["conclusion"].is_string()))
        })
    }

    /// The CodeRuns of this repository, oldest first.
    pub fn coderuns(&self) -> Told<Vec<Value>> {
        let mut all = objects("cto", "coderuns")?;
        let url = format!("/{}", self.slug());
        all.retain(|run| run["spec"]["repositoryUrl"].as_str().is_some_and(|of| of.ends_with(&url)));
        Ok(all)
    }

    /// The Workflows of this repository's failures, oldest first.
    pub fn workflows(&self) -> Told<Vec<Value>> {
        let mut all = objects("healer", "workflows")?;
        // Not those of the doors, `cmd-…` and `btn-…`.
        let own = [format!("ci-{}-", self.id), format!("sec-{}-", self.id)];
        let is_own = |name: &str| own.iter().any(|prefix| name.starts_with(prefix));
        all.retain(|workflow| workflow["metadata"]["name"].as_str().is_some_and(is_own));
        Ok(all)
    }

    /// Waits for the only Workflow to end; the display names of its nodes that have one.
    pub fn ended(&self, seconds: u64) -> Told<Value> {
        until(seconds, "the Workflow's end", || {
            let ended = |workflow: &Value| workflow["status"]["finishedAt"].is_string();
            let all = self.workflows()?;
            Ok(if !all.is_empty() && all.iter().all(ended) { all.into_iter().next_back() } else { None })
        })
    }
}

/// Whether a Workflow has a node of this outcome.
pub fn outcome(workflow: &Value, outcome: &str) -> Told<()> {
    let name = format!("outcome(0:{outcome})");
    let nodes: Vec<&str> = workflow["status"]["nodes"]
        .as_object()
        .into_iter()
        .flat_map(|nodes| nodes.values())
        .filter_map(|node| node["displayName"].as_str())
        .collect();
    let seen: Vec<&&str> = nodes.iter().filter(|node| node.starts_with("outcome(")).collect();
    holds(nodes.contains(&&*name), format!("{}: ended as {seen:?}, not {outcome}", workflow["metadata"]["name"]))
}
