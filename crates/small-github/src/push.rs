//! A branch moved: what follows from it, whoever moved it.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use serde_json::json;

use crate::ci::trigger;
use crate::events;
use crate::git::{Asked, NOTHING, Person};
use crate::http::Answer;
use crate::server::Server;
use crate::when::Happened;

/// An account as the author of a commit.
pub(crate) fn person(server: &Server, account: u64) -> Person {
    let state = server.store.now_state();
    let known = state.accounts.get(&account);
    let name = known.map_or("ghost", |account| &account.login).to_owned();
    Person { name, email: known.map_or("ghost@example", |account| &account.email).to_owned(), at: server.store.now() }
}

/// A push by the git program.
pub(crate) fn through_git(server: &Arc<Server>, id: u64, by: u64, asked: Asked) -> io::Result<Answer> {
    let (answer, before, after) = {
        let _pushing = server.pushing();
        let before = server.git.branches(id)?;
        let answer = server.git.backend(id, asked)?;
        (answer, before, server.git.branches(id)?)
    };
    for (branch, old, new) in differences(&before, &after) {
        moved(server, id, &branch, &old, &new, by);
    }
    Ok(answer)
}

fn differences(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>) -> Vec<(String, String, String)> {
    let names: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let at = |branches: &BTreeMap<String, String>, name: &String| {
        branches.get(name).map_or(NOTHING, String::as_str).to_owned()
    };
    let all = names.into_iter().map(|name| (name.clone(), at(before, name), at(after, name)));
    all.filter(|(_, before, after)| before != after).collect()
}

/// Files that a person commits to a branch.
pub(crate) struct Commit<'a> {
    /// The branch, made if there is none.
    pub branch: &'a str,
    /// What the commit goes on top of instead of the branch's head; then the push is a forced one.
    pub onto: Option<&'a str>,
    /// The files; `None` deletes one.
    pub files: BTreeMap<String, Option<String>>,
    /// The message.
    pub message: &'a str,
    /// Who.
    pub by: u64,
}

/// Commits and pushes; the commit.
pub(crate) fn commit(server: &Arc<Server>, id: u64, commit: &Commit) -> Result<String, Answer> {
    let (before, after) = {
        let _pushing = server.pushing();
        let branches = server.git.branches(id)?;
        let head = branches.get(commit.branch);
        let parent = commit.onto.or(head.map(String::as_str));
        let after = server.git.commit(id, parent, &commit.files, &person(server, commit.by), commit.message)?;
        server.git.set_ref(id, &format!("refs/heads/{}", commit.branch), Some(&after))?;
        (head.cloned().unwrap_or_else(|| NOTHING.to_owned()), after)
    };
    moved(server, id, commit.branch, &before, &after, commit.by);
    Ok(after)
}

/// Points a branch at a commit, or deletes it.
pub(crate) fn set_branch(
    server: &Arc<Server>,
    id: u64,
    branch: &str,
    sha: Option<&str>,
    by: u64,
) -> Result<(), Answer> {
    let before = {
        let _pushing = server.pushing();
        let before = server.git.branches(id)?.remove(branch);
        if sha.is_none() && before.is_none() {
            return Err(Answer::refusal(422, "Reference does not exist"));
        }
        server.git.set_ref(id, &format!("refs/heads/{branch}"), sha)?;
        before.unwrap_or_else(|| NOTHING.to_owned())
    };
    moved(server, id, branch, &before, sha.unwrap_or(NOTHING), by);
    Ok(())
}

/// What a moved branch entails: its pull requests follow, events are told, workflows run.
pub(crate) fn moved(server: &Arc<Server>, id: u64, branch: &str, before: &str, after: &str, by: u64) {
    let now = server.store.now();
    let deleted = after == NOTHING;
    let pulls: Vec<(u64, u64)> = server.store.write(|state| {
        let Some(repository) = state.repositories.get_mut(&id) else { return Vec::new() };
        repository.pushed_at = now;
        if deleted {
            repository.branches.remove(branch);
        } else {
            repository.branches.insert(branch.to_owned(), after.to_owned());
        }
        let mut found = Vec::new();
        for base in state.repositories.values_mut() {
            let base_head = base.branches.clone();
            for issue in base.issues.values_mut().filter(|issue| issue.closed_at.is_none()) {
                let Some(pull) = &mut issue.pull else { continue };
                if pull.head_repository != id || pull.head != branch {
                    continue;
                }
                issue.updated_at = now;
                if deleted {
                    issue.closed_at = Some(now);
                } else {
                    after.clone_into(&mut pull.head_sha);
                    if let Some(head) = base_head.get(&pull.base) {
                        head.clone_into(&mut pull.base_sha);
                    }
                }
                found.push((base.id, issue.number));
            }
        }
        found
    });
    for (base, number) in &pulls {
        if !deleted && let Err(error) = server.git.bring(id, *base, after, &format!("refs/pull/{number}/head")) {
            server.ci.complain(&format!("pull request {number}: {error}"));
        }
    }
    events::pushed(server, id, branch, before, after, by);
    for (base, number) in &pulls {
        if deleted {
            events::pull(server, *base, *number, "closed", by, json!({}));
        } else {
            events::pull(server, *base, *number, "synchronize", by, json!({ "before": before, "after": after }));
        }
    }
    if !deleted {
        trigger::push(server, id, branch, before, after, by);
        for (base, number) in pulls {
            trigger::pull_request(server, base, number, Some(before), by);
        }
    }
    server.happened(&Happened { what: "pushed", repository: id, by, branch: Some(branch), conclusion: None });
}
