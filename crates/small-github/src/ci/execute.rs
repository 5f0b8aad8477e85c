//! A run's newest attempt, from the queue to its conclusion.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::Control;
use super::contexts::{contexts, variables};
use super::log::Log;
use super::workflow::{Job as Plan, Workflow, expand, strings};
use crate::events;
use crate::model::{Attempt, Job, Run};
use crate::server::Server;
use crate::when::Happened;

/// How often something waiting is looked at.
pub(super) const LOOK: Duration = Duration::from_millis(20);

/// One run under way.
pub(super) struct Under<'a> {
    pub(super) server: &'a Arc<Server>,
    pub(super) control: &'a Control,
    pub(super) repository: u64,
    pub(super) run: u64,
}

/// Runs it to its end.
pub(super) fn run(server: &Arc<Server>, control: &Control, repository: u64, run: u64) {
    let under = Under { server, control, repository, run };
    under.in_turn();
    let _runner = server.ci.runner();
    under.change(|_, attempt, _| "in_progress".clone_into(&mut attempt.status));
    events::run(server, repository, run, "in_progress");
    under.happened("run_started", None);
    if let Err(error) = under.jobs() {
        server.ci.complain(&format!("run {run}: {error}"));
    }
    under.conclude();
}

impl Under<'_> {
    fn change<T>(&self, change: impl FnOnce(&mut Run, &mut Attempt, Timestamp) -> T) -> Option<T> {
        let now = self.server.store.now();
        self.server.store.write(|state| {
            state.change_run(self.repository, self.run, |run| {
                let mut attempt = run.attempts.pop()?;
                attempt.updated_at = now;
                let result = change(run, &mut attempt, now);
                run.attempts.push(attempt);
                Some(result)
            })?
        })
    }

    pub(super) fn read(&self) -> Option<Run> {
        let state = self.server.store.now_state();
        state.repositories.get(&self.repository)?.runs.get(&self.run).cloned()
    }

    fn repository_name(&self) -> Option<String> {
        self.server.store.now_state().repositories.get(&self.repository).map(|found| found.name.clone())
    }

    fn happened(&self, what: &'static str, conclusion: Option<&str>) {
        let Some(run) = self.read() else { return };
        self.server.happened(&Happened {
            what,
            repository: self.repository,
            by: run.actor,
            branch: Some(&run.branch),
            conclusion,
        });
    }

    fn workflow(&self, run: &Run) -> Result<Workflow, String> {
        let text = self.server.git.file(self.repository, &run.sha, &run.path).map_err(|error| error.to_string())?;
        Workflow::read(&text)
    }

    /// Waits for the runs of its concurrency group, or cancels them.
    fn in_turn(&self) {
        let Some(run) = self.read() else { return };
        let Some(group) = run.group.clone() else { return };
        let cancels =
            self.workflow(&run).ok().and_then(|workflow| workflow.group()).is_some_and(|(_, cancels)| cancels);
        loop {
            let state = self.server.store.now_state();
            let Some(repository) = state.repositories.get(&self.repository) else { return };
            let open = |run: &&Run| run.attempts.last().is_some_and(|attempt| attempt.status != "completed");
            let same =
                repository.runs.values().filter(|other| other.group.as_ref() == Some(&group) && other.id < self.run);
            let before: Vec<&Run> = same.filter(open).collect();
            if before.is_empty() || self.control.cancelled() {
                return;
            }
            for other in before {
                // Of those that only wait the newest stays, whatever the group says.
                let waits = other.attempts.last().is_some_and(|attempt| attempt.status != "in_progress");
                if cancels || waits {
                    self.server.ci.cancel(other.id);
                }
            }
            thread::sleep(LOOK);
        }
    }

    fn jobs(&self) -> Result<(), String> {
        let run = self.read().ok_or("the run is gone")?;
        let workflow = self.workflow(&run)?;
        for (key, plan) in workflow.jobs()? {
            let now = self.read().ok_or("the run is gone")?;
            let attempt = now.attempts.last().ok_or("no attempt")?;
            let Some(job) = attempt.jobs.iter().find(|job| job.key == key && job.status != "completed") else {
                continue;
            };
            let needs = strings(&plan.needs);
            let red = |need: &String| {
                attempt.jobs.iter().any(|job| job.key == *need && job.conclusion.as_deref() != Some("success"))
            };
            let conclusion = match () {
                () if self.control.cancelled() => "cancelled",
                () if needs.iter().any(red) => "skipped",
                () => {
                    self.job_change(job.id, |job, now| {
                        "in_progress".clone_into(&mut job.status);
                        job.started_at = Some(now);
                    });
                    events::job(self.server, self.repository, self.run, job.id, "in_progress");
                    self.happened("job_started", None);
                    self.job(&run, attempt.number, job, &workflow, &plan)?
                }
            };
            self.end_job(job.id, conclusion);
        }
        Ok(())
    }

    /// Changes a job and its check run.
    fn job_change(&self, id: u64, change: impl FnOnce(&mut Job, Timestamp)) {
        let changed = self.change(|_, attempt, now| {
            let job = attempt.jobs.iter_mut().find(|job| job.id == id)?;
            change(job, now);
            Some(job.clone())
        });
        let Some(job) = changed.flatten() else { return };
        self.server.store.write(|state| {
            let repository = state.repositories.get_mut(&self.repository);
            if let Some(check) = repository.and_then(|repository| repository.checks.get_mut(&id)) {
                check.status.clone_from(&job.status);
                check.conclusion.clone_from(&job.conclusion);
                (check.started_at, check.completed_at) = (job.started_at.or(check.started_at), job.completed_at);
            }
        });
    }

    fn step(&self, job: u64, at: usize, conclusion: Option<&str>) {
        self.job_change(job, |job, now| {
            let Some(step) = job.steps.get_mut(at) else { return };
            match conclusion {
                None => {
                    "in_progress".clone_into(&mut step.status);
                    step.started_at = Some(now);
                }
                Some(conclusion) => {
                    "completed".clone_into(&mut step.status);
                    step.conclusion = Some(conclusion.to_owned());
                    step.started_at = step.started_at.or(Some(now));
                    step.completed_at = Some(now);
                }
            }
        });
    }

    fn job(
        &self,
        run: &Run,
        attempt: u64,
        job: &Job,
        workflow: &Workflow,
        plan: &Plan,
    ) -> Result<&'static str, String> {
        let said = |error: io::Error| error.to_string();
        let server = self.server;
        let folder = tempfile::tempdir().map_err(said)?;
        let checkout = folder.path().join("checkout");
        let file = server.ci.logs.join(format!("{}.txt", job.id));
        let name = self.repository_name().ok_or("the repository is gone")?;
        let mut log = Log::begin(&file, server.store.offset(), &checkout, &name).map_err(said)?;
        self.step(job.id, 0, None);
        for line in
            ["Current runner version: '2.330.0'", "##[group]Runner Image", "Image: small-github", "##[endgroup]"]
        {
            log.line(line.as_bytes()).map_err(said)?;
        }
        log.line(format!("Complete job name: {}", job.name).as_bytes()).map_err(said)?;
        server.git.check_out(self.repository, &run.sha, &checkout).map_err(said)?;
        self.step(job.id, 0, Some("success"));
        let values = contexts(&server.store.now_state(), self.repository, run, attempt);
        let minutes = plan.timeout_minutes.map(|minutes| server.misbehave().seconds(minutes * 60.0));
        let deadline = Instant::now() + minutes.unwrap_or(server.ci.limit).min(server.ci.limit);
        let mut conclusion = "success";
        for (at, step) in plan.steps.iter().enumerate() {
            if conclusion != "success" {
                self.step(job.id, at + 1, Some("skipped"));
                continue;
            }
            self.step(job.id, at + 1, None);
            conclusion = match &step.run {
                None => {
                    log.action(step.uses.as_deref().unwrap_or_default()).map_err(said)?;
                    log.line(format!("HEAD is now at {}", &run.sha[..7]).as_bytes()).map_err(said)?;
                    "success"
                }
                Some(command) => {
                    let (own, set) = variables(&values, [&workflow.env, &plan.env, &step.env])?;
                    let command = expand(command, &values)?;
                    log.command(&command, &set).map_err(said)?;
                    let env: BTreeMap<String, String> = own.into_iter().chain(set).collect();
                    self.command(&mut log, &checkout, step, &command, &env, deadline).map_err(said)?
                }
            };
            self.step(job.id, at + 1, Some(conclusion));
        }
        self.step(job.id, plan.steps.len() + 1, Some("success"));
        log.line(b"Cleaning up orphan processes").map_err(said)?;
        Ok(conclusion)
    }

    fn end_job(&self, id: u64, conclusion: &str) {
        let misbehave = self.server.misbehave();
        let slow = misbehave.hits(misbehave.slow_logs, "log", &id.to_string());
        let wait = if slow { misbehave.seconds(60.0) } else { Duration::ZERO };
        self.job_change(id, |job, now| {
            "completed".clone_into(&mut job.status);
            job.conclusion = Some(conclusion.to_owned());
            job.completed_at = Some(now);
            for step in job.steps.iter_mut().filter(|step| step.status != "completed") {
                "completed".clone_into(&mut step.status);
                step.conclusion = Some(if step.started_at.is_some() { conclusion } else { "skipped" }.to_owned());
                step.completed_at = Some(now);
            }
            job.log_at = job.started_at.and_then(|_| now.checked_add(wait).ok());
        });
        events::job(self.server, self.repository, self.run, id, "completed");
    }

    fn conclude(&self) {
        let unfinished = self.read().and_then(|run| run.attempts.into_iter().last());
        for job in unfinished.into_iter().flat_map(|attempt| attempt.jobs).filter(|job| job.status != "completed") {
            self.end_job(job.id, if self.control.cancelled() { "cancelled" } else { "failure" });
        }
        let cancelled = self.control.cancelled();
        let ended = self.change(|run, attempt, _| {
            let any = |word: &str| attempt.jobs.iter().any(|job| job.conclusion.as_deref() == Some(word));
            let conclusion = match () {
                () if cancelled || any("cancelled") => "cancelled",
                () if any("failure") => "failure",
                () if any("success") => "success",
                () => "skipped",
            };
            "completed".clone_into(&mut attempt.status);
            attempt.conclusion = Some(conclusion.to_owned());
            (conclusion, run.suite)
        });
        let Some((conclusion, suite)) = ended else { return };
        events::run(self.server, self.repository, self.run, "completed");
        events::suite(self.server, self.repository, suite);
        self.happened("run_completed", Some(conclusion));
    }
}
