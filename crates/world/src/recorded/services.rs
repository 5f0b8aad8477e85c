//! Answers that need no store, and the channels.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::folder::{Lookup, read};
use super::view::View;
use super::written::{Entry, Set};
use crate::call::RECORDED_FILE;
use crate::wire::{Answer, Method, Request, Service, WireError};

/// Discord's longest `content`.
const DISCORD_CONTENT: usize = 2_000;

/// A recorded file as it is.
pub(crate) fn plain(found: Lookup) -> Result<Answer, WireError> {
    match found {
        Lookup::File(file) => {
            let body = read(&file)?;
            Ok(Answer { status: 200, headers: vec![(RECORDED_FILE.into(), file.display().to_string())], body })
        }
        Lookup::Gone => Ok(not_found()),
        Lookup::Nothing(recording) => Err(WireError::Missing { recording }),
    }
}

/// A JSON answer.
pub(crate) fn answer(status: u16, body: &Value) -> Answer {
    Answer { status, headers: Vec::new(), body: body.to_string().into_bytes() }
}

/// A 404 as GitHub words it.
pub(crate) fn not_found() -> Answer {
    answer(404, &json!({ "message": "Not Found" }))
}

/// The JSON that was sent.
pub(crate) fn sent(request: &Request) -> Value {
    request.body.as_deref().and_then(|body| serde_json::from_slice(body).ok()).unwrap_or(Value::Null)
}

/// A write to a channel or to OpenMemory.
pub(crate) fn write(
    view: &View<'_>,
    request: &Request,
    recording: PathBuf,
) -> Result<(Answer, Option<Entry>), WireError> {
    let body = sent(request);
    let accepted = |answer: Answer, sets| {
        let entry = view.entry(request, answer.status, sets);
        Ok((answer, Some(entry)))
    };
    match (request.service, request.method, &*request.path) {
        (Service::Discord, _, _) if too_long(&body) => {
            Ok((answer(400, &json!({ "code": 50035, "message": "Invalid Form Body" })), None))
        }
        (Service::Discord, Method::Post, "/webhook") => {
            let id = (1_000_000 + view.writes(Service::Discord).count()).to_string();
            let mut message = body;
            merge(&mut message, &json!({ "id": id, "timestamp": view.clock.to_string() }));
            let sets =
                vec![Set { path: format!("/webhook/messages/{id}"), object: message.clone(), lists: Vec::new() }];
            let waits = request.query.iter().any(|(key, value)| key == "wait" && value == "true");
            accepted(if waits { answer(200, &message) } else { Answer { status: 204, ..Answer::default() } }, sets)
        }
        (Service::Discord, Method::Patch, path) => match view.last_set(Service::Discord, path) {
            Some(message) if !message.is_null() => {
                let mut message = message.clone();
                merge(&mut message, &body);
                let sets = vec![Set { path: path.to_owned(), object: message.clone(), lists: Vec::new() }];
                accepted(answer(200, &message), sets)
            }
            _ => Ok((answer(404, &json!({ "message": "Unknown Message", "code": 10008 })), None)),
        },
        (Service::Slack, Method::Post, "/webhook") => {
            accepted(Answer { status: 200, body: b"ok".to_vec(), ..Answer::default() }, Vec::new())
        }
        (Service::Pagerduty, Method::Post, "/v2/enqueue") => {
            let key = body.get("dedup_key").cloned().unwrap_or_else(|| json!(format!("key-{}", view.entries.len())));
            accepted(
                answer(202, &json!({ "status": "success", "message": "Event processed", "dedup_key": key })),
                Vec::new(),
            )
        }
        (Service::Openmemory, Method::Post, "/api/v1/memories") => {
            let id = format!("memory-{}", view.writes(Service::Openmemory).count() + 1);
            accepted(answer(200, &json!({ "id": id })), Vec::new())
        }
        _ => Err(WireError::Missing { recording }),
    }
}

fn too_long(message: &Value) -> bool {
    let content = message.get("content").and_then(Value::as_str).unwrap_or_default();
    content.encode_utf16().count() > DISCORD_CONTENT
}

/// JSON merge patch, RFC 7396.
pub(crate) fn merge(onto: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *onto = patch.clone();
        return;
    };
    if !onto.is_object() {
        *onto = json!({});
    }
    if let Value::Object(onto) = onto {
        for (key, value) in patch {
            if value.is_null() {
                onto.shift_remove(key);
            } else {
                merge(onto.entry(key.clone()).or_insert(Value::Null), value);
            }
        }
    }
}
