//! What we only read in the cluster: Workflows, pods, events, ArgoCD Applications.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use text::Untrusted;

use super::types::Metadata;

/// Where an Argo Workflow stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WorkflowState {
    /// There is none of this name, or it has another uid.
    Absent,
    /// It was not taken up yet.
    Pending,
    /// It runs; a phase that we do not know counts as running.
    Running,
    /// It ended well.
    Succeeded,
    /// It ended badly (`Failed` or `Error`).
    Failed,
}

impl WorkflowState {
    /// Whether nothing will happen in it any more.
    pub const fn is_over(&self) -> bool {
        matches!(self, Self::Absent | Self::Succeeded | Self::Failed)
    }
}

/// A pod.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pod {
    /// Metadata.
    pub metadata: Metadata,
    /// What is.
    #[serde(default)]
    pub status: PodStatus,
}

/// A pod's status.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PodStatus {
    /// `Pending`, `Running`, `Succeeded`, `Failed`, `Unknown`.
    pub phase: String,
    /// One word, such as `Evicted`.
    pub reason: Option<String>,
    /// A sentence.
    pub message: Option<Untrusted>,
    /// One for each container.
    pub container_statuses: Vec<ContainerStatus>,
}

/// A container's status.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ContainerStatus {
    /// The container.
    pub name: String,
    /// Ready for traffic.
    pub ready: bool,
    /// How often it was started again.
    pub restart_count: u32,
    /// `waiting`, `running` or `terminated` with its details.
    pub state: Value,
    /// The state before.
    pub last_state: Value,
}

/// Something that happened to an object.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// Metadata.
    pub metadata: Metadata,
    /// `Normal` or `Warning`.
    #[serde(default, rename = "type")]
    pub kind: String,
    /// One word, such as `BackOff`.
    #[serde(default)]
    pub reason: String,
    /// A sentence.
    #[serde(default)]
    pub message: Untrusted,
    /// How often.
    #[serde(default)]
    pub count: Option<u32>,
    /// The last time.
    #[serde(default)]
    pub last_timestamp: Option<Timestamp>,
}

/// An ArgoCD Application.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Application {
    /// Metadata.
    pub metadata: Metadata,
    /// What is.
    #[serde(default)]
    pub status: ApplicationStatus,
}

/// An Application's status.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ApplicationStatus {
    /// `Healthy`, `Progressing`, `Degraded`, `Suspended`, `Missing`, `Unknown`.
    pub health: ApplicationWord,
    /// `Synced`, `OutOfSync`, `Unknown`.
    pub sync: ApplicationWord,
    /// The last sync: phase and message.
    pub operation_state: Option<OperationState>,
    /// What is wrong with the Application itself.
    pub conditions: Vec<ApplicationCondition>,
}

impl ApplicationStatus {
    /// Whether it is as Git says: healthy and synced, the last sync not failed.
    pub fn is_well(&self) -> bool {
        let failed = self.operation_state.as_ref().is_some_and(|last| matches!(&*last.phase, "Failed" | "Error"));
        self.health.status == "Healthy" && self.sync.status == "Synced" && !failed
    }

    /// What is wrong, a line each: what a log is to a red run.
    pub fn told(&self) -> Vec<Untrusted> {
        let line = |what: &str, word: &str, why: &str| Untrusted::new(format!("{what}: {word}: {why}"));
        let why = self.health.message.as_ref().map_or("", |why| why.expose());
        let mut all = vec![line("health", &self.health.status, why), line("sync", &self.sync.status, "")];
        all.extend(self.operation_state.iter().map(|last| line("operation", &last.phase, last.message.expose())));
        all.extend(self.conditions.iter().map(|one| line("condition", &one.kind, one.message.expose())));
        all
    }
}

/// A status word with its explanation.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ApplicationWord {
    /// The word.
    pub status: String,
    /// For `sync`, the commit it was compared with.
    pub revision: Option<String>,
    /// For `health`, why.
    pub message: Option<Untrusted>,
}

/// The last sync of an Application.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct OperationState {
    /// `Running`, `Succeeded`, `Failed`, `Error`, `Terminating`.
    pub phase: String,
    /// Why.
    pub message: Untrusted,
}

/// A condition of an Application.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ApplicationCondition {
    /// `ComparisonError`, `SyncError`, …
    #[serde(rename = "type")]
    pub kind: String,
    /// Why.
    pub message: Untrusted,
}
