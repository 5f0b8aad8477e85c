//! The control API: what a test's story does and asks. Every command is `POST /_control/<command>` with a JSON object.

mod ask;
mod make;
mod people;

use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::http::{Answer, Request};
use crate::model::Repository;
use crate::server::{Server, text};

/// What a command gives.
pub(crate) type Done = Result<Value, Answer>;

/// A command.
type Handler = fn(&Arc<Server>, &Value) -> Done;

/// Every command, in the order of the README.
const COMMANDS: &[(&str, Handler)] = &[
    ("user", make::user),
    ("app", make::app),
    ("install", make::install),
    ("token", make::token),
    ("repository", make::repository),
    ("fork", make::fork),
    ("permission", make::permission),
    ("protect", make::protect),
    ("archive", make::archive),
    ("webhook", make::webhook),
    ("misbehave", make::misbehave),
    ("clock", make::clock),
    ("when", make::when),
    ("commit", people::commit),
    ("branch", people::branch),
    ("delete-branch", people::delete_branch),
    ("pull", people::pull),
    ("close", people::close),
    ("reopen", people::reopen),
    ("merge", people::merge),
    ("comment", people::comment),
    ("edit-comment", people::edit_comment),
    ("button", people::button),
    ("status", people::status),
    ("alert", people::alert),
    ("rerun", people::rerun),
    ("cancel", people::cancel),
    ("deliveries", ask::deliveries),
    ("delivery", ask::delivery),
    ("redeliver", ask::redeliver),
    ("pause", ask::pause),
    ("mute", ask::mute),
    ("runs", ask::runs),
    ("log", ask::log),
    ("written", ask::written),
    ("state", ask::state),
    ("wait", ask::wait),
];

/// Answers a request to the control API; a GET's query is the object.
pub(crate) fn answer(server: &Arc<Server>, name: &str, request: &Request) -> Result<Answer, Answer> {
    let body = if request.method == "GET" {
        let pairs = url::form_urlencoded::parse(request.query.as_bytes());
        Value::Object(pairs.map(|(key, value)| (key.into_owned(), number_or_text(&value))).collect())
    } else {
        request.json()?
    };
    command(server, name, &body).map(|value| Answer::json(200, &value))
}

fn number_or_text(text: &str) -> Value {
    match text {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        _ => text.parse::<u64>().map_or_else(|_| text.into(), Value::from),
    }
}

/// Carries a command out.
pub(crate) fn command(server: &Arc<Server>, name: &str, body: &Value) -> Done {
    match COMMANDS.iter().find(|(have, _)| *have == name) {
        Some((_, handler)) => handler(server, body),
        None => {
            let names: Vec<&str> = COMMANDS.iter().map(|(name, _)| *name).collect();
            Err(wrong(&format!("no command `{name}`; there are {}", names.join(", "))))
        }
    }
}

/// The story is wrong.
fn wrong(what: &str) -> Answer {
    Answer::json(400, &json!({ "message": what }))
}

/// A field that must be there.
fn need<'a>(body: &'a Value, key: &str) -> Result<&'a str, Answer> {
    text(body, key).ok_or_else(|| wrong(&format!("`{key}` (text) is needed")))
}

/// A number that must be there.
fn need_number(body: &Value, key: &str) -> Result<u64, Answer> {
    body.get(key).and_then(Value::as_u64).ok_or_else(|| wrong(&format!("`{key}` (a number) is needed")))
}

/// A field in its own shape, or its default.
fn shaped<T: DeserializeOwned + Default>(body: &Value, key: &str) -> Result<T, Answer> {
    match body.get(key) {
        None | Some(Value::Null) => Ok(T::default()),
        Some(value) => serde_json::from_value(value.clone()).map_err(|error| wrong(&format!("`{key}`: {error}"))),
    }
}

/// The repository of `repository: owner/name`.
fn repository(server: &Server, body: &Value) -> Result<Repository, Answer> {
    let name = need(body, "repository")?;
    let state = server.store.now_state();
    let found = name.split_once('/').and_then(|(owner, name)| state.repository(owner, name));
    found.cloned().ok_or_else(|| wrong(&format!("no repository `{name}`")))
}

/// The account of a login.
fn account(server: &Server, login: &str) -> Result<u64, Answer> {
    server.store.now_state().account(login).ok_or_else(|| wrong(&format!("no user `{login}`")))
}

/// The account of `user`, or the repository's owner.
fn user_or_owner(server: &Server, body: &Value, repository: &Repository) -> Result<u64, Answer> {
    text(body, "user").map_or(Ok(repository.owner), |login| account(server, login))
}
