//! GitHub Actions: runs and jobs. A job's failure is its run's: one failure, one name.

use remediation::{Subject, SubjectKind, names};
use step::Cannot;

use crate::body::Body;
use crate::event::Read;
use crate::events::pull_request;

pub(crate) fn workflow_run(body: &Body<'_>) -> Result<Read, Cannot> {
    let (repository_id, repository) = body.repository()?;
    let run_id = body.need_id("workflow_run.id")?;
    let run_attempt = body.need_id("workflow_run.run_attempt")?;
    let mut subject = Subject::new(SubjectKind::CiFailure);
    subject.run_id = Some(run_id);
    subject.run_attempt = Some(run_attempt);
    subject.branch = body.branch("workflow_run.head_branch")?;
    subject.head_sha = body.sha("workflow_run.head_sha")?;
    subject.head_repository_id = body.id("workflow_run.head_repository.id")?;
    pull_request(body, "workflow_run.pull_requests", repository_id, &mut subject)?;
    subject.workflow = body.text("workflow_run.name")?;
    subject.workflow_id = body.id("workflow_run.workflow_id")?;
    subject.conclusion = body.word("workflow_run.conclusion")?;
    subject.action = body.word("action")?;
    subject.actor = body.actor(&["sender", "workflow_run.triggering_actor", "workflow_run.actor"])?;
    subject.url = body.url("workflow_run.html_url")?;
    Ok(Read {
        id: names::actions_run(repository_id, run_id, run_attempt),
        at: body.instant("workflow_run.updated_at")?,
        repository: Some(repository),
        subject,
        asked: None,
        alert: None,
    })
}

pub(crate) fn workflow_job(body: &Body<'_>) -> Result<Read, Cannot> {
    let (repository_id, repository) = body.repository()?;
    let run_id = body.need_id("workflow_job.run_id")?;
    let run_attempt = body.need_id("workflow_job.run_attempt")?;
    let mut subject = Subject::new(SubjectKind::CiFailure);
    subject.run_id = Some(run_id);
    subject.run_attempt = Some(run_attempt);
    subject.job_id = body.id("workflow_job.id")?;
    subject.job = body.text("workflow_job.name")?;
    subject.workflow = body.text("workflow_job.workflow_name")?;
    subject.branch = body.branch("workflow_job.head_branch")?;
    subject.head_sha = body.sha("workflow_job.head_sha")?;
    subject.conclusion = body.word("workflow_job.conclusion")?;
    subject.action = body.word("action")?;
    subject.actor = body.actor(&["sender"])?;
    subject.url = body.url("workflow_job.html_url")?;
    Ok(Read {
        id: names::actions_run(repository_id, run_id, run_attempt),
        at: body.instant("workflow_job.completed_at")?,
        repository: Some(repository),
        subject,
        asked: None,
        alert: None,
    })
}
