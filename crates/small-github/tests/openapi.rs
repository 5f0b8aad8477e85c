//! Every answer and every webhook against GitHub's OpenAPI description; `tests/small-github/openapi-check` brings it.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod common;

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use common::{Github, receiver};
use jsonschema::{Draft, Validator};
use serde_json::{Value, json};
use small_github::{Misbehave, ROUTES};

/// GitHub's description.
struct Description {
    text: Value,
    /// One for each schema: making one takes a second.
    validators: RefCell<HashMap<String, Validator>>,
}

impl Description {
    fn read() -> Self {
        let file = std::env::var("GITHUB_OPENAPI").expect("run tests/small-github/openapi-check");
        let mut text: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        nullable(&mut text);
        Self { text, validators: RefCell::default() }
    }

    /// What is wrong with a value, by a schema of the description.
    fn faults(&self, schema: &Value, value: &Value) -> Vec<String> {
        let mut validators = self.validators.borrow_mut();
        let validator = validators.entry(schema.to_string()).or_insert_with(|| {
            let mut whole = json!({ "components": self.text["components"], "allOf": [schema] });
            whole["$schema"] = "http://json-schema.org/draft-07/schema#".into();
            jsonschema::options().with_draft(Draft::Draft7).build(&whole).unwrap()
        });
        validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
    }

    fn faults_of_answer(&self, method: &str, path: &str, status: u16, value: &Value) -> Vec<String> {
        let operation = &self.text["paths"][path][method.to_lowercase()];
        assert!(operation.is_object(), "GitHub has no {method} {path}");
        let mut response = &operation["responses"][status.to_string()];
        assert!(response.is_object(), "{method} {path} never answers {status}");
        if let Some(named) = response["$ref"].as_str() {
            response = self.text.pointer(named.trim_start_matches('#')).unwrap();
        }
        match response.pointer("/content/application~1json/schema") {
            Some(schema) => self.faults(schema, value),
            None => Vec::new(),
        }
    }

    fn faults_of_webhook(&self, what: &str, payload: &Value) -> Vec<String> {
        let name = what.trim_end_matches('/').replace(['_', '/'], "-");
        let schema = self.text["x-webhooks"][&name].pointer("/post/requestBody/content/application~1json/schema");
        self.faults(schema.unwrap_or_else(|| panic!("GitHub has no webhook {name}")), payload)
    }
}

/// OpenAPI 3.0 says `nullable` beside a type; JSON Schema has no such word.
fn nullable(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.values_mut().for_each(nullable);
            if fields.remove("nullable") == Some(Value::Bool(true)) {
                let plain = Value::Object(std::mem::take(fields));
                fields.insert("anyOf".into(), json!([plain, { "type": "null" }]));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(nullable),
        _ => {}
    }
}

/// Asks along the table of routes and notes which were asked.
struct Asker<'a> {
    github: &'a Github,
    description: &'a Description,
    asked: BTreeSet<(String, String)>,
    faults: Vec<String>,
}

impl Asker<'_> {
    fn ask(
        &mut self,
        method: &str,
        template: &str,
        parameters: &[(&str, &str)],
        status: u16,
        authorization: &str,
        body: Option<Value>,
    ) -> Value {
        let (path, query) = template.split_once('?').unwrap_or((template, ""));
        let mut real = path.replace("{owner}", "acme").replace("{repo}", "widgets");
        for (name, value) in parameters {
            real = real.replace(&format!("{{{name}}}"), value);
        }
        let answer = self.github.ask(method, &format!("{real}?{query}"), authorization, body);
        assert_eq!(answer.status, status, "{method} {real}: {}", answer.text());
        self.asked.insert((method.to_owned(), path.to_owned()));
        let value = if answer.body.is_empty() { Value::Null } else { answer.json() };
        for fault in self.description.faults_of_answer(method, path, status, &value) {
            self.faults.push(format!("{method} {path}: {fault}"));
        }
        value
    }
}

fn jwt(app: u64) -> String {
    let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let claims = json!({ "iat": 1_800_000_000, "exp": 1_800_000_540, "iss": app });
    format!("Bearer {}.{}.c2ln", part(json!({ "alg": "RS256", "typ": "JWT" })), part(claims))
}

#[test]
#[ignore = "needs GitHub's OpenAPI description: tests/small-github/openapi-check brings it and runs this"]
fn every_answer_and_every_webhook_has_githubs_shape() {
    if small_github::without_git() {
        return;
    }
    let description = Description::read();
    let (hook, hooks) = receiver();
    let github = Github::with(Some(hook), Misbehave::default()).furnished();
    let w = "acme/widgets";
    let commit =
        json!({ "repository": w, "branch": "feat/x", "user": "mona", "files": { "src/answer": "41\n", "new": "a\n" } });
    let sha = github.control("commit", commit)["sha"].as_str().unwrap().to_owned();
    github.control("pull", json!({ "repository": w, "head": "feat/x", "user": "mona" }));
    let run = github.run_of("feat/x");
    let (run_id, job) = (run["id"].to_string(), run["jobs"][0]["id"].to_string());
    for kind in ["dependabot", "code-scanning", "secret-scanning"] {
        github.control("alert", json!({ "repository": w, "kind": kind }));
    }
    github.control("status", json!({ "repository": w, "sha": "feat/x", "state": "failure", "context": "other/ci" }));
    let bot = github.bot();
    let mut asker = Asker { github: &github, description: &description, asked: BTreeSet::new(), faults: Vec::new() };

    let app = jwt(77);
    asker.ask("GET", "/app", &[], 200, &app, None);
    asker.ask("GET", "/app/installations/{installation_id}", &[("installation_id", "5")], 200, &app, None);
    let narrow = json!({ "repositories": ["widgets"], "permissions": { "contents": "read" } });
    asker.ask(
        "POST",
        "/app/installations/{installation_id}/access_tokens",
        &[("installation_id", "5")],
        201,
        &app,
        Some(narrow),
    );
    asker.ask("GET", "/repos/{owner}/{repo}/installation", &[], 200, &app, None);

    asker.ask("GET", "/user", &[], 200, "Bearer t-mona", None);
    asker.ask("GET", "/users/{username}", &[("username", "healer%5Bbot%5D")], 200, &bot, None);

    let r = |rest: &str| format!("/repos/{{owner}}/{{repo}}{rest}");
    let reference = [("ref", &*sha)];
    asker.ask("GET", &r(""), &[], 200, &bot, None);
    asker.ask("GET", &r("/branches/{branch}"), &[("branch", "feat%2Fx")], 200, &bot, None);
    asker.ask("GET", &r("/collaborators/{username}/permission"), &[("username", "mona")], 200, &bot, None);
    asker.ask("GET", &r("/commits/{ref}"), &reference, 200, &bot, None);
    asker.ask("GET", &r("/compare/{basehead}"), &[("basehead", "main...feat%2Fx")], 200, &bot, None);
    asker.ask("GET", &r("/commits/{commit_sha}/pulls"), &[("commit_sha", &sha)], 200, &bot, None);
    asker.ask("GET", &r("/commits/{ref}/check-runs"), &reference, 200, &bot, None);
    asker.ask("GET", &r("/commits/{ref}/check-suites"), &reference, 200, &bot, None);
    asker.ask("GET", &r("/commits/{ref}/status"), &reference, 200, &bot, None);
    asker.ask("GET", &r("/check-runs/{check_run_id}"), &[("check_run_id", &job)], 200, &bot, None);
    asker.ask("GET", &r("/check-runs/{check_run_id}/annotations"), &[("check_run_id", &job)], 200, &bot, None);
    let actions = json!([{ "label": "Fix it", "description": "Let Healer fix it", "identifier": "fix" }]);
    let draft = json!({ "name": "Healer", "head_sha": sha, "status": "in_progress", "actions": actions });
    let check = asker.ask("POST", &r("/check-runs"), &[], 201, &bot, Some(draft))["id"].to_string();
    let done = json!({ "conclusion": "neutral", "output": { "title": "t", "summary": "s" } });
    asker.ask("PATCH", &r("/check-runs/{check_run_id}"), &[("check_run_id", &check)], 200, &bot, Some(done));

    asker.ask("GET", &r("/actions/runs?status=failure&created=%3E%3D2026-01-01T00:00:00Z"), &[], 200, &bot, None);
    let run_at = [("run_id", &*run_id), ("attempt_number", "1")];
    asker.ask("GET", &r("/actions/runs/{run_id}"), &run_at, 200, &bot, None);
    asker.ask("GET", &r("/actions/runs/{run_id}/attempts/{attempt_number}"), &run_at, 200, &bot, None);
    asker.ask("GET", &r("/actions/runs/{run_id}/attempts/{attempt_number}/jobs"), &run_at, 200, &bot, None);
    asker.ask("GET", &r("/actions/jobs/{job_id}"), &[("job_id", &job)], 200, &bot, None);
    asker.ask("GET", &r("/actions/jobs/{job_id}/logs"), &[("job_id", &job)], 302, &bot, None);
    let workflow = github.widgets(&format!("/actions/runs/{run_id}"))["workflow_id"].to_string();
    asker.ask("GET", &r("/actions/workflows/{workflow_id}"), &[("workflow_id", &workflow)], 200, &bot, None);
    asker.ask("GET", &r("/actions/workflows/{workflow_id}/runs"), &[("workflow_id", &workflow)], 200, &bot, None);
    asker.ask("POST", &r("/actions/runs/{run_id}/rerun-failed-jobs"), &run_at, 201, &bot, None);

    asker.ask("GET", &r("/pulls?state=all&head=acme:feat/x"), &[], 200, &bot, None);
    asker.ask("GET", &r("/pulls/{pull_number}"), &[("pull_number", "1")], 200, &bot, None);
    asker.ask("GET", &r("/pulls/{pull_number}/files"), &[("pull_number", "1")], 200, &bot, None);
    github.control("commit", json!({ "repository": w, "branch": "healer/fix", "files": { "src/answer": "43\n" } }));
    let draft = json!({ "title": "A fix", "head": "healer/fix", "base": "main", "draft": true });
    asker.ask("POST", &r("/pulls"), &[], 201, &bot, Some(draft));

    let issue = json!({ "title": "A person is needed", "body": "b", "labels": ["healer"] });
    let number = asker.ask("POST", &r("/issues"), &[], 201, &bot, Some(issue))["number"].to_string();
    asker.ask("GET", &r("/issues?labels=healer&state=open"), &[], 200, &bot, None);
    asker.ask("GET", &r("/issues/{issue_number}"), &[("issue_number", &number)], 200, &bot, None);
    asker.ask(
        "PATCH",
        &r("/issues/{issue_number}"),
        &[("issue_number", &number)],
        200,
        &bot,
        Some(json!({ "state": "closed" })),
    );
    let body = Some(json!({ "body": "b" }));
    let comments = r("/issues/{issue_number}/comments");
    let comment = asker.ask("POST", &comments, &[("issue_number", "1")], 201, &bot, body.clone())["id"].to_string();
    asker.ask("GET", &comments, &[("issue_number", "1")], 200, &bot, None);
    asker.ask("GET", &r("/issues/comments/{comment_id}"), &[("comment_id", &comment)], 200, &bot, None);
    asker.ask("PATCH", &r("/issues/comments/{comment_id}"), &[("comment_id", &comment)], 200, &bot, body);
    for kind in ["dependabot", "code-scanning", "secret-scanning"] {
        asker.ask("GET", &r(&format!("/{kind}/alerts")), &[], 200, &bot, None);
        asker.ask("GET", &r(&format!("/{kind}/alerts/{{alert_number}}")), &[("alert_number", "1")], 200, &bot, None);
    }

    let all: BTreeSet<(String, String)> =
        ROUTES.iter().map(|route| (route.method.to_owned(), route.path.to_owned())).collect();
    assert_eq!(asker.asked, all, "every route is asked");
    let mut faults = asker.faults;

    let button =
        json!({ "repository": w, "check_run": check.parse::<u64>().unwrap(), "identifier": "fix", "user": "mona" });
    github.control("button", button);
    github.control("merge", json!({ "repository": w, "number": 2 }));
    for (kind, state) in [("dependabot", "fixed"), ("code-scanning", "fixed"), ("secret-scanning", "resolved")] {
        github.control("alert", json!({ "repository": w, "kind": kind, "number": 1, "state": state }));
    }
    github.control("commit", json!({ "repository": w, "branch": "feat/x", "user": "mona", "files": { "new": null } }));
    github.control("wait", json!({}));
    let mut seen = BTreeSet::new();
    for hooked in hooks.try_iter() {
        let what = hooked.what();
        faults.extend(
            description.faults_of_webhook(&what, &hooked.payload()).iter().map(|fault| format!("{what}: {fault}")),
        );
        seen.insert(what);
    }
    let wanted = [
        "check_run/completed",
        "check_run/created",
        "check_run/requested_action",
        "check_suite/completed",
        "code_scanning_alert/created",
        "code_scanning_alert/fixed",
        "dependabot_alert/created",
        "dependabot_alert/fixed",
        "issue_comment/created",
        "issue_comment/edited",
        "issues/opened",
        "pull_request/closed",
        "pull_request/opened",
        "pull_request/synchronize",
        "push/",
        "secret_scanning_alert/created",
        "secret_scanning_alert/resolved",
        "status/",
        "workflow_job/completed",
        "workflow_job/in_progress",
        "workflow_job/queued",
        "workflow_run/completed",
        "workflow_run/in_progress",
        "workflow_run/requested",
    ];
    assert_eq!(seen.iter().map(String::as_str).collect::<Vec<_>>(), wanted);
    faults.sort();
    faults.dedup();
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}
