//! A failure as a sensor would have told of it, made from what GitHub's API says.

use remediation::{ARGOCD_ALERT, AlertType, Vocabulary, names, projection, record};
use serde_json::{Value, json};
use text::Untrusted;
use world::github::{Alert, CheckRun, CommitStatus, Repository, Run};

/// One failure: its name, and the event that opens it.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    /// The remediation's id.
    pub id: String,
    /// Which event tells of it.
    pub event_name: &'static str,
    /// The projection, without who asked.
    pub event: Value,
    /// What its Workflow shares with the others of its branch.
    pub branch_key: String,
}

impl Failure {
    /// A run of GitHub Actions.
    pub fn of_run(repository: &Repository, run: &Run) -> Self {
        let head = run.head_repository.map_or(repository.id, |head| head.id);
        let branch = run.head_branch.clone().unwrap_or_default();
        Self {
            id: names::actions_run(repository.id, run.id, run.run_attempt),
            event_name: "workflow_run",
            event: projected(
                "workflow_run",
                &json!({ "action": "completed", "repository": repository, "workflow_run": run }),
            ),
            branch_key: record::branch_key(head, &branch),
        }
    }

    /// A check of another CI, on this branch if that is known.
    pub fn of_check(repository: &Repository, check: &CheckRun, branch: Option<&Untrusted>) -> Self {
        let mut told = json!({ "action": "completed", "repository": repository, "check_run": check });
        told["check_run"]["check_suite"] = json!({ "head_branch": branch });
        Self {
            id: names::status(repository.id, &check.head_sha, check.name.expose()),
            event_name: "check_run",
            event: projected("check_run", &told),
            branch_key: key(repository, branch),
        }
    }

    /// A commit status of another CI, on this branch if that is known.
    pub fn of_status(repository: &Repository, sha: &str, status: &CommitStatus, branch: Option<&Untrusted>) -> Self {
        let branches: Vec<Value> =
            branch.iter().map(|name| json!({ "commit": { "sha": sha }, "name": name })).collect();
        let told = json!({
            "branches": branches, "context": status.context, "repository": repository, "sha": sha, "state": status.state,
        });
        Self {
            id: names::status(repository.id, sha, status.context.expose()),
            event_name: "status",
            event: projected("status", &told),
            branch_key: key(repository, branch),
        }
    }

    /// A security alert. Each has a branch of its own.
    pub fn of_alert(repository: &Repository, kind: AlertType, alert: &Alert) -> Self {
        let event_name = match kind {
            AlertType::Dependabot => "dependabot_alert",
            AlertType::CodeScanning => "code_scanning_alert",
            AlertType::SecretScanning => "secret_scanning_alert",
        };
        let id = names::security_alert(repository.id, kind, alert.number);
        let told = json!({ "action": "created", "repository": repository, "alert": { "number": alert.number, "state": alert.state } });
        Self {
            branch_key: record::branch_key(repository.id, &Untrusted::new(format!("healer/{id}"))),
            id,
            event_name,
            event: projected(event_name, &told),
        }
    }

    /// An Argo CD application of this repository that is not as this revision says.
    pub fn of_application(repository: &Repository, application: &str, revision: &str) -> Self {
        let context =
            [("last_commit_sha", revision), ("repository", &*repository.full_name), ("workflow_name", application)];
        let value =
            |wanted: &str| context.iter().find(|(key, _)| *key == wanted).map_or("", |(_, value)| *value).to_owned();
        let (id, _) = names::alert(ARGOCD_ALERT, value);
        let told =
            json!({ "id": ARGOCD_ALERT, "severity": "critical", "context": std::collections::BTreeMap::from(context) });
        Self {
            branch_key: record::branch_key(repository.id, &Untrusted::new(format!("healer/{id}"))),
            id,
            event_name: "alert",
            event: projected("alert", &told),
        }
    }
}

fn key(repository: &Repository, branch: Option<&Untrusted>) -> String {
    record::branch_key(repository.id, branch.unwrap_or(&repository.default_branch))
}

fn projected(event: &str, told: &Value) -> Value {
    projection::find(event).map_or(Value::Null, |projection| projection.of(told))
}

/// The type and number of a security alert's remediation.
pub fn alert_of(id: &str) -> Option<(AlertType, u64)> {
    let rest = id.strip_prefix("sec-")?.split_once('-')?.1;
    let (kind, number) = rest.rsplit_once('-')?;
    Some((AlertType::parse(&kind.replace('-', "_"))?, number.parse().ok()?))
}
