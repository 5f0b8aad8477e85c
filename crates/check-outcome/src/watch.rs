//! What CI and the security alert say of a commit, read through the ports.

use std::collections::BTreeSet;

use ledger::cannot;
use remediation::{AlertType, RunRef, SubjectKind, Target};
use step::Cannot;
use world::github::{AlertKind, Slug};
use world::{Cluster, PortError, ReadGithub};

use crate::Needs;
use crate::ci::{self, Required, RunSeen, Snapshot};
use crate::past::Past;

/// CI on the head, as the verdict needs it; the base is asked only when something beside is red.
pub async fn ci_of(
    needs: &Needs,
    past: &Past,
    target: &Target,
    of: &Slug,
    head: &str,
    ports: &impl ReadGithub,
) -> Result<ci::Ci, Cannot> {
    let required = required(needs, past, of, ports).await?;
    let now = snapshot(of, head, ports).await?;
    let found = ci::read(&required, &now, None);
    if found.broken.is_empty() {
        return Ok(found);
    }
    let before = snapshot(of, &target.base_sha, ports).await?;
    Ok(ci::read(&required, &now, Some(&before)))
}

/// Everything that was red: in the subject's run, and in what earlier attempts left red.
async fn required(
    needs: &Needs,
    past: &Past,
    of: &Slug,
    ports: &impl ReadGithub,
) -> Result<BTreeSet<Required>, Cannot> {
    let mut all = BTreeSet::new();
    if needs.subject.kind == SubjectKind::CommitStatus
        && let Some(context) = &needs.subject.context
    {
        all.insert(Required::Other(context.expose().to_owned()));
    }
    let subject =
        needs.subject.run_id.map(|run_id| RunRef { run_id, run_attempt: needs.subject.run_attempt.unwrap_or(1) });
    for run in subject.iter().chain(past.red_runs()) {
        let read = match ports.run_attempt(of, run.run_id, run.run_attempt).await {
            Ok(read) => read,
            // Deleted since: what the document says of it is what is left.
            Err(PortError::NotFound { .. } | PortError::Gone { .. }) => {
                all.extend(from_document(needs, run));
                continue;
            }
            Err(error) => return Err(cannot(error)),
        };
        all.extend(ci::red_of(with_jobs(RunSeen::from(&read), of, ports).await?));
    }
    Ok(all)
}

/// The failed jobs of a run as `fetch-failure` found them.
fn from_document(needs: &Needs, run: &RunRef) -> Vec<Required> {
    let jobs = needs.failure.iter().flat_map(|failure| &failure.jobs);
    let of_run = jobs.filter(|job| job.run_id.is_none_or(|id| id == run.run_id));
    let name = |job: &remediation::Job| Some(job.name.expose().to_owned());
    needs.subject.workflow_id.map(|id| of_run.map(|job| Required::Job(id, name(job))).collect()).unwrap_or_default()
}

async fn with_jobs(mut run: RunSeen, of: &Slug, ports: &impl ReadGithub) -> Result<RunSeen, Cannot> {
    let jobs = ports.jobs(of, run.run.run_id, run.run.run_attempt).await.map_err(cannot)?;
    run.jobs = jobs
        .items
        .into_iter()
        .map(|job| ci::JobSeen { name: job.name.expose().to_owned(), status: job.status, conclusion: job.conclusion })
        .collect();
    Ok(run)
}

/// GitHub's own App for Actions: its check runs are the jobs that the runs list already.
const ACTIONS: &str = "github-actions";

async fn snapshot(of: &Slug, sha: &str, ports: &impl ReadGithub) -> Result<Snapshot, Cannot> {
    let mut snapshot = Snapshot::default();
    for run in ports.runs_of_commit(of, sha).await.map_err(cannot)?.items {
        snapshot.runs.push(with_jobs(RunSeen::from(&run), of, ports).await?);
    }
    for check in ports.check_runs(of, sha).await.map_err(cannot)?.items {
        if check.app.as_ref().is_none_or(|app| app.slug != ACTIONS) {
            snapshot.others.push((check.name.expose().to_owned(), ci::state(check.status, check.conclusion)));
        }
    }
    for status in ports.combined_status(of, sha).await.map_err(cannot)?.statuses {
        snapshot.others.push((status.context.expose().to_owned(), ci::status_state(status.state)));
    }
    Ok(snapshot)
}

/// Whether the alert is still open; what is no alert never is.
pub async fn alert_is_open(needs: &Needs, of: &Slug, ports: &(impl ReadGithub + Cluster)) -> Result<bool, Cannot> {
    if needs.subject.kind == SubjectKind::ClusterAlert {
        // `admit` saw to it that this is the application which the configuration names; what is gone is no trouble.
        let Some(name) = &needs.subject.workflow else { return Ok(false) };
        let application = ports.application(name.expose()).await.map_err(cannot)?;
        return Ok(application.is_some_and(|application| !application.status.is_well()));
    }
    if needs.subject.kind != SubjectKind::SecurityAlert {
        return Ok(false);
    }
    let (Some(alert_type), Some(number)) = (&needs.subject.alert_type, needs.subject.alert_number) else {
        return Err(Cannot::refused("the subject is a security alert without `alert_type` and `alert_number`"));
    };
    let kind = match alert_type.require("subject.alert_type")? {
        AlertType::Dependabot => AlertKind::Dependabot,
        AlertType::CodeScanning => AlertKind::CodeScanning,
        AlertType::SecretScanning => AlertKind::SecretScanning,
    };
    Ok(!ports.alert(of, kind, number).await.map_err(cannot)?.is_done())
}
