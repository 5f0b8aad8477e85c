//! What is known beside the log.

use jiff::Timestamp;
use text::Untrusted;

use super::{Base, ChangedFile, PullRequest, is_zero};
use crate::vocabulary::Open;
use crate::words::*;

sections! {
    /// Something that could not be known.
    Gap {
        /// Which source.
        source: Open<ContextSource>,
        /// Why, in one sentence.
        because: String,
    }

    /// What is known beside the log. Written by `gather-context`.
    Context {
        /// The pull request.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pull_request: Option<PullRequest>,
        /// What the pull request says of itself, cut.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        description: Option<Untrusted>,
        /// What changed.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(feature = "schema", schemars(length(max = super::caps::FILES)))]
        changed_files: Vec<ChangedFile>,
        /// How many were left out.
        #[serde(default, skip_serializing_if = "is_zero")]
        changed_files_omitted: u64,
        /// The name of the attachment with the diff.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        diff: Option<String>,
        /// The base branch.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        base: Option<Base>,
        /// Earlier attempts of this remediation.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(feature = "schema", schemars(length(max = super::caps::ATTEMPTS)))]
        history: Vec<PastAttempt>,
        /// The Argo CD application.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        argocd: Option<ArgocdStatus>,
        /// Log lines from Loki, oldest first.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(feature = "schema", schemars(length(max = super::caps::CONTEXT)))]
        logs: Vec<LogLine>,
        /// How many were left out.
        #[serde(default, skip_serializing_if = "is_zero")]
        logs_omitted: u64,
        /// Samples from Prometheus.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(feature = "schema", schemars(length(max = super::caps::CONTEXT)))]
        metrics: Vec<Sample>,
        /// Pods of the workload.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(feature = "schema", schemars(length(max = super::caps::CONTEXT)))]
        pods: Vec<Pod>,
        /// Kubernetes events about them.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(feature = "schema", schemars(length(max = super::caps::CONTEXT)))]
        events: Vec<Untrusted>,
        /// What was remembered of similar failures. It informs, it does not decide.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(feature = "schema", schemars(length(max = super::caps::CONTEXT)))]
        memories: Vec<Memory>,
        /// What could not be known.
        #[cfg_attr(feature = "schema", schemars(length(max = super::caps::CONTEXT)))]
        gaps: Vec<Gap>,
    }

    /// What an earlier attempt did, for the next one's prompt.
    PastAttempt {
        /// The round.
        round: u32,
        /// The attempt in the round.
        number: u32,
        /// Who tried.
        agent: Open<Agent>,
        /// What became of it.
        verdict: Open<Verdict>,
        /// Its commits, newest last.
        #[cfg_attr(feature = "schema", schemars(length(max = super::caps::COMMITS)))]
        commits: Vec<Commit>,
        /// How many were left out.
        #[serde(default, skip_serializing_if = "is_zero")]
        commits_omitted: u64,
        /// The name of the attachment with its diff.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        diff: Option<String>,
        /// The end of what the agent said, cut.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        agent_output: Option<Untrusted>,
    }

    /// A commit.
    Commit {
        /// Its id.
        sha: String,
        /// The first line of its message.
        message: Untrusted,
    }

    /// An Argo CD application, as its resource says.
    ArgocdStatus {
        /// The application.
        application: String,
        /// Such as `Healthy` or `Degraded`.
        health: String,
        /// Such as `Synced` or `OutOfSync`.
        sync: String,
        /// Resources that are not well: `kind/name: message`.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(feature = "schema", schemars(length(max = super::caps::CONTEXT)))]
        unhealthy: Vec<Untrusted>,
        /// What the last operation said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<Untrusted>,
    }

    /// A line of a log store.
    LogLine {
        /// When.
        at: Timestamp,
        /// The line, redacted and cut.
        line: Untrusted,
    }

    /// A sample of a metric. The value is text: `NaN` and `+Inf` are among them.
    Sample {
        /// What was asked.
        query: String,
        /// Name and labels.
        series: Untrusted,
        /// The value.
        value: String,
    }

    /// A pod, as far as it matters.
    Pod {
        /// Its name.
        name: Untrusted,
        /// Its phase.
        phase: String,
        /// Whether all containers are ready.
        ready: bool,
        /// Restarts of all containers together.
        restarts: u64,
        /// Why a container waits or ended.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Untrusted>,
    }

    /// What OpenMemory holds of a similar failure.
    Memory {
        /// Its id.
        id: String,
        /// The text, redacted and cut.
        content: Untrusted,
        /// How near it is, as the server says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        score: Option<f64>,
    }
}
