//! What earlier attempts of this remediation did: their commits, their diff, and the end of what the agent said.

use remediation::{AttemptRecord, Commit, PastAttempt, cap, caps};
use serde_json::Value;
use text::Untrusted;
use world::{Clock, Cluster, CodeRuns, ReadGithub};

use crate::Bulk;
use crate::github::{bounded, patches};
use crate::source::{Answer, Found, Source, failed};

/// Lines of an agent's log that are read, and bytes of them that are kept.
const OUTPUT_LINES: u32 = 200;
const OUTPUT_BYTES: usize = 3000;

/// The attempts before this one, with an attachment for each diff. What cannot be had of one of them is said.
pub async fn history(
    ask: &Source<'_, impl ReadGithub + CodeRuns + Cluster + Clock>,
) -> Found<(Vec<PastAttempt>, Vec<Bulk>)> {
    let items = ask.needs.attempts.iter().filter_map(|item| serde_json::from_str::<AttemptRecord>(item.get()).ok());
    let attempts: Vec<AttemptRecord> = items.filter(|attempt| attempt.agent.is_some()).collect();
    let (mut past, mut bulk, mut missing) = (Vec::new(), Vec::new(), Vec::new());
    let mut base = ask.needs.target.as_ref().map(|target| target.base_sha.clone());
    for attempt in attempts {
        let Some(agent) = attempt.agent.clone() else { continue };
        let mut kept = PastAttempt {
            round: attempt.round,
            number: attempt.number,
            agent,
            verdict: attempt.verdict.clone(),
            commits: attempt.commits.clone(),
            commits_omitted: attempt.commits_omitted,
            diff: None,
            agent_output: None,
        };
        if let (Some(from), Some(to)) = (&base, &attempt.head_sha) {
            match ask.ports.compare(&ask.of, from, to).await {
                Ok(comparison) => {
                    let name = format!("attempt_{}_{}_diff", attempt.round, attempt.number);
                    let text = bounded(ask, &patches(&comparison.files), &name);
                    missing.extend(text.missing);
                    let commits = comparison.commits.iter().map(|commit| Commit {
                        sha: commit.sha.clone(),
                        message: ask.foreign.line(&commit.commit.message, caps::TEXT),
                    });
                    (kept.commits, kept.commits_omitted) = cap(commits.collect(), caps::COMMITS);
                    bulk.push(Bulk { file: format!("{name}.patch"), name: name.clone(), text: text.found });
                    kept.diff = Some(name);
                }
                Err(error) => missing.push(format!("attempt {}: {}", attempt.number, failed(&error))),
            }
        }
        base = attempt.head_sha.or(base);
        if let Some(coderun) = &attempt.coderun {
            match output(ask, coderun).await {
                Ok(text) => kept.agent_output = text,
                Err(why) => missing.push(format!("attempt {}: what the agent said is gone: {why}", attempt.number)),
            }
        }
        past.push(kept);
    }
    Ok(Answer { found: (past, bulk), missing })
}

/// The end of what the agent said: the log of its newest pod.
async fn output(ask: &Source<'_, impl CodeRuns + Cluster + Clock>, coderun: &str) -> Result<Option<Untrusted>, String> {
    let object = ask.ports.coderun(coderun).await.map_err(|error| failed(&error))?;
    // Facts: cto.md 1.7. The Job's name leads to its pods; the run's own label where no Job is named.
    let job = object.as_ref().and_then(|object| object.status.get("jobName")).and_then(Value::as_str);
    let label = match job {
        Some(job) => ("batch.kubernetes.io/job-name", job),
        None => ("cleanup.cto.dev/run", coderun),
    };
    let namespace = ask.config.coderun_namespace();
    let pods = ask.ports.pods(namespace, &[label]).await.map_err(|error| failed(&error))?;
    let newest = pods.iter().max_by_key(|pod| pod.metadata.creation_timestamp);
    let Some(pod) = newest else { return Err("its pod was removed".into()) };
    let container = pod.status.container_statuses.first().map(|container| container.name.as_str());
    let log = ask.ports.pod_log(namespace, &pod.metadata.name, container, OUTPUT_LINES).await;
    let log = log.map_err(|error| failed(&error))?;
    // Whether something was said is decided before anything invisible in it goes.
    Ok((!log.is_empty()).then(|| ask.foreign.tail(&log, OUTPUT_BYTES)))
}
