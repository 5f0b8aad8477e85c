//! What a CommonMark parser sees of a prompt, and a document with a text in every untrusted field.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use remediation::{AlertType, Kind, Vocabulary};
use render_prompt::{Needs, Templates};
use serde_json::{Value, json};

/// The page without what is inside code.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Page {
    pub headings: Vec<String>,
    pub links: Vec<String>,
    pub html: Vec<String>,
    /// Everything outside code, in order: kinds of blocks and their plain text.
    pub shape: Vec<String>,
}

pub fn page(markdown: &str) -> Page {
    let mut page = Page::default();
    let (mut in_code, mut heading) = (false, None::<String>);
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Start(Tag::CodeBlock(_)) => {
                in_code = true;
                page.shape.push("code block".into());
            }
            Event::End(TagEnd::CodeBlock) => in_code = false,
            Event::Text(text) if in_code => drop(text),
            Event::Text(text) => {
                let text = without_sizes(&text);
                if let Some(heading) = &mut heading {
                    heading.push_str(text);
                }
                page.shape.push(text.to_owned());
            }
            Event::Code(_) => page.shape.push("code".into()),
            Event::Html(html) | Event::InlineHtml(html) => page.html.push(html.to_string()),
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::End(TagEnd::Heading(_)) => page.headings.extend(heading.take()),
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                page.links.push(dest_url.to_string())
            }
            Event::Start(tag) => page.shape.push(format!("{tag:?}")),
            other => page.shape.push(format!("{other:?}")),
        }
    }
    page
}

/// How long a cut text was is ours to say, and does not count.
fn without_sizes(text: &str) -> &str {
    text.split_once(" Shortened: ").map_or(text, |(said, _)| said)
}

/// The values that all tests of hostile text share.
pub fn values() -> Vec<String> {
    let rows: Vec<Value> = serde_json::from_str(include_str!("../../../../tests/hostile/values.json")).unwrap();
    let value = |row: &Value| match row["value"].as_str() {
        Some(value) => value.to_owned(),
        None => row["repeat"].as_str().unwrap().repeat(row["count"].as_u64().unwrap() as usize),
    };
    rows.iter().map(value).collect()
}

/// What stands beside a value: text of its length that means nothing to anybody.
pub fn harmless(value: &str) -> String {
    if value.len() <= 400 { "ok".into() } else { "x".repeat(value.len()) }
}

/// What the document keeps of a one-line field.
const LINE_BYTES: usize = 400;

const SHA: &str = "6f1c0f6b9d3e4a5c8b7a2d1e0f9c8b7a6d5e4f3a";

/// A document with `text` in every field that a stranger can fill.
pub fn document(kind: Kind, retry: bool, text: &str) -> Value {
    let pull_request = json!({ "number": 42, "title": text, "state": "open", "draft": false, "base_branch": text, "base_sha": SHA,
        "author": { "id": 501, "login": text } });
    let files = json!([{ "path": text, "status": "modified", "additions": 1, "deletions": 2 }]);
    let history = json!([{ "round": 1, "number": 1, "agent": "rex", "verdict": "not_fixed", "commits": [{ "sha": SHA, "message": text }],
        "diff": "diff_1", "agent_output": text }]);
    let attempts = json!([{ "round": 1, "number": 1, "agent": "rex", "verdict": "not_fixed", "commits": [{ "sha": SHA, "message": text }], "files": [text] }]);
    let alert = json!({ "type": AlertType::Dependabot.as_str(), "number": 3, "state": "open", "severity": "high", "package": text, "manifest": text,
        "patched_version": text, "identifier": text, "summary": text, "path": text, "line": 3 });
    json!({
        "repository": { "host": "github.com", "owner": "acme", "name": "widgets", "id": 8412, "default_branch": text },
        "subject": { "kind": "ci_failure", "branch": text, "head_sha": SHA, "pull_request": 42, "workflow": text, "job": text, "step": text,
            "context": text, "url": text, "changed_files": [text] },
        "attempt": { "round": 1, "number": if retry { 2 } else { 1 }, "limit": 3 },
        "target": { "branch": text, "base_sha": SHA, "how": "draft_pull_request", "into": text },
        "failure": { "head_sha": SHA, "jobs": [{ "id": 1, "name": text, "conclusion": "failure", "failed_steps": [{ "number": 4, "name": text }], "url": text }],
            "changed_files": files, "commit_message": text, "pull_request": pull_request, "base": { "branch": text, "sha": SHA, "red": true },
            "alert": if kind.is_security() { alert } else { Value::Null } },
        "classification": { "kind": kind.as_str(), "agent": "rex", "remedy": "agent", "confidence": 0.9, "signature": "00", "because": [],
            "excerpt": { "attachment": "job_log", "lines": [[1, 100_000]] }, "command": text, "location": { "file": text, "line": 7 } },
        "context": { "pull_request": pull_request, "description": text, "changed_files": files, "diff": "diff", "base": { "branch": text, "sha": SHA, "red": true },
            "history": if retry { history } else { json!([]) },
            "argocd": { "application": "widgets", "health": "Degraded", "sync": "OutOfSync", "unhealthy": [text], "message": text },
            "logs": [{ "at": "2026-01-15T10:29:01Z", "line": text }], "metrics": [{ "query": "up", "series": text, "value": "NaN" }],
            "pods": [{ "name": text, "phase": "Running", "ready": false, "restarts": 4, "reason": text }], "events": [text],
            "memories": [{ "id": "1", "content": text }], "gaps": [{ "source": "loki", "because": "no answer" }] },
        "attempts": if retry { attempts } else { json!([]) },
        "files": { "job_log": text, "diff": text, "diff_1": text },
    })
}

/// JSON pointers of every field that holds `ok`.
pub fn fields(document: &Value) -> Vec<String> {
    fn walk(value: &Value, at: String, out: &mut Vec<String>) {
        match value {
            Value::String(text) if text == "ok" => out.push(at),
            Value::Object(map) => map.iter().for_each(|(key, value)| walk(value, format!("{at}/{key}"), out)),
            Value::Array(list) => {
                list.iter().enumerate().for_each(|(index, value)| walk(value, format!("{at}/{index}"), out))
            }
            _ => {}
        }
    }
    let mut out = Vec::new();
    walk(document, String::new(), &mut out);
    assert!(out.len() > 35, "{out:?}");
    out
}

/// Blocks take text of any length; the document's other fields are short.
pub fn set(document: &mut Value, field: &str, text: &str) {
    let is_block = ["files/", "description", "agent_output", "commit_message", "summary", "logs", "events", "content"];
    let is_block = is_block.iter().any(|word| field.contains(word)) || field.ends_with("/argocd/message");
    let end = if is_block {
        text.len()
    } else {
        (0..=text.len().min(LINE_BYTES)).rfind(|at| text.is_char_boundary(*at)).unwrap()
    };
    let text = &text[..end];
    *document.pointer_mut(field).unwrap() = text.into();
}

/// Renders it; `files` are the attachments.
pub fn prompt(document: &Value) -> String {
    let files: BTreeMap<String, String> = serde_json::from_value(document["files"].clone()).unwrap();
    let mut document = document.clone();
    if document["failure"]["alert"].is_null() {
        document["failure"].as_object_mut().unwrap().remove("alert");
    }
    let needs: Needs = serde_json::from_value(document).unwrap();
    static TEMPLATES: LazyLock<Templates> = LazyLock::new(|| Templates::load(None).unwrap());
    let mut read = |name: &str| Ok(files.get(name).map(|text| text.clone().into_bytes()));
    render_prompt::run(&needs, &config::Config::default(), &TEMPLATES, &mut read).unwrap().text
}
