//! Sources of context, and the channels to people.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use text::Untrusted;

use crate::errors::PortResult;

/// A question to Loki.
#[derive(Debug, Clone)]
pub struct LogQuery {
    /// LogQL; foreign text in it went through `Untrusted::logql`.
    pub query: String,
    /// From, inclusive.
    pub start: Timestamp,
    /// To, exclusive.
    pub end: Timestamp,
    /// At most so many lines, the newest; Loki's own limit is 5,000.
    pub limit: usize,
}

/// Loki's answer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LogLines {
    /// Oldest first, merged over all streams (Loki keeps order within one only).
    pub lines: Vec<LogLine>,
    /// The limit was reached: there may be older ones.
    pub truncated: bool,
}

/// A line of a log.
#[derive(Debug, Clone, PartialEq)]
pub struct LogLine {
    /// When.
    pub at: Timestamp,
    /// The stream's labels and structured metadata.
    pub labels: BTreeMap<String, Untrusted>,
    /// The line.
    pub line: Untrusted,
}

/// Reads logs from Loki.
#[allow(async_fn_in_trait)]
pub trait Logs {
    /// The newest lines. `Refused`: Loki does not like the query, its range (30 days) or limit.
    async fn log_lines(&self, ask: &LogQuery) -> PortResult<LogLines>;
}

/// One series.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Its labels; `__name__` among them.
    pub metric: BTreeMap<String, Untrusted>,
    /// Instants and values, oldest first. Values stay Prometheus' text, because `NaN` and `+Inf` are among them.
    pub values: Vec<(Timestamp, String)>,
}

/// Reads Prometheus.
#[allow(async_fn_in_trait)]
pub trait Metrics {
    /// The value of an expression at an instant; a scalar is one series without labels. `Refused`: bad query.
    async fn metric(&self, query: &str, at: Timestamp) -> PortResult<Vec<Series>>;
    /// The values of an expression over a while.
    async fn metric_range(
        &self,
        query: &str,
        start: Timestamp,
        end: Timestamp,
        step_seconds: u32,
    ) -> PortResult<Vec<Series>>;
}

/// What is filed with a memory; all optional.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MemoryTags {
    /// `ci-failures`, `agent-performance`, `routing-decisions`, `escalations`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// `rex`, …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// The platform's short name of the kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure_type: Option<String>,
    /// `success`, `agentfailed`, `timeout`, `escalated`, `failure`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// The workflow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workflow_name: Option<Untrusted>,
    /// `owner/name`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
    /// The run. Text, because the platform sends it so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workflow_run_id: Option<String>,
}

/// Something remembered.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// Its id.
    pub id: String,
    /// The text. An agent or a log may have written it.
    pub content: Untrusted,
    /// How it was filed.
    pub metadata: MemoryTags,
    /// How much it matters, 0 to 1.
    pub salience: f64,
}

/// OpenMemory: optional always.
#[allow(async_fn_in_trait)]
pub trait Memories {
    /// What is like `query`, best first.
    async fn search_memory(&self, query: &Untrusted, limit: usize, filters: &MemoryTags) -> PortResult<Vec<Memory>>;
    /// Files something new. Not idempotent.
    async fn add_memory(&self, content: &str, tags: &MemoryTags) -> PortResult<()>;
}

/// The channels to people. Payloads are the services' own, made of text that went through the sinks of `text`; addresses,
/// tokens and routing keys are the wire's business and never in them.
#[allow(async_fn_in_trait)]
pub trait Channels {
    /// Posts to the Discord webhook and waits for the message's id, with which it can be edited.
    async fn post_discord(&self, message: &Value) -> PortResult<String>;
    /// Replaces a message of ours. `Gone`: it or the webhook was deleted.
    async fn edit_discord(&self, message_id: &str, message: &Value) -> PortResult<()>;
    /// Posts to the Slack webhook, which gives no id.
    async fn post_slack(&self, message: &Value) -> PortResult<()>;
    /// Sends an Events v2 event without its `routing_key`; `dedup_key` makes it idempotent.
    async fn page(&self, event: &Value) -> PortResult<()>;
}
