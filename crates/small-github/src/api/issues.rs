//! Issues and comments.

use serde_json::Value;

use super::{Call, Handled};
use crate::http::Answer;
use crate::model::{Comment, Issue};
use crate::server::text;
use crate::threads;

fn found<'a>(call: &'a Call) -> Result<&'a Issue, Answer> {
    call.repository()?.issues.get(&call.number("issue_number")?).ok_or_else(Answer::not_found)
}

/// `GET …/issues/{issue_number}`
pub(super) fn issue(call: &Call) -> Handled {
    Ok(Answer::json(200, &call.view().issue(call.repository()?, found(call)?)))
}

/// `GET …/issues`: newest first, pull requests among them.
pub(super) fn list(call: &Call) -> Handled {
    let (repository, view) = (call.repository()?, call.view());
    let state = call.request.asked("state").unwrap_or_else(|| "open".to_owned());
    let labels = call.request.asked("labels").unwrap_or_default();
    let labels: Vec<&str> = labels.split(',').filter(|label| !label.is_empty()).collect();
    let wanted = |issue: &&Issue| {
        let open = if issue.closed_at.is_none() { "open" } else { "closed" };
        (state == "all" || state == open) && labels.iter().all(|label| issue.labels.iter().any(|have| have == label))
    };
    let issues: Vec<&Issue> = repository.issues.values().rev().filter(wanted).collect();
    Ok(call.page("", issues, |issue| view.issue(repository, issue)))
}

fn labels(body: &Value) -> Option<Vec<String>> {
    let list = body.get("labels")?.as_array()?;
    Some(list.iter().filter_map(|label| label.as_str().or_else(|| text(label, "name"))).map(str::to_owned).collect())
}

/// `POST …/issues`
pub(super) fn create(call: &Call) -> Handled {
    let body = call.request.json()?;
    let title = text(&body, "title").filter(|title| !title.is_empty());
    let title = title.ok_or_else(|| Answer::refusal(422, "Invalid request.\n\n\"title\" wasn't supplied."))?;
    let draft = threads::Draft {
        author: call.author()?,
        app: call.who.app(),
        title: title.to_owned(),
        body: text(&body, "body").map(str::to_owned),
        labels: labels(&body).unwrap_or_default(),
    };
    let number = threads::open_issue(call.server, call.repository_id(), draft)?;
    answer(call, 201, number)
}

/// `PATCH …/issues/{issue_number}`
pub(super) fn update(call: &Call) -> Handled {
    let body = call.request.json()?;
    let number = found(call)?.number;
    let (repository, now) = (call.repository_id(), call.server.store.now());
    call.server.store.write(|state| {
        let repository = state.repositories.get_mut(&repository);
        let issue =
            repository.and_then(|repository| repository.issues.get_mut(&number)).ok_or_else(Answer::not_found)?;
        if let Some(title) = text(&body, "title") {
            title.clone_into(&mut issue.title);
        }
        if let Some(new) = text(&body, "body") {
            issue.body = Some(new.to_owned());
        }
        if let Some(labels) = labels(&body) {
            issue.labels = labels;
        }
        match text(&body, "state") {
            Some("closed") => issue.closed_at = issue.closed_at.or(Some(now)),
            Some("open") => issue.closed_at = None,
            _ => {}
        }
        issue.updated_at = now;
        Ok::<_, Answer>(())
    })?;
    answer(call, 200, number)
}

fn answer(call: &Call, status: u16, number: u64) -> Handled {
    let state = call.server.store.now_state();
    let repository = state.repositories.get(&call.repository_id()).ok_or_else(Answer::not_found)?;
    let issue = repository.issues.get(&number).ok_or_else(Answer::not_found)?;
    Ok(Answer::json(status, &call.server.view(&state).issue(repository, issue)))
}

/// `GET …/issues/{issue_number}/comments`: oldest first.
pub(super) fn comments(call: &Call) -> Handled {
    let (repository, view, number) = (call.repository()?, call.view(), found(call)?.number);
    let comments: Vec<&Comment> = repository.comments.values().filter(|comment| comment.number == number).collect();
    Ok(call.page("", comments, |comment| view.comment(repository, comment)))
}

/// `GET …/issues/comments/{comment_id}`
pub(super) fn comment(call: &Call) -> Handled {
    let repository = call.repository()?;
    let comment = repository.comments.get(&call.number("comment_id")?).ok_or_else(Answer::not_found)?;
    Ok(Answer::json(200, &call.view().comment(repository, comment)))
}

fn written(call: &Call) -> Result<String, Answer> {
    let body = call.request.json()?;
    let body = text(&body, "body").filter(|body| !body.is_empty() && body.chars().count() <= 65_536);
    body.map(str::to_owned)
        .ok_or_else(|| Answer::refusal(422, "Validation Failed: body is blank or over 65536 characters"))
}

/// `POST …/issues/{issue_number}/comments`
pub(super) fn add_comment(call: &Call) -> Handled {
    let number = found(call)?.number;
    let id =
        threads::comment(call.server, call.repository_id(), number, call.author()?, call.who.app(), &written(call)?)?;
    comment_answer(call, 201, id)
}

/// `PATCH …/issues/comments/{comment_id}`
pub(super) fn edit_comment(call: &Call) -> Handled {
    let id = call.number("comment_id")?;
    let comment = call.repository()?.comments.get(&id).ok_or_else(Answer::not_found)?;
    let author = call.author()?;
    if comment.author != author && call.who.may(call.repository()?, "contents", "write").is_err() {
        return Err(Answer::refusal(403, "Resource not accessible by integration"));
    }
    threads::edit_comment(call.server, call.repository_id(), id, author, &written(call)?)?;
    comment_answer(call, 200, id)
}

fn comment_answer(call: &Call, status: u16, id: u64) -> Handled {
    let state = call.server.store.now_state();
    let repository = state.repositories.get(&call.repository_id()).ok_or_else(Answer::not_found)?;
    let comment = repository.comments.get(&id).ok_or_else(Answer::not_found)?;
    Ok(Answer::json(status, &call.server.view(&state).comment(repository, comment)))
}
