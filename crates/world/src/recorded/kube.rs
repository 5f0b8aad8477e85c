//! A recorded cluster, reading: objects are the files, with layers and writes played over them in the order in which they
//! happened.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::folder::{self, Lookup, read_json, stem, with_ending};
use super::select::{fields_fit, labels_fit};
use super::services::{answer, merge, plain};
use super::view::{Happening, View, get};
use crate::wire::{Answer, Method, Request, Service, WireError};

const SERVICE: Service = Service::Kubernetes;

/// What a path means.
#[derive(Debug, PartialEq)]
pub(crate) struct Target<'a> {
    /// `/apis/<group>/<version>/namespaces/<namespace>/<plural>`.
    pub collection: &'a str,
    /// `<group>/<version>`, or `v1`.
    pub api_version: &'a str,
    pub namespace: &'a str,
    pub plural: &'a str,
    pub name: Option<&'a str>,
    /// `status`, `log`.
    pub sub: Option<&'a str>,
}

impl<'a> Target<'a> {
    /// Reads a path with a namespace; others (cluster scope, discovery) are plain files.
    pub(crate) fn parse(path: &'a str) -> Option<Self> {
        let (api_version, rest) = match path.strip_prefix("/apis/") {
            Some(rest) => {
                let end = rest.match_indices('/').nth(1)?.0;
                (&rest[..end], &rest[end..])
            }
            None => ("v1", path.strip_prefix("/api/v1")?),
        };
        let mut parts = rest.strip_prefix("/namespaces/")?.splitn(4, '/');
        let (namespace, plural) = (parts.next()?, parts.next()?);
        let (name, sub) = (parts.next(), parts.next());
        let tail: usize = [name, sub].iter().flatten().map(|part| part.len() + 1).sum();
        Some(Self { collection: &path[..path.len() - tail], api_version, namespace, plural, name, sub })
    }

    /// The path of an object of this collection.
    pub(crate) fn object(&self, name: &str) -> String {
        format!("{}/{name}", self.collection)
    }
}

pub(crate) fn read(view: &View<'_>, request: &Request) -> Result<Answer, WireError> {
    let Some(target) = Target::parse(&request.path) else {
        return plain(view.find(request));
    };
    match (target.name, target.sub) {
        (None, _) => list(view, &target, request),
        (Some(name), None | Some("status")) => Ok(match object(view, &target, name)? {
            Some(object) => answer(200, &object),
            None => absent(&target, name),
        }),
        (Some(_), Some("log")) => log(view, request),
        (Some(_), Some(_)) => plain(view.find(request)),
    }
}

/// A `Status` object, as every refusal of the API server.
pub(crate) fn status(code: u16, reason: &str, message: &str) -> Answer {
    let body = json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
        "message": message, "reason": reason, "code": code,
    });
    answer(code, &body)
}

pub(crate) fn absent(target: &Target<'_>, name: &str) -> Answer {
    status(404, "NotFound", &format!("{} \"{name}\" not found", target.plural))
}

/// An object as it is now.
pub(crate) fn object(view: &View<'_>, target: &Target<'_>, name: &str) -> Result<Option<Value>, WireError> {
    let path = target.object(name);
    let mut object = match view.folder.find(view.folder.roots(), &get(SERVICE, &path)) {
        Lookup::File(file) => Some(complete(read_json(&file)?, target, name, "1")),
        Lookup::Gone | Lookup::Nothing(_) => None,
    };
    let mut newest = None;
    for (at, happening) in view.timeline.iter().enumerate() {
        match happening {
            Happening::Write(entry) => {
                let Some(super::Entry::Write(write)) = view.entries.get(*entry) else { continue };
                if write.service != SERVICE {
                    continue;
                }
                for set in &write.sets {
                    if write.method == Method::Post && write.path == target.collection {
                        newest = Some(&set.path);
                    }
                    if set.path == path {
                        object = (!set.object.is_null()).then(|| set.object.clone());
                    }
                }
            }
            Happening::Layer(layer) => {
                let any = newest == Some(&path);
                for dir in &view.folder.layers[*layer].dirs {
                    if let Some(found) = layered(dir, target, name, any) {
                        object = patched(object, found?, target, name, at);
                        break;
                    }
                }
            }
        }
    }
    Ok(object)
}

/// What a layer says about an object: `None` nothing, `null` that it is gone.
fn layered(dir: &Path, target: &Target<'_>, name: &str, any: bool) -> Option<Result<Value, WireError>> {
    let names = [Some(name), any.then_some("any")];
    names.into_iter().flatten().find_map(|name| {
        let stem = stem(dir, SERVICE, &target.object(name));
        let file = with_ending(&stem, "json");
        if with_ending(&stem, "gone").is_file() {
            return Some(Ok(Value::Null));
        }
        file.is_file().then(|| read_json(&file))
    })
}

fn patched(object: Option<Value>, patch: Value, target: &Target<'_>, name: &str, at: usize) -> Option<Value> {
    let only_status = patch.as_object().is_some_and(|patch| patch.keys().all(|key| key == "status"));
    if patch.is_null() || object.is_none() && only_status {
        return None;
    }
    let mut object = object.unwrap_or_else(|| json!({}));
    merge(&mut object, &patch);
    let mut object = complete(object, target, name, "1");
    object["metadata"]["resourceVersion"] = json!(version(at));
    let held = object.pointer("/metadata/finalizers").and_then(Value::as_array).is_some_and(|list| !list.is_empty());
    let leaving = object.pointer("/metadata/deletionTimestamp").is_some();
    (held || !leaving).then_some(object)
}

/// The resourceVersion of what the timeline's entry `at` changed.
pub(crate) fn version(at: usize) -> String {
    (1001 + at).to_string()
}

/// A uid that is the same in every run: of the path and the how-many-th object there.
pub(crate) fn uid(path: &str, life: usize) -> String {
    let hash: String =
        Sha256::digest(format!("{path}#{life}")).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{}-4{}-8{}-{}", &hash[..8], &hash[8..12], &hash[13..16], &hash[17..20], &hash[20..])
}

/// Adds what every object has to what a person wrote down.
fn complete(mut object: Value, target: &Target<'_>, name: &str, version: &str) -> Value {
    let path = target.object(name);
    let usual =
        [("name", name), ("namespace", target.namespace), ("uid", &*uid(&path, 0)), ("resourceVersion", version)];
    if let Some(fields) = object.as_object_mut() {
        let metadata = fields.entry("metadata").or_insert_with(|| json!({}));
        if let Some(metadata) = metadata.as_object_mut() {
            for (key, value) in usual {
                metadata.entry(key).or_insert_with(|| json!(value));
            }
        }
    }
    object
}

fn list(view: &View<'_>, target: &Target<'_>, request: &Request) -> Result<Answer, WireError> {
    let mut names = BTreeSet::new();
    for level in view.folder.levels(&view.active) {
        for entry in fs::read_dir(stem(level, SERVICE, target.collection)).into_iter().flatten().flatten() {
            let file = entry.file_name();
            let name = file.to_str().and_then(|file| file.strip_suffix(".json")).filter(|name| *name != "any");
            names.extend(name.map(str::to_owned));
        }
    }
    let prefix = format!("{}/", target.collection);
    let written = view.sets(SERVICE).filter_map(|set| set.path.strip_prefix(&prefix));
    names.extend(written.filter(|name| !name.contains('/')).map(str::to_owned));

    let selector = |key: &str| request.query.iter().find(|(have, _)| have == key).map_or("", |(_, value)| value);
    let mut items = Vec::new();
    for name in names {
        let Some(object) = object(view, target, &name)? else { continue };
        let fits = labels_fit(&object, selector("labelSelector"))
            .and_then(|fits| Ok(fits && fields_fit(&object, selector("fieldSelector"))?));
        match fits {
            Ok(true) => items.push(object),
            Ok(false) => {}
            Err(what) => return Ok(status(400, "BadRequest", &format!("unable to parse requirement: {what}"))),
        }
    }
    let kind = items.first().and_then(|item| item.get("kind")?.as_str()).map(|kind| format!("{kind}List"));
    let body = json!({
        "kind": kind.unwrap_or_else(|| "List".into()), "apiVersion": target.api_version,
        "metadata": { "resourceVersion": version(view.timeline.len()) }, "items": items,
    });
    Ok(answer(200, &body))
}

/// A pod's log, `…/pods/<name>/log.txt`, cut to `tailLines`.
fn log(view: &View<'_>, request: &Request) -> Result<Answer, WireError> {
    let file = match view.find(request) {
        Lookup::File(file) => file,
        other => return plain(other),
    };
    let bytes = folder::read(&file)?;
    let tail =
        request.query.iter().find(|(key, _)| key == "tailLines").and_then(|(_, lines)| lines.parse::<usize>().ok());
    let lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
    let skip = lines.len().saturating_sub(tail.unwrap_or(usize::MAX));
    Ok(Answer { status: 200, headers: Vec::new(), body: lines[skip..].concat() })
}
