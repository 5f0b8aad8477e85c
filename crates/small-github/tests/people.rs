//! What people do meanwhile: they push, force-push, merge, delete, fork, comment, press buttons.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{Github, git, git_ok, receiver};
use serde_json::{Value, json};
use small_github::Misbehave;

const W: &str = "acme/widgets";

fn commit(github: &Github, branch: &str, answer: &str) -> String {
    let body = json!({ "repository": W, "branch": branch, "user": "mona", "files": { "src/answer": answer } });
    github.control("commit", body)["sha"].as_str().unwrap().to_owned()
}

fn pull(github: &Github, head: &str) -> u64 {
    github.control("pull", json!({ "repository": W, "head": head, "user": "mona" }))["number"].as_u64().unwrap()
}

#[test]
fn a_person_pushes_while_a_run_is_under_way() {
    if small_github::without_git() {
        return;
    }
    let github = Github::start().furnished();
    commit(&github, "feat/x", "41\n");
    let human = json!({ "repository": W, "branch": "feat/x", "user": "mona", "files": { "src/answer": "42\n" } });
    let rule = json!({ "on": "run_started", "branch": "feat/x", "do": [{ "command": "commit", "body": human }] });
    github.control("when", rule);
    pull(&github, "feat/x");
    github.control("wait", json!({}));
    let runs = github.control("runs", json!({ "repository": W, "branch": "feat/x" }));
    let ends: Vec<&str> = runs.as_array().unwrap().iter().map(|run| run["conclusion"].as_str().unwrap()).collect();
    assert_eq!(ends, ["failure", "success"]);
    assert_eq!(github.control("when", json!({})), json!([]), "it was to happen once");
}

#[test]
fn a_force_push_diverges_and_a_deleted_branch_closes_its_pull_request() {
    if small_github::without_git() {
        return;
    }
    let github = Github::start().furnished();
    let old = commit(&github, "feat/x", "41\n");
    let number = pull(&github, "feat/x");
    let forced = json!({ "repository": W, "branch": "feat/x", "onto": "main", "files": { "src/answer": "40\n" } });
    let new = github.control("commit", forced)["sha"].clone();
    let compared = github.widgets(&format!("/compare/{old}...feat%2Fx"));
    assert_eq!((compared["status"].as_str(), &compared["commits"][0]["sha"]), (Some("diverged"), &new));
    assert_eq!(github.widgets(&format!("/pulls/{number}"))["head"]["sha"], new);
    github.control("delete-branch", json!({ "repository": W, "branch": "feat/x" }));
    assert_eq!(github.get("/repos/acme/widgets/branches/feat%2Fx").status, 404);
    let closed = github.widgets(&format!("/pulls/{number}"));
    assert_eq!((closed["state"].as_str(), closed["merged"].as_bool()), (Some("closed"), Some(false)));
}

#[test]
fn a_merge_lands_on_the_base_and_a_conflict_does_not() {
    if small_github::without_git() {
        return;
    }
    let github = Github::start().furnished();
    commit(&github, "feat/x", "43\n");
    commit(&github, "feat/y", "44\n");
    let (x, y) = (pull(&github, "feat/x"), pull(&github, "feat/y"));
    let merged = github.control("merge", json!({ "repository": W, "number": x, "user": "mona" }))["sha"].clone();
    assert_eq!(github.widgets("/branches/main")["commit"]["sha"], merged);
    assert_eq!(github.widgets(&format!("/pulls/{x}"))["merged_by"]["login"], "mona");
    assert_eq!(github.widgets(&format!("/pulls/{y}"))["mergeable_state"], "dirty");
    let refused = github.ask("POST", "/_control/merge", "", Some(json!({ "repository": W, "number": y })));
    assert_eq!(refused.status, 405);
    assert_eq!(github.run_of("main")["sha"], merged, "the base's own workflow runs");
}

#[test]
fn a_fork_runs_in_the_base_repository_and_is_known_by_its_id() {
    if small_github::without_git() {
        return;
    }
    let (hook, hooks) = receiver();
    let github = Github::with(Some(hook), Misbehave::default()).furnished();
    github.control("user", json!({ "login": "stranger" }));
    let fork = github.control("fork", json!({ "repository": W, "owner": "stranger" }))["id"].clone();
    let body = json!({ "repository": "stranger/widgets", "branch": "main", "files": { "src/answer": "41\n" } });
    github.control("commit", body);
    let number = pull(&github, "stranger:main");
    github.control("wait", json!({}));
    let run = github.run_of("main");
    assert_eq!((run["conclusion"].as_str(), run["event"].as_str()), (Some("failure"), Some("pull_request")));
    let run = github.widgets(&format!("/actions/runs/{}", run["id"]));
    assert_eq!((&run["head_repository"]["id"], &run["pull_requests"]), (&fork, &json!([])));
    assert_eq!(github.widgets(&format!("/pulls/{number}"))["head"]["repo"]["id"], fork);
    assert_eq!(github.widgets("/pulls?head=stranger:main&state=all")[0]["number"], number);
    let told = hooks.try_iter().find(|hook| {
        hook.what() == "workflow_run/completed" && hook.payload()["workflow_run"]["event"] == "pull_request"
    });
    assert_eq!(told.unwrap().payload()["workflow_run"]["head_repository"]["id"], fork);
}

#[test]
fn a_command_and_a_button_are_told_with_who_and_on_what() {
    if small_github::without_git() {
        return;
    }
    let (hook, hooks) = receiver();
    let github = Github::with(Some(hook), Misbehave::default()).furnished();
    let sha = commit(&github, "feat/x", "41\n");
    let number = pull(&github, "feat/x");
    github.control("comment", json!({ "repository": W, "number": number, "user": "mona", "body": "/healer retry" }));
    let actions = json!([{ "label": "Fix it", "description": "Let Healer fix it", "identifier": "fix" }]);
    let draft = json!({ "name": "Healer", "head_sha": sha, "actions": actions });
    let check = github.ask("POST", "/repos/acme/widgets/check-runs", &github.bot(), Some(draft)).json()["id"].clone();
    let press = |identifier: &str| {
        let body = json!({ "repository": W, "check_run": check, "identifier": identifier, "user": "mona" });
        github.ask("POST", "/_control/button", "", Some(body)).status
    };
    assert_eq!((press("fix"), press("no such")), (200, 400));
    github.control("wait", json!({}));
    let told: Vec<(String, Value)> = hooks.try_iter().map(|hook| (hook.what(), hook.payload())).collect();
    let find = |what: &str| &told.iter().find(|(have, _)| have == what).unwrap().1;
    let comment = find("issue_comment/created");
    assert_eq!((&comment["comment"]["body"], &comment["sender"]["login"]), (&json!("/healer retry"), &json!("mona")));
    assert!(comment["issue"]["pull_request"].is_object());
    let pressed = find("check_run/requested_action");
    assert_eq!((&pressed["requested_action"]["identifier"], &pressed["check_run"]["id"]), (&json!("fix"), &check));
}

#[test]
fn protection_and_rights_hold_for_git_and_the_api() {
    if small_github::without_git() {
        return;
    }
    let github = Github::start().furnished();
    github.control("protect", json!({ "repository": W, "branch": "main" }));
    assert_eq!(github.widgets("/branches/main")["protected"], true);
    let folder = tempfile::tempdir().unwrap();
    let clone = folder.path().join("clone");
    git_ok(folder.path(), &["clone", "--quiet", &github.remote("t-mona"), "clone"]);
    git_ok(&clone, &["commit", "--quiet", "--allow-empty", "-m", "Nothing"]);
    let (well, said) = git(&clone, &["push", "origin", "HEAD:main"]);
    assert!(!well && said.contains("GH006"), "{said}");
    git_ok(&clone, &["push", "--quiet", "origin", "HEAD:refs/heads/feat/free"]);
    git_ok(&clone, &["push", "--quiet", "--delete", "origin", "feat/free"]);
    assert_eq!(github.get("/repos/acme/widgets/branches/feat%2Ffree").status, 404);

    let token = |permissions: Value| {
        let body = json!({ "app": "healer", "repository": W, "permissions": permissions });
        github.control("token", body)["token"].as_str().unwrap().to_owned()
    };
    let reader = token(json!({ "contents": "read" }));
    let (well, said) = git(&clone, &["push", &github.remote(&reader), "HEAD:refs/heads/feat/y"]);
    assert!(!well && said.contains("403"), "{said}");
    let writer = token(json!({ "contents": "write" }));
    std::fs::write(clone.join(".github/workflows/ci.yml"), "name: none\n").unwrap();
    git_ok(&clone, &["commit", "--quiet", "-am", "Lower the bar"]);
    let (well, said) = git(&clone, &["push", &github.remote(&writer), "HEAD:refs/heads/feat/y"]);
    assert!(!well && said.contains("without `workflows` permission"), "{said}");
    let bearer = format!("Bearer {writer}");
    let comment = github.ask("POST", "/repos/acme/widgets/issues", &bearer, Some(json!({ "title": "x" })));
    assert_eq!(
        (comment.status, comment.json()["message"].as_str()),
        (403, Some("Resource not accessible by integration"))
    );
    assert_eq!(github.ask("GET", "/repos/acme/widgets", "Bearer nobody", None).status, 401);
    let check = json!({ "name": "x", "head_sha": "0" });
    assert_eq!(github.ask("POST", "/repos/acme/widgets/check-runs", "Bearer t-mona", Some(check)).status, 403);
    let role = |login: &str| github.widgets(&format!("/collaborators/{login}/permission"))["permission"].clone();
    github.control("user", json!({ "login": "stranger" }));
    assert_eq!((role("mona"), role("acme"), role("stranger")), (json!("write"), json!("admin"), json!("read")));
    github.control("permission", json!({ "repository": W, "user": "mona", "permission": "none" }));
    assert_eq!(role("mona"), "read");
}
