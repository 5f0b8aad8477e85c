//! Security alerts. What a story says of one is laid over a whole one.

use serde_json::{Value, json};

use super::{View, stamp};
use crate::model::{Alert, Repository};

impl View<'_> {
    /// An alert of any kind.
    pub fn alert(&self, repository: &Repository, alert: &Alert, hide_secret: bool) -> Value {
        let page = match &*alert.kind {
            "dependabot" => "dependabot",
            "code-scanning" => "code-scanning",
            _ => "secret-scanning",
        };
        let url = format!("{}/{}/alerts/{}", self.api(repository), alert.kind, alert.number);
        let at = stamp(alert.updated_at);
        let when = |state: &str| (alert.state == state).then(|| at.clone());
        let mut value = json!({
            "number": alert.number, "state": alert.state, "url": url,
            "html_url": format!("{}/security/{page}/{}", self.html(repository), alert.number),
            "created_at": stamp(alert.created_at), "updated_at": at,
        });
        let about = alert.about.clone();
        let more = match &*alert.kind {
            "dependabot" => {
                let package = json!({ "ecosystem": "npm", "name": "left-pad" });
                let weak = json!({
                    "package": package, "severity": "high", "vulnerable_version_range": "< 1.3.0",
                    "first_patched_version": { "identifier": "1.3.0" },
                });
                json!({
                    "dependency": {
                        "package": package, "manifest_path": "package-lock.json", "scope": "runtime",
                        "relationship": "direct",
                    },
                    "security_advisory": {
                        "ghsa_id": "GHSA-xxxx-xxxx-xxxx", "cve_id": null, "summary": "A weakness in a test",
                        "description": "A weakness in a test.", "vulnerabilities": [weak], "severity": "high",
                        "cvss": { "vector_string": null, "score": 7.5 }, "cwes": [], "identifiers": [],
                        "references": [], "published_at": stamp(alert.created_at),
                        "updated_at": stamp(alert.created_at), "withdrawn_at": null,
                    },
                    "security_vulnerability": weak,
                    "dismissed_at": when("dismissed"), "dismissed_by": null,
                    "dismissed_reason": (alert.state == "dismissed").then_some("tolerable_risk"),
                    "dismissed_comment": null, "fixed_at": when("fixed"), "auto_dismissed_at": when("auto_dismissed"),
                })
            }
            "code-scanning" => {
                let branch = &repository.default_branch;
                let sha = repository.branches.get(branch).cloned().unwrap_or_default();
                json!({
                    "instances_url": format!("{url}/instances"), "fixed_at": when("fixed"),
                    "dismissed_by": null, "dismissed_at": when("dismissed"),
                    "dismissed_reason": (alert.state == "dismissed").then_some("won't fix"), "dismissed_comment": null,
                    "rule": {
                        "id": "rust/hard-coded-value", "severity": "error", "security_severity_level": "high",
                        "description": "A rule in a test", "name": "rust/hard-coded-value", "tags": ["security"],
                        "full_description": "A rule in a test.", "help": null, "help_uri": null,
                    },
                    "tool": { "name": "CodeQL", "guid": null, "version": "2.20.0" },
                    "most_recent_instance": {
                        "ref": format!("refs/heads/{branch}"), "analysis_key": ".github/workflows/codeql.yml:analyze",
                        "environment": "{}", "category": "rust", "state": alert.state, "commit_sha": sha,
                        "message": { "text": "A finding in a test." },
                        "location": {
                            "path": "src/lib.rs", "start_line": 1, "end_line": 1, "start_column": 1, "end_column": 2,
                        },
                        "classifications": [],
                    },
                })
            }
            _ => json!({
                "locations_url": format!("{url}/locations"),
                "resolution": (alert.state == "resolved").then_some("revoked"),
                "resolved_at": when("resolved"), "resolved_by": null, "resolution_comment": null,
                "secret_type": "github_personal_access_token",
                "secret_type_display_name": "GitHub Personal Access Token", "validity": "unknown",
                "push_protection_bypassed": false, "push_protection_bypassed_by": null,
                "push_protection_bypassed_at": null, "publicly_leaked": false, "multi_repo": false,
                "secret": "ghp_madeUpForTestsAndOpensNothing000000",
            }),
        };
        super::merge(&mut value, more);
        super::merge(&mut value, about);
        if let (true, Value::Object(fields)) = (hide_secret, &mut value) {
            fields.remove("secret");
        }
        value
    }
}
