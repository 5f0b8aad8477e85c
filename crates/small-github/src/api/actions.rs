//! Runs, jobs, logs.

use jiff::Timestamp;
use serde_json::json;

use super::{Call, Handled};
use crate::ci::rerun;
use crate::http::Answer;
use crate::model::{Attempt, Job, Run};

fn found<'a>(call: &'a Call) -> Result<&'a Run, Answer> {
    call.repository()?.runs.get(&call.number("run_id")?).ok_or_else(Answer::not_found)
}

fn last(run: &Run) -> Result<&Attempt, Answer> {
    run.attempts.last().ok_or_else(Answer::not_found)
}

/// `GET …/actions/runs/{run_id}`
pub(super) fn run(call: &Call) -> Handled {
    let run = found(call)?;
    Ok(Answer::json(200, &call.view().run(call.repository()?, run, last(run)?)))
}

fn attempt_of<'a>(call: &Call, run: &'a Run) -> Result<&'a Attempt, Answer> {
    let number = call.number("attempt_number")?;
    run.attempts.iter().find(|attempt| attempt.number == number).ok_or_else(Answer::not_found)
}

/// `GET …/actions/runs/{run_id}/attempts/{attempt_number}`
pub(super) fn attempt(call: &Call) -> Handled {
    let run = found(call)?;
    Ok(Answer::json(200, &call.view().run(call.repository()?, run, attempt_of(call, run)?)))
}

/// `GET …/actions/runs/{run_id}/attempts/{attempt_number}/jobs`
pub(super) fn jobs(call: &Call) -> Handled {
    let (repository, view, run) = (call.repository()?, call.view(), found(call)?);
    let attempt = attempt_of(call, run)?;
    Ok(call.page("jobs", attempt.jobs.iter().collect(), |job| view.job(repository, run, attempt, job)))
}

fn list(call: &Call, wanted: impl Fn(&Run, &Attempt) -> bool) -> Handled {
    let (repository, view) = (call.repository()?, call.view());
    let newest = repository.runs.values().rev().filter_map(|run| Some((run, run.attempts.last()?)));
    let runs: Vec<(&Run, &Attempt)> = newest.filter(|(run, attempt)| wanted(run, attempt)).collect();
    Ok(call.page("workflow_runs", runs, |(run, attempt)| view.run(repository, run, attempt)))
}

/// What the query asks of a run: `head_sha`, `status` (a conclusion too), `created`, `branch`, `event`, `actor`.
fn filter(call: &Call) -> Result<impl Fn(&Run, &Attempt) -> bool + use<>, Answer> {
    let asked = |key: &str| call.request.asked(key);
    let (sha, status, branch, event) = (asked("head_sha"), asked("status"), asked("branch"), asked("event"));
    let created = match asked("created") {
        Some(range) => {
            let since = range.strip_prefix(">=").and_then(|since| since.parse::<Timestamp>().ok());
            Some(since.ok_or_else(|| Answer::refusal(422, "`created`: only `>=<instant>` is understood here"))?)
        }
        None => None,
    };
    let is = |want: Option<String>| move |have: &str| want.as_deref().is_none_or(|want| want == have);
    let (sha, branch, event) = (is(sha), is(branch), is(event));
    Ok(move |run: &Run, attempt: &Attempt| {
        let stands = status
            .as_deref()
            .is_none_or(|status| attempt.status == status || attempt.conclusion.as_deref() == Some(status));
        stands
            && sha(&run.sha)
            && branch(&run.branch)
            && event(&run.event)
            && created.is_none_or(|since| run.created_at >= since)
    })
}

/// `GET …/actions/runs`
pub(super) fn runs(call: &Call) -> Handled {
    list(call, filter(call)?)
}

/// `GET …/actions/workflows/{workflow_id}/runs`
pub(super) fn runs_of_workflow(call: &Call) -> Handled {
    let (id, filter) = (call.number("workflow_id")?, filter(call)?);
    list(call, |run, attempt| run.workflow == id && filter(run, attempt))
}

/// `GET …/actions/workflows/{workflow_id}`
pub(super) fn workflow(call: &Call) -> Handled {
    let repository = call.repository()?;
    let found = repository.workflows.get(&call.number("workflow_id")?).ok_or_else(Answer::not_found)?;
    Ok(Answer::json(200, &call.view().workflow(repository, found)))
}

fn job_of<'a>(call: &'a Call) -> Result<(&'a Run, &'a Attempt, &'a Job), Answer> {
    let id = call.number("job_id")?;
    let runs = call.repository()?.runs.values();
    let mut all =
        runs.flat_map(|run| run.attempts.iter().flat_map(move |at| at.jobs.iter().map(move |job| (run, at, job))));
    all.find(|(_, _, job)| job.id == id).ok_or_else(Answer::not_found)
}

/// `GET …/actions/jobs/{job_id}`
pub(super) fn job(call: &Call) -> Handled {
    let (run, attempt, job) = job_of(call)?;
    Ok(Answer::json(200, &call.view().job(call.repository()?, run, attempt, job)))
}

/// `GET …/actions/jobs/{job_id}/logs`: a link, once there is a log.
pub(super) fn log(call: &Call) -> Handled {
    let (_, _, job) = job_of(call)?;
    let ready = job.log_at.is_some_and(|at| at <= call.server.store.now()) && call.server.ci.log(job.log).is_some();
    if !ready {
        return Err(Answer::not_found());
    }
    let link = format!("{}/_logs/{}/signed?sig=madeUp&se=1", call.server.base, job.log);
    Ok(Answer { status: 302, headers: vec![("location".into(), link)], body: Vec::new() })
}

/// `POST …/actions/runs/{run_id}/rerun-failed-jobs`
pub(super) fn rerun_failed(call: &Call) -> Handled {
    rerun(call.server, call.repository_id(), call.number("run_id")?, call.author()?)?;
    Ok(Answer::json(201, &json!({})))
}
