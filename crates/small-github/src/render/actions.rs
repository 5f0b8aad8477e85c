//! Runs, jobs, workflows.

use serde_json::{Value, json};

use super::{View, node_id, stamp, stamp_or_null};
use crate::model::{Attempt, Job, Repository, Run, Workflow};

impl View<'_> {
    /// A run as one of its attempts left it.
    pub fn run(&self, repository: &Repository, run: &Run, attempt: &Attempt) -> Value {
        let (api, html, id) = (self.api(repository), self.html(repository), run.id);
        let url = format!("{api}/actions/runs/{id}");
        let previous = attempt.number.checked_sub(1).filter(|number| *number > 0);
        json!({
            "id": id,
            "name": run.name,
            "node_id": node_id("WorkflowRun", id),
            "head_branch": run.branch,
            "head_sha": run.sha,
            "path": run.path,
            "display_title": run.title,
            "run_number": run.number,
            "event": run.event,
            "status": attempt.status,
            "conclusion": attempt.conclusion,
            "workflow_id": run.workflow,
            "check_suite_id": run.suite,
            "check_suite_node_id": node_id("CheckSuite", run.suite),
            "url": url,
            "html_url": format!("{html}/actions/runs/{id}"),
            "pull_requests": self.pulls_of_branch(repository, run.head_repository, &run.branch),
            "created_at": stamp(run.created_at),
            "updated_at": stamp(attempt.updated_at),
            "actor": self.account(run.actor),
            "run_attempt": attempt.number,
            "referenced_workflows": [],
            "run_started_at": stamp(attempt.started_at),
            "triggering_actor": self.account(attempt.actor),
            "jobs_url": format!("{url}/jobs"),
            "logs_url": format!("{url}/logs"),
            "check_suite_url": format!("{api}/check-suites/{}", run.suite),
            "artifacts_url": format!("{url}/artifacts"),
            "cancel_url": format!("{url}/cancel"),
            "rerun_url": format!("{url}/rerun"),
            "previous_attempt_url": previous.map(|number| format!("{url}/attempts/{number}")),
            "workflow_url": format!("{api}/actions/workflows/{}", run.workflow),
            "head_commit": self.simple_commit(repository.id, &run.sha),
            "repository": self.repository(repository),
            "head_repository": self.repository_or_null(run.head_repository),
        })
    }

    /// A job.
    pub fn job(&self, repository: &Repository, run: &Run, attempt: &Attempt, job: &Job) -> Value {
        let (api, html) = (self.api(repository), self.html(repository));
        let steps = job.steps.iter().map(|step| {
            json!({
                "name": step.name, "status": step.status, "conclusion": step.conclusion, "number": step.number,
                "started_at": stamp_or_null(step.started_at), "completed_at": stamp_or_null(step.completed_at),
            })
        });
        let ran = job.started_at.is_some();
        json!({
            "id": job.id,
            "run_id": run.id,
            "workflow_name": run.name,
            "head_branch": run.branch,
            "run_url": format!("{api}/actions/runs/{}", run.id),
            "run_attempt": attempt.number,
            "node_id": node_id("CheckRun", job.id),
            "head_sha": run.sha,
            "url": format!("{api}/actions/jobs/{}", job.id),
            "html_url": format!("{html}/actions/runs/{}/job/{}", run.id, job.id),
            "status": job.status,
            "conclusion": job.conclusion,
            "created_at": stamp(job.created_at),
            "started_at": stamp(job.started_at.unwrap_or(job.created_at)),
            "completed_at": stamp_or_null(job.completed_at),
            "name": job.name,
            "steps": steps.collect::<Vec<_>>(),
            "check_run_url": format!("{api}/check-runs/{}", job.id),
            "labels": job.labels,
            "runner_id": ran.then_some(1),
            "runner_name": ran.then_some("small-github 1"),
            "runner_group_id": ran.then_some(1),
            "runner_group_name": ran.then_some("Default"),
        })
    }

    /// A workflow.
    pub fn workflow(&self, repository: &Repository, workflow: &Workflow) -> Value {
        let (api, html, id) = (self.api(repository), self.html(repository), workflow.id);
        json!({
            "id": id,
            "node_id": node_id("Workflow", id),
            "name": workflow.name,
            "path": workflow.path,
            "state": workflow.state,
            "created_at": stamp(workflow.created_at),
            "updated_at": stamp(workflow.created_at),
            "url": format!("{api}/actions/workflows/{id}"),
            "html_url": format!("{html}/blob/{}/{}", repository.default_branch, workflow.path),
            "badge_url": format!("{html}/workflows/{}/badge.svg", workflow.name.replace(' ', "%20")),
        })
    }
}
