//! The JSON Schema of the document, generated from the types.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::sections::*;

/// The whole document as one type: what the schema says. Steps read their own parts of it instead.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "remediation/v1")]
pub struct Remediation {
    /// Always `remediation/v1`.
    #[schemars(extend("const" = crate::SCHEMA))]
    pub schema: String,
    /// Computed from the event; one failure has one name. It and the envelope below are absent only where there was no
    /// event: `escalate --from-record`, or a source that recorded its own fault.
    pub id: Option<String>,
    /// The event's own time.
    pub opened_at: Option<Timestamp>,
    /// Where the event came from.
    pub origin: Option<Origin>,
    /// Absent by hand when nobody said.
    pub repository: Option<Repository>,
    /// What failed.
    pub subject: Option<Subject>,
    /// Which try this is.
    pub attempt: Option<Attempt>,
    /// By `resolve-event`.
    pub resolution: Option<Resolution>,
    /// By `admit`.
    pub admission: Option<Admission>,
    /// By `admit`.
    pub target: Option<Target>,
    /// By `fetch-failure`.
    pub failure: Option<Failure>,
    /// By `classify`.
    pub classification: Option<Classification>,
    /// By `claim`.
    pub claim: Option<Claim>,
    /// By `gather-context`.
    pub context: Option<Context>,
    /// By `render-prompt`.
    pub prompt: Option<Prompt>,
    /// By `spawn-coderun`.
    pub coderun: Option<CodeRunRef>,
    /// By `rerun-ci`.
    pub rerun: Option<Rerun>,
    /// By `check-outcome`.
    pub outcome: Option<Outcome>,
    /// By `check-outcome`.
    #[schemars(length(max = caps::ATTEMPTS))]
    pub attempts: Option<Vec<AttemptRecord>>,
    /// How many attempts were left out.
    pub attempts_omitted: Option<u64>,
    /// By `announce`.
    pub announcement: Option<Announcement>,
    /// By `escalate`.
    pub escalation: Option<Escalation>,
    /// By `remember`.
    pub memory: Option<MemoryReceipt>,
    /// By whoever wrote them: name to file.
    pub attachments: Option<std::collections::BTreeMap<String, Attachment>>,
    /// By the shell.
    pub fault: Option<Fault>,
    /// By the shell.
    #[schemars(length(max = caps::TRAIL))]
    pub trail: Option<Vec<TrailEntry>>,
    /// How many entries were left out.
    pub trail_omitted: Option<u64>,
}

/// The JSON Schema, as it is checked in.
pub fn json_schema() -> String {
    let schema = schemars::schema_for!(Remediation);
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}
