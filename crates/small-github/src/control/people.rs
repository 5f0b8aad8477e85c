//! Commands that do what people do.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{Done, account, need, need_number, repository, shaped, user_or_owner, wrong};
use crate::ci;
use crate::events;
use crate::http::Answer;
use crate::model::{Alert, CommitStatus, Repository};
use crate::push::{self, Commit};
use crate::server::{Server, text};
use crate::threads::{self, Draft, PullDraft};

/// The SHA of a branch, or the SHA itself.
fn sha_of(server: &Server, found: &Repository, reference: &str) -> Result<String, Answer> {
    if let Some(sha) = found.branches.get(reference) {
        return Ok(sha.clone());
    }
    let info = server.git.info(found.id, reference);
    info.map(|info| info.sha.clone()).ok_or_else(|| wrong(&format!("no branch or commit `{reference}`")))
}

/// `commit`: `repository`, `branch`, `files` (null deletes one), and perhaps `user`, `message`, `onto` (a branch or
/// commit: a new branch begins there, one that exists is force-pushed).
pub(super) fn commit(server: &Arc<Server>, body: &Value) -> Done {
    let found = repository(server, body)?;
    let branch = need(body, "branch")?;
    let mut onto = text(body, "onto").map(|onto| sha_of(server, &found, onto)).transpose()?;
    if onto.is_none() && !found.branches.contains_key(branch) {
        onto = found.branches.get(&found.default_branch).cloned();
    }
    let commit = Commit {
        branch,
        onto: onto.as_deref(),
        files: shaped(body, "files")?,
        message: text(body, "message").unwrap_or("Change"),
        by: user_or_owner(server, body, &found)?,
    };
    Ok(json!({ "sha": push::commit(server, found.id, &commit)? }))
}

/// `branch`: `repository`, `branch`, and perhaps `from` (the default branch), `user`. One that exists is force-pushed.
pub(super) fn branch(server: &Arc<Server>, body: &Value) -> Done {
    let found = repository(server, body)?;
    let sha = sha_of(server, &found, text(body, "from").unwrap_or(&found.default_branch))?;
    push::set_branch(server, found.id, need(body, "branch")?, Some(&sha), user_or_owner(server, body, &found)?)?;
    Ok(json!({ "sha": sha }))
}

/// `delete-branch`: `repository`, `branch`, and perhaps `user`.
pub(super) fn delete_branch(server: &Arc<Server>, body: &Value) -> Done {
    let found = repository(server, body)?;
    push::set_branch(server, found.id, need(body, "branch")?, None, user_or_owner(server, body, &found)?)?;
    Ok(json!({}))
}

/// `pull`: `repository`, `head` (`branch`, or `owner:branch` of a fork), and perhaps `base`, `title`, `body`, `user`,
/// `draft`.
pub(super) fn pull(server: &Arc<Server>, body: &Value) -> Done {
    let found = repository(server, body)?;
    let head = need(body, "head")?;
    let draft = PullDraft {
        thread: Draft {
            author: user_or_owner(server, body, &found)?,
            app: None,
            title: text(body, "title").unwrap_or(head).to_owned(),
            body: text(body, "body").map(str::to_owned),
            labels: Vec::new(),
        },
        head: head.to_owned(),
        base: text(body, "base").unwrap_or(&found.default_branch).to_owned(),
        draft: body.get("draft").and_then(Value::as_bool).unwrap_or(false),
    };
    Ok(json!({ "number": threads::open_pull(server, found.id, draft)? }))
}

fn set_open(server: &Arc<Server>, body: &Value, open: bool) -> Done {
    let found = repository(server, body)?;
    threads::set_open(server, found.id, need_number(body, "number")?, open, user_or_owner(server, body, &found)?)?;
    Ok(json!({}))
}

/// `close`: `repository`, `number` of a pull request or issue, and perhaps `user`.
pub(super) fn close(server: &Arc<Server>, body: &Value) -> Done {
    set_open(server, body, false)
}

/// `reopen`: the same.
pub(super) fn reopen(server: &Arc<Server>, body: &Value) -> Done {
    set_open(server, body, true)
}

/// `merge`: `repository`, `number`, and perhaps `user`.
pub(super) fn merge(server: &Arc<Server>, body: &Value) -> Done {
    let found = repository(server, body)?;
    let sha = threads::merge(server, found.id, need_number(body, "number")?, user_or_owner(server, body, &found)?)?;
    Ok(json!({ "sha": sha }))
}

/// `comment`: `repository`, `number`, `user`, `body`.
pub(super) fn comment(server: &Arc<Server>, body: &Value) -> Done {
    let found = repository(server, body)?;
    let (number, author) = (need_number(body, "number")?, account(server, need(body, "user")?)?);
    Ok(json!({ "id": threads::comment(server, found.id, number, author, None, need(body, "body")?)? }))
}

/// `edit-comment`: `repository`, `id`, `user`, `body`.
pub(super) fn edit_comment(server: &Arc<Server>, body: &Value) -> Done {
    let found = repository(server, body)?;
    let user = account(server, need(body, "user")?)?;
    threads::edit_comment(server, found.id, need_number(body, "id")?, user, need(body, "body")?)?;
    Ok(json!({}))
}

/// `button`: `repository`, `check_run` (its id), `identifier`, `user`.
pub(super) fn button(server: &Arc<Server>, body: &Value) -> Done {
    let found = repository(server, body)?;
    let (id, identifier) = (need_number(body, "check_run")?, need(body, "identifier")?);
    let check = found.checks.get(&id).ok_or_else(|| wrong("no such check run"))?;
    if !check.actions.iter().any(|action| text(action, "identifier") == Some(identifier)) {
        return Err(wrong(&format!("this check run has no button `{identifier}`")));
    }
    events::button(server, found.id, id, identifier, account(server, need(body, "user")?)?);
    Ok(json!({}))
}

/// `status`: a commit status: `repository`, `sha` (or a branch), `state`, `context`, and perhaps `description`,
/// `target_url`, `user`.
pub(super) fn status(server: &Arc<Server>, body: &Value) -> Done {
    let found = repository(server, body)?;
    let (sha, now) = (sha_of(server, &found, need(body, "sha")?)?, server.store.now());
    let (state, context) = (need(body, "state")?.to_owned(), need(body, "context")?.to_owned());
    let creator = user_or_owner(server, body, &found)?;
    let field = |key: &str| text(body, key).map(str::to_owned);
    let (description, target_url) = (field("description"), field("target_url"));
    let id = server.store.write(|all| {
        let id = all.id();
        let status = CommitStatus { id, sha, state, context, description, target_url, creator, created_at: now };
        if let Some(repository) = all.repositories.get_mut(&found.id) {
            repository.statuses.push(status);
        }
        id
    });
    events::status(server, found.id, id);
    Ok(json!({ "id": id }))
}

/// `alert`: `repository`, `kind` (`dependabot`, `code-scanning`, `secret-scanning`); with `number` and `state` one
/// changes its state, without them a new one is raised, with `about` laid over a whole one.
pub(super) fn alert(server: &Arc<Server>, body: &Value) -> Done {
    let found = repository(server, body)?;
    let (kind, now) = (need(body, "kind")?, server.store.now());
    if !["dependabot", "code-scanning", "secret-scanning"].contains(&kind) {
        return Err(wrong("`kind` is dependabot, code-scanning or secret-scanning"));
    }
    let by = user_or_owner(server, body, &found)?;
    let about: Map<String, Value> = shaped(body, "about")?;
    let of_kind = found.alerts.iter().filter(|alert| alert.kind == kind);
    let (alert, action) = match body.get("number").and_then(Value::as_u64) {
        Some(number) => {
            let mut alert =
                of_kind.clone().find(|alert| alert.number == number).cloned().ok_or_else(Answer::not_found)?;
            need(body, "state")?.clone_into(&mut alert.state);
            alert.updated_at = now;
            let action = if alert.state == "open" { "reopened".to_owned() } else { alert.state.clone() };
            (alert, action)
        }
        None => {
            let number = of_kind.map(|alert| alert.number).max().unwrap_or(0) + 1;
            let alert = Alert {
                kind: kind.to_owned(),
                number,
                state: "open".to_owned(),
                about: Value::Object(about),
                created_at: now,
                updated_at: now,
            };
            (alert, "created".to_owned())
        }
    };
    // Code scanning has words of its own.
    let action = match (kind, &*action) {
        ("code-scanning", "dismissed") => "closed_by_user",
        (_, action) => action,
    };
    server.store.write(|state| {
        if let Some(repository) = state.repositories.get_mut(&found.id) {
            repository.alerts.retain(|have| have.kind != alert.kind || have.number != alert.number);
            repository.alerts.push(alert.clone());
            repository.alerts.sort_by_key(|alert| alert.number);
        }
    });
    events::alert(server, found.id, &alert, action, by);
    Ok(json!({ "number": alert.number }))
}

/// `rerun`: the failed jobs of `run` in `repository`, by `user`.
pub(super) fn rerun(server: &Arc<Server>, body: &Value) -> Done {
    let found = repository(server, body)?;
    ci::rerun(server, found.id, need_number(body, "run")?, user_or_owner(server, body, &found)?)?;
    Ok(json!({}))
}

/// `cancel`: `run` in `repository`.
pub(super) fn cancel(server: &Arc<Server>, body: &Value) -> Done {
    repository(server, body)?;
    Ok(json!({ "cancelled": server.ci.cancel(need_number(body, "run")?) }))
}
