//! A recorded GitHub, reading: recorded answers, with the comments, checks, issues and pull requests added that were written.

use serde_json::{Value, json};

use super::folder::{Lookup, read_json};
use super::github_lists::{fits, list_key, page};
use super::services::{answer, not_found, plain};
use super::view::View;
use crate::call::RECORDED_FILE;
use crate::wire::{Answer, Request, Service, WireError};

pub(crate) const SERVICE: Service = Service::Github;
/// What can be written: how an item is found again.
#[derive(Clone, Copy)]
pub(crate) struct Kind {
    /// Path of the items below the repository.
    pub items: &'static str,
    /// What stands in that path.
    pub id: &'static str,
    /// Folder and file name of the recorded lists that hold such items: `<folder>/*/<file>` or `<file>`.
    pub lists: (&'static str, &'static str),
}

pub(crate) const COMMENT: Kind = Kind { items: "issues/comments", id: "id", lists: ("issues", "comments") };
pub(crate) const CHECK_RUN: Kind = Kind { items: "check-runs", id: "id", lists: ("commits", "check-runs") };
pub(crate) const ISSUE: Kind = Kind { items: "issues", id: "number", lists: ("", "issues") };
pub(crate) const PULL: Kind = Kind { items: "pulls", id: "number", lists: ("", "pulls") };

pub(crate) fn read(view: &View<'_>, request: &Request) -> Result<Answer, WireError> {
    let path = &request.path;
    let found = view.find(request);
    if !request.accept.is_empty() {
        return plain(found);
    }
    let (base, file) = match found {
        Lookup::File(file) if file.extension().is_some_and(|ending| ending == "txt") => {
            return plain(Lookup::File(file));
        }
        Lookup::File(file) => (Some(read_json(&file)?), Some(file)),
        Lookup::Gone => (None, None),
        Lookup::Nothing(_) if changed(view, path) => (None, None),
        nothing @ Lookup::Nothing(_) => return plain(nothing),
    };
    if let Some(item) = view.last_set(SERVICE, path) {
        return Ok(if item.is_null() { not_found() } else { answer(200, item) });
    }
    let key = list_key(path);
    let is_list = match &base {
        Some(base) => base.is_array() || key.is_some_and(|key| base.get(key).is_some_and(Value::is_array)),
        None => changed(view, path),
    };
    let mut reply = match base {
        Some(mut base) if !is_list => {
            // A leaked secret never leaves a recording either, once a request says so.
            if request.query.iter().any(|(key, value)| key == "hide_secret" && value == "true")
                && base.get("secret").is_some()
            {
                base["secret"] = Value::Null;
            }
            answer(200, &base)
        }
        None if !is_list => not_found(),
        base => {
            let recorded = base.unwrap_or_else(|| json!([]));
            let list = key.and_then(|key| recorded.get(key)).unwrap_or(&recorded);
            let items = current(view, path, list.as_array().cloned().unwrap_or_default());
            page(request, key, &recorded, items.into_iter().filter(|item| fits(request, item)).collect())
        }
    };
    reply.headers.extend(file.map(|file| (RECORDED_FILE.into(), file.display().to_string())));
    Ok(reply)
}

/// Whether a write made this item, or added to this list.
fn changed(view: &View<'_>, path: &str) -> bool {
    view.sets(SERVICE).any(|set| set.path == path || set.lists.iter().any(|list| list == path))
}

/// A list's items with what was written to them, and those that were added.
fn current(view: &View<'_>, path: &str, recorded: Vec<Value>) -> Vec<Value> {
    let Some((repository, rest)) = split(path) else { return recorded };
    let kind = match rest.rsplit('/').next() {
        Some("comments") => COMMENT,
        Some("check-runs") => CHECK_RUN,
        Some("issues") => ISSUE,
        Some("pulls") => PULL,
        _ => return recorded,
    };
    let place = |item: &Value| item.get(kind.id).map(|id| format!("{repository}/{}/{id}", kind.items));
    let mut items: Vec<Value> = recorded
        .into_iter()
        .map(|item| place(&item).and_then(|place| view.last_set(SERVICE, &place).cloned()).unwrap_or(item))
        .collect();
    let added = view.sets(SERVICE).filter(|set| set.lists.iter().any(|list| list == path));
    for set in added {
        let known = items.iter().any(|item| place(item).as_ref() == Some(&set.path));
        if !known && let Some(item) = view.last_set(SERVICE, &set.path) {
            // Newest last, but where GitHub lists the newest first.
            let at = if kind.lists.0.is_empty() { 0 } else { items.len() };
            items.insert(at, item.clone());
        }
    }
    items.retain(|item| !item.is_null());
    items
}

/// `/repos/o/r` and what follows its `/`.
pub(crate) fn split(path: &str) -> Option<(&str, &str)> {
    let end = path.strip_prefix("/repos/")?.match_indices('/').nth(1)?.0 + "/repos/".len();
    Some((&path[..end], &path[end + 1..]))
}
