//! What a step may do in the cluster, each power a trait of its own. Namespaces come from [`crate::Settings`].

use serde_json::Value;
use text::Untrusted;

use crate::errors::PortResult;
use crate::kubernetes::{Application, ConfigMap, Event, Lease, Map, Pod, Preconditions, Resource, WorkflowState};

/// `Remediation` objects, `healer.platform/v1alpha1` (design, section 4).
#[allow(async_fn_in_trait)]
pub trait Records {
    /// The record of this name; `None` if there is none.
    async fn record(&self, name: &str) -> PortResult<Option<Resource>>;
    /// All records whose labels equal all of `labels`, by name.
    async fn records(&self, labels: &[(&str, &str)]) -> PortResult<Vec<Resource>>;
    /// Creates one: name, labels, annotations and spec count, a status is dropped. `Conflict`: there is one already.
    async fn create_record(&self, name: &str, labels: &Map, spec: &Value) -> PortResult<Resource>;
    /// Writes `status` of a record that was read before. `Conflict`: somebody wrote since; read and decide again.
    async fn replace_record_status(&self, record: &Resource) -> PortResult<Resource>;
    /// Deletes one; `NotFound` is done too.
    async fn delete_record(&self, name: &str, only_if: &Preconditions) -> PortResult<()>;
}

/// Leases: one holder each.
#[allow(async_fn_in_trait)]
pub trait Leases {
    /// The Lease of this name; `None` if there is none.
    async fn lease(&self, name: &str) -> PortResult<Option<Lease>>;
    /// All whose labels equal all of `labels`, by name.
    async fn leases(&self, labels: &[(&str, &str)]) -> PortResult<Vec<Lease>>;
    /// Creates one; among several at once exactly one succeeds, the others get `Conflict`.
    async fn create_lease(&self, lease: &Lease) -> PortResult<Lease>;
    /// Replaces one that was read before. `Conflict`: somebody wrote since.
    async fn replace_lease(&self, lease: &Lease) -> PortResult<Lease>;
    /// Deletes one. `Conflict`: it is another one, or it changed; `NotFound` is done too.
    async fn delete_lease(&self, name: &str, only_if: &Preconditions) -> PortResult<()>;
}

/// How spending ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spent {
    /// Spent now; so many are spent with it.
    Now(usize),
    /// This token was spent before; nothing changed.
    Before(usize),
    /// So many are spent and that is the limit; nothing changed.
    UsedUp(usize),
}

/// Counters with compare-and-swap. A counter is a ConfigMap with one key per spent token, so spending twice counts once.
#[allow(async_fn_in_trait)]
pub trait Counters {
    /// How many tokens are spent; 0 if the counter is not there yet.
    async fn count(&self, counter: &str) -> PortResult<usize>;
    /// Spends a token unless `limit` are spent. `Later`: too many others at the same moment.
    async fn spend(&self, counter: &str, token: &str, limit: usize) -> PortResult<Spent>;
    /// Takes a token back; one that was not spent is done too.
    async fn give_back(&self, counter: &str, token: &str) -> PortResult<()>;
    /// The counters whose names begin so, by name.
    async fn counters(&self, prefixes: &[&str]) -> PortResult<Vec<String>>;
    /// Deletes a counter that counts for nothing any more; one that is not there is done too.
    async fn forget(&self, counter: &str) -> PortResult<()>;
}

/// `CodeRun` objects, `agents.platform/v1`.
#[allow(async_fn_in_trait)]
pub trait CodeRuns {
    /// The CodeRun of this name; `None` if there is none.
    async fn coderun(&self, name: &str) -> PortResult<Option<Resource>>;
    /// All whose labels equal all of `labels`, by name.
    async fn coderuns(&self, labels: &[(&str, &str)]) -> PortResult<Vec<Resource>>;
    /// Creates one from its whole manifest (with `apiVersion`, `kind` and a fixed `metadata.name`). `Conflict`: there is
    /// one already; read it and compare. `Later`: unknown whether it was created; read by name.
    async fn create_coderun(&self, manifest: &Value) -> PortResult<Resource>;
    /// Deletes one; its controller may take a while to let go. `NotFound` is done too.
    async fn delete_coderun(&self, name: &str, only_if: &Preconditions) -> PortResult<()>;
}

/// Plays a CodeRun's controller, where the platform's own is not there.
#[allow(async_fn_in_trait)]
pub trait CarryOutCodeRuns {
    /// Merges fields into the status of the CodeRun with this uid. `NotFound`, `Conflict`: it is gone, or another one.
    async fn merge_coderun_status(&self, name: &str, uid: &str, status: &Value) -> PortResult<Resource>;
    /// Creates a Secret beside the CodeRuns. `Conflict`: there is one of this name.
    async fn create_secret(&self, manifest: &Value) -> PortResult<()>;
}

/// Which Argo Workflow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkflowRef {
    /// Where.
    pub namespace: String,
    /// Name.
    pub name: String,
    /// Uid; another Workflow of the same name is not it.
    pub uid: String,
}

/// Argo Workflows of our own namespace.
#[allow(async_fn_in_trait)]
pub trait Workflows {
    /// Creates one from its whole manifest (with `apiVersion`, `kind` and a fixed `metadata.name`). `Conflict`: there is one of
    /// this name already. `Later`: unknown whether it was created; create it again, a name is made once.
    async fn create_workflow(&self, manifest: &Value) -> PortResult<Resource>;
    /// The Workflow of this name; `None` if there is none.
    async fn workflow_of(&self, name: &str) -> PortResult<Option<Resource>>;
    /// All whose labels equal all of `labels`, by name.
    async fn workflows(&self, labels: &[(&str, &str)]) -> PortResult<Vec<Resource>>;
    /// Asks one to stop: what runs ends, its exit handler runs. Gone is done too. `Conflict`: it is another of this name.
    async fn stop_workflow(&self, workflow: &WorkflowRef) -> PortResult<()>;
    /// Deletes a pod of one of them; `NotFound` is done too.
    async fn delete_pod(&self, name: &str) -> PortResult<()>;
}

/// Reads the cluster.
#[allow(async_fn_in_trait)]
pub trait Cluster {
    /// A ConfigMap of our namespace, such as `healer-switch`; `None` if there is none.
    async fn config_map(&self, name: &str) -> PortResult<Option<ConfigMap>>;
    /// Where an Argo Workflow stands.
    async fn workflow_state(&self, workflow: &WorkflowRef) -> PortResult<WorkflowState>;
    /// Pods whose labels equal all of `labels`, by name.
    async fn pods(&self, namespace: &str, labels: &[(&str, &str)]) -> PortResult<Vec<Pod>>;
    /// The last lines of a pod's log; of one container if the pod has several.
    async fn pod_log(&self, namespace: &str, pod: &str, container: Option<&str>, lines: u32) -> PortResult<Untrusted>;
    /// What happened to an object of this kind and name, oldest first.
    async fn events(&self, namespace: &str, kind: &str, name: &str) -> PortResult<Vec<Event>>;
    /// An ArgoCD Application; `None` if there is none.
    async fn application(&self, name: &str) -> PortResult<Option<Application>>;
}
