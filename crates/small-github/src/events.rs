//! What happened, told by webhook: whole payloads in GitHub's shapes.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::git::NOTHING;
use crate::model::{Alert, Repository};
use crate::render::{View, merge};
use crate::server::Server;

/// Tells an event of a repository; `make` gives what the payload holds beyond repository and sender.
pub(crate) fn tell(
    server: &Arc<Server>,
    repository: u64,
    event: &str,
    about: &str,
    sender: Option<u64>,
    make: impl FnOnce(&View, &Repository) -> Option<Value>,
) {
    let Some(hook) = server.deliveries.hook() else { return };
    let state = server.store.now_state();
    let view = server.view(&state);
    let Some(found) = state.repositories.get(&repository) else { return };
    let Some(mut payload) = make(&view, found) else { return };
    let common =
        json!({ "repository": view.whole_repository(found), "sender": view.account(sender.unwrap_or(found.owner)) });
    merge(&mut payload, common);
    if let Some(organization) = view.organization(found.owner) {
        merge(&mut payload, json!({ "organization": organization }));
    }
    let installed = hook.app.as_ref().and_then(|slug| {
        let app = state.apps.values().find(|app| app.slug == *slug)?;
        state.installations.values().find(|found_one| found_one.app == app.id && found_one.account == found.owner)
    });
    if let Some(installation) = installed {
        let named =
            json!({ "id": installation.id, "node_id": crate::render::node_id("Installation", installation.id) });
        merge(&mut payload, json!({ "installation": named }));
    }
    server.deliveries.add(event, about, server.store.now(), &payload, &server.misbehave());
}

/// `push`.
pub(crate) fn pushed(server: &Arc<Server>, repository: u64, branch: &str, before: &str, after: &str, by: u64) {
    let forced = before != NOTHING && after != NOTHING && !server.git.contains(repository, after, before);
    tell(server, repository, "push", branch, Some(by), |view, found| {
        let api = view.api(found);
        let login = view.login(by);
        Some(json!({
            "ref": format!("refs/heads/{branch}"), "before": before, "after": after,
            "created": before == NOTHING, "deleted": after == NOTHING, "forced": forced, "base_ref": null,
            "compare": format!("{api}/compare/{before}...{after}"), "commits": [],
            "head_commit": view.pushed_commit(found, after),
            "pusher": { "name": login, "email": format!("{login}@users.noreply.example") },
        }))
    });
}

/// `workflow_run`.
pub(crate) fn run(server: &Arc<Server>, repository: u64, run: u64, action: &str) {
    let state = server.store.now_state();
    let sender =
        state.repositories.get(&repository).and_then(|found| Some(found.runs.get(&run)?.attempts.last()?.actor));
    tell(server, repository, "workflow_run", &run.to_string(), sender, |view, found| {
        let run = found.runs.get(&run)?;
        let workflow = found.workflows.get(&run.workflow)?;
        let value = view.run(found, run, run.attempts.last()?);
        Some(json!({ "action": action, "workflow_run": value, "workflow": view.workflow(found, workflow) }))
    });
}

/// `workflow_job`, and `check_run` for the same.
pub(crate) fn job(server: &Arc<Server>, repository: u64, run: u64, job: u64, action: &str) {
    let state = server.store.now_state();
    let sender =
        state.repositories.get(&repository).and_then(|found| Some(found.runs.get(&run)?.attempts.last()?.actor));
    tell(server, repository, "workflow_job", &job.to_string(), sender, |view, found| {
        let run = found.runs.get(&run)?;
        let attempt = run.attempts.last()?;
        let job = attempt.jobs.iter().find(|have| have.id == job)?;
        Some(json!({ "action": action, "workflow_job": view.job(found, run, attempt, job) }))
    });
    if let Some(action) = match action {
        "queued" => Some("created"),
        "completed" => Some("completed"),
        _ => None,
    } {
        check(server, repository, job, action, sender);
    }
}

fn check_value(view: &View, found: &Repository, id: u64) -> Option<Value> {
    let check = found.checks.get(&id)?;
    let mut value = view.check(found, check);
    let suite = found.suites.get(&check.suite)?;
    merge(&mut value, json!({ "check_suite": view.suite(found, suite) }));
    Some(value)
}

/// `check_run`.
pub(crate) fn check(server: &Arc<Server>, repository: u64, id: u64, action: &str, sender: Option<u64>) {
    tell(server, repository, "check_run", &id.to_string(), sender, |view, found| {
        Some(json!({ "action": action, "check_run": check_value(view, found, id)? }))
    });
}

/// `check_run` with `requested_action`: somebody pressed a button.
pub(crate) fn button(server: &Arc<Server>, repository: u64, id: u64, identifier: &str, sender: u64) {
    tell(server, repository, "check_run", &id.to_string(), Some(sender), |view, found| {
        Some(json!({
            "action": "requested_action", "check_run": check_value(view, found, id)?,
            "requested_action": { "identifier": identifier },
        }))
    });
}

/// `check_suite` with `completed`.
pub(crate) fn suite(server: &Arc<Server>, repository: u64, id: u64) {
    tell(server, repository, "check_suite", &id.to_string(), None, |view, found| {
        Some(json!({ "action": "completed", "check_suite": view.suite(found, found.suites.get(&id)?) }))
    });
}

/// `status`.
pub(crate) fn status(server: &Arc<Server>, repository: u64, id: u64) {
    tell(server, repository, "status", &id.to_string(), None, |view, found| {
        let status = found.statuses.iter().find(|status| status.id == id)?;
        let api = view.api(found);
        let on = |(_, head): &(&String, &String)| **head == status.sha;
        let branch = |(name, sha): (&String, &String)| {
            let protected = found.protected.contains(name);
            let url = format!("{api}/commits/{sha}");
            json!({ "name": name, "commit": { "sha": sha, "url": url }, "protected": protected })
        };
        let branches: Vec<Value> = found.branches.iter().filter(on).map(branch).collect();
        let mut value = view.status(found, status);
        merge(
            &mut value,
            json!({
                "sha": status.sha, "name": view.full_name(found), "branches": branches,
                "commit": view.commit(found, &status.sha, false)?,
            }),
        );
        Some(value)
    });
}

/// `pull_request`.
pub(crate) fn pull(server: &Arc<Server>, repository: u64, number: u64, action: &str, sender: u64, more: Value) {
    tell(server, repository, "pull_request", &number.to_string(), Some(sender), |view, found| {
        let issue = found.issues.get(&number)?;
        let mut value = json!({
            "action": action, "number": number, "pull_request": view.whole_pull(found, issue, issue.pull.as_ref()?),
        });
        merge(&mut value, more);
        Some(value)
    });
}

/// `issue_comment`.
pub(crate) fn comment(server: &Arc<Server>, repository: u64, id: u64, action: &str, sender: u64, more: Value) {
    tell(server, repository, "issue_comment", &id.to_string(), Some(sender), |view, found| {
        let comment = found.comments.get(&id)?;
        let issue = view.issue(found, found.issues.get(&comment.number)?);
        let mut value = json!({ "action": action, "issue": issue, "comment": view.comment(found, comment) });
        merge(&mut value, more);
        Some(value)
    });
}

/// `issues`.
pub(crate) fn issue(server: &Arc<Server>, repository: u64, number: u64, action: &str, sender: u64) {
    tell(server, repository, "issues", &number.to_string(), Some(sender), |view, found| {
        Some(json!({ "action": action, "issue": view.issue(found, found.issues.get(&number)?) }))
    });
}

/// `dependabot_alert`, `code_scanning_alert` or `secret_scanning_alert`.
pub(crate) fn alert(server: &Arc<Server>, repository: u64, alert: &Alert, action: &str, sender: u64) {
    let event = format!("{}_alert", alert.kind.replace('-', "_"));
    tell(server, repository, &event, &alert.number.to_string(), Some(sender), |view, found| {
        let mut value = json!({ "action": action, "alert": view.alert(found, alert, true) });
        if alert.kind == "code-scanning" {
            let branch = format!("refs/heads/{}", found.default_branch);
            let sha = found.branches.get(&found.default_branch)?;
            merge(&mut value, json!({ "ref": branch, "commit_oid": sha }));
        }
        Some(value)
    });
}
