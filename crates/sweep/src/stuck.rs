//! A pod that died without its report: Argo (4.1.2, seen in `tests/soak.json`) keeps its Workflow waiting for that report,
//! and goes on when the pod is gone.

use jiff::Timestamp;
use ledger::{Record, cannot};
use serde_json::Value;
use step::{Cannot, Step};
use world::kubernetes::Resource;

use crate::{Ports, Run, Sweep};

impl<P: Ports> Run<'_, P> {
    /// Deletes the pods that Workflows of open remediations wait for in vain.
    pub(crate) async fn free_stuck(&mut self) {
        let owners = self.records.values().filter(|record| record.is_open()).filter_map(owner);
        for name in owners.collect::<Vec<_>>() {
            if let Some(freed) = self.free_stuck_of(&name).await.transpose() {
                self.tally.note(&name, freed);
            }
        }
    }

    /// `None`: nothing is stuck there.
    async fn free_stuck_of(&mut self, name: &str) -> Result<Option<()>, Cannot> {
        let Some(workflow) = self.ports.workflow_of(name).await.map_err(cannot)? else { return Ok(None) };
        let mut freed = None;
        for pod in stuck(&workflow, self.now - self.grace()) {
            self.ports.delete_pod(&pod).await.map_err(cannot)?;
            self.tally.freed += 1;
            tracing::info!(step = Sweep::NAME, "deleted pod {pod}: it died and {name} still waited for its report");
            freed = Some(());
        }
        Ok(freed)
    }
}

fn owner(record: &Record) -> Option<String> {
    record.status.owner.as_ref().map(|owner| owner.workflow.clone())
}

/// The pods of nodes that began before `before`, failed, and whose report Argo still waits for: until it comes such a node has
/// no end. Their names are the Workflow's, the template's, and the digits that a node's id ends in (Argo's `POD_NAMES=v2`).
/// One that died just now may be among them; then its step is tried once more, as after any lost pod.
fn stuck(workflow: &Resource, before: Timestamp) -> Vec<String> {
    let text = |node: &Value, key: &str| node.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let name = &workflow.metadata.name;
    let nodes = workflow.status.get("nodes").and_then(Value::as_object);
    let waits = |node: &&Value| {
        let began: Option<Timestamp> = text(node, "startedAt").parse().ok();
        text(node, "type") == "Pod"
            && node.get("taskResultSynced") == Some(&Value::Bool(false))
            && matches!(&*text(node, "phase"), "Failed" | "Error")
            && text(node, "finishedAt").is_empty()
            && began.is_some_and(|began| began < before)
    };
    let pod = |node: &Value| {
        let id = text(node, "id");
        let digits =
            id.strip_prefix(&format!("{name}-")).filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))?;
        Some(format!("{name}-{}-{digits}", text(node, "templateName")))
    };
    nodes.into_iter().flat_map(|nodes| nodes.values()).filter(waits).filter_map(pod).collect()
}
