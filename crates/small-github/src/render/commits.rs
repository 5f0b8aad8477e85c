//! Commits, comparisons, changed files.

use serde_json::{Value, json};

use super::{View, node_id, stamp};
use crate::git::{Change, CommitInfo, Person};
use crate::model::Repository;

/// GitHub's cap on the files of a commit or comparison.
const FILES: usize = 300;
/// GitHub's cap on the commits of a comparison.
const COMMITS: usize = 250;

impl View<'_> {
    /// A commit, with its files if asked for.
    pub fn commit(&self, repository: &Repository, reference: &str, files: bool) -> Option<Value> {
        let info = self.git.info(repository.id, reference)?;
        let mut value = self.commit_of(repository, &info);
        if files {
            let changes = self.git.changes_of(repository.id, &info).unwrap_or_default();
            let (additions, deletions) = sums(&changes);
            let stats = json!({ "total": additions + deletions, "additions": additions, "deletions": deletions });
            super::merge(
                &mut value,
                json!({ "stats": stats, "files": self.files(repository, &info.sha, &changes, FILES) }),
            );
        }
        Some(value)
    }

    fn commit_of(&self, repository: &Repository, info: &CommitInfo) -> Value {
        let (api, html, sha) = (self.api(repository), self.html(repository), &info.sha);
        let parents = info.parents.iter().map(|sha| {
            json!({ "sha": sha, "url": format!("{api}/commits/{sha}"), "html_url": format!("{html}/commit/{sha}") })
        });
        json!({
            "sha": sha,
            "node_id": node_id("Commit", repository.id) + sha,
            "commit": {
                "author": signature(&info.author),
                "committer": signature(&info.committer),
                "message": info.message,
                "tree": { "sha": info.tree, "url": format!("{api}/git/trees/{}", info.tree) },
                "url": format!("{api}/git/commits/{sha}"),
                "comment_count": 0,
                "verification": {
                    "verified": false, "reason": "unsigned", "signature": null, "payload": null, "verified_at": null,
                },
            },
            "url": format!("{api}/commits/{sha}"),
            "html_url": format!("{html}/commit/{sha}"),
            "comments_url": format!("{api}/commits/{sha}/comments"),
            "author": self.account_of_email(&info.author.email),
            "committer": self.account_of_email(&info.committer.email),
            "parents": parents.collect::<Vec<_>>(),
        })
    }

    /// A commit as it stands in a run; null if it is gone.
    pub fn simple_commit(&self, repository: u64, sha: &str) -> Value {
        let Some(info) = self.git.info(repository, sha) else { return Value::Null };
        json!({
            "id": info.sha,
            "tree_id": info.tree,
            "message": info.message,
            "timestamp": stamp(info.committer.at),
            "author": { "name": info.author.name, "email": info.author.email },
            "committer": { "name": info.committer.name, "email": info.committer.email },
        })
    }

    /// A commit as it stands in a push; null if it is gone.
    pub fn pushed_commit(&self, repository: &Repository, sha: &str) -> Value {
        let Some(info) = self.git.info(repository.id, sha) else { return Value::Null };
        let changes = self.git.changes_of(repository.id, &info).unwrap_or_default();
        let paths = |status: &[&str]| {
            let some = changes.iter().filter(|change| status.contains(&change.status));
            some.map(|change| change.path.as_str()).collect::<Vec<_>>()
        };
        let (added, removed) = (paths(&["added", "copied"]), paths(&["removed"]));
        let mut value = self.simple_commit(repository.id, sha);
        let url = format!("{}/commit/{sha}", self.html(repository));
        let modified = paths(&["modified", "renamed", "changed"]);
        let more = json!({ "distinct": true, "url": url, "added": added, "removed": removed, "modified": modified });
        super::merge(&mut value, more);
        value
    }

    /// Changed files, at most `cap` of them.
    pub fn files(&self, repository: &Repository, sha: &str, changes: &[Change], cap: usize) -> Vec<Value> {
        let (api, html) = (self.api(repository), self.html(repository));
        let file = |change: &Change| {
            let Change { path, blob, additions, deletions, .. } = change;
            let encoded = path.replace('%', "%25").replace('#', "%23").replace('?', "%3F").replace(' ', "%20");
            let mut value = json!({
                "sha": blob, "filename": path, "status": change.status,
                "additions": additions, "deletions": deletions, "changes": additions + deletions,
                "blob_url": format!("{html}/blob/{sha}/{encoded}"), "raw_url": format!("{html}/raw/{sha}/{encoded}"),
                "contents_url": format!("{api}/contents/{encoded}?ref={sha}"),
            });
            if let Some(patch) = &change.patch {
                super::merge(&mut value, json!({ "patch": patch }));
            }
            if let Some(before) = &change.before {
                super::merge(&mut value, json!({ "previous_filename": before }));
            }
            value
        };
        changes.iter().take(cap).map(file).collect()
    }

    /// How `head` relates to `base`, both SHAs of the repository.
    pub fn comparison(&self, repository: &Repository, base: &str, head: &str, names: &str) -> Option<Value> {
        let id = repository.id;
        let merge_base = self.git.merge_base(id, base, head)?;
        let (ahead, behind) = self.git.ahead_behind(id, base, head).ok()?;
        let commits = self.git.commits(id, base, head).ok()?;
        let commits: Vec<Value> = commits.iter().take(COMMITS).map(|info| self.commit_of(repository, info)).collect();
        let changes = self.git.changes(id, &merge_base, head).ok()?;
        let status = match (ahead, behind) {
            (0, 0) => "identical",
            (_, 0) => "ahead",
            (0, _) => "behind",
            _ => "diverged",
        };
        let html = format!("{}/compare/{names}", self.html(repository));
        Some(json!({
            "url": format!("{}/compare/{names}", self.api(repository)),
            "html_url": html, "permalink_url": html,
            "diff_url": format!("{html}.diff"), "patch_url": format!("{html}.patch"),
            "base_commit": self.commit(repository, base, false)?,
            "merge_base_commit": self.commit(repository, &merge_base, false)?,
            "status": status, "ahead_by": ahead, "behind_by": behind, "total_commits": ahead,
            "commits": commits,
            "files": self.files(repository, head, &changes, FILES),
        }))
    }
}

fn signature(person: &Person) -> Value {
    json!({ "name": person.name, "email": person.email, "date": stamp(person.at) })
}

/// Lines added and deleted in all.
pub(super) fn sums(changes: &[Change]) -> (usize, usize) {
    changes.iter().fold((0, 0), |(added, deleted), change| (added + change.additions, deleted + change.deletions))
}
