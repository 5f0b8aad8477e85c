//! CI that is real: workflows are read from the commit, and their commands run.

mod command;
mod contexts;
mod execute;
mod log;
mod rerun;
pub(crate) mod trigger;
mod workflow;

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};

pub(crate) use rerun::rerun;

use crate::model::{Check, Repository, State};
use crate::server::Server;

/// How many runs have a runner at the same time; the others are queued.
const RUNNERS: usize = 4;

/// What runs, and the logs.
pub struct Ci {
    logs: PathBuf,
    /// The longest that one job may take.
    limit: Duration,
    running: Mutex<HashMap<u64, Arc<Control>>>,
    free: Mutex<usize>,
    freed: Condvar,
    complaints: Mutex<Vec<String>>,
    /// Pushes whose workflows begin later.
    pending: AtomicUsize,
}

/// A handle on a run.
#[derive(Default)]
pub(crate) struct Control {
    cancelled: AtomicBool,
    group: Mutex<Option<Pid>>,
}

impl Control {
    /// Whether it was cancelled.
    fn cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Acquire)
    }

    /// Cancels it: its processes are killed.
    fn cancel(&self) {
        self.cancelled.store(true, Ordering::Release);
        self.kill();
    }

    fn kill(&self) {
        if let Some(group) = *self.group.lock().unwrap_or_else(PoisonError::into_inner) {
            // It may have ended just now.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }

    fn set_group(&self, group: Option<Pid>) {
        *self.group.lock().unwrap_or_else(PoisonError::into_inner) = group;
    }
}

/// A runner, given back when dropped.
pub(crate) struct Runner<'a>(&'a Ci);

impl Drop for Runner<'_> {
    fn drop(&mut self) {
        *self.0.free.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.0.freed.notify_one();
    }
}

impl Ci {
    /// Logs go to a folder.
    pub(crate) fn new(logs: PathBuf, limit: Duration) -> Self {
        Self {
            logs,
            limit,
            running: Mutex::default(),
            free: Mutex::new(RUNNERS),
            freed: Condvar::new(),
            complaints: Mutex::default(),
            pending: AtomicUsize::new(0),
        }
    }

    fn running(&self) -> MutexGuard<'_, HashMap<u64, Arc<Control>>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn runner(&self) -> Runner<'_> {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        while *free == 0 {
            free = self.freed.wait(free).unwrap_or_else(PoisonError::into_inner);
        }
        *free -= 1;
        Runner(self)
    }

    /// A job's log, if there is one: whatever bytes its commands wrote.
    pub(crate) fn log(&self, job: u64) -> Option<Vec<u8>> {
        fs::read(self.logs.join(format!("{job}.txt"))).ok()
    }

    /// Cancels a run, if it still runs.
    pub(crate) fn cancel(&self, run: u64) -> bool {
        let control = self.running().get(&run).cloned();
        control.inspect(|control| control.cancel()).is_some()
    }

    /// Cancels everything.
    pub(crate) fn stop_all(&self) {
        let all: Vec<Arc<Control>> = self.running().values().cloned().collect();
        all.iter().for_each(|control| control.cancel());
    }

    /// Notes that something of the server's own went wrong; `/_control/state` shows it.
    pub(crate) fn complain(&self, what: &str) {
        self.complaints.lock().unwrap_or_else(PoisonError::into_inner).push(what.to_owned());
    }

    /// What went wrong.
    pub(crate) fn complaints(&self) -> Vec<String> {
        self.complaints.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Runs that were under way when the server ended last are cancelled now.
    pub(crate) fn give_up_what_ran(&self, server: &Server) {
        let now = server.store.now();
        server.store.write(|state| {
            for repository in state.repositories.values_mut() {
                let mut lost = Vec::new();
                for attempt in repository.runs.values_mut().filter_map(|run| run.attempts.last_mut()) {
                    if attempt.status == "completed" {
                        continue;
                    }
                    "completed".clone_into(&mut attempt.status);
                    attempt.updated_at = now;
                    attempt.conclusion = Some("cancelled".to_owned());
                    for job in attempt.jobs.iter_mut().filter(|job| job.status != "completed") {
                        "completed".clone_into(&mut job.status);
                        (job.conclusion, job.completed_at) = (Some("cancelled".to_owned()), Some(now));
                        lost.push(job.id);
                    }
                }
                for check in repository.checks.values_mut().filter(|check| lost.contains(&check.id)) {
                    "completed".clone_into(&mut check.status);
                    (check.conclusion, check.completed_at) = (Some("cancelled".to_owned()), Some(now));
                }
            }
        });
    }

    /// Whether nothing runs, and nothing is about to.
    pub(crate) fn idle(&self) -> bool {
        self.pending.load(Ordering::Acquire) == 0 && self.running().is_empty()
    }

    /// Begins a run's newest attempt in a thread of its own.
    pub(crate) fn begin(&self, server: &Arc<Server>, repository: u64, run: u64) {
        let control = Arc::new(Control::default());
        self.running().insert(run, control.clone());
        let server = server.clone();
        thread::spawn(move || {
            execute::run(&server, &control, repository, run);
            server.ci.running().remove(&run);
        });
    }
}

impl Repository {
    /// The newest check run of each name in each suite, oldest first.
    pub fn latest_checks(&self) -> Vec<&Check> {
        let newest: HashMap<(u64, &str), u64> =
            self.checks.values().map(|check| ((check.suite, &*check.name), check.id)).collect();
        self.checks.values().filter(|check| newest.get(&(check.suite, &*check.name)) == Some(&check.id)).collect()
    }
}

impl State {
    /// Changes a run, if it is still there.
    pub fn change_run<T>(
        &mut self,
        repository: u64,
        run: u64,
        change: impl FnOnce(&mut crate::model::Run) -> T,
    ) -> Option<T> {
        self.repositories.get_mut(&repository)?.runs.get_mut(&run).map(change)
    }
}
