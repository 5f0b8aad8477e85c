//! After the agent: the CodeRun's status, from how the Workflow ended and what the agent's pod left.

use std::time::Duration;

use remediation::Vocabulary;
use serde_json::{Value, json};
use step::{Cannot, Code};
use world::kubernetes::Pod;
use world::{CarryOutCodeRuns, Clock, Cluster, CodeRuns, PortError, World};

use crate::Ending;
use crate::prepare::{Ours, Which, seconds, status};

/// Label that every pod of a Workflow has.
pub const WORKFLOW: &str = "workflows.argoproj.io/workflow";
/// Label that says which part of the executor a pod is.
pub const PART: &str = "healer.platform/part";
/// The kubelet writes a container's end a moment after Argo knows it.
const LOOKS: u32 = 5;
const PAUSE: Duration = Duration::from_secs(2);

/// Flags of `run-agent report`.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    #[command(flatten)]
    which: Which,
    /// How the Workflow ended: Succeeded, Failed or Error
    #[arg(long, value_name = "PHASE")]
    workflow_status: String,
}

/// Reports.
pub fn main(args: &Args) -> Result<String, Cannot> {
    let world = World::open(&args.which.world, args.which.places());
    let world = world.map_err(|error| Cannot::misconfigured(error.to_string()))?;
    ledger::block_on(report(args, &world))
}

async fn report(args: &Args, ports: &(impl CodeRuns + CarryOutCodeRuns + Cluster + Clock)) -> Result<String, Cannot> {
    let which = &args.which;
    if let Ours::No(why) = which.look(ports).await? {
        return Ok(why);
    }
    let succeeded = args.workflow_status == "Succeeded";
    let message = if succeeded { Ending::Ended.meaning().to_owned() } else { why(which, ports).await? };
    let now = seconds(ports.now());
    let mut fields = status(if succeeded { "Succeeded" } else { "Failed" }, &message, now, which);
    fields["finishedAt"] = json!(now.to_string());
    if succeeded {
        fields["workCompleted"] = json!(true);
    }
    match ports.merge_coderun_status(&which.coderun, &which.uid, &fields).await {
        Ok(_) => Ok(message),
        Err(PortError::NotFound { .. } | PortError::Conflict { .. }) => Ok("the CodeRun went away meanwhile".into()),
        Err(error) => Err(ledger::cannot(error)),
    }
}

/// Why there is no success, in a sentence that names the pod part and its exit code.
async fn why(which: &Which, ports: &(impl Cluster + Clock)) -> Result<String, Cannot> {
    for look in 1..=LOOKS {
        let labels = [(WORKFLOW, &*which.workflow)];
        let pods = ports.pods(&which.namespace, &labels).await.map_err(ledger::cannot)?;
        let of = |part: &str| {
            let newest = pods.iter().filter(|pod| pod.metadata.labels.get(PART).is_some_and(|have| have == part));
            newest.max_by_key(|pod| pod.metadata.creation_timestamp)
        };
        let said = match (of("agent").map(Seen::of), of("prepare").map(Seen::of)) {
            (Some(seen), _) if seen.is_over => seen.agent(),
            // Whoever reads `Failed` may start the next agent: not while this one may still push.
            (Some(seen), _) if look == LOOKS => {
                return Err(Cannot::not_yet(format!("the agent's pod {} is still there; run again later", seen.pod)));
            }
            (None, Some(seen)) if seen.is_over => seen.prepare(),
            (None, _) if look == LOOKS => "the agent was not started; its Workflow says why".to_owned(),
            _ => {
                ports.sleep(PAUSE).await;
                continue;
            }
        };
        return Ok(format!("{said} (Workflow {})", which.workflow));
    }
    Ok("the agent was stopped".into())
}

/// What is left of a container `main`.
#[derive(Debug, Default, PartialEq)]
struct Seen {
    pod: String,
    is_over: bool,
    exit_code: Option<u8>,
    reason: String,
    ending: Option<Ending>,
}

impl Seen {
    fn of(pod: &Pod) -> Self {
        let main = pod.status.container_statuses.iter().find(|status| status.name == "main");
        let ended = main.and_then(|main| main.state.get("terminated")).unwrap_or(&Value::Null);
        let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
        let word = text(ended.get("message"));
        let is_over = !ended.is_null() || matches!(&*pod.status.phase, "Failed" | "Succeeded");
        let evicted = is_over && ended.is_null();
        Self {
            pod: pod.metadata.name.clone(),
            is_over,
            exit_code: ended.get("exitCode").and_then(Value::as_u64).and_then(|code| u8::try_from(code).ok()),
            reason: if evicted { pod.status.reason.clone().unwrap_or_default() } else { text(ended.get("reason")) },
            // The agent could have written something else there: only our own words are read.
            ending: word.lines().last().and_then(|word| Ending::parse(word.trim())),
        }
    }

    fn agent(&self) -> String {
        let pod = &self.pod;
        match (&*self.reason, self.ending, self.exit_code) {
            ("OOMKilled", _, _) => format!("the agent used more memory than its pod {pod} may have"),
            ("Evicted" | "NodeLost" | "Shutdown" | "Preempting", _, _) => {
                format!("the node gave the agent's pod {pod} up")
            }
            (_, Some(ending), Some(code)) => format!("{}: exit code {code}, pod {pod}", ending.meaning()),
            (_, None, Some(code)) => format!("the agent's pod {pod} ended with exit code {code}"),
            (_, _, None) => format!("the agent's pod {pod} was stopped"),
        }
    }

    fn prepare(&self) -> String {
        let (pod, code) = (&self.pod, self.exit_code.unwrap_or(1));
        if code == 0 {
            return "the agent's pod is gone: somebody deleted it, or its node was lost".into();
        }
        let name = Code::from_number(code).name();
        format!("the agent was not started: prepare ended with exit code {code} ({name}), pod {pod}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(status: Value) -> Seen {
        Seen::of(&serde_json::from_value(json!({ "metadata": { "name": "p" }, "status": status })).unwrap())
    }

    fn ended(terminated: Value) -> Seen {
        seen(json!({ "phase": "Failed", "containerStatuses": [
            { "name": "wait", "state": { "terminated": { "exitCode": 0 } } },
            { "name": "main", "state": { "terminated": terminated } },
        ] }))
    }

    #[test]
    fn every_end_has_its_sentence() {
        for (seen, says) in [
            (
                ended(json!({ "exitCode": 124, "message": "deadline" })),
                "the agent was stopped at its deadline: exit code 124, pod p",
            ),
            (
                ended(json!({ "exitCode": 3, "message": "agent_failed" })),
                "the agent ended with an error: exit code 3, pod p",
            ),
            (ended(json!({ "exitCode": 3, "message": "@everyone" })), "the agent's pod p ended with exit code 3"),
            (
                ended(json!({ "exitCode": 137, "reason": "OOMKilled" })),
                "the agent used more memory than its pod p may have",
            ),
            (seen(json!({ "phase": "Failed", "reason": "Evicted" })), "the node gave the agent's pod p up"),
        ] {
            assert!(seen.is_over);
            assert_eq!(seen.agent(), says);
        }
        assert!(!seen(json!({ "phase": "Running" })).is_over);
        assert!(ended(json!({ "exitCode": 0 })).prepare().contains("pod is gone"));
        let denied = "the agent was not started: prepare ended with exit code 77 (denied), pod p";
        assert_eq!(ended(json!({ "exitCode": 77 })).prepare(), denied);
    }
}
