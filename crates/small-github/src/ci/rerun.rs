//! The next attempt of a run: only what failed, and what needs it.

use std::sync::Arc;

use jiff::Timestamp;

use super::trigger::{add_checks, queued};
use super::workflow::{Job as Plan, Workflow, strings};
use crate::events;
use crate::http::Answer;
use crate::model::{Attempt, Job, State};
use crate::server::Server;

/// Runs the failed jobs of a run again, and what needs them, as a new attempt.
pub(crate) fn rerun(server: &Arc<Server>, repository: u64, run: u64, by: u64) -> Result<(), Answer> {
    let now = server.store.now();
    let path_and_sha = server
        .store
        .now_state()
        .repositories
        .get(&repository)
        .and_then(|found| found.runs.get(&run).map(|run| (run.path.clone(), run.sha.clone())));
    let (path, sha) = path_and_sha.ok_or_else(Answer::not_found)?;
    let workflow = server.git.file(repository, &sha, &path).ok().and_then(|text| Workflow::read(&text).ok());
    let plans = workflow.and_then(|workflow| workflow.jobs().ok()).unwrap_or_default();
    server.store.write(|state| {
        let found =
            state.repositories.get(&repository).and_then(|found| found.runs.get(&run)).ok_or_else(Answer::not_found)?;
        let last = found.attempts.last().ok_or_else(Answer::not_found)?.clone();
        if last.status != "completed" {
            return Err(Answer::refusal(403, "This workflow run is already running"));
        }
        let again = again(&last, &plans);
        if again.is_empty() {
            return Err(Answer::refusal(403, "This workflow run cannot be retried: no job failed"));
        }
        let jobs: Vec<Job> = last.jobs.iter().map(|job| next_job(state, job, again.contains(&job.key), now)).collect();
        let repository = state.repositories.get_mut(&repository).ok_or_else(Answer::not_found)?;
        let run = repository.runs.get_mut(&run).ok_or_else(Answer::not_found)?;
        run.attempts.push(Attempt {
            number: last.number + 1,
            actor: by,
            status: "queued".to_owned(),
            conclusion: None,
            started_at: now,
            updated_at: now,
            jobs,
        });
        let run = run.clone();
        add_checks(repository, &run);
        Ok(())
    })?;
    events::run(server, repository, run, "requested");
    queued(server, repository, run);
    server.ci.begin(server, repository, run);
    Ok(())
}

/// The keys of the jobs that run again.
fn again(last: &Attempt, plans: &[(String, Plan)]) -> Vec<String> {
    let red = |job: &&Job| !matches!(job.conclusion.as_deref(), Some("success" | "neutral"));
    let mut again: Vec<String> = last.jobs.iter().filter(red).map(|job| job.key.clone()).collect();
    for (key, plan) in plans {
        if !again.contains(key) && strings(&plan.needs).iter().any(|need| again.contains(need)) {
            again.push(key.clone());
        }
    }
    again
}

/// The job in the next attempt: new, or as it was with another id.
fn next_job(state: &mut State, job: &Job, again: bool, now: Timestamp) -> Job {
    let id = state.id();
    if !again {
        return Job { id, ..job.clone() };
    }
    let mut job = Job { id, log: id, ..job.clone() };
    "queued".clone_into(&mut job.status);
    (job.conclusion, job.started_at, job.completed_at, job.log_at, job.created_at) = (None, None, None, None, now);
    for step in &mut job.steps {
        "queued".clone_into(&mut step.status);
        (step.conclusion, step.started_at, step.completed_at) = (None, None, None);
    }
    job
}
