use super::*;

fn job(name: &str, conclusion: Option<Conclusion>) -> JobSeen {
    let status = if conclusion.is_some() { Status::Completed } else { Status::InProgress };
    JobSeen { name: name.to_owned(), status, conclusion }
}

fn run(id: u64, workflow_id: u64, conclusion: Option<Conclusion>, jobs: Vec<JobSeen>) -> RunSeen {
    let status = if conclusion.is_some() { Status::Completed } else { Status::InProgress };
    RunSeen { run: RunRef { run_id: id, run_attempt: 1 }, workflow_id, status, conclusion, jobs }
}

fn one(what: Required, runs: Vec<RunSeen>) -> State {
    let snapshot = Snapshot { runs, others: Vec::new() };
    read(&BTreeSet::from([what]), &snapshot, None).required[0].state
}

const OK: Option<Conclusion> = Some(Conclusion::Success);
const BAD: Option<Conclusion> = Some(Conclusion::Failure);

#[test]
fn a_matrix_job_is_its_own_job() {
    let jobs = vec![job("test (ubuntu, 1.89)", OK), job("test (windows, 1.89)", Some(Conclusion::Skipped))];
    let of = |name: &str| one(Required::Job(77, Some(name.into())), vec![run(1, 77, OK, jobs.clone())]);
    assert_eq!(of("test (ubuntu, 1.89)"), State::Green);
    assert!(matches!(of("test (windows, 1.89)"), State::NotRun(_)));
    assert!(matches!(of("test"), State::NotRun(_)));
}

#[test]
fn over_two_runs_of_a_workflow_red_beats_running_beats_green_beats_skipped() {
    let lint = || Required::Job(77, Some("lint".into()));
    let green = || run(1, 77, OK, vec![job("lint", OK)]);
    assert_eq!(one(lint(), vec![green(), run(2, 77, BAD, vec![job("lint", BAD)])]), State::Red);
    assert_eq!(one(lint(), vec![green(), run(2, 77, None, vec![job("lint", None)])]), State::Pending);
    assert_eq!(one(lint(), vec![run(2, 77, Some(Conclusion::Cancelled), Vec::new()), green()]), State::Green);
    assert_eq!(one(lint(), vec![run(2, 78, OK, vec![job("lint", OK)])]), State::Absent);
}

#[test]
fn a_job_that_waits_for_others_is_not_missing_and_an_invalid_workflow_is_red() {
    let lint = || Required::Job(77, Some("lint".into()));
    assert_eq!(one(lint(), vec![run(1, 77, None, Vec::new())]), State::Pending);
    assert_eq!(one(lint(), vec![run(1, 77, Some(Conclusion::StartupFailure), Vec::new())]), State::Red);
    assert_eq!(one(Required::Job(77, None), vec![run(1, 77, OK, Vec::new())]), State::Green);
}

#[test]
fn what_was_red_on_the_base_is_not_broken_by_us() {
    let required = BTreeSet::from([Required::Job(77, Some("lint".into()))]);
    let head = Snapshot {
        runs: vec![run(1, 77, OK, vec![job("lint", OK)]), run(2, 90, BAD, vec![job("docs", BAD), job("links", BAD)])],
        others: vec![("ci/other".into(), State::Red)],
    };
    let base = Snapshot { runs: vec![run(3, 90, BAD, vec![job("docs", BAD)])], others: Vec::new() };
    assert_eq!(read(&required, &head, None).broken.len(), 3);
    let found = read(&required, &head, Some(&base));
    let broken: Vec<&Required> = found.broken.iter().map(|check| &check.what).collect();
    assert_eq!(broken, [&Required::Job(90, Some("links".into())), &Required::Other("ci/other".into())]);
    assert_eq!(found.red_runs(), [RunRef { run_id: 2, run_attempt: 1 }]);
    assert!(!found.is_green());
}

#[test]
fn a_red_job_that_may_fail_breaks_nothing() {
    let required = BTreeSet::from([Required::Job(77, Some("lint".into()))]);
    let jobs = vec![job("lint", OK), job("nightly", BAD)];
    let found = read(&required, &Snapshot { runs: vec![run(1, 77, OK, jobs)], others: Vec::new() }, None);
    assert!(found.is_green());
}

#[test]
fn where_nothing_was_red_before_something_must_run_and_succeed() {
    let read = |runs| read(&BTreeSet::new(), &Snapshot { runs, others: Vec::new() }, None);
    assert!(read(Vec::new()).is_absent());
    assert!(!read(vec![run(1, 77, Some(Conclusion::Skipped), Vec::new())]).ran());
    assert!(read(vec![run(1, 77, OK, vec![job("lint", OK)])]).is_green());
    assert!(!read(vec![run(1, 77, BAD, vec![job("lint", BAD)])]).is_green());
}

#[test]
fn another_ci_counts_by_its_name() {
    let required = BTreeSet::from([Required::Other("ci/jenkins".into())]);
    let of = |state| read(&required, &Snapshot { runs: Vec::new(), others: vec![("ci/jenkins".into(), state)] }, None);
    assert!(of(State::Green).is_green());
    assert!(of(State::Red).is_red());
    assert!(of(State::Pending).pending);
}
