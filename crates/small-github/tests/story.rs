//! From a broken push on a pull request's branch to green, as an agent and Healer see it.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::fs;

use common::{Github, SECRET, git_ok, receiver};
use hmac::{Hmac, Mac as _};
use serde_json::json;
use sha2::Sha256;
use small_github::Misbehave;

#[test]
fn a_broken_push_turns_red_is_told_and_a_fix_by_git_turns_it_green() {
    if small_github::without_git() {
        return;
    }
    let (hook, hooks) = receiver();
    let github = Github::with(Some(hook), Misbehave::default()).furnished();

    let broken = json!({
        "repository": "acme/widgets", "branch": "feat/x", "user": "mona",
        "files": { "src/answer": "41\n" }, "message": "Change the answer",
    });
    let sha = github.control("commit", broken)["sha"].as_str().unwrap().to_owned();
    let number = github.control("pull", json!({ "repository": "acme/widgets", "head": "feat/x", "user": "mona" }));
    let number = number["number"].as_u64().unwrap();
    let run = github.run_of("feat/x");
    assert_eq!((run["conclusion"].as_str(), run["event"].as_str()), (Some("failure"), Some("pull_request")));
    assert_eq!(run["sha"], sha.as_str());

    // As Healer reads it.
    let run_id = run["id"].as_u64().unwrap();
    let jobs = github.widgets(&format!("/actions/runs/{run_id}/attempts/1/jobs"));
    assert_eq!(jobs["total_count"], 2);
    let test = &jobs["jobs"][0];
    assert_eq!((test["name"].as_str(), test["conclusion"].as_str()), (Some("Test"), Some("failure")));
    let steps: Vec<_> =
        test["steps"].as_array().unwrap().iter().map(|step| step["conclusion"].as_str().unwrap()).collect();
    assert_eq!(steps, ["success", "success", "failure", "skipped", "success"]);
    let link = github.get(&format!("/repos/acme/widgets/actions/jobs/{}/logs", test["id"]));
    assert_eq!(link.status, 302);
    let log = github.get(link.header("location").strip_prefix(&github.base).unwrap()).text();
    assert!(log.starts_with("\u{feff}20") && log.contains("Z ##[group]Run echo "), "{log}");
    assert!(
        log.contains("Z looking at 41 in /home/runner/work/widgets/widgets\n")
            && log.contains("Z error: the answer is wrong\n"),
        "{log}"
    );
    assert!(log.contains("Z ##[error]Process completed with exit code 3.\n"), "{log}");
    let check = github.widgets(&format!("/check-runs/{}", test["id"]));
    assert_eq!(
        (check["conclusion"].as_str(), check["app"]["slug"].as_str()),
        (Some("failure"), Some("github-actions"))
    );

    // As the sensor hears it.
    github.control("wait", json!({}));
    let told: Vec<_> = hooks.try_iter().collect();
    for hook in &told {
        let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
        mac.update(&hook.body);
        let want: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hook.header("x-hub-signature-256"), format!("sha256={want}"));
    }
    let of_run = |hook: &&common::Hooked| hook.payload()["workflow_run"]["id"] == run_id;
    let whats: Vec<String> = told.iter().filter(of_run).map(common::Hooked::what).collect();
    assert_eq!(whats, ["workflow_run/requested", "workflow_run/in_progress", "workflow_run/completed"]);
    let completed = told.iter().rfind(of_run).unwrap().payload();
    assert_eq!(completed["workflow_run"]["conclusion"], "failure");
    assert_eq!(completed["workflow_run"]["pull_requests"][0]["number"], number);
    assert_eq!(completed["repository"]["id"], 8412);
    for what in [
        "push/",
        "pull_request/opened",
        "workflow_job/queued",
        "workflow_job/completed",
        "check_run/created",
        "check_suite/completed",
    ] {
        assert!(told.iter().any(|hook| hook.what() == what), "{what}");
    }

    // As the agent repairs it.
    let bot = github.bot();
    let folder = tempfile::tempdir().unwrap();
    let clone = folder.path().join("clone");
    let remote = github.remote(bot.strip_prefix("Bearer ").unwrap());
    git_ok(folder.path(), &["clone", "--quiet", "--branch", "feat/x", &remote, "clone"]);
    fs::write(clone.join("src/answer"), "42\n").unwrap();
    fs::write(clone.join("README.md"), "widgets, repaired\n").unwrap();
    let app = github.control("state", json!({}))["state"]["apps"]["77"]["bot"].clone();
    let email = format!("user.email={app}+healer[bot]@users.noreply.github.com");
    git_ok(&clone, &["-c", &email, "-c", "user.name=healer[bot]", "commit", "--quiet", "-am", "Repair the answer"]);
    git_ok(&clone, &["push", "--quiet", "origin", "feat/x"]);
    let run = github.run_of("feat/x");
    assert_eq!(run["conclusion"], "success");
    assert_ne!(run["sha"], sha.as_str());

    // As Healer judges it.
    let branch = github.widgets("/branches/feat%2Fx");
    assert_eq!(branch["commit"]["sha"], run["sha"]);
    assert_eq!(github.widgets("/branches/feat/x")["protected"], false);
    let compared = github.widgets(&format!("/compare/{sha}...feat%2Fx"));
    assert_eq!((compared["status"].as_str(), compared["total_commits"].as_u64()), (Some("ahead"), Some(1)));
    assert_eq!(compared["commits"][0]["author"]["id"], app);
    assert_eq!(compared["files"].as_array().unwrap().len(), 2);
    assert_eq!(compared["files"][1]["patch"], "@@ -1 +1 @@\n-41\n+42");
    let suites = github.widgets(&format!("/commits/{}/check-suites", run["sha"].as_str().unwrap()));
    let suites: Vec<_> = suites["check_suites"]
        .as_array()
        .unwrap()
        .iter()
        .map(|suite| (suite["app"]["slug"].clone(), suite["conclusion"].clone()))
        .collect();
    assert_eq!(suites, [(json!("healer"), json!(null)), (json!("github-actions"), json!("success"))]);

    // As Healer tells it.
    let path = format!("/repos/acme/widgets/issues/{number}/comments");
    let made = github.ask("POST", &path, &bot, Some(json!({ "body": "Healer is on it" })));
    assert_eq!(made.status, 201, "{}", made.text());
    let made = made.json();
    assert_eq!(
        (made["user"]["login"].as_str(), made["performed_via_github_app"]["id"].as_u64()),
        (Some("healer[bot]"), Some(77))
    );
    let path = format!("/repos/acme/widgets/issues/comments/{}", made["id"]);
    assert_eq!(github.ask("PATCH", &path, &bot, Some(json!({ "body": "fixed" }))).status, 200);
    let comments = github.widgets(&format!("/issues/{number}/comments"));
    assert_eq!(comments[0]["body"], "fixed");
    let written = github.control("written", json!({}));
    assert_eq!(written.as_array().unwrap().len(), 2);
    assert_eq!(written[1]["call"], format!("PATCH {path}"));
}
