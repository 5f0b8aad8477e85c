//! A recorded cluster, writing: names lock, stale versions conflict, status is apart, deletion may be held up.

use serde_json::{Value, json};

use super::Entry;
use super::kube::{Target, absent, object, status, uid, version};
use super::services::{answer, merge, sent};
use super::view::View;
use super::written::Set;
use crate::wire::{Answer, Method, Request, Service, WireError};

/// Kinds whose status is written apart (`/status`), so that a write to the object does not touch it and the other way round.
const STATUS_APART: [&str; 4] = ["coderuns", "remediations", "pods", "applications"];
/// Kinds that may be replaced without saying which version was read.
const UNCONDITIONAL: [&str; 3] = ["configmaps", "secrets", "pods"];

type Outcome = Result<(Answer, Option<Entry>), WireError>;

pub(crate) fn write(view: &View<'_>, request: &Request) -> Outcome {
    let Some(target) = Target::parse(&request.path) else {
        let message = "a recorded world writes only to objects in a namespace";
        return Ok((status(405, "MethodNotAllowed", message), None));
    };
    let body = sent(request);
    if request.method != Method::Delete && !body.is_object() {
        return Ok((status(400, "BadRequest", "the body is no JSON object"), None));
    }
    match (request.method, target.name, target.sub) {
        (Method::Post, None, None) => create(view, request, &target, body),
        (Method::Put | Method::Patch, Some(name), None | Some("status")) => replace(view, request, &target, name, body),
        (Method::Delete, Some(name), None) => delete(view, request, &target, name, &body),
        _ => Ok((
            status(405, "MethodNotAllowed", "the server does not allow this method on the requested resource"),
            None,
        )),
    }
}

fn refuse(code: u16, reason: &str, message: impl AsRef<str>) -> Outcome {
    Ok((status(code, reason, message.as_ref()), None))
}

/// Accepts a write: the object as it is from now on.
fn accept(view: &View<'_>, request: &Request, code: u16, path: String, object: Value, shown: &Value) -> Outcome {
    let entry = view.entry(request, code, vec![Set { path, object, lists: Vec::new() }]);
    Ok((answer(code, shown), Some(entry)))
}

fn create(view: &View<'_>, request: &Request, target: &Target<'_>, mut body: Value) -> Outcome {
    let text = |pointer: &str| body.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
    if text("/apiVersion") != target.api_version || text("/kind").is_empty() {
        let message =
            format!("the API version in the data does not match the expected API version ({})", target.api_version);
        return refuse(400, "BadRequest", message);
    }
    let (name, namespace) = (text("/metadata/name"), text("/metadata/namespace"));
    if !namespace.is_empty() && namespace != target.namespace {
        return refuse(
            400,
            "BadRequest",
            "the namespace of the provided object does not match the namespace sent on the request",
        );
    }
    if let Err(what) = check(&name, &body) {
        return refuse(422, "Invalid", format!("{} \"{name}\" is invalid: {what}", target.plural));
    }
    if object(view, target, &name)?.is_some() {
        return refuse(409, "AlreadyExists", format!("{} \"{name}\" already exists", target.plural));
    }
    let path = target.object(&name);
    let lives = view.sets(Service::Kubernetes).filter(|set| set.path == path).count();
    let metadata = json!({
        "namespace": target.namespace, "uid": uid(&path, lives + 1), "resourceVersion": version(view.timeline.len()),
        "generation": 1, "creationTimestamp": view.clock.to_string(),
    });
    merge(&mut body["metadata"], &metadata);
    if STATUS_APART.contains(&target.plural)
        && let Some(fields) = body.as_object_mut()
    {
        fields.shift_remove("status");
    }
    accept(view, request, 201, path, body.clone(), &body)
}

/// What a name and labels must look like (RFC 1123, Kubernetes' label syntax).
fn check(name: &str, body: &Value) -> Result<(), String> {
    let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let fine = |part: &str| {
        let bytes = part.as_bytes();
        matches!((bytes.first(), bytes.last()), (Some(&first), Some(&last)) if inner(first) && inner(last))
            && bytes.iter().all(|&b| inner(b) || b == b'-')
    };
    if name.is_empty() || name.len() > 253 || !name.split('.').all(fine) {
        return Err("metadata.name: Invalid value: a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.'".into());
    }
    for (key, value) in body.pointer("/metadata/labels").and_then(Value::as_object).into_iter().flatten() {
        let value = value.as_str().ok_or_else(|| format!("metadata.labels: {key}: must be a string"))?;
        let ends = |b: Option<&u8>| b.is_none_or(u8::is_ascii_alphanumeric);
        let legal = value.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
        if value.len() > 63 || !legal || !ends(value.as_bytes().first()) || !ends(value.as_bytes().last()) {
            return Err(format!("metadata.labels: Invalid value: {value:?} of {key}"));
        }
    }
    Ok(())
}

fn replace(view: &View<'_>, request: &Request, target: &Target<'_>, name: &str, body: Value) -> Outcome {
    let Some(have) = object(view, target, name)? else {
        return Ok((absent(target, name), None));
    };
    let text = |value: &Value, key: &str| value.pointer(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (sent, at) = (text(&body, "/metadata/resourceVersion"), text(&have, "/metadata/resourceVersion"));
    let unconditional = request.method == Method::Patch || UNCONDITIONAL.contains(&target.plural);
    if sent.is_empty() && !unconditional {
        return refuse(422, "Invalid", "metadata.resourceVersion: Invalid value: 0: must be specified for an update");
    }
    let uid = text(&body, "/metadata/uid");
    if !sent.is_empty() && sent != at || !uid.is_empty() && uid != text(&have, "/metadata/uid") {
        let message = format!(
            "Operation cannot be fulfilled on {} \"{name}\": the object has been modified; please apply your changes to the latest version and try again",
            target.plural
        );
        return refuse(409, "Conflict", message);
    }
    let wanted = if request.method == Method::Patch {
        let mut wanted = have.clone();
        merge(&mut wanted, &body);
        wanted
    } else {
        body
    };
    let mut next = if target.sub == Some("status") {
        let mut next = have.clone();
        next["status"] = wanted.get("status").cloned().unwrap_or(Value::Null);
        next
    } else {
        let mut next = wanted;
        if STATUS_APART.contains(&target.plural) {
            next["status"] = have.get("status").cloned().unwrap_or(Value::Null);
        }
        for key in ["name", "namespace", "uid", "creationTimestamp", "generation", "deletionTimestamp"] {
            next["metadata"][key] = have["metadata"].get(key).cloned().unwrap_or(Value::Null);
        }
        next
    };
    next["metadata"]["resourceVersion"] = json!(at);
    // Gaps that indexing made are no fields.
    let mut clean = json!({});
    merge(&mut clean, &next);
    if clean == have {
        return Ok((answer(200, &have), None));
    }
    if clean.get("spec") != have.get("spec")
        && let Some(generation) = have.pointer("/metadata/generation").and_then(Value::as_u64)
    {
        clean["metadata"]["generation"] = json!(generation + 1);
    }
    clean["metadata"]["resourceVersion"] = json!(version(view.timeline.len()));
    let stays = clean.pointer("/metadata/deletionTimestamp").is_none() || held(&clean);
    let kept = if stays { clean.clone() } else { Value::Null };
    accept(view, request, 200, target.object(name), kept, &clean)
}

fn held(object: &Value) -> bool {
    object.pointer("/metadata/finalizers").and_then(Value::as_array).is_some_and(|list| !list.is_empty())
}

fn delete(view: &View<'_>, request: &Request, target: &Target<'_>, name: &str, body: &Value) -> Outcome {
    let Some(mut have) = object(view, target, name)? else {
        return Ok((absent(target, name), None));
    };
    for (key, field) in [("uid", "/metadata/uid"), ("resourceVersion", "/metadata/resourceVersion")] {
        let wanted = body.get("preconditions").and_then(|only_if| only_if.get(key)?.as_str());
        if wanted.is_some() && wanted != have.pointer(field).and_then(Value::as_str) {
            let message = format!(
                "Precondition failed: {key} in precondition does not match that of {} \"{name}\"",
                target.plural
            );
            return refuse(409, "Conflict", message);
        }
    }
    if held(&have) {
        if have.pointer("/metadata/deletionTimestamp").is_some() {
            return Ok((answer(200, &have), None));
        }
        have["metadata"]["deletionTimestamp"] = json!(view.clock.to_string());
        have["metadata"]["resourceVersion"] = json!(version(view.timeline.len()));
        return accept(view, request, 200, target.object(name), have.clone(), &have);
    }
    let done = json!({ "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success" });
    accept(view, request, 200, target.object(name), Value::Null, &done)
}
