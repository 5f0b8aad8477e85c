//! A recorded GitHub, writing: comments, check runs, issues, pull requests, re-runs.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::Entry;
use super::folder::{Lookup, read_json};
use super::github::{CHECK_RUN, COMMENT, ISSUE, Kind, PULL, SERVICE, split};
use super::github_lists::list_key;
use super::services::{answer, merge, not_found, sent};
use super::view::View;
use super::written::Set;
use crate::wire::{Answer, Method, Request, WireError};

/// GitHub's longest body of a comment or issue, in characters.
const BODY_CHARS: usize = 65_536;
/// Ids and numbers of what is written here begin above what recordings hold.
const FIRST_ID: usize = 9_000_000_001;
const FIRST_NUMBER: usize = 9_001;

pub(crate) fn write(
    view: &View<'_>,
    request: &Request,
    recording: PathBuf,
) -> Result<(Answer, Option<Entry>), WireError> {
    let missing = || WireError::Missing { recording: recording.clone() };
    let (repository, rest) = split(&request.path).ok_or_else(missing)?;
    let parts: Vec<&str> = rest.split('/').collect();
    let body = sent(request);
    let long = |key: &str| body.get(key).and_then(Value::as_str).is_some_and(|text| text.chars().count() > BODY_CHARS);
    if long("body")
        || body.pointer("/output/summary").and_then(Value::as_str).is_some_and(|text| text.len() > BODY_CHARS - 1)
    {
        return Ok((invalid("body is too long (maximum is 65536 characters)"), None));
    }
    match (request.method, &*parts) {
        (Method::Post, ["issues", number, "comments"]) if number.parse::<u64>().is_ok() => {
            if body.get("body").and_then(Value::as_str).is_none_or(str::is_empty) {
                return Ok((invalid("body cannot be blank"), None));
            }
            let html = format!("https://github.com/{}/issues/{number}", &repository["/repos/".len()..]);
            create(view, request, repository, COMMENT, body, vec![request.path.clone()], &json!({ "issue_url": html }))
        }
        (Method::Post, ["check-runs"]) => {
            let text = |key: &str| body.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
            let (Some(_), Some(sha)) = (text("name"), text("head_sha")) else {
                return Ok((invalid("name and head_sha are needed"), None));
            };
            let lists = vec![format!("{repository}/commits/{sha}/check-runs")];
            create(view, request, repository, CHECK_RUN, body.clone(), lists, &json!({}))
        }
        (Method::Post, ["issues"]) => create(
            view,
            request,
            repository,
            ISSUE,
            labelled(body),
            vec![request.path.clone()],
            &json!({ "state": "open" }),
        ),
        (Method::Post, ["pulls"]) => pull(view, request, repository, body),
        (Method::Post, ["actions", "runs", run, "rerun-failed-jobs"]) => {
            if matches!(view.find_path(SERVICE, &format!("{repository}/actions/runs/{run}")), Lookup::Gone) {
                return Ok((not_found(), None));
            }
            let entry = view.entry(request, 201, Vec::new());
            Ok((answer(201, &json!({})), Some(entry)))
        }
        (Method::Patch, ["issues", "comments", _]) => change(view, request, repository, COMMENT, body),
        (Method::Patch, ["check-runs", _]) => change(view, request, repository, CHECK_RUN, completed(body)),
        (Method::Patch, ["issues", _]) => change(view, request, repository, ISSUE, labelled(body)),
        (Method::Patch, ["pulls", _]) => change(view, request, repository, PULL, body),
        _ => Err(missing()),
    }
}

fn invalid(what: &str) -> Answer {
    answer(422, &json!({ "message": format!("Validation Failed: {what}"), "errors": [{ "message": what }] }))
}

/// Labels are sent as names and come back as objects.
fn labelled(mut body: Value) -> Value {
    if let Some(Value::Array(labels)) = body.get_mut("labels") {
        labels.iter_mut().filter(|label| label.is_string()).for_each(|label| *label = json!({ "name": label.take() }));
    }
    body
}

/// A conclusion completes a check run.
fn completed(mut body: Value) -> Value {
    if body.get("conclusion").is_some_and(Value::is_string) {
        body["status"] = json!("completed");
    }
    body
}

fn create(
    view: &View<'_>,
    request: &Request,
    repository: &str,
    kind: Kind,
    body: Value,
    lists: Vec<String>,
    more: &Value,
) -> Result<(Answer, Option<Entry>), WireError> {
    let (app, now) = (view.folder.app_id, view.clock.to_string());
    let id = FIRST_ID + view.entries.len();
    let number = FIRST_NUMBER + view.sets(SERVICE).filter(|set| set.object.get("number").is_some()).count();
    let numbered = kind.id == "number";
    let name = if numbered { number.to_string() } else { id.to_string() };
    let mut item = json!({
        "id": id, "created_at": now, "updated_at": now,
        "html_url": format!("https://github.com/{}/{}/{name}", &repository["/repos/".len()..], kind.items),
    });
    if numbered {
        item["number"] = json!(number);
    }
    if kind.items == CHECK_RUN.items {
        let suite = FIRST_ID + view.folder.app_id as usize;
        let usual =
            json!({ "status": "queued", "app": { "id": app, "slug": "healer" }, "check_suite": { "id": suite } });
        merge(&mut item, &usual);
    } else {
        item["user"] = json!({ "id": app, "login": "healer[bot]", "type": "Bot" });
        item["performed_via_github_app"] = json!({ "id": app, "slug": "healer" });
    }
    merge(&mut item, &completed(body));
    merge(&mut item, more);
    let set = Set { path: format!("{repository}/{}/{name}", kind.items), object: item.clone(), lists };
    Ok((answer(201, &item), Some(view.entry(request, 201, vec![set]))))
}

fn pull(
    view: &View<'_>,
    request: &Request,
    repository: &str,
    mut body: Value,
) -> Result<(Answer, Option<Entry>), WireError> {
    let text = |key: &str| body.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (head, base) = (text("head"), text("base"));
    if head.is_empty() || base.is_empty() {
        return Ok((invalid("head and base are needed"), None));
    }
    let open = |pull: &Value| {
        let branch = |end: &str| pull.pointer(end).and_then(Value::as_str).unwrap_or_default().to_owned();
        pull.get("state") == Some(&json!("open")) && branch("/head/ref") == head && branch("/base/ref") == base
    };
    if view.sets(SERVICE).any(|set| open(&set.object)) {
        return Ok((invalid(&format!("A pull request already exists for {head}.")), None));
    }
    let json_at = |path: String| match view.find_path(SERVICE, &path) {
        Lookup::File(file) => read_json(&file).ok(),
        _ => None,
    };
    let id = json_at(repository.to_owned()).and_then(|repository| repository.get("id").cloned()).unwrap_or(json!(0));
    let end = |branch: &str| {
        let path = format!("{repository}/branches/{}", crate::github::segment(branch));
        let sha = json_at(path).and_then(|branch| branch.pointer("/commit/sha").cloned());
        json!({ "ref": branch, "sha": sha.unwrap_or_else(|| json!("0".repeat(40))), "repo": { "id": id } })
    };
    let more = json!({ "state": "open", "merged": false, "head": end(&head), "base": end(&base) });
    if let Some(fields) = body.as_object_mut() {
        fields.shift_remove("head");
        fields.shift_remove("base");
    }
    create(view, request, repository, PULL, body, vec![request.path.clone()], &more)
}

/// Changes an item that was written, or recorded alone or in a list.
fn change(
    view: &View<'_>,
    request: &Request,
    repository: &str,
    kind: Kind,
    body: Value,
) -> Result<(Answer, Option<Entry>), WireError> {
    let path = &request.path;
    let have = match view.last_set(SERVICE, path) {
        Some(item) => Some(item.clone()),
        None => match view.find_path(SERVICE, path) {
            Lookup::File(file) => Some(read_json(&file)?),
            Lookup::Gone => None,
            Lookup::Nothing(_) => in_lists(view, repository, kind, path)?,
        },
    };
    let Some(mut item) = have.filter(|item| !item.is_null()) else {
        return Ok((not_found(), None));
    };
    merge(&mut item, &body);
    merge(&mut item, &json!({ "updated_at": view.clock.to_string() }));
    let set = Set { path: path.clone(), object: item.clone(), lists: Vec::new() };
    Ok((answer(200, &item), Some(view.entry(request, 200, vec![set]))))
}

/// Looks for an item in the recorded lists of its kind.
fn in_lists(view: &View<'_>, repository: &str, kind: Kind, path: &str) -> Result<Option<Value>, WireError> {
    let id: Option<u64> = path.rsplit('/').next().and_then(|id| id.parse().ok());
    let (folder, file) = kind.lists;
    let name = format!("{file}.json");
    for level in view.folder.levels(&view.active) {
        let base = super::folder::stem(level, SERVICE, repository);
        let dirs = if folder.is_empty() {
            vec![base]
        } else {
            let subfolders = std::fs::read_dir(base.join(folder)).into_iter().flatten().flatten();
            subfolders.map(|entry| entry.path()).collect()
        };
        for file in dirs.into_iter().map(|dir| dir.join(&name)).filter(|file| file.is_file()) {
            let list = read_json(&file)?;
            let list = list_key(&format!("/{}", kind.lists.1)).and_then(|key| list.get(key)).unwrap_or(&list);
            let mine = |item: &&Value| item.get(kind.id).and_then(Value::as_u64) == id;
            if let Some(item) = list.as_array().and_then(|list| list.iter().find(mine)) {
                return Ok(Some(item.clone()));
            }
        }
    }
    Ok(None)
}
