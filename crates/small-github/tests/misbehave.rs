//! Every misbehaviour, the same for the same seed.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::thread::sleep;
use std::time::{Duration, Instant};

use common::{Github, receiver};
use serde_json::{Value, json};
use small_github::Misbehave;

fn break_it(github: &Github) -> Value {
    let body = json!({ "repository": "acme/widgets", "branch": "main", "files": { "src/answer": "41\n" } });
    github.control("commit", body)
}

/// The plan of every delivery of one story.
fn plans(seed: u64) -> Vec<String> {
    let (hook, hooks) = receiver();
    let misbehave = Misbehave::some_of_everything(seed, Duration::from_millis(20));
    let github = Github::with(Some(hook), misbehave).furnished();
    for n in 0..3 {
        let body = json!({ "repository": "acme/widgets", "branch": "main", "files": { "n": n.to_string() } });
        github.control("commit", body);
        github.control("wait", json!({}));
    }
    let sent = github.control("deliveries", json!({}));
    let sent = sent.as_array().unwrap();
    let copies = |one: &Value| one["copies_ms"].as_array().unwrap().len();
    assert!(
        sent.iter().any(|one| copies(one) == 0) && sent.iter().any(|one| copies(one) > 1),
        "some lost, some doubled"
    );
    assert_eq!(hooks.try_iter().count(), sent.iter().map(copies).sum::<usize>(), "as often as was planned");
    let line = |one: &Value| format!("{} {} {} {}", one["event"], one["action"], one["about"], one["copies_ms"]);
    let mut lines: Vec<String> = sent.iter().map(line).collect();
    lines.sort();
    lines
}

#[test]
fn the_same_seed_tells_the_same_story() {
    if small_github::without_git() {
        return;
    }
    let first = plans(7);
    assert_eq!(first, plans(7));
    assert_ne!(first, plans(8));
}

#[test]
fn a_late_delivery_is_overtaken() {
    if small_github::without_git() {
        return;
    }
    let (hook, hooks) = receiver();
    let late = Misbehave { seed: 3, late: 0.5, minute_ms: 30, ..Misbehave::default() };
    let github = Github::with(Some(hook), late).furnished();
    break_it(&github);
    github.control("wait", json!({}));
    let planned = github.control("deliveries", json!({}));
    let guid = |one: &Value| one["guid"].as_str().unwrap().to_owned();
    let planned: Vec<String> = planned.as_array().unwrap().iter().map(guid).collect();
    let came: Vec<String> = hooks.try_iter().map(|hook| hook.header("x-github-delivery").to_owned()).collect();
    assert_ne!(came, planned);
    assert_eq!(
        {
            let mut came = came;
            came.sort();
            came
        },
        {
            let mut planned = planned;
            planned.sort();
            planned
        }
    );
}

#[test]
fn a_delivery_is_held_back_and_sent_again_as_often_as_asked() {
    if small_github::without_git() {
        return;
    }
    let (hook, hooks) = receiver();
    let github = Github::with(Some(hook), Misbehave::default()).furnished();
    hooks.try_iter().count();
    github.control("pause", json!({}));
    break_it(&github);
    github.control("wait", json!({ "repository": "acme/widgets" }));
    assert_eq!(hooks.try_iter().count(), 0);
    github.control("pause", json!({ "paused": false }));
    github.control("wait", json!({}));
    let runs = github.control("deliveries", json!({ "event": "workflow_run" }));
    let id = runs.as_array().unwrap().last().unwrap()["id"].clone();
    hooks.try_iter().count();
    github.control("redeliver", json!({ "id": id, "times": 100 }));
    github.control("wait", json!({}));
    let again: Vec<String> = hooks.try_iter().map(|hook| hook.header("x-github-delivery").to_owned()).collect();
    assert_eq!(again.len(), 100);
    assert!(again.iter().all(|guid| *guid == again[0]), "a redelivery keeps its id");
}

#[test]
fn check_suites_come_later_than_the_push() {
    if small_github::without_git() {
        return;
    }
    let github = Github::start().furnished();
    github.control("misbehave", json!({ "seed": 1, "slow_suites": 1, "minute_ms": 6000 }));
    let begun = Instant::now();
    let sha = break_it(&github)["sha"].as_str().unwrap().to_owned();
    let suites = || github.widgets(&format!("/commits/{sha}/check-suites"))["total_count"].clone();
    assert_eq!(suites(), 0);
    github.control("wait", json!({}));
    assert!(begun.elapsed() > Duration::from_millis(200), "two of a tenth of a second each");
    assert_eq!(suites(), 2);
}

#[test]
fn a_log_is_missing_for_a_minute() {
    if small_github::without_git() {
        return;
    }
    let github = Github::start().furnished();
    github.control("misbehave", json!({ "seed": 1, "slow_logs": 1, "minute_ms": 1500 }));
    break_it(&github);
    let run = github.run_of("main");
    let log = || github.get(&format!("/repos/acme/widgets/actions/jobs/{}/logs", run["jobs"][0]["id"])).status;
    assert_eq!(log(), 404);
    sleep(Duration::from_millis(2000));
    assert_eq!(log(), 302);
}

#[test]
fn a_read_may_be_stale() {
    if small_github::without_git() {
        return;
    }
    let github = Github::start().furnished();
    let head = |github: &Github| github.widgets("/branches/main")["commit"]["sha"].clone();
    let old = head(&github);
    github.control("misbehave", json!({ "seed": 1, "stale_reads": 1 }));
    let new = break_it(&github)["sha"].clone();
    assert_eq!(head(&github), old);
    github.control("misbehave", json!({}));
    assert_eq!(head(&github), new);
}

#[test]
fn a_token_ends_in_between() {
    if small_github::without_git() {
        return;
    }
    let github = Github::start().furnished();
    github.control("misbehave", json!({ "seed": 1, "short_tokens": 1, "minute_ms": 1000 }));
    let bot = github.bot();
    let status = || github.ask("GET", "/repos/acme/widgets", &bot, None).status;
    assert_eq!(status(), 200);
    sleep(Duration::from_millis(2100));
    assert_eq!(status(), 401);
}
