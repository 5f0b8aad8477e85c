//! What every door makes: the Workflow of one failure, exactly as a sensor for `workflow_run` makes it (design section 5).
//! `resolve-event` and `sweep` open failures with it. The name says which failure it is, so of many doors one opens it.

mod failure;

pub use failure::{Failure, alert_of};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ledger::cannot;
use remediation::{Actor, names, projection};
use serde_json::{Value, json};
use step::Cannot;
use world::kubernetes::Resource;
use world::{PortError, Workflows};

/// The WorkflowTemplate that repairs a failure.
pub const TEMPLATE: &str = "remediate-ci";

/// The label of everything that is Healer's.
pub const PART_OF: (&str, &str) = ("app.kubernetes.io/part-of", "healer");

/// The label that says through which event's door a Workflow came.
pub const DOOR: &str = "healer.platform/door";

/// The highest round; nobody asks so often.
pub const MAX_ROUND: u32 = 99;

/// How often what died is taken over by itself; after that it is a person's.
pub const TAKE_OVERS: u32 = 5;

/// A person's wish, for the event's key `healer`.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// Who, as GitHub says.
    pub actor: Actor,
    /// `fix` or `retry`.
    pub command: &'static str,
    /// The door's own name, `cmd-…` or `btn-…`: the same wish told twice is one.
    pub door: String,
}

/// The Workflow of a failure.
pub fn manifest(failure: &Failure, round: u32, asked: Option<&Asked>, namespace: &str) -> Value {
    let mut event = failure.event.clone();
    if asked.is_some() || round > 1 {
        event[projection::HEALER] = match asked {
            Some(Asked { actor, command, door }) => {
                json!({ "actor": actor, "command": command, "door": door, "round": round })
            }
            None => json!({ "round": round }),
        };
    }
    let mut parameters = vec![
        json!({ "name": "event_name", "value": failure.event_name }),
        json!({ "name": "event_b64", "value": STANDARD.encode(projection::encode(&event)) }),
        json!({ "name": "branch_key", "value": failure.branch_key }),
    ];
    if round > 1 {
        parameters.push(json!({ "name": "round", "value": round.to_string() }));
    }
    json!({
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": {
            "name": names::workflow(&failure.id, round),
            "namespace": namespace,
            "labels": { PART_OF.0: PART_OF.1, DOOR: failure.event_name },
        },
        "spec": {
            "workflowTemplateRef": { "name": TEMPLATE },
            "arguments": { "parameters": parameters },
        },
    })
}

/// Sees to it that there is a Workflow for this failure; its name. One that is there already is it, unless a person asks
/// anew for what an earlier one has ended without: then it is the next round.
///
/// # Errors
/// The cluster's; 75 is safe to run again, for a name is made once.
pub async fn open(
    failure: &Failure,
    from_round: u32,
    asked: Option<&Asked>,
    ports: &impl Workflows,
    namespace: &str,
) -> Result<String, Cannot> {
    for round in from_round..=MAX_ROUND {
        let name = names::workflow(&failure.id, round);
        let there = ports.workflow_of(&name).await.map_err(cannot)?;
        if let Some(there) = there {
            if asked.is_some_and(|asked| is_over(&there) && door_of(&there).as_deref() != Some(&asked.door)) {
                continue;
            }
            return Ok(name);
        }
        return match ports.create_workflow(&manifest(failure, round, asked, namespace)).await {
            // Another door was quicker.
            Ok(_) | Err(PortError::Conflict { .. }) => Ok(name),
            Err(error) => Err(cannot(error)),
        };
    }
    Err(Cannot::refused(format!("{} has had {MAX_ROUND} rounds; nothing was created", failure.id)))
}

/// The same Workflow under another name: its template, its arguments and its labels, as its door wrote them.
pub fn again(before: &Resource, name: &str) -> Option<Value> {
    let template = before.spec.get("workflowTemplateRef")?;
    let arguments = before.spec.get("arguments").filter(|_| argument(before, "event_b64").is_some())?;
    let own = [PART_OF.0, DOOR];
    let labels: serde_json::Map<String, Value> = before
        .metadata
        .labels
        .iter()
        .filter(|(key, _)| own.contains(&key.as_str()))
        .map(|(key, value)| (key.clone(), json!(value)))
        .collect();
    Some(json!({
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": { "name": name, "namespace": before.metadata.namespace, "labels": labels },
        "spec": { "workflowTemplateRef": template, "arguments": arguments },
    }))
}

/// Whether a Workflow has ended.
pub fn is_over(workflow: &Resource) -> bool {
    matches!(workflow.phase(), Some("Succeeded" | "Failed" | "Error"))
}

/// Whether a person stopped it with `argo stop`. `argo terminate` is no such wish: it leaves no time to say so.
pub fn is_stopped(workflow: &Resource) -> bool {
    workflow.spec.get("shutdown").and_then(Value::as_str) == Some("Stop")
}

/// The value of one of a Workflow's arguments.
pub fn argument<'a>(workflow: &'a Resource, name: &str) -> Option<&'a str> {
    let parameters = workflow.spec.pointer("/arguments/parameters")?.as_array()?;
    parameters.iter().find(|parameter| parameter["name"] == name)?.get("value")?.as_str()
}

/// The event that a Workflow was made of.
pub fn event(workflow: &Resource) -> Option<Value> {
    let bytes = STANDARD.decode(argument(workflow, "event_b64")?).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// Which wish of a person made a Workflow.
fn door_of(workflow: &Resource) -> Option<String> {
    Some(event(workflow)?.get(projection::HEALER)?.get("door")?.as_str()?.to_owned())
}

#[cfg(test)]
mod tests;
