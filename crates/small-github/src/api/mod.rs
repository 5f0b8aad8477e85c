//! GitHub's REST API: exactly what Healer calls. The table is checked against GitHub's OpenAPI description.

mod actions;
mod alerts;
mod apps;
mod checks;
mod issues;
mod pulls;
mod repos;
mod users;

use std::sync::Arc;

use serde_json::{Value, json};

use crate::auth::Who;
use crate::http::{Answer, Request};
use crate::model::{Repository, State, Written};
use crate::render::View;
use crate::server::Server;

pub(crate) use apps::grant;

/// What a handler gives: an answer, or a refusal.
pub(crate) type Handled = Result<Answer, Answer>;

/// One operation of the API.
pub struct Route {
    /// `GET`, …
    pub method: &'static str,
    /// The path as GitHub's OpenAPI description spells it.
    pub path: &'static str,
    /// The right that an App needs, and whether to `read` or `write`; empty where an App asks as itself.
    pub right: (&'static str, &'static str),
    handler: fn(&Call) -> Handled,
}

macro_rules! routes {
    ($($method:ident $path:literal $permission:literal $level:literal $handler:path;)*) => {
        /// Every operation.
        pub const ROUTES: &[Route] = &[$(Route {
            method: stringify!($method), path: $path, right: ($permission, $level), handler: $handler,
        }),*];
    };
}

routes! {
    GET "/app" "" "read" apps::app;
    GET "/app/installations/{installation_id}" "" "read" apps::installation;
    POST "/app/installations/{installation_id}/access_tokens" "" "write" apps::token;
    GET "/user" "" "read" users::me;
    GET "/users/{username}" "" "read" users::user;
    GET "/repos/{owner}/{repo}/installation" "" "read" apps::installation_of;
    GET "/repos/{owner}/{repo}" "metadata" "read" repos::repository;
    GET "/repos/{owner}/{repo}/branches/{branch}" "contents" "read" repos::branch;
    GET "/repos/{owner}/{repo}/collaborators/{username}/permission" "metadata" "read" repos::permission;
    GET "/repos/{owner}/{repo}/commits/{ref}" "contents" "read" repos::commit;
    GET "/repos/{owner}/{repo}/compare/{basehead}" "contents" "read" repos::compare;
    GET "/repos/{owner}/{repo}/commits/{commit_sha}/pulls" "pull_requests" "read" pulls::of_commit;
    GET "/repos/{owner}/{repo}/commits/{ref}/check-runs" "checks" "read" checks::of_commit;
    GET "/repos/{owner}/{repo}/commits/{ref}/check-suites" "checks" "read" checks::suites;
    GET "/repos/{owner}/{repo}/commits/{ref}/status" "statuses" "read" checks::combined_status;
    GET "/repos/{owner}/{repo}/check-runs/{check_run_id}" "checks" "read" checks::check;
    GET "/repos/{owner}/{repo}/check-runs/{check_run_id}/annotations" "checks" "read" checks::annotations;
    POST "/repos/{owner}/{repo}/check-runs" "checks" "write" checks::create;
    PATCH "/repos/{owner}/{repo}/check-runs/{check_run_id}" "checks" "write" checks::update;
    GET "/repos/{owner}/{repo}/actions/runs" "actions" "read" actions::runs;
    GET "/repos/{owner}/{repo}/actions/runs/{run_id}" "actions" "read" actions::run;
    GET "/repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}" "actions" "read" actions::attempt;
    GET "/repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}/jobs" "actions" "read" actions::jobs;
    POST "/repos/{owner}/{repo}/actions/runs/{run_id}/rerun-failed-jobs" "actions" "write" actions::rerun_failed;
    GET "/repos/{owner}/{repo}/actions/jobs/{job_id}" "actions" "read" actions::job;
    GET "/repos/{owner}/{repo}/actions/jobs/{job_id}/logs" "actions" "read" actions::log;
    GET "/repos/{owner}/{repo}/actions/workflows/{workflow_id}" "actions" "read" actions::workflow;
    GET "/repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs" "actions" "read" actions::runs_of_workflow;
    GET "/repos/{owner}/{repo}/pulls" "pull_requests" "read" pulls::list;
    GET "/repos/{owner}/{repo}/pulls/{pull_number}" "pull_requests" "read" pulls::pull;
    GET "/repos/{owner}/{repo}/pulls/{pull_number}/files" "pull_requests" "read" pulls::files;
    POST "/repos/{owner}/{repo}/pulls" "pull_requests" "write" pulls::create;
    GET "/repos/{owner}/{repo}/issues" "issues" "read" issues::list;
    POST "/repos/{owner}/{repo}/issues" "issues" "write" issues::create;
    GET "/repos/{owner}/{repo}/issues/{issue_number}" "issues" "read" issues::issue;
    PATCH "/repos/{owner}/{repo}/issues/{issue_number}" "issues" "write" issues::update;
    GET "/repos/{owner}/{repo}/issues/{issue_number}/comments" "issues" "read" issues::comments;
    POST "/repos/{owner}/{repo}/issues/{issue_number}/comments" "issues" "write" issues::add_comment;
    GET "/repos/{owner}/{repo}/issues/comments/{comment_id}" "issues" "read" issues::comment;
    PATCH "/repos/{owner}/{repo}/issues/comments/{comment_id}" "issues" "write" issues::edit_comment;
    GET "/repos/{owner}/{repo}/dependabot/alerts" "vulnerability_alerts" "read" alerts::dependabot;
    GET "/repos/{owner}/{repo}/dependabot/alerts/{alert_number}" "vulnerability_alerts" "read" alerts::one_dependabot;
    GET "/repos/{owner}/{repo}/code-scanning/alerts" "security_events" "read" alerts::code_scanning;
    GET "/repos/{owner}/{repo}/code-scanning/alerts/{alert_number}" "security_events" "read" alerts::one_code_scanning;
    GET "/repos/{owner}/{repo}/secret-scanning/alerts" "secret_scanning_alerts" "read" alerts::secret_scanning;
    GET "/repos/{owner}/{repo}/secret-scanning/alerts/{alert_number}" "secret_scanning_alerts" "read"
        alerts::one_secret;
}

/// A request that has found its route.
pub(crate) struct Call<'a> {
    /// The server.
    pub server: &'a Arc<Server>,
    /// The state that it is answered from.
    pub state: Arc<State>,
    /// Who asks.
    pub who: Who,
    /// The request.
    pub request: &'a Request,
    parameters: Vec<(&'static str, String)>,
    repository: u64,
}

impl Call<'_> {
    /// A part of the path.
    pub fn parameter(&self, name: &str) -> &str {
        self.parameters.iter().find(|(have, _)| *have == name).map_or("", |(_, value)| value)
    }

    /// A part of the path that is a number.
    pub fn number(&self, name: &str) -> Result<u64, Answer> {
        self.parameter(name).parse().map_err(|_| Answer::not_found())
    }

    /// The repository of the path.
    pub fn repository(&self) -> Result<&Repository, Answer> {
        self.state.repositories.get(&self.repository).ok_or_else(Answer::not_found)
    }

    /// Its id.
    pub fn repository_id(&self) -> u64 {
        self.repository
    }

    /// To make the answer.
    pub fn view(&self) -> View<'_> {
        self.server.view(&self.state)
    }

    /// Who writes.
    pub fn author(&self) -> Result<u64, Answer> {
        self.who.account().ok_or_else(|| Answer::refusal(401, "Requires authentication"))
    }

    /// A page of a list, with the `Link` to the next; `key` names the list inside an object, empty for a bare one.
    pub fn page<T>(&self, key: &str, all: Vec<T>, make: impl Fn(&T) -> Value) -> Answer {
        let number = |key: &str, or: usize| self.request.asked(key).and_then(|text| text.parse().ok()).unwrap_or(or);
        let per_page = number("per_page", 30).clamp(1, 100);
        let page = number("page", 1).max(1);
        let total = all.len();
        let items: Vec<Value> = all.iter().skip((page - 1) * per_page).take(per_page).map(make).collect();
        let body = if key.is_empty() { Value::Array(items) } else { json!({ "total_count": total, key: items }) };
        let answer = Answer::json(200, &body);
        let last = total.div_ceil(per_page).max(1);
        if page >= last {
            return answer;
        }
        let link = |to: usize, rel: &str| {
            let pairs = url::form_urlencoded::parse(self.request.query.as_bytes()).filter(|(key, _)| key != "page");
            let mut query = url::form_urlencoded::Serializer::new(String::new());
            query.extend_pairs(pairs).append_pair("page", &to.to_string());
            format!("<{}{}?{}>; rel=\"{rel}\"", self.server.base, self.request.path, query.finish())
        };
        answer.with("link", format!("{}, {}", link(page + 1, "next"), link(last, "last")))
    }
}

/// Answers a request to the API.
pub(crate) fn answer(server: &Arc<Server>, request: &Request) -> Handled {
    let state = server.state_for(request);
    let who = Who::ask(request, &server.store.now_state(), server.store.now())?;
    if request.path == "/rate_limit" {
        let core = json!({ "limit": 5000, "remaining": 5000, "reset": 0, "used": 0 });
        return Ok(Answer::json(200, &json!({ "resources": { "core": core }, "rate": core })));
    }
    let segments = request.segments();
    let found = ROUTES.iter().filter(|route| route.method == request.method);
    let found = found.filter_map(|route| Some((route, matched(route.path, &segments)?)));
    // A literal path is meant before one with a parameter in that place: `issues/comments/7`.
    let Some((route, parameters)) = found.min_by_key(|(_, parameters)| parameters.len()) else {
        return Err(Answer::not_found());
    };
    let mut call = Call { server, state, who, request, parameters, repository: 0 };
    if route.path.starts_with("/repos/") {
        let repository = call.state.repository(call.parameter("owner"), call.parameter("repo"));
        let repository = repository.ok_or_else(Answer::not_found)?;
        let (permission, level) = route.right;
        if !permission.is_empty() {
            call.who.may(repository, permission, level)?;
        }
        if level == "write" && repository.archived {
            return Err(Answer::refusal(403, "Repository was archived so is read-only."));
        }
        call.repository = repository.id;
    }
    let result = (route.handler)(&call);
    if request.method != "GET" && !permissionless(route) {
        let (Ok(answer) | Err(answer)) = &result;
        note(&call, answer.status);
    }
    result
}

fn permissionless(route: &Route) -> bool {
    route.right.0.is_empty()
}

/// Keeps what was written, for assertions.
fn note(call: &Call, status: u16) {
    let login = call.who.account().map_or_else(String::new, |id| call.view().login(id).to_owned());
    let body = serde_json::from_slice(&call.request.body).unwrap_or(Value::Null);
    let done = format!("{} {}", call.request.method, call.request.path);
    let written = Written { at: call.server.store.now(), login, call: done, body, status };
    call.server.store.write(|state| state.written.push(written));
}

/// The parameters of a path, if it fits. The last one of a branch or comparison may hold slashes that were not encoded.
fn matched(template: &'static str, segments: &[String]) -> Option<Vec<(&'static str, String)>> {
    let parts: Vec<&'static str> = template.split('/').skip(1).collect();
    let greedy = ["{branch}", "{basehead}"].iter().any(|end| template.ends_with(end));
    if segments.len() != parts.len() && !(greedy && segments.len() > parts.len()) {
        return None;
    }
    let mut parameters = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            Some(name) if at + 1 == parts.len() => parameters.push((name, segments[at..].join("/"))),
            Some(name) => parameters.push((name, segments[at].clone())),
            None if *part == segments[at] => {}
            None => return None,
        }
    }
    Some(parameters)
}
