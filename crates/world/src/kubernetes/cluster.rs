//! Reading the cluster over any wire.

use text::Untrusted;

use super::objects::{CONFIG_MAP, Kind, POD, WORKFLOW};
use super::{Application, ConfigMap, Event, Pod, Resource, WorkflowState};
use crate::errors::PortResult;
use crate::ports::{Cluster, WorkflowRef};
use crate::wire::Method;
use crate::world::World;

const APPLICATION: Kind = Kind("/apis/argoproj.io/v1alpha1", "applications");
const EVENT: Kind = Kind("/api/v1", "events");

impl Cluster for World {
    async fn config_map(&self, name: &str) -> PortResult<Option<ConfigMap>> {
        self.object_get(CONFIG_MAP, &self.settings.namespace, name).await
    }

    async fn workflow_state(&self, workflow: &WorkflowRef) -> PortResult<WorkflowState> {
        let have: Option<Resource> = self.object_get(WORKFLOW, &workflow.namespace, &workflow.name).await?;
        Ok(match have {
            Some(have) if have.metadata.uid == workflow.uid => match have.phase() {
                None | Some("Pending") => WorkflowState::Pending,
                Some("Succeeded") => WorkflowState::Succeeded,
                Some("Failed" | "Error") => WorkflowState::Failed,
                Some(_) => WorkflowState::Running,
            },
            _ => WorkflowState::Absent,
        })
    }

    async fn pods(&self, namespace: &str, labels: &[(&str, &str)]) -> PortResult<Vec<Pod>> {
        self.object_list(POD, namespace, labels).await
    }

    async fn pod_log(&self, namespace: &str, pod: &str, container: Option<&str>, lines: u32) -> PortResult<Untrusted> {
        let mut request = self.object(Method::Get, POD, namespace, pod).ask("tailLines", lines.to_string());
        request.path.push_str("/log");
        if let Some(container) = container {
            request = request.ask("container", container);
        }
        Ok(Untrusted::from_bytes(&self.send(request).await?.body))
    }

    async fn events(&self, namespace: &str, kind: &str, name: &str) -> PortResult<Vec<Event>> {
        #[derive(serde::Deserialize)]
        struct Events {
            items: Vec<Event>,
        }
        let selector = format!("involvedObject.kind={kind},involvedObject.name={name}");
        let request = self.object(Method::Get, EVENT, namespace, "").ask("fieldSelector", selector);
        let mut events = self.fetch::<Events>(request).await?.items;
        events.sort_by_key(|event| event.last_timestamp.or(event.metadata.creation_timestamp));
        Ok(events)
    }

    async fn application(&self, name: &str) -> PortResult<Option<Application>> {
        self.object_get(APPLICATION, &self.settings.argocd_namespace, name).await
    }
}
