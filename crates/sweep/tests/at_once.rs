//! Many sweepers at once, as processes against one recorded world: together they do what one does.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use world::recorded::writes;
use world::wire::Method;

const SWEEPERS: usize = 8;

fn tests() -> PathBuf {
    fs::canonicalize(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests")).unwrap()
}

/// Sweeps a case's world so many times at once; what the Workflows that were created are called, and how often.
fn swept(case: &str, state: &Path, sweepers: usize) -> BTreeMap<String, usize> {
    let world = tests().join("cases/sweep").join(case).join("world");
    let start = |_| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sweep"));
        command.arg("--world").arg(&world).arg("--world-state").arg(state);
        command.args(["--clock", "2026-01-15T10:40:00Z"]);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    for running in (0..sweepers).map(start).collect::<Vec<_>>() {
        let output = running.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let mut created = BTreeMap::new();
    for write in writes(state).unwrap() {
        if write.method == Method::Post && write.path.ends_with("/workflows") {
            *created.entry(write.body["metadata"]["name"].as_str().unwrap().to_owned()).or_default() += 1;
        }
    }
    created
}

#[test]
fn a_deleted_owner_is_taken_over_once_by_many_sweepers() {
    let state = tempfile::tempdir().unwrap();
    let once = BTreeMap::from([("ci-8412-12216892003-1-t1".to_owned(), 1)]);
    let case = "a-deleted-owner-is-taken-over-as-github-tells-of-it";
    assert_eq!(swept(case, state.path(), SWEEPERS), once);
    assert_eq!(swept(case, state.path(), 1), once, "a take-over that has begun is left alone");
}

#[test]
fn a_lost_event_is_opened_once_by_many_sweepers() {
    let state = tempfile::tempdir().unwrap();
    let once = BTreeMap::from([("ci-8412-12216892003-1".to_owned(), 1)]);
    let case = "a-failed-run-that-no-event-told-of-is-opened";
    assert_eq!(swept(case, state.path(), SWEEPERS), once);
    assert_eq!(swept(case, state.path(), 1), once);
}

#[test]
fn a_round_of_one_that_waited_is_made_once_by_many_sweepers() {
    let state = tempfile::tempdir().unwrap();
    let once = BTreeMap::from([("ci-8412-12216892003-1-r2".to_owned(), 1)]);
    let case = "an-owner-that-ended-early-frees-its-cause";
    assert_eq!(swept(case, state.path(), SWEEPERS), once);
    assert_eq!(swept(case, state.path(), 1), once);
}
