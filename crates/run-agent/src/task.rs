//! What is handed from `prepare` to `run`: one Secret with three keys.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use remediation::names;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use step::Cannot;
use world::github::Slug;
use world::kubernetes::Resource;

use crate::Settings;
use crate::credential::Given;

/// Keys of the Secret, and file names in the agent's pod.
pub const TASK: &str = "task.json";
/// The prompt.
pub const PROMPT: &str = "prompt.md";
/// The token.
pub const TOKEN: &str = "token";

/// What of a CodeRun's environment would change how programs are found, loaded or let in.
const NOT_THEIRS: [&str; 10] =
    ["PATH", "HOME", "LD_", "GIT_", "GITHUB_TOKEN", "GH_TOKEN", "BASH_ENV", "ENV", "NODE_OPTIONS", "PYTHONPATH"];

/// What the agent is to do; nothing in it is secret.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Task {
    /// The CodeRun.
    pub coderun: String,
    /// Where to clone from and push to.
    pub url: String,
    /// Where the agent may push.
    pub branch: String,
    /// Where the branch begins if it is not there yet.
    pub base_sha: Option<String>,
    /// The agent's folder in the checkout.
    pub working_directory: String,
    /// Author and committer.
    pub name: String,
    /// Their address.
    pub email: String,
    /// When the agent is stopped.
    pub deadline_at: Timestamp,
    /// The agent's command.
    pub command: Vec<String>,
    /// Of the CodeRun, for the agent.
    pub environment: BTreeMap<String, String>,
}

/// What a CodeRun says, as far as it is needed here (cto.md 1.3).
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Spec {
    /// The App whose commits these are.
    pub github_app: String,
    repository_url: String,
    #[serde(default)]
    working_directory: String,
    #[serde(default)]
    model: String,
    #[serde(default)]
    cli_config: Option<CliConfig>,
    /// The prompt.
    #[serde(default)]
    pub prompt_modification: String,
    #[serde(default)]
    env: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Deserialize)]
struct CliConfig {
    model: String,
}

impl Spec {
    /// Reads a CodeRun.
    ///
    /// # Errors
    /// 3: it is no CodeRun that can be carried out.
    pub fn of(coderun: &Resource) -> Result<Self, Cannot> {
        let spec: Self = coderun.spec_as().map_err(|what| Cannot::refused(format!("the CodeRun's spec: {what}")))?;
        if spec.prompt_modification.trim().is_empty() {
            return Err(Cannot::refused("the CodeRun has no prompt (spec.promptModification); nothing was started"));
        }
        Ok(spec)
    }

    /// Owner and name of the repository: an https URL.
    pub fn repository(&self) -> Result<(Slug, String), Cannot> {
        let wrong =
            || Cannot::refused("the CodeRun's repositoryUrl is no https://host/owner/name; nothing was started");
        let (scheme, rest) = self.repository_url.split_once("://").ok_or_else(wrong)?;
        let (host, path) = rest.split_once('/').ok_or_else(wrong)?;
        let path = path.trim_end_matches('/');
        let slug = Slug::parse(path.strip_suffix(".git").unwrap_or(path)).ok_or_else(wrong)?;
        let plain = |part: &str| !part.starts_with('.');
        if !matches!(scheme, "https" | "http") || host.contains('@') || !plain(slug.owner()) || !plain(slug.name()) {
            return Err(wrong());
        }
        Ok((slug, format!("{scheme}://{host}")))
    }

    /// The kind of failure.
    pub fn kind(&self) -> Option<&str> {
        self.env.get("HEALER_FAILURE_KIND").map(String::as_str)
    }

    /// When the agent is stopped.
    pub fn deadline(created: Timestamp, settings: &Settings) -> Timestamp {
        let seconds = i64::try_from(settings.deadline_seconds).unwrap_or(i64::MAX);
        created.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX)
    }

    /// The task.
    ///
    /// # Errors
    /// 3: something in it would leave the checkout, or there is no branch.
    pub fn task(
        &self,
        coderun: &str,
        deadline_at: Timestamp,
        given: &Given,
        settings: &Settings,
    ) -> Result<Task, Cannot> {
        let (slug, host) = self.repository()?;
        let host = settings.git_url.as_deref().map_or(&*host, |url| url.trim_end_matches('/'));
        let branch = self.env.get("TARGET_BRANCH").map(|branch| literal(branch)).unwrap_or_default();
        if branch.is_empty() || branch.starts_with('-') {
            return Err(Cannot::refused(
                "the CodeRun names no branch to push to (env.TARGET_BRANCH); nothing was started",
            ));
        }
        let inside = |part: &str| !part.starts_with('/') && !part.split('/').any(|part| part == "..");
        if !inside(&self.working_directory) {
            return Err(Cannot::refused("the CodeRun's workingDirectory leaves the checkout; nothing was started"));
        }
        let base_sha = self.env.get("HEALER_BASE_SHA").filter(|sha| sha.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let model = self.cli_config.as_ref().map_or(&self.model, |cli| &cli.model);
        Ok(Task {
            coderun: coderun.to_owned(),
            url: format!("{host}/{}/{}.git", slug.owner(), slug.name()),
            branch,
            base_sha: base_sha.cloned(),
            working_directory: self.working_directory.clone(),
            name: given.name.clone(),
            email: given.email.clone(),
            deadline_at,
            command: settings.command.iter().map(|word| word.replace("{model}", model)).collect(),
            environment: self.env.iter().filter(|(key, _)| theirs(key)).map(|(k, v)| (k.clone(), literal(v))).collect(),
        })
    }
}

/// Whether a CodeRun may set this variable.
fn theirs(key: &str) -> bool {
    let legal = key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    legal && !NOT_THEIRS.iter().any(|not| if not.ends_with('_') { key.starts_with(not) } else { key == *not })
}

/// Kubernetes would make one `$` of two, and Healer writes two for it.
fn literal(value: &str) -> String {
    value.replace("$$", "$")
}

/// The Secret. Its name has the time in it: a repeated `prepare` makes another, because it has another token. The CodeRun
/// owns it and takes it along.
pub fn secret(owner: &Resource, task: &Task, prompt: &str, token: &str, now: Timestamp) -> Result<Value, Cannot> {
    let task = serde_json::to_string(task).map_err(|error| Cannot::bug(format!("the task is no JSON: {error}")))?;
    let metadata = &owner.metadata;
    let hash = names::hash(&[metadata.uid.as_bytes(), now.to_string().as_bytes()], 16);
    Ok(json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "type": "Opaque",
        "metadata": {
            "name": format!("run-agent-{hash}"),
            "labels": { "app.kubernetes.io/part-of": "healer", "healer.platform/part": "task" },
            "ownerReferences": [{
                "apiVersion": owner.api_version, "kind": owner.kind, "name": metadata.name, "uid": metadata.uid,
            }],
        },
        "stringData": { TASK: task, PROMPT: prompt, TOKEN: token },
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(value: Value) -> Spec {
        let mut all = json!({ "githubApp": "5DLabs-Rex", "repositoryUrl": "https://github.com/acme/widgets.git", "model": "m",
                              "promptModification": "do", "env": { "TARGET_BRANCH": "feat/x" } });
        for (key, value) in value.as_object().unwrap() {
            all[key] = value.clone();
        }
        serde_json::from_value(all).unwrap()
    }

    fn task(value: Value) -> Result<Task, Cannot> {
        let given = Given { token: "t".into(), name: "n".into(), email: "e".into() };
        let settings = Settings {
            command: vec!["agent".into(), "--model={model}".into()],
            deadline_seconds: 60,
            github_url: String::new(),
            git_url: None,
            noreply_host: None,
        };
        spec(value).task("run-1", Timestamp::UNIX_EPOCH, &given, &settings)
    }

    #[test]
    fn a_coderun_is_a_task() {
        let env = json!({ "TARGET_BRANCH": "a$$(b)", "HEALER_ATTEMPT": "2", "PATH": "/x", "GIT_SSH_COMMAND": "x", "LD_PRELOAD": "x" });
        let task = task(json!({ "env": env })).unwrap();
        assert_eq!((&*task.branch, &*task.url), ("a$(b)", "https://github.com/acme/widgets.git"));
        assert_eq!(task.environment.keys().collect::<Vec<_>>(), ["HEALER_ATTEMPT", "TARGET_BRANCH"]);
        assert_eq!(task.command, ["agent", "--model=m"]);
    }

    #[test]
    fn what_would_leave_its_bounds_is_refused() {
        for (wrong, says) in [
            (json!({ "workingDirectory": "../x" }), "leaves the checkout"),
            (json!({ "workingDirectory": "/etc" }), "leaves the checkout"),
            (json!({ "env": {} }), "names no branch"),
            (json!({ "env": { "TARGET_BRANCH": "--force" } }), "names no branch"),
            (json!({ "repositoryUrl": "https://evil@github.com/a/b" }), "repositoryUrl"),
            (json!({ "repositoryUrl": "file:///etc/passwd" }), "repositoryUrl"),
            (json!({ "repositoryUrl": "https://github.com/a/.." }), "repositoryUrl"),
        ] {
            let error = task(wrong.clone()).unwrap_err();
            assert!(error.sentence.contains(says), "{wrong}: {}", error.sentence);
        }
    }
}
