//! On a real cluster: `HEALER_CLUSTER=1 cargo test -p healer --test cluster -- --nocapture`, after `tests/cluster/up` has put
//! Healer on the cluster of `KUBECONFIG` (docs/lab.md). Without the switch nothing runs, and it says so. `HEALER_STORIES`
//! names some of the stories; only a run of all of them, all of which held, writes `tests/cluster.lock`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr)]

#[path = "cluster/can_i.rs"]
mod can_i;
#[path = "cluster/causes.rs"]
mod causes;
#[path = "cluster/doors.rs"]
mod doors;
#[path = "cluster/ends.rs"]
mod ends;
#[path = "cluster/hostile.rs"]
mod hostile;
#[path = "cluster/lab.rs"]
mod lab;
#[path = "cluster/lock.rs"]
mod lock;
#[path = "cluster/stories.rs"]
mod stories;

use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::time::Instant;
use std::{env, thread};

use stories::{STORIES, Story};

/// How many stories run at once: two cores carry no more.
const AT_ONCE: usize = 3;

/// Whether there is a cluster to try it on: `HEALER_CLUSTER=1`, or `=events` for one without Argo Workflows.
fn cluster(without_argo: bool) -> bool {
    let said = env::var("HEALER_CLUSTER").unwrap_or_default();
    let wanted = !said.is_empty() && (without_argo || said != "events");
    if !wanted {
        eprintln!("SKIPPED: nothing was tried on a cluster; set HEALER_CLUSTER=1 after tests/cluster/up (docs/lab.md)");
    }
    wanted
}

/// Two cores are slow now and then: what did not hold is played once more, and both are said.
fn play(story: &Story) -> Result<(), String> {
    let mut told = Ok(());
    for repository in [story.name.to_owned(), format!("{}-again", story.name)] {
        let began = Instant::now();
        told = (story.play)(&repository);
        let seconds = began.elapsed().as_secs();
        match &told {
            Ok(()) => {
                eprintln!("held   {repository} ({seconds} s)");
                return told;
            }
            Err(sentence) => eprintln!("FAILED {repository} ({seconds} s): {sentence}"),
        }
    }
    told
}

#[test]
fn every_account_may_what_the_table_says_and_nothing_else() {
    if cluster(true) {
        let place = can_i::Place { healer: "healer", coderuns: "cto" };
        can_i::accounts_may_what_is_listed_and_nothing_else(&place);
        can_i::policies_hold_accounts_to_what_roles_cannot_say(&place);
    }
}

#[test]
fn a_signed_webhook_becomes_one_workflow() {
    if cluster(true) {
        doors::a_signed_webhook_becomes_one_workflow("signed-webhook").unwrap();
    }
}

#[test]
fn every_story_holds() {
    if !cluster(false) {
        return;
    }
    let asked = env::var("HEALER_STORIES").ok();
    let chosen = |story: &&Story| asked.as_ref().is_none_or(|names| names.split(',').any(|name| name == story.name));
    let waiting: Mutex<Vec<&Story>> = Mutex::new(STORIES.iter().filter(chosen).rev().collect());
    let failed: Mutex<Vec<String>> = Mutex::default();
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(story) = { waiting.lock().unwrap().pop() } {
                    if play(story).is_err() {
                        failed.lock().unwrap().push(story.name.to_owned());
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "these stories did not hold: {}", failed.join(", "));
    if asked.is_none() {
        let argo = Command::new("argo").args(["version", "--short"]).output().expect("argo is on PATH");
        let argo = String::from_utf8_lossy(&argo.stdout).trim().trim_start_matches("argo: ").to_owned();
        let stories: Vec<&str> = STORIES.iter().map(|story| story.name).collect();
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
        lock::write(&root, &stories.join(" "), &argo);
    }
}
