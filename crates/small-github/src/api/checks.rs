//! Check runs, check suites, commit statuses.

use serde_json::{Value, json};

use super::repos::resolve;
use super::{Call, Handled};
use crate::events;
use crate::http::Answer;
use crate::model::{Check, State, Suite};
use crate::server::text;

/// `GET …/commits/{ref}/check-runs`: the newest of each name in each suite.
pub(super) fn of_commit(call: &Call) -> Handled {
    let (repository, view) = (call.repository()?, call.view());
    let sha = resolve(call, call.parameter("ref"))?;
    let name = call.request.asked("check_name");
    let latest = repository.latest_checks().into_iter().rev();
    let mut checks: Vec<&Check> = latest.filter(|check| check.sha == sha).collect();
    checks.retain(|check| name.as_deref().is_none_or(|name| name == check.name));
    Ok(call.page("check_runs", checks, |check| view.check(repository, check)))
}

/// `GET …/commits/{ref}/check-suites`
pub(super) fn suites(call: &Call) -> Handled {
    let (repository, view) = (call.repository()?, call.view());
    let sha = resolve(call, call.parameter("ref"))?;
    let suites: Vec<&Suite> = repository.suites.values().filter(|suite| suite.sha == sha).collect();
    Ok(call.page("check_suites", suites, |suite| view.suite(repository, suite)))
}

/// `GET …/commits/{ref}/status`
pub(super) fn combined_status(call: &Call) -> Handled {
    let sha = resolve(call, call.parameter("ref"))?;
    Ok(Answer::json(200, &call.view().combined_status(call.repository()?, &sha)))
}

fn found<'a>(call: &'a Call) -> Result<&'a Check, Answer> {
    call.repository()?.checks.get(&call.number("check_run_id")?).ok_or_else(Answer::not_found)
}

/// `GET …/check-runs/{check_run_id}`
pub(super) fn check(call: &Call) -> Handled {
    Ok(Answer::json(200, &call.view().check(call.repository()?, found(call)?)))
}

/// `GET …/check-runs/{check_run_id}/annotations`
pub(super) fn annotations(call: &Call) -> Handled {
    let (repository, view, check) = (call.repository()?, call.view(), found(call)?);
    Ok(call.page("", check.annotations.iter().collect(), |annotation| view.annotation(repository, check, annotation)))
}

/// Lays what was sent over a check run.
fn change(check: &mut Check, body: &Value, now: jiff::Timestamp) -> Result<(), Answer> {
    let strings = [("name", &mut check.name), ("external_id", &mut check.external_id), ("status", &mut check.status)];
    for (key, field) in strings {
        if let Some(value) = text(body, key) {
            value.clone_into(field);
        }
    }
    if let Some(url) = text(body, "details_url") {
        check.details_url = Some(url.to_owned());
    }
    if let Some(conclusion) = text(body, "conclusion") {
        check.conclusion = Some(conclusion.to_owned());
        "completed".clone_into(&mut check.status);
        check.completed_at = Some(now);
    } else if check.status != "completed" {
        check.conclusion = None;
        check.completed_at = None;
    }
    if check.status == "completed" && check.conclusion.is_none() {
        return Err(invalid("a completed check run needs a `conclusion`"));
    }
    if let Some(output) = body.get("output").filter(|output| output.is_object()) {
        if text(output, "summary").is_none_or(|summary| summary.chars().count() > 65_535)
            || text(output, "title").is_none()
        {
            return Err(invalid("`output` needs a `title` and a `summary` of at most 65535 characters"));
        }
        check.annotations.extend(output.get("annotations").and_then(Value::as_array).cloned().unwrap_or_default());
        check.output = output.clone();
    }
    if let Some(actions) = body.get("actions").and_then(Value::as_array) {
        let fits = |action: &Value| {
            let short = |key: &str, most: usize| text(action, key).is_some_and(|text| text.chars().count() <= most);
            short("label", 20) && short("description", 40) && short("identifier", 20)
        };
        if actions.len() > 3 || !actions.iter().all(fits) {
            return Err(invalid("at most three `actions`: label 20, description 40, identifier 20 characters"));
        }
        check.actions = actions.clone();
    }
    Ok(())
}

fn invalid(what: &str) -> Answer {
    Answer::refusal(422, &format!("Invalid request.\n\n{what}"))
}

/// `POST …/check-runs`
pub(super) fn create(call: &Call) -> Handled {
    let body = call.request.json()?;
    let (repository, now) = (call.repository_id(), call.server.store.now());
    let app = call.who.app().ok_or_else(|| Answer::refusal(403, "You must authenticate via a GitHub App."))?;
    let name = text(&body, "name").ok_or_else(|| invalid("\"name\" wasn't supplied."))?;
    let sha = text(&body, "head_sha").ok_or_else(|| invalid("\"head_sha\" wasn't supplied."))?;
    if call.server.git.info(repository, sha).is_none_or(|info| info.sha != sha) {
        return Err(invalid(&format!("No commit found for SHA: {sha}")));
    }
    let mut check = Check {
        id: 0,
        suite: 0,
        app,
        name: name.to_owned(),
        sha: sha.to_owned(),
        status: "queued".to_owned(),
        conclusion: None,
        external_id: String::new(),
        details_url: None,
        output: json!({}),
        annotations: Vec::new(),
        actions: Vec::new(),
        started_at: Some(now),
        completed_at: None,
    };
    change(&mut check, &body, now)?;
    let id = call.server.store.write(|state| {
        check.suite = suite_of(state, repository, app, sha, now);
        check.id = state.id();
        let id = check.id;
        if let Some(repository) = state.repositories.get_mut(&repository) {
            repository.checks.insert(id, check);
        }
        id
    });
    events::check(call.server, repository, id, "created", Some(call.author()?));
    answer(call, 201, id)
}

/// The App's suite for a commit, made if there is none.
fn suite_of(state: &mut State, repository: u64, app: u64, sha: &str, now: jiff::Timestamp) -> u64 {
    let new = state.id();
    let Some(repository) = state.repositories.get_mut(&repository) else { return new };
    if let Some(suite) = repository.suites.values().find(|suite| suite.app == app && suite.sha == sha) {
        return suite.id;
    }
    let branch = repository.branches.iter().find(|(_, head)| *head == sha).map(|(name, _)| name.clone());
    let suite = Suite { id: new, app, branch, sha: sha.to_owned(), before: None, created_at: now };
    repository.suites.insert(new, suite);
    new
}

/// `PATCH …/check-runs/{check_run_id}`
pub(super) fn update(call: &Call) -> Handled {
    let body = call.request.json()?;
    let (repository, id, now) = (call.repository_id(), call.number("check_run_id")?, call.server.store.now());
    let app = call.who.app().ok_or_else(|| Answer::refusal(403, "You must authenticate via a GitHub App."))?;
    let completed = call.server.store.write(|state| {
        let repository = state.repositories.get_mut(&repository);
        let check = repository.and_then(|repository| repository.checks.get_mut(&id)).ok_or_else(Answer::not_found)?;
        if check.app != app {
            return Err(Answer::refusal(403, "Invalid app_id `check_run` was not created by this app."));
        }
        let mut changed = check.clone();
        change(&mut changed, &body, now)?;
        let completed = changed.status == "completed" && check.status != "completed";
        *check = changed;
        Ok(completed)
    })?;
    if completed {
        events::check(call.server, repository, id, "completed", Some(call.author()?));
    }
    answer(call, 200, id)
}

fn answer(call: &Call, status: u16, id: u64) -> Handled {
    let state = call.server.store.now_state();
    let repository = state.repositories.get(&call.repository_id()).ok_or_else(Answer::not_found)?;
    let check = repository.checks.get(&id).ok_or_else(Answer::not_found)?;
    Ok(Answer::json(status, &call.server.view(&state).check(repository, check)))
}
