//! What CI says of one commit: by workflow id and job name with its matrix, of that commit alone (design section 3).

use std::collections::BTreeSet;

use remediation::RunRef;
use world::github::{Conclusion, Run, Status, StatusState};

/// Something that was red and must have run and succeeded.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Required {
    /// A job of a workflow; without a name the workflow itself, which had no job that could fail.
    Job(u64, Option<String>),
    /// A check or status of another CI, by its name.
    Other(String),
}

/// A run of GitHub Actions with its jobs.
#[derive(Debug, Clone)]
pub struct RunSeen {
    /// The run, its newest attempt.
    pub run: RunRef,
    /// The workflow.
    pub workflow_id: u64,
    /// Where it stands.
    pub status: Status,
    /// How it ended.
    pub conclusion: Option<Conclusion>,
    /// Its jobs.
    pub jobs: Vec<JobSeen>,
}

/// A job.
#[derive(Debug, Clone)]
pub struct JobSeen {
    /// Its name, with its matrix.
    pub name: String,
    /// Where it stands.
    pub status: Status,
    /// How it ended.
    pub conclusion: Option<Conclusion>,
}

/// Everything that CI says of one commit.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    /// GitHub Actions.
    pub runs: Vec<RunSeen>,
    /// Other CI: name and state.
    pub others: Vec<(String, State)>,
}

/// What became of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Ran and failed.
    Red,
    /// Not ended.
    Pending,
    /// Ran and succeeded.
    Green,
    /// Waits for somebody's approval.
    Waiting,
    /// Did not really run, and why.
    NotRun(&'static str),
    /// Nothing of the kind on this commit.
    Absent,
}

impl State {
    /// Over several runs of one workflow on one commit the more telling state counts.
    fn rank(self) -> u8 {
        match self {
            State::Red => 5,
            State::Pending => 4,
            State::Green => 3,
            State::Waiting => 2,
            State::NotRun(_) => 1,
            State::Absent => 0,
        }
    }
}

/// What a job's, check's or run's status and conclusion say. A word of the future is no success.
pub fn state(status: Status, conclusion: Option<Conclusion>) -> State {
    match (status, conclusion) {
        (Status::Completed, Some(conclusion)) => match conclusion {
            Conclusion::Success => State::Green,
            Conclusion::Failure | Conclusion::TimedOut | Conclusion::StartupFailure => State::Red,
            Conclusion::ActionRequired => State::Waiting,
            Conclusion::Skipped => State::NotRun("it was skipped"),
            Conclusion::Neutral => State::NotRun("it ended neutral"),
            Conclusion::Cancelled => State::NotRun("it was cancelled"),
            Conclusion::Stale => State::NotRun("it went stale"),
            Conclusion::Unknown => State::NotRun("it ended in a way that this version does not know"),
        },
        (Status::Completed, None) => State::NotRun("it ended without a conclusion"),
        _ => State::Pending,
    }
}

/// The same for a commit status.
pub fn status_state(state: StatusState) -> State {
    match state {
        StatusState::Success => State::Green,
        StatusState::Error | StatusState::Failure => State::Red,
        StatusState::Pending => State::Pending,
        StatusState::Unknown => State::NotRun("it is in a state that this version does not know"),
    }
}

/// A check, for the judgement and its `because`.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// What.
    pub what: Required,
    /// What became of it.
    pub state: State,
    /// The run that says so.
    pub run: Option<RunRef>,
}

/// What CI says, as far as the verdict needs it.
#[derive(Debug, Clone, Default)]
pub struct Ci {
    /// What was red, and what became of it.
    pub required: Vec<Check>,
    /// Red now, and not red on the base.
    pub broken: Vec<Check>,
    /// Some run of GitHub Actions, or something required, has not ended.
    pub pending: bool,
    /// A pending run waits for an approval or a deployment gate.
    pub gated: bool,
    /// There is any run at all.
    pub any: bool,
    /// Some run succeeded.
    pub any_green: bool,
}

impl Ci {
    /// Something that was red has no run at all on this commit, or nothing ran where nothing was red before.
    pub fn is_absent(&self) -> bool {
        if self.required.is_empty() { !self.any } else { self.required.iter().any(|c| c.state == State::Absent) }
    }

    /// Something that was red is red.
    pub fn is_red(&self) -> bool {
        self.required.iter().any(|check| check.state == State::Red)
    }

    /// A person must let CI run.
    pub fn waits_for_people(&self) -> bool {
        self.required.iter().any(|check| check.state == State::Waiting) || (self.pending && self.gated)
    }

    /// Everything that was red ran and succeeded; where nothing was red, something did.
    pub fn ran(&self) -> bool {
        if self.required.is_empty() {
            return self.any_green;
        }
        self.required.iter().all(|check| check.state == State::Green)
    }

    /// It ran, it is green, and nothing else is red.
    pub fn is_green(&self) -> bool {
        !self.is_absent() && self.ran() && !self.pending && self.broken.is_empty()
    }

    /// The runs that are red: what the next attempt reads.
    pub fn red_runs(&self) -> Vec<RunRef> {
        let mut runs: Vec<RunRef> = Vec::new();
        for check in self.required.iter().chain(&self.broken).filter(|check| check.state == State::Red) {
            if let Some(run) = &check.run
                && !runs.contains(run)
            {
                runs.push(run.clone());
            }
        }
        runs
    }
}

/// Judges a commit's CI: what was `required`, and what is red beside it but not on the `base`. Without a base everything
/// red beside it counts: the caller then asks for the base.
pub fn read(required: &BTreeSet<Required>, head: &Snapshot, base: Option<&Snapshot>) -> Ci {
    let red_before = base.map(red).unwrap_or_default();
    let broken = red(head)
        .into_iter()
        .filter(|check| !required.contains(&check.what) && !red_before.iter().any(|before| before.what == check.what))
        .collect();
    let required: Vec<Check> = required.iter().map(|what| find(what, head)).collect();
    let running = head.runs.iter().filter(|run| run.status != Status::Completed);
    Ci {
        pending: running.clone().next().is_some() || required.iter().any(|check| check.state == State::Pending),
        gated: running.clone().any(|run| run.status == Status::Waiting),
        any: !head.runs.is_empty() || !head.others.is_empty(),
        any_green: head.runs.iter().any(|run| state(run.status, run.conclusion) == State::Green),
        broken,
        required,
    }
}

/// What became of one required check.
fn find(what: &Required, head: &Snapshot) -> Check {
    let mut best = Check { what: what.clone(), state: State::Absent, run: None };
    let mut offer = |state: State, run: Option<&RunRef>| {
        if state.rank() > best.state.rank() {
            (best.state, best.run) = (state, run.cloned());
        }
    };
    match what {
        Required::Job(workflow, name) => {
            for run in head.runs.iter().filter(|run| run.workflow_id == *workflow) {
                offer(in_run(run, name.as_deref()), Some(&run.run));
            }
        }
        Required::Other(name) => {
            head.others.iter().filter(|(other, _)| other == name).for_each(|(_, state)| offer(*state, None));
        }
    }
    best
}

fn in_run(run: &RunSeen, name: Option<&str>) -> State {
    let whole = state(run.status, run.conclusion);
    let Some(name) = name else { return whole };
    let of_that_name = run.jobs.iter().filter(|job| job.name == name).map(|job| state(job.status, job.conclusion));
    match (of_that_name.max_by_key(|state| state.rank()), whole) {
        (Some(state), _) => state,
        // Jobs that wait for others are not listed yet; an invalid workflow file and a missing approval list none at all.
        (None, State::Pending | State::Waiting) => whole,
        (None, State::Red) if run.jobs.is_empty() => State::Red,
        (None, State::NotRun(why)) => State::NotRun(why),
        (None, _) => State::NotRun("the run has no job of that name any more"),
    }
}

/// Everything red in a snapshot. A red job that the workflow allows to fail leaves its run green and counts as little.
fn red(of: &Snapshot) -> Vec<Check> {
    let mut all: Vec<Check> = Vec::new();
    for run in of.runs.iter().filter(|run| state(run.status, run.conclusion) != State::Green) {
        let jobs = run.jobs.iter().filter(|job| state(job.status, job.conclusion) == State::Red);
        let mut names: Vec<Option<String>> = jobs.map(|job| Some(job.name.clone())).collect();
        if names.is_empty() && state(run.status, run.conclusion) == State::Red {
            names.push(None);
        }
        for name in names {
            let what = Required::Job(run.workflow_id, name);
            if all.iter().all(|check| check.what != what) {
                all.push(Check { what, state: State::Red, run: Some(run.run.clone()) });
            }
        }
    }
    for (name, _) in of.others.iter().filter(|(_, state)| *state == State::Red) {
        all.push(Check { what: Required::Other(name.clone()), state: State::Red, run: None });
    }
    all
}

/// What was red in a run: its red jobs, or the workflow itself.
pub fn red_of(run: RunSeen) -> Vec<Required> {
    let only = Snapshot { runs: vec![run], others: Vec::new() };
    red(&only).into_iter().map(|check| check.what).collect()
}

impl From<&Run> for RunSeen {
    fn from(run: &Run) -> Self {
        Self {
            run: RunRef { run_id: run.id, run_attempt: run.run_attempt },
            workflow_id: run.workflow_id,
            status: run.status,
            conclusion: run.conclusion,
            jobs: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests;
