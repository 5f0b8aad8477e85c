//! Issues, pull requests, comments.

use serde_json::{Map, Value, json};

use super::commits::sums;
use super::{View, merge, node_id, stamp, stamp_or_null};
use crate::auth::role;
use crate::model::{Comment, Issue, Pull, Repository};

/// Addresses of a pull request below its own.
const PULL_URLS: [(&str, &str); 3] =
    [("commits_url", "/commits"), ("review_comments_url", "/comments"), ("review_comment_url", "/comments{/number}")];

impl View<'_> {
    fn association(&self, repository: &Repository, account: u64) -> &'static str {
        match role(repository, account) {
            "admin" if repository.owner == account => "OWNER",
            "none" => "NONE",
            _ => "COLLABORATOR",
        }
    }

    fn labels(&self, repository: &Repository, labels: &[String]) -> Vec<Value> {
        let api = self.api(repository);
        let label = |(at, name): (usize, &String)| {
            json!({
                "id": at + 1, "node_id": node_id("Label", at as u64 + 1), "url": format!("{api}/labels/{name}"),
                "name": name, "color": "ededed", "default": false, "description": null,
            })
        };
        labels.iter().enumerate().map(label).collect()
    }

    /// An issue; a pull request is one too.
    pub fn issue(&self, repository: &Repository, issue: &Issue) -> Value {
        let (api, html, number) = (self.api(repository), self.html(repository), issue.number);
        let url = format!("{api}/issues/{number}");
        let kind = if issue.pull.is_some() { "pull" } else { "issues" };
        let page = format!("{html}/{kind}/{number}");
        let open = issue.closed_at.is_none();
        let mut value = json!({
            "url": url, "repository_url": api, "labels_url": format!("{url}/labels{{/name}}"),
            "comments_url": format!("{url}/comments"), "events_url": format!("{url}/events"),
            "html_url": page,
            "id": issue.id, "node_id": node_id("Issue", issue.id), "number": number,
            "title": issue.title, "user": self.account(issue.author),
            "labels": self.labels(repository, &issue.labels),
            "state": if open { "open" } else { "closed" }, "state_reason": (!open).then_some("completed"),
            "locked": false, "assignee": null, "assignees": [], "milestone": null, "active_lock_reason": null,
            "comments": repository.comments.values().filter(|comment| comment.number == number).count(),
            "created_at": stamp(issue.created_at), "updated_at": stamp(issue.updated_at),
            "closed_at": stamp_or_null(issue.closed_at), "closed_by": null,
            "author_association": self.association(repository, issue.author),
            "body": issue.body,
            "timeline_url": format!("{url}/timeline"),
            "performed_via_github_app": issue.app.map(|app| self.app(app)), "reactions": reactions(&url),
        });
        if let Some(pull) = &issue.pull {
            let link = format!("{api}/pulls/{number}");
            let links = json!({
                "url": link, "html_url": page, "diff_url": format!("{page}.diff"), "patch_url": format!("{page}.patch"),
                "merged_at": stamp_or_null(pull.merged_at),
            });
            merge(&mut value, json!({ "draft": pull.draft, "pull_request": links }));
        }
        value
    }

    /// A comment on an issue or pull request.
    pub fn comment(&self, repository: &Repository, comment: &Comment) -> Value {
        let (api, html, Comment { id, number, .. }) = (self.api(repository), self.html(repository), comment);
        let pull = repository.issues.get(number).is_some_and(|issue| issue.pull.is_some());
        let kind = if pull { "pull" } else { "issues" };
        let url = format!("{api}/issues/comments/{id}");
        json!({
            "url": url,
            "html_url": format!("{html}/{kind}/{number}#issuecomment-{id}"),
            "issue_url": format!("{api}/issues/{number}"),
            "id": id, "node_id": node_id("IssueComment", *id),
            "user": self.account(comment.author),
            "created_at": stamp(comment.created_at), "updated_at": stamp(comment.updated_at),
            "author_association": self.association(repository, comment.author),
            "body": comment.body,
            "performed_via_github_app": comment.app.map(|app| self.app(app)), "reactions": reactions(&url),
        })
    }

    /// A pull request as it stands in a list.
    pub fn pull(&self, repository: &Repository, issue: &Issue, pull: &Pull) -> Value {
        let (api, html, number) = (self.api(repository), self.html(repository), issue.number);
        let url = format!("{api}/pulls/{number}");
        let page = format!("{html}/pull/{number}");
        let issue_url = format!("{api}/issues/{number}");
        let statuses = format!("{api}/statuses/{}", pull.head_sha);
        let mut urls = Map::new();
        for (name, rest) in PULL_URLS {
            urls.insert(name.into(), format!("{url}{rest}").into());
        }
        let link = |href: &str| json!({ "href": href });
        let mut value = json!({
            "url": url, "id": pull.id, "node_id": node_id("PullRequest", pull.id), "html_url": page,
            "diff_url": format!("{page}.diff"), "patch_url": format!("{page}.patch"), "issue_url": issue_url,
            "comments_url": format!("{issue_url}/comments"), "statuses_url": statuses,
            "number": number, "state": if issue.closed_at.is_none() { "open" } else { "closed" }, "locked": false,
            "title": issue.title, "user": self.account(issue.author), "body": issue.body,
            "created_at": stamp(issue.created_at), "updated_at": stamp(issue.updated_at),
            "closed_at": stamp_or_null(issue.closed_at), "merged_at": stamp_or_null(pull.merged_at),
            "merge_commit_sha": pull.merge_sha, "assignee": null, "assignees": [], "requested_reviewers": [],
            "requested_teams": [], "labels": self.labels(repository, &issue.labels), "milestone": null,
            "draft": pull.draft,
            "head": self.end(pull.head_repository, &pull.head, &pull.head_sha),
            "base": self.end(repository.id, &pull.base, &pull.base_sha),
            "_links": {
                "self": link(&url), "html": link(&page), "issue": link(&issue_url),
                "comments": link(&format!("{issue_url}/comments")), "statuses": link(&statuses),
                "review_comments": link(&format!("{url}/comments")),
                "review_comment": link(&format!("{url}/comments{{/number}}")),
                "commits": link(&format!("{url}/commits")),
            },
            "author_association": self.association(repository, issue.author),
            "auto_merge": null, "active_lock_reason": null,
        });
        merge(&mut value, Value::Object(urls));
        value
    }

    fn end(&self, id: u64, branch: &str, sha: &str) -> Value {
        let repository = self.state.repositories.get(&id);
        let owner = repository.map_or("ghost", |repository| self.login(repository.owner));
        json!({
            "label": format!("{owner}:{branch}"), "ref": branch, "sha": sha,
            "user": self.account_or_null(repository.map(|repository| repository.owner)),
            "repo": repository.map(|repository| self.whole_repository(repository)),
        })
    }

    /// A pull request with everything.
    pub fn whole_pull(&self, repository: &Repository, issue: &Issue, pull: &Pull) -> Value {
        let id = repository.id;
        let changes = self.git.merge_base(id, &pull.base_sha, &pull.head_sha);
        let changes = changes.and_then(|from| self.git.changes(id, &from, &pull.head_sha).ok()).unwrap_or_default();
        let commits = self.git.ahead_behind(id, &pull.base_sha, &pull.head_sha).map_or(0, |(ahead, _)| ahead);
        let (additions, deletions) = sums(&changes);
        let base = repository.branches.get(&pull.base).unwrap_or(&pull.base_sha);
        let open = issue.closed_at.is_none();
        // Computed at once; GitHub says null and `unknown` for a moment.
        let clean = open.then(|| self.git.merged_tree(id, base, &pull.head_sha).ok().flatten().is_some());
        let state = match clean {
            Some(false) => "dirty",
            Some(true) if pull.draft => "draft",
            Some(true) if self.red(repository, &pull.head_sha) => "unstable",
            Some(true) => "clean",
            None => "unknown",
        };
        let mut value = self.pull(repository, issue, pull);
        let comments = repository.comments.values().filter(|comment| comment.number == issue.number).count();
        merge(
            &mut value,
            json!({
                "merged": pull.merged_at.is_some(), "mergeable": clean, "rebaseable": clean, "mergeable_state": state,
                "merged_by": self.account_or_null(pull.merged_by), "comments": comments, "review_comments": 0,
                "maintainer_can_modify": false, "commits": commits, "additions": additions, "deletions": deletions,
                "changed_files": changes.len(),
            }),
        );
        value
    }

    fn red(&self, repository: &Repository, sha: &str) -> bool {
        repository.checks.values().any(|check| check.sha == sha && check.conclusion.as_deref() != Some("success"))
    }

    /// The open pull requests of a branch, as runs and checks name them: never those of forks.
    pub fn pulls_of_branch(&self, repository: &Repository, head: u64, branch: &str) -> Vec<Value> {
        let end = |branch: &str, sha: &str| {
            json!({
                "ref": branch, "sha": sha,
                "repo": { "id": repository.id, "url": self.api(repository), "name": repository.name },
            })
        };
        let one = |issue: &Issue| {
            let pull = issue.pull.as_ref().filter(|pull| {
                issue.closed_at.is_none()
                    && head == repository.id
                    && pull.head_repository == head
                    && pull.head == branch
            })?;
            Some(json!({
                "id": pull.id, "number": issue.number,
                "url": format!("{}/pulls/{}", self.api(repository), issue.number),
                "head": end(&pull.head, &pull.head_sha), "base": end(&pull.base, &pull.base_sha),
            }))
        };
        repository.issues.values().filter_map(one).collect()
    }
}

/// Nobody reacts here.
fn reactions(url: &str) -> Value {
    let mut value = json!({ "url": format!("{url}/reactions"), "total_count": 0 });
    for kind in ["+1", "-1", "laugh", "confused", "heart", "hooray", "eyes", "rocket"] {
        merge(&mut value, json!({ kind: 0 }));
    }
    value
}
