//! Records, Leases and slots in a recorded cluster: compare-and-swap, and nothing written twice.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::path::Path;

use jiff::Timestamp;
use ledger::lease::{self, Kind};
use ledger::{Record, slots};
use remediation::record::{RecordSpec, RecordStatus};
use remediation::{Mode, Stage, SubjectKind};
use serde_json::json;
use world::recorded::writes;
use world::{Args, CodeRuns, Leases, Records, Settings, World};

fn world(folder: &Path) -> World {
    std::fs::write(folder.join("world.yaml"), "clock: 2026-01-15T10:40:00Z\n").unwrap();
    let args = Args { world: Some(folder.to_owned()), world_state: Some(folder.join("written")) };
    World::open(&args, Settings::default()).unwrap()
}

fn run<T>(work: impl Future<Output = Result<T, step::Cannot>>) -> T {
    ledger::block_on(work).unwrap()
}

fn now() -> Timestamp {
    "2026-01-15T10:40:00Z".parse().unwrap()
}

fn spec() -> RecordSpec {
    RecordSpec {
        repository_id: 8412,
        repository: "acme/widgets".into(),
        subject_kind: SubjectKind::CiFailure.into(),
        head_repository_id: Some(8412),
        head_sha: None,
        branch_key: Some("a48ec2aa48bcd72a".into()),
        run: None,
        pull_request: None,
        mode: Mode::Enforce.into(),
        opened_at: now(),
    }
}

fn staged(stage: Stage) -> RecordStatus {
    RecordStatus { stage: Some(stage.into()), ..RecordStatus::default() }
}

#[test]
fn a_record_is_created_once_and_found_by_its_repository() {
    let folder = tempfile::tempdir().unwrap();
    let world = world(folder.path());
    assert!(run(ledger::create(&world, "ci-1", &spec(), staged(Stage::Admitted))).is_some());
    assert!(run(ledger::create(&world, "ci-1", &spec(), staged(Stage::Waiting))).is_none());
    let found = run(ledger::of_repository(&world, 8412));
    assert_eq!(found.iter().map(Record::name).collect::<Vec<_>>(), ["ci-1"]);
    assert_eq!(found[0].status, staged(Stage::Admitted));
    assert!(run(ledger::of_repository(&world, 1)).is_empty());
    assert!(run(ledger::find(&world, "ci-2")).is_none());
}

#[test]
fn whoever_read_an_older_record_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let world = world(folder.path());
    let read = run(ledger::create(&world, "ci-1", &spec(), staged(Stage::Admitted))).unwrap();
    let mut first = read.clone();
    first.status = staged(Stage::Diagnosed);
    assert!(run(ledger::save(&world, first)).is_some());
    let mut second = read;
    second.status = staged(Stage::Waiting);
    assert!(run(ledger::save(&world, second)).is_none());
    assert_eq!(run(ledger::find(&world, "ci-1")).unwrap().status, staged(Stage::Diagnosed));
}

#[test]
fn what_did_not_change_is_not_written_and_what_a_newer_version_wrote_stays() {
    let folder = tempfile::tempdir().unwrap();
    let world = world(folder.path());
    run(ledger::create(&world, "ci-1", &spec(), staged(Stage::Admitted)));
    let mut resource = ledger::block_on(async { world.record("ci-1").await.map_err(ledger::cannot) }).unwrap().unwrap();
    resource.status["mood"] = json!({ "is": "hopeful" });
    ledger::block_on(async { world.replace_record_status(&resource).await.map_err(ledger::cannot) }).unwrap();
    let before = writes(&folder.path().join("written")).unwrap().len();

    run(ledger::update(&world, "ci-1", |_, status| status.stage = Some(Stage::Admitted.into())));
    assert_eq!(writes(&folder.path().join("written")).unwrap().len(), before);

    run(ledger::update(&world, "ci-1", |_, status| {
        status.stage = None;
        status.cause = Some("c".into());
    }));
    let resource = ledger::block_on(async { world.record("ci-1").await.map_err(ledger::cannot) }).unwrap().unwrap();
    assert_eq!(resource.status, json!({ "mood": { "is": "hopeful" }, "cause": "c" }));
    assert!(run(ledger::update(&world, "ci-2", |_, _| {})).is_none());
}

#[test]
fn there_are_as_many_slots_as_agents_and_one_for_each() {
    let folder = tempfile::tempdir().unwrap();
    let world = world(folder.path());
    let take = |coderun: &str| run(slots::take(&world, 2, coderun, now()));
    assert_eq!(take("a").as_deref(), Some("healer-slot-1"));
    assert_eq!(take("a").as_deref(), Some("healer-slot-1"));
    assert_eq!(take("b").as_deref(), Some("healer-slot-2"));
    assert_eq!(take("c"), None);
    run(slots::release(&world, "a"));
    assert_eq!(take("c").as_deref(), Some("healer-slot-1"));
    // Nobody's CodeRun ever appeared: after five minutes the slot is free.
    let later = now() + jiff::SignedDuration::from_secs(301);
    assert_eq!(run(slots::take(&world, 2, "d", later)).as_deref(), Some("healer-slot-1"));
    let none = ledger::block_on(async { world.coderun("c").await.map_err(ledger::cannot) }).unwrap();
    assert!(none.is_none());
}

#[test]
fn a_lease_that_changed_hands_is_not_released_by_whoever_had_it() {
    let folder = tempfile::tempdir().unwrap();
    let world = world(folder.path());
    assert!(run(lease::create(&world, Kind::Cause, "healer-cause-1", "ci-1", now())));
    assert!(!run(lease::create(&world, Kind::Cause, "healer-cause-1", "ci-2", now())));
    let read =
        || ledger::block_on(async { world.lease("healer-cause-1").await.map_err(ledger::cannot) }).unwrap().unwrap();
    let old = read();
    assert!(run(lease::take_over(&world, read(), "ci-2", now())));
    assert!(!run(lease::take_over(&world, old.clone(), "ci-3", now())));
    run(lease::release(&world, &old));
    assert_eq!(lease::holder(&read()), Some("ci-2"));
    assert_eq!(run(lease::held_by(&world, Kind::Cause, "ci-1")).len(), 0);
    assert_eq!(run(lease::held_by(&world, Kind::Cause, "ci-2")).len(), 1);
}
