//! How each event is read. Field locations are those of GitHub's webhook payloads (docs.github.com, "Webhook events and
//! payloads", compared with the npm package `@octokit/webhooks-examples` 7.6.1), of the platform's alerts (cto.md 4.1)
//! and of Argo's Workflow resource.

pub(crate) mod actions;
pub(crate) mod alert;
pub(crate) mod checks;
pub(crate) mod people;
pub(crate) mod security;
pub(crate) mod workflow;

use remediation::Subject;
use serde_json::Value;
use step::Cannot;

use crate::body::Body;

/// The pull request of a run or check: the one whose head is this commit and whose base is this repository. GitHub lists
/// every open pull request of the commit, and none for a fork; with several it is left to `admit`.
fn pull_request(body: &Body<'_>, path: &str, repository_id: u64, subject: &mut Subject) -> Result<(), Cannot> {
    let mut found: Vec<&Value> = Vec::new();
    for item in body.list(path)? {
        let pull = body.below(item);
        let base_fits = pull.id("base.repo.id")?.is_none_or(|id| id == repository_id);
        let head_fits = pull.sha("head.sha")?.is_none_or(|sha| subject.head_sha.as_ref().is_none_or(|own| *own == sha));
        if base_fits && head_fits {
            found.push(item);
        }
    }
    if let [only] = found.as_slice() {
        let pull = body.below(only);
        subject.pull_request = pull.id("number")?;
        let head = pull.id("head.repo.id")?;
        subject.head_repository_id = subject.head_repository_id.or(head);
    }
    Ok(())
}
