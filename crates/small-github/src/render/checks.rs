//! Check suites, check runs, commit statuses.

use serde_json::{Value, json};

use super::{View, node_id, stamp, stamp_or_null};
use crate::model::{Check, CommitStatus, Repository, Suite};

impl View<'_> {
    /// The newest state of a suite, from its check runs: status, conclusion.
    pub fn suite_state(&self, repository: &Repository, suite: &Suite) -> (&'static str, Option<&'static str>) {
        let checks = repository.latest_checks().into_iter().filter(|check| check.suite == suite.id);
        let checks: Vec<&Check> = checks.collect();
        if checks.is_empty() {
            return match repository.runs.values().find(|run| run.suite == suite.id) {
                // A run that ended without a job: its workflow is no good, or it never began.
                Some(run) if run.attempts.last().is_some_and(|last| last.status == "completed") => {
                    let cancelled =
                        run.attempts.last().and_then(|last| last.conclusion.as_deref()) == Some("cancelled");
                    ("completed", Some(if cancelled { "cancelled" } else { "startup_failure" }))
                }
                _ => ("queued", None),
            };
        }
        if checks.iter().any(|check| check.status != "completed") {
            let begun = checks.iter().any(|check| check.status != "queued");
            return (if begun { "in_progress" } else { "queued" }, None);
        }
        // The worst decides.
        const WORST: [&str; 6] = ["failure", "timed_out", "cancelled", "action_required", "success", "neutral"];
        let all = |word: &str| checks.iter().any(|check| check.conclusion.as_deref() == Some(word));
        ("completed", WORST.into_iter().find(|word| all(word)).or(Some("skipped")))
    }

    /// A check suite.
    pub fn suite(&self, repository: &Repository, suite: &Suite) -> Value {
        let (api, id) = (self.api(repository), suite.id);
        let (status, conclusion) = self.suite_state(repository, suite);
        let count = repository.checks.values().filter(|check| check.suite == id).count();
        json!({
            "id": id,
            "node_id": node_id("CheckSuite", id),
            "head_branch": suite.branch,
            "head_sha": suite.sha,
            "status": status,
            "conclusion": conclusion,
            "url": format!("{api}/check-suites/{id}"),
            "before": suite.before,
            "after": suite.sha,
            "pull_requests": self.pulls_of_suite(repository, suite),
            "app": self.app(suite.app),
            "repository": self.repository(repository),
            "created_at": stamp(suite.created_at),
            "updated_at": stamp(suite.created_at),
            "head_commit": self.simple_commit(repository.id, &suite.sha),
            "latest_check_runs_count": count,
            "check_runs_url": format!("{api}/check-suites/{id}/check-runs"),
            "rerequestable": true,
            "runs_rerequestable": true,
        })
    }

    fn pulls_of_suite(&self, repository: &Repository, suite: &Suite) -> Vec<Value> {
        let branch = suite.branch.as_deref().unwrap_or_default();
        self.pulls_of_branch(repository, repository.id, branch)
    }

    /// A check run.
    pub fn check(&self, repository: &Repository, check: &Check) -> Value {
        let (api, html, id) = (self.api(repository), self.html(repository), check.id);
        let url = format!("{api}/check-runs/{id}");
        let said = |key: &str| check.output.get(key).cloned().unwrap_or(Value::Null);
        let suite = repository.suites.get(&check.suite);
        let page = format!("{html}/runs/{id}");
        json!({
            "id": id,
            "node_id": node_id("CheckRun", id),
            "head_sha": check.sha,
            "external_id": check.external_id,
            "url": url,
            "html_url": page,
            "details_url": check.details_url.as_ref().unwrap_or(&page),
            "status": check.status,
            "conclusion": check.conclusion,
            "started_at": stamp_or_null(check.started_at),
            "completed_at": stamp_or_null(check.completed_at),
            "output": {
                "title": said("title"), "summary": said("summary"), "text": said("text"),
                "annotations_count": check.annotations.len(), "annotations_url": format!("{url}/annotations"),
            },
            "name": check.name,
            "check_suite": { "id": check.suite },
            "app": self.app(check.app),
            "pull_requests": suite.map(|suite| self.pulls_of_suite(repository, suite)).unwrap_or_default(),
        })
    }

    /// An annotation, whatever its maker left out.
    pub fn annotation(&self, repository: &Repository, check: &Check, annotation: &Value) -> Value {
        let field = |key: &str| annotation.get(key).cloned().unwrap_or(Value::Null);
        let path = field("path");
        let at = path.as_str().unwrap_or_default();
        json!({
            "blob_href": format!("{}/blob/{}/{at}", self.html(repository), check.sha),
            "path": path, "start_line": field("start_line"), "end_line": field("end_line"),
            "start_column": field("start_column"), "end_column": field("end_column"),
            "annotation_level": field("annotation_level"), "title": field("title"),
            "message": field("message"), "raw_details": field("raw_details"),
        })
    }

    /// The newest status of each context, and all of them together.
    pub fn combined_status(&self, repository: &Repository, sha: &str) -> Value {
        let mut newest: Vec<&CommitStatus> = Vec::new();
        for status in repository.statuses.iter().filter(|status| status.sha == sha) {
            newest.retain(|have| have.context != status.context);
            newest.push(status);
        }
        let any = |words: &[&str]| newest.iter().any(|status| words.contains(&&*status.state));
        let state = match () {
            () if any(&["error", "failure"]) => "failure",
            () if newest.is_empty() || any(&["pending"]) => "pending",
            () => "success",
        };
        let api = self.api(repository);
        json!({
            "state": state,
            "statuses": newest.iter().map(|status| self.status(repository, status)).collect::<Vec<_>>(),
            "sha": sha,
            "total_count": newest.len(),
            "repository": self.repository(repository),
            "commit_url": format!("{api}/commits/{sha}"),
            "url": format!("{api}/commits/{sha}/status"),
        })
    }

    /// A commit status.
    pub fn status(&self, repository: &Repository, status: &CommitStatus) -> Value {
        json!({
            "url": format!("{}/statuses/{}", self.api(repository), status.sha),
            "avatar_url": format!("{}/u/{}.png", self.base, status.creator),
            "id": status.id,
            "node_id": node_id("StatusContext", status.id),
            "state": status.state,
            "description": status.description,
            "target_url": status.target_url,
            "context": status.context,
            "created_at": stamp(status.created_at),
            "updated_at": stamp(status.created_at),
        })
    }
}
