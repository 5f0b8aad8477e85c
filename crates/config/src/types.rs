//! The keys of `healer.yaml`, and questions that the steps ask of them.

use std::collections::BTreeMap;

use remediation::{Agent, vocabulary, words};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{Agents, Secret, UserRule};

/// The whole configuration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The Kubernetes namespace of records, Leases and CodeRuns.
    pub namespace: String,
    /// The id of Healer's own GitHub App: only what this App wrote is taken for our own; absent: nothing is.
    pub github_app_id: Option<u64>,
    /// The repositories that Healer may work in, as `owner/name`; none by default.
    pub repositories: BTreeMap<String, Repository>,
    /// The five specialists.
    pub agents: Agents,
    /// How much.
    pub limits: Limits,
    /// How long.
    pub deadlines: Deadlines,
    /// How people are told.
    pub channels: Channels,
    /// Where knowledge comes from.
    pub sources: Sources,
    /// What every CodeRun has in common.
    pub coderun: CodeRunDefaults,
    /// Rules for logs beside the built-in ones; at most [`crate::MAX_RULES`].
    pub rules: Vec<UserRule>,
}

/// A repository on the allow-list; every key may be left out.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Repository {
    /// Which agents may work here; absent: all.
    #[serde(with = "agent_list")]
    pub agents: Option<Vec<Agent>>,
    /// When a person has to approve first.
    pub approve: Approve,
    /// Workflow files whose failures may be a security kind, as paths in the repository.
    pub security_workflows: Vec<String>,
    /// The Argo CD application that deploys it.
    pub argocd_application: Option<String>,
    /// Label selector of its pods.
    pub pods: Option<String>,
    /// Namespace of its pods; absent: [`Config::namespace`].
    pub pods_namespace: Option<String>,
    /// LogQL stream selector of its workload.
    pub loki_selector: Option<String>,
    /// PromQL of its error rate.
    pub prometheus_query: Option<String>,
    /// Folder in the repository where an agent starts; absent: [`CodeRunDefaults::working_directory`].
    pub working_directory: Option<String>,
    /// Attempts in a round; absent: [`Limits::attempts`].
    pub attempts: Option<u32>,
    /// Agent starts a day; absent: [`Limits::starts_per_repository_per_day`].
    pub starts_per_day: Option<u32>,
    /// How long an agent may run; absent: [`Deadlines::agent_seconds`].
    pub agent_seconds: Option<u64>,
}

vocabulary! {
    /// When a person has to approve before an agent starts (safety.md 5.6).
    Approve, "approval rule":
    Never = "never", "no approval is needed";
    DefaultBranch = "default_branch", "failures on the default branch need one";
    Security = "security", "security alerts and kinds need one";
    Always = "always", "everything needs one";
}

/// How much (cto.md 4.5, safety.md 5.2).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Attempts in a round before a person is told.
    pub attempts: u32,
    /// A branch is not remediated twice within this time.
    pub window_seconds: u64,
    /// Agents that may run at once, in all repositories together.
    pub agents_at_once: u32,
    /// Agent starts of one repository a day.
    pub starts_per_repository_per_day: u32,
    /// The largest prompt; a ConfigMap holds it, and that has 1 MiB for everything (cto.md 1.9).
    pub prompt_bytes: u64,
    /// Log lines asked of Loki.
    pub log_lines: u32,
}

/// How long until something counts as not answered (design section 3; Argo's own limits are only longer).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deadlines {
    /// A CodeRun.
    pub agent_seconds: u64,
    /// CI on the agent's commit.
    pub ci_seconds: u64,
    /// Until the first check suite of a commit appears.
    pub check_suite_seconds: u64,
    /// One source of context.
    pub source_seconds: u64,
    /// An approval.
    pub approval_seconds: u64,
}

/// How people are told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Channels {
    /// The one comment on the pull request.
    pub pull_request_comment: bool,
    /// A check run with buttons on the commit that failed, beside the comment too; without a pull request it is always made.
    pub check_run: bool,
    /// Discord's webhook URL.
    pub discord: Option<Secret>,
    /// Slack's webhook URL.
    pub slack: Option<Secret>,
    /// PagerDuty's routing key.
    pub pagerduty: Option<Secret>,
    /// A GitHub issue (off in the platform too, cto.md 4.11).
    pub issue: bool,
}

/// Where knowledge comes from (cto.md 4.7-4.10).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sources {
    /// GitHub's REST API.
    pub github_url: String,
    /// Loki's gateway.
    pub loki_url: String,
    /// Prometheus.
    pub prometheus_url: String,
    /// OpenMemory.
    pub openmemory_url: String,
    /// Whether OpenMemory is asked and told at all.
    pub openmemory_enabled: bool,
    /// OpenMemory's own namespace for what Healer remembers.
    pub openmemory_namespace: String,
    /// OpenMemory's key, if it wants one.
    pub openmemory_key: Option<Secret>,
    /// The namespace of Argo CD's applications.
    pub argocd_namespace: String,
    /// PagerDuty's Events API.
    pub pagerduty_url: String,
}

/// What every CodeRun has in common (cto.md 0, 1.3).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeRunDefaults {
    /// The namespace of CodeRuns; absent: [`Config::namespace`].
    pub namespace: Option<String>,
    /// `spec.service`: workspace and volume.
    pub service: String,
    /// `spec.docsProjectDirectory`.
    pub docs_project_directory: String,
    /// `spec.docsBranch`.
    pub docs_branch: String,
    /// `spec.workingDirectory`; `.` is the repository's root.
    pub working_directory: String,
    /// `spec.enableDocker`: a Docker sidecar.
    pub enable_docker: bool,
    /// `spec.serviceAccountName`; absent: the namespace's default.
    pub service_account_name: Option<String>,
    /// How often the controller runs a failed agent again by itself; it reads 0 as without end (cto.md 1.6).
    pub controller_retries: u32,
}

impl Config {
    /// The repository's entry on the allow-list; GitHub's names do not distinguish case.
    pub fn repository(&self, owner: &str, name: &str) -> Option<&Repository> {
        let wanted = format!("{owner}/{name}");
        self.repositories.iter().find(|(known, _)| known.eq_ignore_ascii_case(&wanted)).map(|(_, entry)| entry)
    }

    /// Attempts in a round.
    pub fn attempts_for(&self, owner: &str, name: &str) -> u32 {
        self.repository(owner, name).and_then(|entry| entry.attempts).unwrap_or(self.limits.attempts)
    }

    /// Agent starts a day.
    pub fn starts_per_day_for(&self, owner: &str, name: &str) -> u32 {
        let own = self.repository(owner, name).and_then(|entry| entry.starts_per_day);
        own.unwrap_or(self.limits.starts_per_repository_per_day)
    }

    /// How long an agent may run before its CodeRun is deleted.
    pub fn agent_seconds_for(&self, owner: &str, name: &str) -> u64 {
        self.repository(owner, name).and_then(|entry| entry.agent_seconds).unwrap_or(self.deadlines.agent_seconds)
    }

    /// Where an agent starts.
    pub fn working_directory_for(&self, owner: &str, name: &str) -> &str {
        let own = self.repository(owner, name).and_then(|entry| entry.working_directory.as_deref());
        own.unwrap_or(&self.coderun.working_directory)
    }

    /// Whether this agent may work there: never in a repository that is not listed.
    pub fn allows(&self, owner: &str, name: &str, agent: Agent) -> bool {
        self.repository(owner, name)
            .is_some_and(|entry| entry.agents.as_ref().is_none_or(|allowed| allowed.contains(&agent)))
    }

    /// The namespace of CodeRuns.
    pub fn coderun_namespace(&self) -> &str {
        self.coderun.namespace.as_deref().unwrap_or(&self.namespace)
    }
}

// `vocabulary!` makes the enum, so nothing can be derived on it.
#[allow(clippy::derivable_impls)]
impl Default for Approve {
    fn default() -> Self {
        Self::Never
    }
}

impl Serialize for Approve {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(remediation::Vocabulary::as_str(*self))
    }
}

impl<'de> Deserialize<'de> for Approve {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        words::parse_strict(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

/// A list of agents, strictly spelled.
mod agent_list {
    use remediation::{Agent, Vocabulary, words};
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

    pub(super) fn serialize<S: Serializer>(agents: &Option<Vec<Agent>>, serializer: S) -> Result<S::Ok, S::Error> {
        let words = agents.as_ref().map(|agents| agents.iter().map(|agent| agent.as_str()).collect::<Vec<_>>());
        words.serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<Agent>>, D::Error> {
        let words: Option<Vec<String>> = Option::deserialize(deserializer)?;
        let parse = |words: Vec<String>| words.iter().map(|word| words::parse_strict(word)).collect();
        words.map(parse).transpose().map_err(de::Error::custom)
    }
}
