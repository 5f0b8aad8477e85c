//! Issues, pull requests and comments, as people and Apps make them.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::ci::trigger;
use crate::http::Answer;
use crate::model::{Comment, Issue, Pull, Repository, State};
use crate::server::Server;
use crate::when::Happened;
use crate::{events, push};

/// What an issue begins with.
pub(crate) struct Draft {
    /// Who.
    pub author: u64,
    /// The App that does it.
    pub app: Option<u64>,
    /// The title.
    pub title: String,
    /// The description.
    pub body: Option<String>,
    /// Names of labels.
    pub labels: Vec<String>,
}

/// What a pull request begins with.
pub(crate) struct PullDraft {
    /// What every issue has.
    pub thread: Draft,
    /// `branch`, or `owner:branch` of a fork.
    pub head: String,
    /// The branch it aims at.
    pub base: String,
    /// Not ready for review.
    pub draft: bool,
}

fn repository_of(state: &mut State, id: u64) -> Result<&mut Repository, Answer> {
    state.repositories.get_mut(&id).ok_or_else(Answer::not_found)
}

fn open(server: &Server, repository: u64, draft: Draft, pull: Option<Pull>) -> Result<u64, Answer> {
    let now = server.store.now();
    server.store.write(|state| {
        let id = state.id();
        let repository = repository_of(state, repository)?;
        repository.last_number += 1;
        let number = repository.last_number;
        let Draft { author, app, title, body, labels } = draft;
        let issue = Issue {
            id,
            number,
            author,
            app,
            title,
            body,
            labels,
            created_at: now,
            updated_at: now,
            closed_at: None,
            pull,
        };
        repository.issues.insert(number, issue);
        Ok(number)
    })
}

/// Opens an issue; its number.
pub(crate) fn open_issue(server: &Arc<Server>, repository: u64, draft: Draft) -> Result<u64, Answer> {
    let author = draft.author;
    let number = open(server, repository, draft, None)?;
    events::issue(server, repository, number, "opened", author);
    Ok(number)
}

/// Opens a pull request; its number.
pub(crate) fn open_pull(server: &Arc<Server>, id: u64, draft: PullDraft) -> Result<u64, Answer> {
    let state = server.store.now_state();
    let view = server.view(&state);
    let base_repository = state.repositories.get(&id).ok_or_else(Answer::not_found)?;
    let invalid = |what: &str| Answer::refusal(422, &format!("Validation Failed: {what}"));
    let (owner, head) = draft.head.split_once(':').map_or((None, &*draft.head), |(owner, head)| (Some(owner), head));
    let owner = owner.unwrap_or_else(|| view.login(base_repository.owner));
    let is_head = |other: &&Repository| {
        (other.id == id || other.fork_of == Some(id) || base_repository.fork_of == Some(other.id))
            && view.login(other.owner) == owner
    };
    let found = state.repositories.values().find(is_head).ok_or_else(|| invalid("head is invalid"))?;
    let head_sha = found.branches.get(head).ok_or_else(|| invalid("head is invalid"))?;
    let base_sha = base_repository.branches.get(&draft.base).ok_or_else(|| invalid("base is invalid"))?;
    let same = |issue: &Issue| {
        let pull = issue.pull.as_ref().filter(|_| issue.closed_at.is_none());
        pull.is_some_and(|pull| pull.head_repository == found.id && pull.head == head && pull.base == draft.base)
    };
    if base_repository.issues.values().any(same) {
        return Err(invalid(&format!("A pull request already exists for {owner}:{head}.")));
    }
    server.git.bring(found.id, id, head_sha, &format!("refs/pull/{}/head", base_repository.last_number + 1))?;
    if server.git.contains(id, base_sha, head_sha) {
        return Err(invalid(&format!("No commits between {} and {head}", draft.base)));
    }
    let pull = Pull {
        id: server.store.write(State::id),
        head_repository: found.id,
        head: head.to_owned(),
        head_sha: head_sha.clone(),
        base: draft.base,
        base_sha: base_sha.clone(),
        draft: draft.draft,
        merged_at: None,
        merged_by: None,
        merge_sha: None,
    };
    let author = draft.thread.author;
    let number = open(server, id, draft.thread, Some(pull))?;
    events::pull(server, id, number, "opened", author, json!({}));
    trigger::pull_request(server, id, number, None, author);
    Ok(number)
}

/// Closes or reopens a pull request or issue.
pub(crate) fn set_open(server: &Arc<Server>, repository: u64, number: u64, open: bool, by: u64) -> Result<(), Answer> {
    let now = server.store.now();
    let pull = server.store.write(|state| {
        let issue = repository_of(state, repository)?.issues.get_mut(&number).ok_or_else(Answer::not_found)?;
        issue.closed_at = if open { None } else { Some(now) };
        issue.updated_at = now;
        Ok::<_, Answer>(issue.pull.is_some())
    })?;
    let action = if open { "reopened" } else { "closed" };
    if pull {
        events::pull(server, repository, number, action, by, json!({}));
    } else {
        events::issue(server, repository, number, action, by);
    }
    Ok(())
}

/// Merges a pull request; the commit.
pub(crate) fn merge(server: &Arc<Server>, id: u64, number: u64, by: u64) -> Result<String, Answer> {
    let (merged, base, before) = {
        let _pushing = server.pushing();
        let state = server.store.now_state();
        let repository = state.repositories.get(&id).ok_or_else(Answer::not_found)?;
        let issue = repository.issues.get(&number).ok_or_else(Answer::not_found)?;
        let pull = issue.pull.as_ref().filter(|_| issue.closed_at.is_none()).ok_or_else(Answer::not_found)?;
        let base = repository.branches.get(&pull.base).ok_or_else(Answer::not_found)?.clone();
        let message = format!("Merge pull request #{number} from {}", pull.head);
        let merged = server.git.merge(id, &base, &pull.head_sha, &push::person(server, by), &message)?;
        let merged = merged.ok_or_else(|| Answer::refusal(405, "Pull Request is not mergeable"))?;
        let branch = pull.base.clone();
        server.git.set_ref(id, &format!("refs/heads/{branch}"), Some(&merged))?;
        let now = server.store.now();
        server.store.write(|state| {
            let issue = repository_of(state, id)?.issues.get_mut(&number).ok_or_else(Answer::not_found)?;
            issue.closed_at = Some(now);
            issue.updated_at = now;
            if let Some(pull) = &mut issue.pull {
                (pull.merged_at, pull.merged_by, pull.merge_sha) = (Some(now), Some(by), Some(merged.clone()));
            }
            Ok::<_, Answer>(())
        })?;
        (merged, branch, base)
    };
    events::pull(server, id, number, "closed", by, json!({}));
    push::moved(server, id, &base, &before, &merged, by);
    Ok(merged)
}

/// Comments; the comment's id.
pub(crate) fn comment(
    server: &Arc<Server>,
    repository: u64,
    number: u64,
    author: u64,
    app: Option<u64>,
    body: &str,
) -> Result<u64, Answer> {
    let now = server.store.now();
    let id = server.store.write(|state| {
        let id = state.id();
        let repository = repository_of(state, repository)?;
        let issue = repository.issues.get_mut(&number).ok_or_else(Answer::not_found)?;
        issue.updated_at = now;
        let comment = Comment { id, number, author, app, body: body.to_owned(), created_at: now, updated_at: now };
        repository.comments.insert(id, comment);
        Ok::<_, Answer>(id)
    })?;
    events::comment(server, repository, id, "created", author, json!({}));
    server.happened(&Happened { what: "commented", repository, by: author, branch: None, conclusion: None });
    Ok(id)
}

/// Changes a comment's text.
pub(crate) fn edit_comment(server: &Arc<Server>, repository: u64, id: u64, by: u64, body: &str) -> Result<(), Answer> {
    let now = server.store.now();
    let before = server.store.write(|state| {
        let comment = repository_of(state, repository)?.comments.get_mut(&id).ok_or_else(Answer::not_found)?;
        comment.updated_at = now;
        Ok::<_, Answer>(std::mem::replace(&mut comment.body, body.to_owned()))
    })?;
    let changes: Value = json!({ "changes": { "body": { "from": before } } });
    events::comment(server, repository, id, "edited", by, changes);
    Ok(())
}
