//! What no event did: starts CodeRuns that no Sensor started, and ends those whose Workflow is gone without a report. Run every
//! minute it also makes the executor work without Argo Events.

use serde_json::{Value, json};
use step::Cannot;
use world::kubernetes::Resource;
use world::{CarryOutCodeRuns, Clock, Cluster, CodeRuns, PortError, Settings as Places, Workflows, World};

use crate::prepare::{Which, seconds, status};
use crate::report::{PART, WORKFLOW};

/// Flags of `run-agent tend`.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    #[command(flatten)]
    world: world::Args,
    /// The namespace of the CodeRuns
    #[arg(long, value_name = "NAME")]
    namespace: String,
}

/// Everything it may do.
trait Ports: CodeRuns + CarryOutCodeRuns + Workflows + Cluster + Clock {}
impl<T: CodeRuns + CarryOutCodeRuns + Workflows + Cluster + Clock> Ports for T {}

/// Looks at every CodeRun.
pub fn main(args: &Args) -> Result<String, Cannot> {
    let namespace = args.namespace.clone();
    let places = Places { coderun_namespace: namespace.clone(), namespace, ..Places::default() };
    let world = World::open(&args.world, places).map_err(|error| Cannot::misconfigured(error.to_string()))?;
    ledger::block_on(tend(args, &world))
}

async fn tend(args: &Args, ports: &impl Ports) -> Result<String, Cannot> {
    let coderuns = ports.coderuns(&[]).await.map_err(ledger::cannot)?;
    let (mut started, mut ended) = (0, 0);
    for coderun in coderuns.iter().filter(|coderun| coderun.metadata.deletion_timestamp.is_none()) {
        match coderun.phase() {
            None if has_prompt(coderun) => started += u32::from(start(coderun, ports).await?),
            Some("Running") => ended += u32::from(end(args, coderun, ports).await?),
            _ => {}
        }
    }
    Ok(format!("{} CodeRuns, {started} started, {ended} ended", coderuns.len()))
}

fn has_prompt(coderun: &Resource) -> bool {
    let prompt = coderun.spec.get("promptModification").and_then(Value::as_str);
    prompt.is_some_and(|prompt| !prompt.trim().is_empty())
}

/// The Workflow of a CodeRun, as the Sensor `coderun-created` names it.
fn workflow(coderun: &Resource) -> String {
    let metadata = &coderun.metadata;
    let name: String = metadata.name.chars().take(46).collect();
    let uid: String = metadata.uid.chars().take(8).collect();
    format!("{}-{uid}", name.trim_matches(['-', '.']))
}

/// The same object as the Sensor's: who comes second changes nothing.
async fn start(coderun: &Resource, ports: &impl Ports) -> Result<bool, Cannot> {
    let metadata = &coderun.metadata;
    let manifest = json!({
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": {
            "name": workflow(coderun),
            "labels": { "app.kubernetes.io/part-of": "healer", "app.kubernetes.io/component": "executor" },
            "ownerReferences": [{
                "apiVersion": "agents.platform/v1", "kind": "CodeRun", "name": metadata.name, "uid": metadata.uid,
                "blockOwnerDeletion": true,
            }],
        },
        "spec": {
            "workflowTemplateRef": { "name": "execute-coderun" },
            "arguments": { "parameters": [
                { "name": "coderun", "value": metadata.name }, { "name": "uid", "value": metadata.uid },
            ] },
        },
    });
    match ports.create_workflow(&manifest).await {
        Ok(_) => Ok(true),
        Err(PortError::Conflict { .. }) => Ok(false),
        Err(error) => Err(ledger::cannot(error)),
    }
}

/// A Workflow that was terminated or deleted has reported nothing. A CodeRun of another controller is none of ours.
async fn end(args: &Args, coderun: &Resource, ports: &impl Ports) -> Result<bool, Cannot> {
    let name = workflow(coderun);
    if coderun.status.get("jobName").and_then(Value::as_str) != Some(&*name) {
        return Ok(false);
    }
    let found = ports.workflow_of(&name).await.map_err(ledger::cannot)?;
    if found.is_some_and(|found| !matches!(found.phase(), Some("Succeeded" | "Failed" | "Error"))) {
        return Ok(false);
    }
    let labels = [(WORKFLOW, &*name), (PART, "agent")];
    let pods = ports.pods(&args.namespace, &labels).await.map_err(ledger::cannot)?;
    if pods.iter().any(|pod| !matches!(&*pod.status.phase, "Succeeded" | "Failed")) {
        return Ok(false);
    }
    let which = Which {
        world: args.world.clone(),
        coderun: coderun.metadata.name.clone(),
        uid: coderun.metadata.uid.clone(),
        namespace: args.namespace.clone(),
        workflow: name.clone(),
    };
    let now = seconds(ports.now());
    let mut fields = status("Failed", &format!("the Workflow {name} ended without a report"), now, &which);
    fields["finishedAt"] = json!(now.to_string());
    match ports.merge_coderun_status(&which.coderun, &which.uid, &fields).await {
        Ok(_) => Ok(true),
        Err(PortError::NotFound { .. } | PortError::Conflict { .. }) => Ok(false),
        Err(error) => Err(ledger::cannot(error)),
    }
}
