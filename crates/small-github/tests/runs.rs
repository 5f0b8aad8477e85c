//! What GitHub Actions does to a run: attempts, groups, filters, limits, restarts.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use common::Github;
use serde_json::{Value, json};

/// A repository whose CI is this workflow; what happened once nothing runs any more.
fn runs_of(github: &Github, name: &str, workflow: &str) -> Vec<Value> {
    let files = json!({ ".github/workflows/ci.yml": workflow, "a": "1\n" });
    github.control("repository", json!({ "owner": "acme", "name": name, "files": files }));
    all_runs(github, name)
}

fn all_runs(github: &Github, name: &str) -> Vec<Value> {
    github.control("wait", json!({}));
    github.control("runs", json!({ "repository": format!("acme/{name}") })).as_array().unwrap().clone()
}

fn again(github: &Github, name: &str, file: &str) {
    let body = json!({ "repository": format!("acme/{name}"), "branch": "main", "files": { file: "2\n" } });
    github.control("commit", body);
}

fn ends(runs: &[Value]) -> Vec<&str> {
    runs.iter().map(|run| run["conclusion"].as_str().unwrap_or("none")).collect()
}

#[test]
fn only_the_failed_jobs_and_what_needs_them_run_again() {
    if small_github::without_git() {
        return;
    }
    let github = Github::start().furnished();
    let flaky = include_str!("workflows/flaky.yml");
    let runs = runs_of(&github, "flaky", flaky);
    assert_eq!(ends(&runs), ["failure"]);
    let of = |runs: &[Value]| {
        let jobs = runs[0]["jobs"].as_array().unwrap().iter();
        jobs.map(|job| format!("{} {}", job["name"].as_str().unwrap(), job["conclusion"].as_str().unwrap()))
            .collect::<Vec<_>>()
    };
    assert_eq!(of(&runs), ["good success", "flaky failure", "after skipped"]);
    let run = runs[0]["id"].clone();
    let path = format!("/repos/acme/flaky/actions/runs/{run}/rerun-failed-jobs");
    let bot = github.control("token", json!({ "app": "healer", "repository": "acme/flaky" }));
    let bot = format!("Bearer {}", bot["token"].as_str().unwrap());
    assert_eq!(github.ask("POST", &path, &bot, None).status, 201);
    let runs = all_runs(&github, "flaky");
    assert_eq!((ends(&runs), &runs[0]["attempt"], &runs[0]["id"]), (vec!["success"], &json!(2), &run));
    assert_eq!(of(&runs), ["good success", "flaky success", "after success"]);
    let first = github.ask("GET", &format!("/repos/acme/flaky/actions/runs/{run}/attempts/1"), &bot, None).json();
    assert_eq!((first["conclusion"].as_str(), first["run_attempt"].as_u64()), (Some("failure"), Some(1)));
    let checks = github.ask("GET", "/repos/acme/flaky/commits/main/check-runs", &bot, None).json();
    assert_eq!(checks["total_count"], 3, "the newest of each name");
    let good =
        github.ask("GET", &format!("/repos/acme/flaky/actions/jobs/{}/logs", runs[0]["jobs"][0]["id"]), &bot, None);
    assert_eq!(good.status, 302, "a job that did not run again shows its old log");
    assert_eq!(github.ask("POST", &path, &bot, None).status, 403, "nothing failed");
}

#[test]
fn a_group_cancels_or_waits() {
    if small_github::without_git() {
        return;
    }
    let github = Github::start().furnished();
    let slow = include_str!("workflows/slow.yml");
    for (name, workflow) in [("cancels", slow.to_owned()), ("waits", slow.replace("progress: true", "progress: false"))]
    {
        let files = json!({ ".github/workflows/ci.yml": workflow });
        github.control("repository", json!({ "owner": "acme", "name": name, "files": files }));
        again(&github, name, "b");
    }
    assert_eq!(ends(&all_runs(&github, "cancels")), ["cancelled", "success"]);
    let waited = ends(&all_runs(&github, "waits")).join(" ");
    // Whether the first had begun when the second came is the machine's affair; of two that wait the older is dropped.
    assert!(waited == "success success" || waited == "cancelled success", "{waited}");
}

#[test]
fn paths_decide_whether_there_is_a_run_at_all() {
    if small_github::without_git() {
        return;
    }
    let github = Github::start().furnished();
    let filtered = "on: {push: {paths: ['src/**']}}\njobs: {a: {steps: [{run: 'true'}]}}\n";
    assert_eq!(runs_of(&github, "filtered", filtered).len(), 0);
    again(&github, "filtered", "README.md");
    assert_eq!(all_runs(&github, "filtered").len(), 0);
    again(&github, "filtered", "src/a/b");
    assert_eq!(ends(&all_runs(&github, "filtered")), ["success"]);
}

#[test]
fn what_never_ends_is_ended_and_leaves_nothing_behind() {
    if small_github::without_git() {
        return;
    }
    let github = Github::start().furnished();
    github.control("misbehave", json!({ "minute_ms": 300 }));
    let endless =
        "on: push\njobs: {a: {timeout-minutes: 1, steps: [{run: 'sleep 4321 & sleep 4322'}, {run: 'true'}]}}\n";
    let runs = runs_of(&github, "endless", endless);
    assert_eq!(ends(&runs), ["cancelled"]);
    let log = github.control("log", json!({ "job": runs[0]["jobs"][0]["id"] }));
    assert!(log["log"].as_str().unwrap().contains("##[error]The operation was canceled."));
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let lines = processes.filter_map(|process| std::fs::read(process.path().join("cmdline")).ok());
    assert_eq!(lines.filter(|line| line.starts_with(b"sleep\x00432")).count(), 0);
}

#[test]
fn a_workflow_that_is_not_understood_never_starts_and_says_why() {
    if small_github::without_git() {
        return;
    }
    let github = Github::start().furnished();
    let matrix = "on: push\njobs: {expected: {strategy: {matrix: {}}, steps: [{run: 'true'}]}}\n";
    assert_eq!(ends(&runs_of(&github, "matrix", matrix)), ["startup_failure"]);
    let complaints = github.control("state", json!({}))["complaints"].clone();
    assert!(complaints[0].as_str().unwrap().contains("jobs.expected: unknown field `strategy`"), "{complaints}");
}

#[test]
fn hostile_names_and_logs_come_through_as_they_are() {
    if small_github::without_git() {
        return;
    }
    let github = Github::start().furnished();
    let (branch, message) = ("feat/{{workflow.name}}-${{x}}", "{{=1+1}} ${{ steps.x }} \u{1b}[31m");
    let workflow = "on: push\njobs: {a: {steps: [{run: 'printf \"\\033[31m{{=1}}\\0 \\377\\n\"; exit 1'}]}}\n";
    let files = json!({ ".github/workflows/ci.yml": workflow });
    let body = json!({ "repository": "acme/widgets", "branch": branch, "message": message, "files": files });
    github.control("commit", body);
    let run = github.run_of(branch);
    assert_eq!(run["branch"], branch);
    assert_eq!(github.widgets(&format!("/actions/runs/{}", run["id"]))["display_title"], message);
    let link = github.get(&format!("/repos/acme/widgets/actions/jobs/{}/logs", run["jobs"][0]["id"]));
    let log = github.get(link.header("location").strip_prefix(&github.base).unwrap());
    let want: &[u8] = b"Z \x1b[31m{{=1}}\0 \xff\n";
    assert!(log.body.windows(want.len()).any(|bytes| bytes == want), "{}", log.text());
}
