//! What the cluster knows: the Argo CD application, the workload's pods and what happened to them.

use remediation::{ArgocdStatus, Pod, caps};
use serde_json::Value;
use text::Untrusted;
use world::kubernetes::{self, ContainerStatus};
use world::{Clock, Cluster};

use crate::source::{Answer, Found, NoAnswer, Source, failed};

/// The Argo CD application.
pub async fn argocd(ask: &Source<'_, impl Cluster + Clock>) -> Found<ArgocdStatus> {
    let name = ask.repository.argocd_application.as_deref().ok_or(NoAnswer::NotConfigured("argocd_application"))?;
    let Some(application) = ask.ports.application(name).await? else {
        return Err(NoAnswer::NotThere("the Argo CD application that healer.yaml names"));
    };
    let status = application.status;
    let line = |text: &Untrusted| ask.foreign.line(text, caps::TEXT);
    let conditions = status
        .conditions
        .iter()
        .map(|condition| line(&Untrusted::new(format!("{}: {}", condition.kind, condition.message.expose()))));
    let health = status.health.message.iter().map(line);
    let message = status
        .operation_state
        .as_ref()
        .map(|state| line(&Untrusted::new(format!("{}: {}", state.phase, state.message.expose()))));
    Ok(ArgocdStatus {
        application: name.to_owned(),
        health: status.health.status.clone(),
        sync: status.sync.status.clone(),
        unhealthy: health.chain(conditions).take(caps::CONTEXT).collect(),
        message,
    }
    .into())
}

/// The workload's pods that are not well, then the others; and the events about them.
pub async fn pods(ask: &Source<'_, impl Cluster + Clock>) -> Found<(Vec<Pod>, Vec<Untrusted>)> {
    let selector = ask.repository.pods.as_deref().ok_or(NoAnswer::NotConfigured("pods"))?;
    let labels: Vec<(&str, &str)> = selector
        .split(',')
        .filter_map(|pair| pair.trim().split_once('='))
        .map(|(key, value)| (key.trim(), value.trim()))
        .collect();
    if labels.is_empty() {
        return Err(NoAnswer::NotConfigured("pods` of the form `label=value"));
    }
    let namespace = ask.repository.pods_namespace.as_deref().unwrap_or(&ask.config.namespace);
    let mut found: Vec<Pod> = ask.ports.pods(namespace, &labels).await?.iter().map(|pod| kept(ask, pod)).collect();
    found.sort_by_key(|pod| pod.ready);
    let omitted = found.len().saturating_sub(caps::CONTEXT);
    found.truncate(caps::CONTEXT);
    let mut missing = Vec::new();
    if omitted > 0 {
        missing.push(format!("{omitted} more pods were left out"));
    }
    let mut events = Vec::new();
    for pod in found.iter().filter(|pod| !pod.ready) {
        match ask.ports.events(namespace, "Pod", pod.name.expose()).await {
            Ok(all) => {
                events.extend(all.iter().filter(|event| event.kind == "Warning").map(|event| line(ask, pod, event)))
            }
            Err(error) => missing.push(failed(&error)),
        }
    }
    // The newest are the last.
    events.drain(..events.len().saturating_sub(caps::CONTEXT));
    missing.truncate(3);
    Ok(Answer { found: (found, events), missing })
}

fn kept(ask: &Source<'_, impl Clock>, pod: &kubernetes::Pod) -> Pod {
    let containers = &pod.status.container_statuses;
    let reason = containers
        .iter()
        .find_map(reason)
        .map(Untrusted::new)
        .or_else(|| pod.status.reason.clone().map(Untrusted::new));
    Pod {
        name: Untrusted::new(&*pod.metadata.name),
        phase: pod.status.phase.clone(),
        ready: pod.status.phase == "Succeeded" || (!containers.is_empty() && containers.iter().all(|own| own.ready)),
        restarts: containers.iter().map(|container| u64::from(container.restart_count)).sum(),
        reason: reason.map(|reason| ask.foreign.line(&reason, caps::TEXT)),
    }
}

/// Why a container waits or ended badly, now or before.
fn reason(container: &ContainerStatus) -> Option<String> {
    let word = |state: &Value, key: &str| state.get(key)?.get("reason")?.as_str().map(str::to_owned);
    let ended = |state: &Value| word(state, "terminated").filter(|reason| reason != "Completed");
    word(&container.state, "waiting").or_else(|| ended(&container.state)).or_else(|| ended(&container.last_state))
}

fn line(ask: &Source<'_, impl Clock>, pod: &Pod, event: &kubernetes::Event) -> Untrusted {
    let times = event.count.filter(|count| *count > 1).map(|count| format!(" (x{count})")).unwrap_or_default();
    let text = format!("{}: {}{times}: {}", pod.name.expose(), event.reason, event.message.expose());
    ask.foreign.line(&Untrusted::new(text), caps::TEXT)
}
