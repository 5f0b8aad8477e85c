//! What a sensor passes on of an event: a projection that is itself a small valid payload (design section 5).
//!
//! One table says which keys an event keeps; the sensors' templates ([`Projection::template`]), what `resolve-event` makes
//! from GitHub's answers ([`Projection::of`]) and the page `docs/events.md` come from it. Every key of the table is there,
//! `null` where the event has nothing; keys are sorted and `<`, `>`, `&` escaped, as Go's `toJson` writes them: so two
//! doors make the same bytes of the same failure. Never a title, message, comment or delivery id.

use serde_json::{Map, Value};

/// The largest projection, in bytes of JSON.
pub const MAX_BYTES: usize = 4096;

/// Items that a list keeps: GitHub lists the pull requests of a commit, and with several none is believed anyway.
const ITEMS: usize = 10;

/// The key in which our own doors say who asked for what. GitHub never sends it, and no sensor passes it on.
pub const HEALER: &str = "healer";

/// What stands at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Is {
    /// An id or number above 0; Argo Events needs `int64`, or it writes an exponent.
    Number,
    /// A word, name, SHA, reference or address.
    Text,
    /// A list of objects with these keys.
    List(&'static [Field]),
}

/// One key that is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Where: keys joined by dots.
    pub path: &'static str,
    /// What.
    pub is: Is,
}

/// What is kept of one event.
#[derive(Debug, Clone, Copy)]
pub struct Projection {
    /// The event, as `open-remediation --event` knows it.
    pub event: &'static str,
    /// The WorkflowTemplate that its sensor runs.
    pub runs: &'static str,
    /// Beside [`Projection::common`].
    fields: &'static [Field],
    /// Whether GitHub sends it: then the repository is kept.
    github: bool,
}

const fn number(path: &'static str) -> Field {
    Field { path, is: Is::Number }
}

const fn text(path: &'static str) -> Field {
    Field { path, is: Is::Text }
}

const fn list(path: &'static str, of: &'static [Field]) -> Field {
    Field { path, is: Is::List(of) }
}

const fn row(event: &'static str, fields: &'static [Field]) -> Projection {
    Projection { event, runs: "resolve-event", fields, github: true }
}

/// A pull request of a run or check.
const PULLS: &[Field] = &[number("base.repo.id"), number("head.repo.id"), text("head.sha"), number("number")];

/// What every event of GitHub keeps.
const REPOSITORY: &[Field] = &[
    text("action"),
    text("repository.default_branch"),
    text("repository.full_name"),
    text("repository.html_url"),
    number("repository.id"),
];

/// The table.
#[rustfmt::skip]
pub const PROJECTIONS: &[Projection] = &[
    Projection { runs: "remediate-ci", ..row("workflow_run", &[
        text("workflow_run.conclusion"), text("workflow_run.event"), text("workflow_run.head_branch"),
        number("workflow_run.head_repository.id"), text("workflow_run.head_sha"), number("workflow_run.id"),
        list("workflow_run.pull_requests", PULLS), number("workflow_run.run_attempt"), number("workflow_run.workflow_id"),
    ]) },
    row("workflow_job", &[
        text("workflow_job.conclusion"), text("workflow_job.head_branch"), text("workflow_job.head_sha"),
        number("workflow_job.id"), number("workflow_job.run_attempt"), number("workflow_job.run_id"),
    ]),
    row("check_run", &[
        number("check_run.app.id"), text("check_run.app.slug"), text("check_run.check_suite.head_branch"),
        text("check_run.conclusion"), text("check_run.details_url"), text("check_run.head_sha"), number("check_run.id"),
        text("check_run.name"), list("check_run.pull_requests", PULLS), text("requested_action.identifier"),
        number("sender.id"), text("sender.login"), text("sender.type"),
    ]),
    row("check_suite", &[
        number("check_suite.app.id"), text("check_suite.app.name"), text("check_suite.app.slug"),
        text("check_suite.conclusion"), text("check_suite.head_branch"), text("check_suite.head_sha"),
        number("check_suite.id"), list("check_suite.pull_requests", PULLS),
    ]),
    row("status", &[
        list("branches", &[text("commit.sha"), text("name")]), text("context"), text("sha"), text("state"),
    ]),
    row("dependabot_alert", &[number("alert.number"), text("alert.state")]),
    row("code_scanning_alert", &[
        number("alert.number"), text("alert.state"), text("commit_oid"), text("ref"),
    ]),
    row("secret_scanning_alert", &[number("alert.number"), text("alert.state")]),
    row("repository_vulnerability_alert", &[number("alert.number"), text("alert.state")]),
    row("issue_comment", &[
        number("comment.id"), number("issue.number"), text("issue.pull_request.url"), number("sender.id"),
        text("sender.login"), text("sender.type"),
    ]),
    row("pull_request", &[
        number("number"), text("pull_request.head.ref"), number("pull_request.head.repo.id"),
        text("pull_request.head.sha"), text("pull_request.state"), number("sender.id"), text("sender.login"),
        text("sender.type"),
    ]),
    row("pull_request_review", &[
        text("pull_request.head.ref"), number("pull_request.head.repo.id"), number("pull_request.number"),
        text("review.commit_id"), number("review.id"), text("review.state"), number("sender.id"), text("sender.login"),
        text("sender.type"),
    ]),
    Projection { github: false, ..row("alert", &[
        text("context.agent"), text("context.coderun_name"), text("context.container_name"), text("context.current_agent"),
        text("context.last_commit_sha"), text("context.namespace"), text("context.pod_name"), text("context.repository"),
        text("context.task_id"), text("context.workflow_name"), text("detectedAt"), text("id"), text("severity"),
    ]) },
    Projection { github: false, ..row("workflow", &[
        text("kind"), text("metadata.name"), text("metadata.namespace"), text("metadata.uid"), text("status.finishedAt"),
        text("status.phase"),
    ]) },
];

/// What is kept of this event.
pub fn find(event: &str) -> Option<&'static Projection> {
    PROJECTIONS.iter().find(|projection| projection.event == event)
}

/// The bytes that Go's `toJson` writes: keys sorted, `<`, `>` and `&` escaped.
pub fn encode(projected: &Value) -> String {
    fn sorted(value: &Value) -> Value {
        match value {
            Value::Object(map) => {
                let mut pairs: Vec<_> = map.iter().map(|(key, value)| (key.clone(), sorted(value))).collect();
                pairs.sort_by(|(one, _), (other, _)| one.cmp(other));
                Value::Object(pairs.into_iter().collect())
            }
            Value::Array(items) => Value::Array(items.iter().map(sorted).collect()),
            plain => plain.clone(),
        }
    }
    let plain = sorted(projected).to_string();
    let mut out = String::with_capacity(plain.len());
    for c in plain.chars() {
        match c {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            plain => out.push(plain),
        }
    }
    out
}

impl Projection {
    /// Every key that is kept, in the order in which it is written.
    pub fn fields(&self) -> Vec<Field> {
        let common: &[Field] = if self.github { REPOSITORY } else { &[] };
        let mut all: Vec<Field> = common.iter().chain(self.fields).copied().collect();
        all.sort_by(|one, other| one.path.split('.').cmp(other.path.split('.')));
        all
    }

    /// The projection of a payload, as the sensor makes it.
    pub fn of(&self, payload: &Value) -> Value {
        project(payload, &self.fields())
    }

    /// The sensor's `dataTemplate`: the projection of `.Input.body`, as base64.
    pub fn template(&self) -> String {
        let fields = self.fields();
        let mut before = String::new();
        let whole = object("$b", &fields, &mut before);
        format!("{{{{- $b := .Input.body -}}}}{before}{{{{- {whole} | toJson | b64enc -}}}}")
    }
}

/// The keys below each first key of these paths; a path of one key has none below.
fn grouped(fields: &[Field]) -> Vec<(&'static str, Vec<Field>, Option<Is>)> {
    let mut groups: Vec<(&'static str, Vec<Field>, Option<Is>)> = Vec::new();
    for field in fields {
        let (key, below) = match field.path.split_once('.') {
            Some((key, below)) => (key, Some(Field { path: below, is: field.is })),
            None => (field.path, None),
        };
        let leaf = if below.is_none() { Some(field.is) } else { None };
        match groups.last_mut().filter(|(last, ..)| *last == key) {
            Some((_, fields, _)) => fields.extend(below),
            None => groups.push((key, below.into_iter().collect(), leaf)),
        }
    }
    groups
}

fn project(value: &Value, fields: &[Field]) -> Value {
    let mut out = Map::new();
    for (key, below, leaf) in grouped(fields) {
        let have = value.get(key).unwrap_or(&Value::Null);
        let kept = match leaf {
            None => project(have, &below),
            Some(Is::Number) => have.as_u64().filter(|number| *number > 0).map_or(Value::Null, Value::from),
            Some(Is::Text) => have.as_str().map_or(Value::Null, Value::from),
            Some(Is::List(of)) => {
                let items = have.as_array().map(Vec::as_slice).unwrap_or_default();
                items.iter().take(ITEMS).map(|item| project(item, of)).collect()
            }
        };
        out.insert(key.to_owned(), kept);
    }
    Value::Object(out)
}

/// `(dict "key" value …)` of what the variable `from` holds. What a template needs beforehand is set `before`: a missing
/// object is an empty one, so that nothing fails below it, and a list is collected, as Go's templates cannot map. What is
/// missing is null.
fn object(from: &str, fields: &[Field], before: &mut String) -> String {
    let mut out = String::from("(dict");
    for (key, below, leaf) in grouped(fields) {
        let at = format!("{from}.{key}");
        let variable = format!("{from}_{key}");
        let value = match leaf {
            None => {
                before.push_str(&format!("{{{{- {variable} := default (dict) {at} -}}}}"));
                object(&variable, &below, before)
            }
            Some(Is::Number) => format!("(ternary nil (int64 {at}) (empty {at}))"),
            Some(Is::Text) => at,
            Some(Is::List(of)) => {
                let mut each = String::new();
                let item = object("$item", of, &mut each);
                before.push_str(&format!(
                    "{{{{- {variable} := list -}}}}{{{{- range $index, $item := {at} -}}}}{{{{- if lt $index {ITEMS} -}}}}\
                     {each}{{{{- {variable} = append {variable} {item} -}}}}{{{{- end -}}}}{{{{- end -}}}}"
                ));
                variable
            }
        };
        out.push_str(&format!(" \"{key}\" {value}"));
    }
    out.push(')');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn keys_are_sorted_and_what_is_missing_is_null() {
        let payload = json!({ "workflow_run": { "id": 7, "head_branch": "a<b&c>\u{2028}", "head_repository": null,
            "pull_requests": [ { "number": 4, "title": "never" } ], "display_title": "never", "run_attempt": 1 },
            "healer": { "round": 9 }, "action": "completed" });
        let projected = find("workflow_run").unwrap().of(&payload);
        assert_eq!(
            encode(&projected),
            "{\"action\":\"completed\",\"repository\":{\"default_branch\":null,\"full_name\":null,\"html_url\":null,\
             \"id\":null},\"workflow_run\":{\"conclusion\":null,\"event\":null,\
             \"head_branch\":\"a\\u003cb\\u0026c\\u003e\\u2028\",\"head_repository\":{\"id\":null},\"head_sha\":null,\
             \"id\":7,\"pull_requests\":[{\"base\":{\"repo\":{\"id\":null}},\"head\":{\"repo\":{\"id\":null},\
             \"sha\":null},\"number\":4}],\"run_attempt\":1,\"workflow_id\":null}}"
        );
    }

    #[test]
    fn a_projection_of_a_projection_is_the_same() {
        for projection in PROJECTIONS {
            let once = projection.of(&json!({ "action": "completed", "repository": { "id": 8412 } }));
            assert_eq!(projection.of(&once), once, "{}", projection.event);
            let fields: Vec<&str> = projection.fields().iter().map(|field| field.path).collect();
            assert!(!fields.contains(&HEALER), "{} passes on what only our doors say", projection.event);
        }
    }
}
