//! Pull requests.

use serde_json::Value;

use super::repos::resolve;
use super::{Call, Handled};
use crate::http::Answer;
use crate::model::{Issue, Pull};
use crate::server::text;
use crate::threads;

/// GitHub's limits of a diff.
const DIFF_FILES: usize = 300;
/// The same in lines.
const DIFF_LINES: usize = 20_000;
/// GitHub's limit of listed files.
const FILES: usize = 3_000;

fn found<'a>(call: &'a Call) -> Result<(&'a Issue, &'a Pull), Answer> {
    let issue = call.repository()?.issues.get(&call.number("pull_number")?).ok_or_else(Answer::not_found)?;
    Ok((issue, issue.pull.as_ref().ok_or_else(Answer::not_found)?))
}

/// `GET …/pulls/{pull_number}`, as JSON or as a diff.
pub(super) fn pull(call: &Call) -> Handled {
    let (repository, (issue, pull)) = (call.repository()?, found(call)?);
    let accept = call.request.header("accept");
    if !accept.contains("diff") && !accept.contains("patch") {
        return Ok(Answer::json(200, &call.view().whole_pull(repository, issue, pull)));
    }
    let git = &call.server.git;
    let from = git.merge_base(repository.id, &pull.base_sha, &pull.head_sha).ok_or_else(Answer::not_found)?;
    let diff = git.diff(repository.id, &from, &pull.head_sha)?;
    if diff.lines().filter(|line| line.starts_with("diff --git ")).count() > DIFF_FILES
        || diff.lines().count() > DIFF_LINES
    {
        return Err(Answer::refusal(406, "Sorry, the diff exceeded the maximum number of files or lines."));
    }
    Ok(Answer::text("application/vnd.github.diff; charset=utf-8", diff))
}

/// `GET …/pulls/{pull_number}/files`
pub(super) fn files(call: &Call) -> Handled {
    let (repository, (_, pull)) = (call.repository()?, found(call)?);
    let git = &call.server.git;
    let from = git.merge_base(repository.id, &pull.base_sha, &pull.head_sha).ok_or_else(Answer::not_found)?;
    let changes = git.changes(repository.id, &from, &pull.head_sha)?;
    Ok(call.page("", call.view().files(repository, &pull.head_sha, &changes, FILES), Value::clone))
}

/// `GET …/pulls`: `state`, `head` (`owner:branch`), `base`; newest first.
pub(super) fn list(call: &Call) -> Handled {
    let (repository, view) = (call.repository()?, call.view());
    let state = call.request.asked("state").unwrap_or_else(|| "open".to_owned());
    let (head, base) = (call.request.asked("head"), call.request.asked("base"));
    let owner = |pull: &Pull| {
        let repository = call.state.repositories.get(&pull.head_repository);
        repository.map_or("ghost", |repository| view.login(repository.owner))
    };
    let wanted = |(issue, pull): &(&Issue, &Pull)| {
        let open = if issue.closed_at.is_none() { "open" } else { "closed" };
        (state == "all" || state == open)
            && head.as_deref().is_none_or(|head| head == format!("{}:{}", owner(pull), pull.head))
            && base.as_deref().is_none_or(|base| base == pull.base)
    };
    let newest = repository.issues.values().rev().filter_map(|issue| Some((issue, issue.pull.as_ref()?)));
    Ok(call.page("", newest.filter(wanted).collect(), |(issue, pull)| view.pull(repository, issue, pull)))
}

/// `GET …/commits/{commit_sha}/pulls`: open ones that hold the commit, and the merged one that brought it.
pub(super) fn of_commit(call: &Call) -> Handled {
    let (repository, view) = (call.repository()?, call.view());
    let sha = resolve(call, call.parameter("commit_sha"))?;
    let git = &call.server.git;
    let wanted = |(issue, pull): &(&Issue, &Pull)| {
        let alive = issue.closed_at.is_none() || pull.merged_at.is_some();
        let base = pull.merge_sha.as_ref().map_or(&pull.base_sha, |_| &pull.base_sha);
        alive && git.contains(repository.id, &pull.head_sha, &sha) && !git.contains(repository.id, base, &sha)
    };
    let newest = repository.issues.values().rev().filter_map(|issue| Some((issue, issue.pull.as_ref()?)));
    Ok(call.page("", newest.filter(wanted).collect(), |(issue, pull)| view.pull(repository, issue, pull)))
}

/// `POST …/pulls`
pub(super) fn create(call: &Call) -> Handled {
    let body = call.request.json()?;
    let field = |key: &str| {
        text(&body, key).ok_or_else(|| Answer::refusal(422, &format!("Invalid request.\n\n\"{key}\" wasn't supplied.")))
    };
    let draft = threads::PullDraft {
        thread: threads::Draft {
            author: call.author()?,
            app: call.who.app(),
            title: field("title")?.to_owned(),
            body: text(&body, "body").map(str::to_owned),
            labels: Vec::new(),
        },
        head: field("head")?.to_owned(),
        base: field("base")?.to_owned(),
        draft: body.get("draft").and_then(Value::as_bool).unwrap_or(false),
    };
    let number = threads::open_pull(call.server, call.repository_id(), draft)?;
    let state = call.server.store.now_state();
    let repository = state.repositories.get(&call.repository_id()).ok_or_else(Answer::not_found)?;
    let issue = repository.issues.get(&number).ok_or_else(Answer::not_found)?;
    let pull = issue.pull.as_ref().ok_or_else(Answer::not_found)?;
    Ok(Answer::json(201, &call.server.view(&state).whole_pull(repository, issue, pull)))
}
