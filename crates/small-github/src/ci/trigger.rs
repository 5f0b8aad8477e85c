//! Which workflows an event starts.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;

use super::contexts::contexts;
use super::workflow::{Workflow, expand, strings};
use crate::ACTIONS;
use crate::events;
use crate::git::{EMPTY_TREE, NOTHING};
use crate::model::{Attempt, Check, Job, Repository, Run, State, Step, Suite};
use crate::server::Server;

/// Something that may start workflows.
#[derive(Debug, Clone)]
struct Trigger {
    /// Where the runs are.
    repository: u64,
    event: &'static str,
    /// The branch that filters see: the pushed one, or a pull request's base.
    filtered: String,
    branch: String,
    sha: String,
    /// The branch's head before; for what changed.
    before: Option<String>,
    head_repository: u64,
    pull: Option<u64>,
    by: u64,
}

/// A branch was pushed.
pub(crate) fn push(server: &Arc<Server>, repository: u64, branch: &str, before: &str, after: &str, by: u64) {
    later(
        server,
        Trigger {
            repository,
            event: "push",
            filtered: branch.to_owned(),
            branch: branch.to_owned(),
            sha: after.to_owned(),
            before: Some(before.to_owned()).filter(|before| before != NOTHING),
            head_repository: repository,
            pull: None,
            by,
        },
    );
}

/// A pull request was opened, or its head moved from `before`.
pub(crate) fn pull_request(server: &Arc<Server>, repository: u64, number: u64, before: Option<&str>, by: u64) {
    let state = server.store.now_state();
    let issue = state.repositories.get(&repository).and_then(|found| found.issues.get(&number));
    let Some(pull) = issue.and_then(|issue| issue.pull.as_ref()) else { return };
    later(
        server,
        Trigger {
            repository,
            event: "pull_request",
            filtered: pull.base.clone(),
            branch: pull.head.clone(),
            sha: pull.head_sha.clone(),
            before: before.map(str::to_owned),
            head_repository: pull.head_repository,
            pull: Some(number),
            by,
        },
    );
}

/// At once, or after 2 to 20 s.
fn later(server: &Arc<Server>, trigger: Trigger) {
    let misbehave = server.misbehave();
    let key = server.nth(&format!("{}/{}/{}", trigger.event, trigger.repository, trigger.branch));
    if !misbehave.hits(misbehave.slow_suites, "suites", &key) {
        return start(server, &trigger);
    }
    let wait = misbehave.seconds(misbehave.pick(2.0, 20.0, "suites wait", &key));
    let server = server.clone();
    server.ci.pending.fetch_add(1, Ordering::AcqRel);
    thread::spawn(move || {
        thread::sleep(wait);
        start(&server, &trigger);
        server.ci.pending.fetch_sub(1, Ordering::AcqRel);
    });
}

/// What changed, by GitHub's two rules.
fn files(server: &Server, trigger: &Trigger, repository: &Repository) -> Vec<String> {
    let (git, id, sha) = (&server.git, trigger.repository, &*trigger.sha);
    let from = match (trigger.event, &trigger.before) {
        ("push", Some(before)) if git.info(id, before).is_some() => before.clone(),
        ("push", _) => git.info(id, sha).and_then(|info| info.parents.first().cloned()).unwrap_or(EMPTY_TREE.into()),
        _ => {
            let base = repository.branches.get(&trigger.filtered);
            base.and_then(|base| git.merge_base(id, base, sha)).unwrap_or(EMPTY_TREE.into())
        }
    };
    git.changes(id, &from, sha)
        .map(|changes| changes.into_iter().map(|change| change.path).collect())
        .unwrap_or_default()
}

fn start(server: &Arc<Server>, trigger: &Trigger) {
    let state = server.store.now_state();
    let Some(repository) = state.repositories.get(&trigger.repository) else { return };
    if trigger.event == "push" {
        suites_of_apps(server, trigger);
    }
    let changed = files(server, trigger, repository);
    let paths = server.git.list(trigger.repository, &trigger.sha, ".github/workflows/").unwrap_or_default();
    for path in paths.iter().filter(|path| path.ends_with(".yml") || path.ends_with(".yaml")) {
        let Ok(text) = server.git.file(trigger.repository, &trigger.sha, path) else { continue };
        let read = Workflow::read(&text);
        match &read {
            Ok(workflow) if !workflow.starts(trigger.event, &trigger.filtered, &changed) => continue,
            // GitHub cannot know either what a broken file is for, and shows it with each push.
            Err(_) if trigger.event != "push" => continue,
            _ => {}
        }
        new_run(server, trigger, path, read);
    }
}

/// Every App that may write checks gets a suite with each push, and most never use it.
fn suites_of_apps(server: &Arc<Server>, trigger: &Trigger) {
    let now = server.store.now();
    server.store.write(|state| {
        let Some(owner) = state.repositories.get(&trigger.repository).map(|found| found.owner) else { return };
        let writes = |app: &u64| {
            state.apps.get(app).is_some_and(|app| app.permissions.get("checks").is_some_and(|level| level == "write"))
        };
        let installed = state.installations.values().filter(|one| match &one.repositories {
            Some(repositories) => repositories.contains(&trigger.repository),
            None => one.account == owner,
        });
        let apps: Vec<u64> = installed.map(|one| one.app).filter(writes).collect();
        for app in apps {
            let id = state.id();
            if let Some(repository) = state.repositories.get_mut(&trigger.repository) {
                let known = repository.suites.values().any(|suite| suite.app == app && suite.sha == trigger.sha);
                if !known {
                    repository.suites.insert(id, suite(trigger, id, app, now));
                }
            }
        }
    });
}

fn suite(trigger: &Trigger, id: u64, app: u64, now: jiff::Timestamp) -> Suite {
    let (branch, sha, before) = (Some(trigger.branch.clone()), trigger.sha.clone(), trigger.before.clone());
    Suite { id, app, branch, sha, before, created_at: now }
}

fn new_run(server: &Arc<Server>, trigger: &Trigger, path: &str, read: Result<Workflow, String>) {
    let now = server.store.now();
    let info = server.git.info(trigger.repository, &trigger.sha);
    let title = info.map(|info| info.title().to_owned()).unwrap_or_default();
    let name = read.as_ref().ok().and_then(|workflow| workflow.name.clone()).unwrap_or_else(|| path.to_owned());
    let made = server.store.write(|state| {
        let workflow = workflow_id(state, trigger.repository, path, &name, now)?;
        let (run_id, suite_id) = (state.id(), state.id());
        let mut run = Run {
            id: run_id,
            workflow,
            name: name.clone(),
            path: path.to_owned(),
            event: trigger.event.to_owned(),
            number: 0,
            branch: trigger.branch.clone(),
            sha: trigger.sha.clone(),
            title,
            head_repository: trigger.head_repository,
            pull: trigger.pull,
            suite: suite_id,
            actor: trigger.by,
            group: None,
            created_at: now,
            attempts: Vec::new(),
        };
        let made = read.and_then(|workflow| {
            let values = contexts(state, trigger.repository, &run, 1);
            run.group = workflow.group().map(|(group, _)| expand(&group, &values)).transpose()?;
            Ok(workflow.jobs()?.into_iter().map(|(key, job)| new_job(state, key, &job, now)).collect::<Vec<_>>())
        });
        let broken = made.as_ref().err().cloned();
        let done = broken.is_some();
        run.attempts.push(Attempt {
            number: 1,
            actor: trigger.by,
            status: if done { "completed" } else { "queued" }.to_owned(),
            conclusion: done.then(|| "startup_failure".to_owned()),
            started_at: now,
            updated_at: now,
            jobs: made.unwrap_or_default(),
        });
        let repository = state.repositories.get_mut(&trigger.repository)?;
        if let Some(workflow) = repository.workflows.get_mut(&workflow) {
            workflow.last_run += 1;
            run.number = workflow.last_run;
        }
        repository.suites.insert(suite_id, suite(trigger, suite_id, ACTIONS, now));
        add_checks(repository, &run);
        repository.runs.insert(run_id, run);
        Some((run_id, broken))
    });
    let Some((run, broken)) = made else { return };
    events::run(server, trigger.repository, run, "requested");
    if let Some(what) = broken {
        server.ci.complain(&format!("run {run}, {path}: {what}"));
        events::run(server, trigger.repository, run, "completed");
        return;
    }
    queued(server, trigger.repository, run);
    server.ci.begin(server, trigger.repository, run);
}

/// Tells the jobs of the newest attempt that are to run.
pub(super) fn queued(server: &Arc<Server>, repository: u64, run: u64) {
    let state = server.store.now_state();
    let attempt = state.repositories.get(&repository).and_then(|found| found.runs.get(&run)?.attempts.last());
    for job in attempt.into_iter().flat_map(|attempt| &attempt.jobs).filter(|job| job.status == "queued") {
        events::job(server, repository, run, job.id, "queued");
    }
}

fn workflow_id(state: &mut State, repository: u64, path: &str, name: &str, now: jiff::Timestamp) -> Option<u64> {
    let known = state.repositories.get(&repository)?.workflows.values().find(|workflow| workflow.path == path);
    let id = known.map(|workflow| workflow.id);
    let id = id.unwrap_or_else(|| state.id());
    let workflows = &mut state.repositories.get_mut(&repository)?.workflows;
    let workflow = workflows.entry(id).or_insert_with(|| crate::model::Workflow {
        id,
        path: path.to_owned(),
        name: name.to_owned(),
        state: "active".to_owned(),
        last_run: 0,
        created_at: now,
    });
    name.clone_into(&mut workflow.name);
    Some(id)
}

fn new_job(state: &mut State, key: String, job: &super::workflow::Job, now: jiff::Timestamp) -> Job {
    let id = state.id();
    let titles = ["Set up job".to_owned()].into_iter().chain(job.steps.iter().map(super::workflow::Step::title));
    let titles = titles.chain(["Complete job".to_owned()]);
    let step = |(at, name): (usize, String)| Step {
        number: at as u64 + 1,
        name,
        status: "queued".to_owned(),
        conclusion: None,
        started_at: None,
        completed_at: None,
    };
    let labels = strings(&job.runs_on);
    Job {
        id,
        name: job.name.clone().unwrap_or_else(|| key.clone()),
        key,
        labels: if labels.is_empty() { vec!["ubuntu-latest".to_owned()] } else { labels },
        status: "queued".to_owned(),
        conclusion: None,
        created_at: now,
        started_at: None,
        completed_at: None,
        steps: titles.enumerate().map(step).collect(),
        log: id,
        log_at: None,
    }
}

/// A check run for every job of the newest attempt.
pub(super) fn add_checks(repository: &mut Repository, run: &Run) {
    let jobs = run.attempts.last().map(|attempt| attempt.jobs.clone()).unwrap_or_default();
    for job in jobs {
        let old = repository.checks.get(&job.log).map(|check| check.annotations.clone()).unwrap_or_default();
        let check = Check {
            id: job.id,
            suite: run.suite,
            app: ACTIONS,
            name: job.name,
            sha: run.sha.clone(),
            status: job.status,
            conclusion: job.conclusion,
            external_id: format!("small-github-{}", job.id),
            details_url: None,
            output: serde_json::json!({}),
            annotations: old,
            actions: Vec::new(),
            started_at: job.started_at.or(Some(job.created_at)),
            completed_at: job.completed_at,
        };
        repository.checks.insert(job.id, check);
    }
}
