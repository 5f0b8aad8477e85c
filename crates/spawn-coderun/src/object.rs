//! The CodeRun (cto.md 0 and 1): only fields that every generation of its definition has.

use config::Config;
use remediation::{Agent, Attempt, Kind, Repository, Subject, Target, Vocabulary, names};
use serde_json::{Map, Value, json};
use step::Cannot;
use text::Untrusted;

/// The annotation with the digest of labels and spec, for "already there, same content".
pub const DIGEST: &str = "healer.platform/content-sha256";

/// The label with the remediation's id.
pub const TASK: &str = "healer/task-id";

/// What a CodeRun is made of.
pub struct Order<'a> {
    /// The remediation.
    pub id: &'a str,
    /// Where the agent works.
    pub repository: &'a Repository,
    /// What failed.
    pub subject: &'a Subject,
    /// Which try.
    pub attempt: &'a Attempt,
    /// Where the agent may push; by hand it may be unknown.
    pub target: Option<&'a Target>,
    /// What kind of failure.
    pub kind: Kind,
    /// Who works.
    pub agent: Agent,
    /// The prompt.
    pub prompt: &'a str,
}

impl Order<'_> {
    /// Deterministic: remediation, round and attempt are in it.
    pub fn name(&self) -> String {
        names::coderun(self.id, self.attempt.round, self.attempt.number)
    }

    /// The whole object.
    ///
    /// # Errors
    /// 3: the repository is unknown, or the prompt is empty or over the limit.
    pub fn object(&self, config: &Config) -> Result<Value, Cannot> {
        let labels = self.labels();
        let spec = self.spec(config)?;
        let digest = digest(&labels, &spec);
        Ok(json!({
            "apiVersion": "agents.platform/v1",
            "kind": "CodeRun",
            "metadata": {
                "name": self.name(),
                "namespace": config.coderun_namespace(),
                "labels": labels,
                "annotations": { DIGEST: digest },
            },
            "spec": spec,
        }))
    }

    /// cto.md 1.7. Values that a stranger wrote go through the label sink; an empty one is no label.
    fn labels(&self) -> Map<String, Value> {
        let branch = self.target.map(|target| &target.branch).or(self.subject.branch.as_ref());
        let run = self.subject.run_id.map(|run| run.to_string());
        let all = [
            ("app.kubernetes.io/name", Some("healer".to_owned())),
            ("healer/agent", Some(self.agent.to_string())),
            ("healer/failure-type", Some(self.kind.platform_name().to_owned())),
            ("healer/workflow-run-id", run),
            ("healer/branch", branch.map(Untrusted::label_value)),
            (TASK, Some(Untrusted::new(self.id).label_value())),
            // Any value but `implementation` and `frontend`: those fail without a new pull request (cto.md 1.6, rule 3).
            ("stage", Some("remediation".to_owned())),
            ("task-id", Some("0".to_owned())),
        ];
        let known = |(key, value): (&str, Option<String>)| {
            value.filter(|value| !value.is_empty()).map(|value| (key.to_owned(), Value::String(value)))
        };
        all.into_iter().filter_map(known).collect()
    }

    fn spec(&self, config: &Config) -> Result<Value, Cannot> {
        let Repository { host, owner, name, .. } = self.repository;
        let agent = config.agents.get(self.agent);
        let defaults = &config.coderun;
        let url = format!("https://{host}/{owner}/{name}");
        let mut spec = json!({
            "taskId": 0,
            "service": defaults.service,
            "githubApp": agent.github_app,
            "model": agent.model,
            "repositoryUrl": url,
            "docsRepositoryUrl": url,
            "docsProjectDirectory": defaults.docs_project_directory,
            "docsBranch": defaults.docs_branch,
            "workingDirectory": config.working_directory_for(owner, name),
            "promptModification": prompt(self.prompt, config.limits.prompt_bytes)?,
            "continueSession": false,
            "enableDocker": defaults.enable_docker,
            "remoteTools": agent.remote_tools.join(","),
            "env": self.env(config),
            "cliConfig": { "cliType": agent.cli.to_lowercase(), "model": agent.model },
        });
        if !agent.local_tools.is_empty() {
            spec["localTools"] = agent.local_tools.join(",").into();
        }
        if let Some(account) = &defaults.service_account_name {
            spec["serviceAccountName"] = account.clone().into();
        }
        Ok(spec)
    }

    /// cto.md 1.8: the first five keys are the platform's, the rest ours.
    fn env(&self, config: &Config) -> Map<String, Value> {
        let Attempt { round, number, .. } = self.attempt;
        let pull_request = self.subject.pull_request.map(|number| number.to_string());
        let all = [
            ("HEALER_TASK_ID", Some(self.id.to_owned())),
            ("FAILURE_TYPE", Some(self.kind.platform_name().to_owned())),
            ("WORKFLOW_RUN_ID", self.subject.run_id.map(|run| run.to_string())),
            ("TARGET_BRANCH", self.target.map(|target| literal(&target.branch))),
            ("PR_NUMBER", pull_request),
            ("EXECUTION_MAX_RETRIES", Some(config.coderun.controller_retries.to_string())),
            ("HEALER_BASE_SHA", self.target.map(|target| target.base_sha.clone())),
            ("HEALER_PUSH", self.target.map(|target| target.how.as_str().to_owned())),
            ("HEALER_PULL_REQUEST_INTO", self.target.and_then(|target| target.into.as_ref()).map(literal)),
            ("HEALER_FAILURE_KIND", Some(self.kind.as_str().to_owned())),
            ("HEALER_ROUND", Some(round.to_string())),
            ("HEALER_ATTEMPT", Some(number.to_string())),
        ];
        all.into_iter().filter_map(|(key, value)| value.map(|value| (key.to_owned(), Value::String(value)))).collect()
    }
}

/// Kubernetes replaces `$(NAME)` in a container's environment, and Git allows such branch names: a doubled `$` is one `$`.
fn literal(branch: &Untrusted) -> String {
    branch.expose().replace('$', "$$")
}

/// The prompt as the platform takes it: no control characters but newline and tab, not empty (an empty one would start
/// the agent with the platform's own), and small enough for its ConfigMap (cto.md 1.9).
fn prompt(text: &str, limit: u64) -> Result<String, Cannot> {
    let clean: String = text.chars().filter(|c| matches!(c, '\n' | '\t') || !c.is_control()).collect();
    if clean.trim().is_empty() {
        return Err(Cannot::refused(
            "the prompt is empty, so the agent would get the platform's own; run render-prompt",
        ));
    }
    if clean.len() as u64 > limit {
        let size = clean.len();
        return Err(Cannot::refused(format!(
            "the prompt has {size} bytes, over limits.prompt_bytes ({limit}); nothing was created, run render-prompt with that limit"
        )));
    }
    Ok(clean)
}

fn digest(labels: &Map<String, Value>, spec: &Value) -> String {
    names::sha256(json!([labels, spec]).to_string().as_bytes())
}

/// The digest that an object carries.
pub fn carried(annotations: &std::collections::BTreeMap<String, String>) -> Option<&str> {
    annotations.get(DIGEST).map(String::as_str)
}
