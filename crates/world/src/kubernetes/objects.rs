//! Kubernetes objects over any wire: records, Leases, counters, CodeRuns.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use text::Untrusted;

use super::{ConfigMap, Lease, Map, Metadata, Preconditions, Resource};
use crate::errors::{Call, PortError, PortResult, found};
use crate::ports::{CarryOutCodeRuns, CodeRuns, Counters, Leases, Records, Spent, WorkflowRef, Workflows};
use crate::wire::{Method, Request, Service};
use crate::world::World;

/// How often a counter is read again after somebody else wrote it (`facts/safety.md` 4.4, row 25).
const COUNTER_TRIES: usize = 5;

/// A kind of object: group and version in the path, and its plural.
#[derive(Clone, Copy)]
pub(crate) struct Kind(pub &'static str, pub &'static str);

pub(crate) const RECORD: Kind = Kind("/apis/healer.platform/v1alpha1", "remediations");
pub(crate) const LEASE: Kind = Kind("/apis/coordination.k8s.io/v1", "leases");
pub(crate) const CODERUN: Kind = Kind("/apis/agents.platform/v1", "coderuns");
const SECRET: Kind = Kind("/api/v1", "secrets");
pub(crate) const POD: Kind = Kind("/api/v1", "pods");
pub(crate) const WORKFLOW: Kind = Kind("/apis/argoproj.io/v1alpha1", "workflows");
pub(crate) const CONFIG_MAP: Kind = Kind("/api/v1", "configmaps");

#[derive(Deserialize)]
struct ObjectList<T> {
    items: Vec<T>,
}

impl World {
    /// A request to a collection (`name` empty) or an object.
    pub(crate) fn object(&self, method: Method, kind: Kind, namespace: &str, name: &str) -> Request {
        let mut path = format!("{}/namespaces/{}/{}", kind.0, Untrusted::new(namespace).url_segment(), kind.1);
        if !name.is_empty() {
            path.push('/');
            path.push_str(&Untrusted::new(name).url_segment());
        }
        self.request(Service::Kubernetes, method, path)
    }

    pub(crate) async fn object_get<T: DeserializeOwned>(
        &self,
        kind: Kind,
        ns: &str,
        name: &str,
    ) -> PortResult<Option<T>> {
        found(self.fetch(self.object(Method::Get, kind, ns, name)).await)
    }

    pub(crate) async fn object_list<T: DeserializeOwned>(
        &self,
        kind: Kind,
        namespace: &str,
        labels: &[(&str, &str)],
    ) -> PortResult<Vec<T>> {
        let mut request = self.object(Method::Get, kind, namespace, "");
        if !labels.is_empty() {
            let selector: Vec<String> = labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
            request = request.ask("labelSelector", selector.join(","));
        }
        Ok(self.fetch::<ObjectList<T>>(request).await?.items)
    }

    async fn object_delete(&self, kind: Kind, ns: &str, name: &str, only_if: &Preconditions) -> PortResult<()> {
        let options = json!({ "kind": "DeleteOptions", "apiVersion": "v1", "preconditions": only_if });
        self.object_delete_with(kind, ns, name, &options).await
    }

    async fn object_delete_with(&self, kind: Kind, ns: &str, name: &str, options: &Value) -> PortResult<()> {
        let request = self.object(Method::Delete, kind, ns, name).json(options)?;
        found(self.send(request).await).map(drop)
    }

    async fn object_put<T: DeserializeOwned>(&self, request: Request, body: &impl Serialize) -> PortResult<T> {
        self.fetch(request.json(body)?).await
    }
}

impl Records for World {
    async fn record(&self, name: &str) -> PortResult<Option<Resource>> {
        self.object_get(RECORD, &self.settings.namespace, name).await
    }

    async fn records(&self, labels: &[(&str, &str)]) -> PortResult<Vec<Resource>> {
        self.object_list(RECORD, &self.settings.namespace, labels).await
    }

    async fn create_record(&self, name: &str, labels: &Map, spec: &Value) -> PortResult<Resource> {
        let namespace = &self.settings.namespace;
        let mut record = Resource::new("healer.platform/v1alpha1", "Remediation", name, spec.clone());
        record.metadata.namespace.clone_from(namespace);
        record.metadata.labels.clone_from(labels);
        self.object_put(self.object(Method::Post, RECORD, namespace, ""), &record).await
    }

    async fn replace_record_status(&self, record: &Resource) -> PortResult<Resource> {
        let mut request = self.object(Method::Put, RECORD, &self.settings.namespace, &record.metadata.name);
        request.path.push_str("/status");
        self.object_put(request, record).await
    }

    async fn delete_record(&self, name: &str, only_if: &Preconditions) -> PortResult<()> {
        self.object_delete(RECORD, &self.settings.namespace, name, only_if).await
    }
}

/// A Lease as it is sent: with its type.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SentLease<'a> {
    api_version: &'a str,
    kind: &'a str,
    metadata: &'a Metadata,
    spec: &'a super::LeaseSpec,
}

impl<'a> From<&'a Lease> for SentLease<'a> {
    fn from(lease: &'a Lease) -> Self {
        let Lease { metadata, spec } = lease;
        Self { api_version: "coordination.k8s.io/v1", kind: "Lease", metadata, spec }
    }
}

impl Leases for World {
    async fn lease(&self, name: &str) -> PortResult<Option<Lease>> {
        self.object_get(LEASE, &self.settings.namespace, name).await
    }

    async fn leases(&self, labels: &[(&str, &str)]) -> PortResult<Vec<Lease>> {
        self.object_list(LEASE, &self.settings.namespace, labels).await
    }

    async fn create_lease(&self, lease: &Lease) -> PortResult<Lease> {
        let request = self.object(Method::Post, LEASE, &self.settings.namespace, "");
        self.object_put(request, &SentLease::from(lease)).await
    }

    async fn replace_lease(&self, lease: &Lease) -> PortResult<Lease> {
        let request = self.object(Method::Put, LEASE, &self.settings.namespace, &lease.metadata.name);
        self.object_put(request, &SentLease::from(lease)).await
    }

    async fn delete_lease(&self, name: &str, only_if: &Preconditions) -> PortResult<()> {
        self.object_delete(LEASE, &self.settings.namespace, name, only_if).await
    }
}

impl World {
    /// Reads a counter, lets `change` decide, and writes it back unless somebody else did meanwhile.
    async fn change_counter<T>(&self, name: &str, change: impl Fn(&mut Map) -> (bool, T)) -> PortResult<T> {
        let namespace = &self.settings.namespace;
        let mut last = None;
        for _ in 0..COUNTER_TRIES {
            let have: Option<ConfigMap> = self.object_get(CONFIG_MAP, namespace, name).await?;
            let (method, at) = if have.is_some() { (Method::Put, name) } else { (Method::Post, "") };
            let mut map = have.unwrap_or_default();
            name.clone_into(&mut map.metadata.name);
            namespace.clone_into(&mut map.metadata.namespace);
            let (changed, result) = change(&mut map.data);
            if !changed {
                return Ok(result);
            }
            let body = json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": map.metadata, "data": map.data });
            let request = self.object(method, CONFIG_MAP, namespace, at).json(&body)?;
            match self.send(request).await {
                Ok(_) => return Ok(result),
                Err(error @ PortError::Conflict { .. }) => last = Some(error),
                Err(error) => return Err(error),
            }
        }
        let call = last
            .map_or_else(|| Call::from(&self.object(Method::Put, CONFIG_MAP, namespace, name)), |e| e.call().clone());
        let why = format!("somebody else changed it {COUNTER_TRIES} times in a row");
        Err(PortError::Later { call, why, retry_after: None })
    }
}

impl Counters for World {
    async fn count(&self, counter: &str) -> PortResult<usize> {
        let map: Option<ConfigMap> = self.object_get(CONFIG_MAP, &self.settings.namespace, counter).await?;
        Ok(map.map_or(0, |map| map.data.len()))
    }

    async fn spend(&self, counter: &str, token: &str, limit: usize) -> PortResult<Spent> {
        let spent_at = self.time.now().to_string();
        self.change_counter(counter, |spent| {
            if spent.contains_key(token) {
                (false, Spent::Before(spent.len()))
            } else if spent.len() >= limit {
                (false, Spent::UsedUp(spent.len()))
            } else {
                spent.insert(token.to_owned(), spent_at.clone());
                (true, Spent::Now(spent.len()))
            }
        })
        .await
    }

    async fn give_back(&self, counter: &str, token: &str) -> PortResult<()> {
        self.change_counter(counter, |spent| (spent.remove(token).is_some(), ())).await
    }

    async fn counters(&self, prefixes: &[&str]) -> PortResult<Vec<String>> {
        let maps: Vec<ConfigMap> = self.object_list(CONFIG_MAP, &self.settings.namespace, &[]).await?;
        let names = maps.into_iter().map(|map| map.metadata.name);
        Ok(names.filter(|name| prefixes.iter().any(|prefix| name.starts_with(prefix))).collect())
    }

    async fn forget(&self, counter: &str) -> PortResult<()> {
        self.object_delete(CONFIG_MAP, &self.settings.namespace, counter, &Preconditions::default()).await
    }
}

impl CodeRuns for World {
    async fn coderun(&self, name: &str) -> PortResult<Option<Resource>> {
        self.object_get(CODERUN, &self.settings.coderun_namespace, name).await
    }

    async fn coderuns(&self, labels: &[(&str, &str)]) -> PortResult<Vec<Resource>> {
        self.object_list(CODERUN, &self.settings.coderun_namespace, labels).await
    }

    async fn create_coderun(&self, manifest: &Value) -> PortResult<Resource> {
        self.object_put(self.object(Method::Post, CODERUN, &self.settings.coderun_namespace, ""), manifest).await
    }

    async fn delete_coderun(&self, name: &str, only_if: &Preconditions) -> PortResult<()> {
        // In the foreground: what it owns goes first, its running agent too, and only then is it seen gone.
        let options = json!({
            "kind": "DeleteOptions", "apiVersion": "v1", "preconditions": only_if, "propagationPolicy": "Foreground",
        });
        self.object_delete_with(CODERUN, &self.settings.coderun_namespace, name, &options).await
    }
}

impl CarryOutCodeRuns for World {
    async fn merge_coderun_status(&self, name: &str, uid: &str, status: &Value) -> PortResult<Resource> {
        let mut request = self.object(Method::Patch, CODERUN, &self.settings.coderun_namespace, name);
        request.path.push_str("/status");
        self.object_put(request, &json!({ "metadata": { "uid": uid }, "status": status })).await
    }

    async fn create_secret(&self, manifest: &Value) -> PortResult<()> {
        let request = self.object(Method::Post, SECRET, &self.settings.coderun_namespace, "");
        self.object_put::<Value>(request, manifest).await.map(drop)
    }
}

impl Workflows for World {
    async fn create_workflow(&self, manifest: &Value) -> PortResult<Resource> {
        self.object_put(self.object(Method::Post, WORKFLOW, &self.settings.namespace, ""), manifest).await
    }

    async fn workflow_of(&self, name: &str) -> PortResult<Option<Resource>> {
        self.object_get(WORKFLOW, &self.settings.namespace, name).await
    }

    async fn workflows(&self, labels: &[(&str, &str)]) -> PortResult<Vec<Resource>> {
        self.object_list(WORKFLOW, &self.settings.namespace, labels).await
    }

    async fn stop_workflow(&self, workflow: &WorkflowRef) -> PortResult<()> {
        // A uid in a patch is a precondition: another Workflow of this name is left alone.
        let patch = json!({ "metadata": { "uid": workflow.uid }, "spec": { "shutdown": "Stop" } });
        let request = self.object(Method::Patch, WORKFLOW, &workflow.namespace, &workflow.name).json(&patch)?;
        found(self.send(request).await).map(drop)
    }

    async fn delete_pod(&self, name: &str) -> PortResult<()> {
        self.object_delete(POD, &self.settings.namespace, name, &Preconditions::default()).await
    }
}
