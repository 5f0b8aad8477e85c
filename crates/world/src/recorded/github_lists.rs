//! GitHub's lists: their envelopes, filters and pages.

use serde_json::{Value, json};

use super::services::answer;
use crate::wire::{Answer, Request};

/// Lists that come inside an object: how the path ends, and where the list is. All others are bare arrays.
const ENVELOPES: [(&str, &str); 5] = [
    ("/runs", "workflow_runs"),
    ("/jobs", "jobs"),
    ("/check-runs", "check_runs"),
    ("/check-suites", "check_suites"),
    ("/actions/workflows", "workflows"),
];

/// How a list's query chooses items: how the path ends, the parameter, where the item has it, and what GitHub assumes.
const FILTERS: [(&str, &str, &[&str], &str); 15] = [
    ("/runs", "head_sha", &["/head_sha"], ""),
    ("/runs", "branch", &["/head_branch"], ""),
    ("/runs", "event", &["/event"], ""),
    ("/runs", "status", &["/status", "/conclusion"], ""),
    ("/runs", "created", &["/created_at"], ""),
    ("/runs", "actor", &["/actor/login"], ""),
    ("/pulls", "state", &["/state"], "open"),
    ("/pulls", "base", &["/base/ref"], ""),
    ("/pulls", "head", &["/head/label"], ""),
    ("/issues", "state", &["/state"], "open"),
    ("/issues", "creator", &["/user/login"], ""),
    ("/check-runs", "check_name", &["/name"], ""),
    ("/check-runs", "status", &["/status"], ""),
    ("/check-suites", "check_name", &["/name"], ""),
    ("/alerts", "state", &["/state"], ""),
];

/// Where the list is in an answer to this path.
pub(crate) fn list_key(path: &str) -> Option<&'static str> {
    ENVELOPES.iter().find(|(end, _)| path.ends_with(end)).map(|(_, key)| *key)
}

/// Whether an item belongs into the answer.
pub(crate) fn fits(request: &Request, item: &Value) -> bool {
    let asked = |key: &str| request.query.iter().find(|(have, _)| have == key).map(|(_, value)| value.as_str());
    // `commits/<sha>/pulls` has neither filters nor defaults.
    let of_repository = request.path.split('/').count() == 5 || !request.path.ends_with("/pulls");
    let filtered = FILTERS.iter().filter(|(end, ..)| of_repository && request.path.ends_with(end)).all(
        |(end, key, fields, usual)| {
            let want = asked(key).unwrap_or(usual);
            if want.is_empty() || (*key, want) == ("state", "all") {
                return true;
            }
            if (*end, *key) == ("/pulls", "head") {
                return is_head(item, want);
            }
            fields
                .iter()
                .any(|field| item.pointer(field).and_then(Value::as_str).is_some_and(|have| agrees(have, want)))
        },
    );
    filtered && (!request.path.ends_with("/issues") || has_labels(item, asked("labels").unwrap_or_default()))
}

/// Equal, or, for `>=` and an instant as GitHub writes it, not earlier.
fn agrees(have: &str, want: &str) -> bool {
    want.strip_prefix(">=").map_or(have == want, |since| have >= since)
}

/// `owner:branch`. The owner counts where the item says whose branch it is.
fn is_head(item: &Value, want: &str) -> bool {
    let (owner, branch) = want.split_once(':').unwrap_or(("", want));
    let owners = ["/head/user/login", "/head/repo/owner/login"];
    let have = owners.iter().find_map(|place| item.pointer(place)?.as_str());
    item.pointer("/head/ref").and_then(Value::as_str) == Some(branch)
        && have.is_none_or(|have| owner.is_empty() || have.eq_ignore_ascii_case(owner))
}

fn has_labels(item: &Value, want: &str) -> bool {
    let labels = item.get("labels").and_then(Value::as_array);
    let has =
        |name: &str| labels.is_some_and(|labels| labels.iter().any(|label| label.get("name").unwrap_or(label) == name));
    want.split(',').filter(|name| !name.is_empty()).all(has)
}

/// One page of a list, with GitHub's `Link` header.
pub(crate) fn page(request: &Request, key: Option<&str>, recorded: &Value, items: Vec<Value>) -> Answer {
    let number = |key: &str| {
        request.query.iter().find(|(have, _)| have == key).and_then(|(_, value)| value.parse::<usize>().ok())
    };
    let (page, per_page) = (number("page").unwrap_or(1).max(1), number("per_page").unwrap_or(30).clamp(1, 100));
    let total = items.len();
    let items: Vec<Value> = items.into_iter().skip((page - 1) * per_page).take(per_page).collect();
    let body = match key {
        Some(key) => {
            let mut body = if recorded.is_object() { recorded.clone() } else { json!({}) };
            body["total_count"] = json!(total);
            body[key] = json!(items);
            body
        }
        None => json!(items),
    };
    let mut answer = answer(200, &body);
    if page * per_page < total {
        let next =
            format!("<https://api.github.com{}?page={}&per_page={per_page}>; rel=\"next\"", request.path, page + 1);
        answer.headers.push(("link".into(), next));
    }
    answer
}
