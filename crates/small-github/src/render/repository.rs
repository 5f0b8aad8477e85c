//! Repositories, branches, installations.

use serde_json::{Map, Value, json};

use super::{View, merge, node_id, stamp};
use crate::auth::old_step;
use crate::model::{Installation, Repository, Token};

/// Addresses below `/repos/<owner>/<name>`.
const URLS: [(&str, &str); 37] = [
    ("archive_url", "/{archive_format}{/ref}"),
    ("assignees_url", "/assignees{/user}"),
    ("blobs_url", "/git/blobs{/sha}"),
    ("branches_url", "/branches{/branch}"),
    ("collaborators_url", "/collaborators{/collaborator}"),
    ("comments_url", "/comments{/number}"),
    ("commits_url", "/commits{/sha}"),
    ("compare_url", "/compare/{base}...{head}"),
    ("contents_url", "/contents/{+path}"),
    ("contributors_url", "/contributors"),
    ("deployments_url", "/deployments"),
    ("downloads_url", "/downloads"),
    ("events_url", "/events"),
    ("forks_url", "/forks"),
    ("git_commits_url", "/git/commits{/sha}"),
    ("git_refs_url", "/git/refs{/sha}"),
    ("git_tags_url", "/git/tags{/sha}"),
    ("hooks_url", "/hooks"),
    ("issue_comment_url", "/issues/comments{/number}"),
    ("issue_events_url", "/issues/events{/number}"),
    ("issues_url", "/issues{/number}"),
    ("keys_url", "/keys{/key_id}"),
    ("labels_url", "/labels{/name}"),
    ("languages_url", "/languages"),
    ("merges_url", "/merges"),
    ("milestones_url", "/milestones{/number}"),
    ("notifications_url", "/notifications{?since,all,participating}"),
    ("pulls_url", "/pulls{/number}"),
    ("releases_url", "/releases{/id}"),
    ("stargazers_url", "/stargazers"),
    ("statuses_url", "/statuses/{sha}"),
    ("subscribers_url", "/subscribers"),
    ("subscription_url", "/subscription"),
    ("tags_url", "/tags"),
    ("teams_url", "/teams"),
    ("trees_url", "/git/trees{/sha}"),
    ("url", ""),
];

impl View<'_> {
    /// A repository as it stands inside other answers.
    pub fn repository(&self, repository: &Repository) -> Value {
        let api = self.api(repository);
        let mut fields = Map::new();
        fields.insert("id".into(), repository.id.into());
        fields.insert("node_id".into(), node_id("Repository", repository.id).into());
        fields.insert("name".into(), repository.name.clone().into());
        fields.insert("full_name".into(), self.full_name(repository).into());
        fields.insert("private".into(), repository.private.into());
        fields.insert("owner".into(), self.account(repository.owner));
        fields.insert("html_url".into(), self.html(repository).into());
        fields.insert("description".into(), Value::Null);
        fields.insert("fork".into(), repository.fork_of.is_some().into());
        for (name, rest) in URLS {
            fields.insert(name.into(), format!("{api}{rest}").into());
        }
        Value::Object(fields)
    }

    /// A repository by its id; null for one that was deleted.
    pub fn repository_or_null(&self, id: u64) -> Value {
        self.state.repositories.get(&id).map_or(Value::Null, |repository| self.repository(repository))
    }

    /// A repository with everything.
    pub fn whole_repository(&self, repository: &Repository) -> Value {
        let html = self.html(repository);
        let open = repository.issues.values().filter(|issue| issue.closed_at.is_none()).count();
        let forks = self.state.repositories.values().filter(|fork| fork.fork_of == Some(repository.id)).count();
        let mut value = self.repository(repository);
        merge(
            &mut value,
            json!({
                "git_url": format!("{html}.git"), "ssh_url": format!("{html}.git"), "clone_url": format!("{html}.git"),
                "svn_url": html, "mirror_url": null, "homepage": null, "language": null, "license": null, "size": 1,
                "forks_count": forks, "forks": forks, "stargazers_count": 0, "watchers_count": 0, "watchers": 0,
                "open_issues_count": open, "open_issues": open, "network_count": 0, "subscribers_count": 0,
                "default_branch": repository.default_branch, "has_issues": true, "has_projects": false,
                "has_wiki": false, "has_pages": false, "has_discussions": false, "has_downloads": false,
                "has_pull_requests": true, "archived": repository.archived, "disabled": false,
                "visibility": if repository.private { "private" } else { "public" }, "is_template": false, "topics": [],
                "allow_forking": true, "web_commit_signoff_required": false,
                "pushed_at": stamp(repository.pushed_at), "created_at": stamp(repository.created_at),
                "updated_at": stamp(repository.pushed_at),
            }),
        );
        value
    }

    /// A branch with its protection.
    pub fn branch(&self, repository: &Repository, name: &str, sha: &str) -> Option<Value> {
        let url = format!("{}/branches/{name}", self.api(repository));
        let protected = repository.protected.contains(name);
        Some(json!({
            "name": name,
            "commit": self.commit(repository, sha, false)?,
            "_links": { "self": url, "html": format!("{}/tree/{name}", self.html(repository)) },
            "protected": protected,
            "protection": {
                "enabled": protected,
                "required_status_checks": { "enforcement_level": "off", "contexts": [], "checks": [] },
            },
            "protection_url": format!("{url}/protection"),
        }))
    }

    /// What a user may.
    pub fn permission(&self, account: u64, role: &str) -> Value {
        let mut user = self.account(account);
        let allowed = ["pull", "triage", "push", "maintain", "admin"];
        let rank = ["read", "triage", "write", "maintain", "admin"].iter().position(|known| *known == role);
        let flags = allowed.iter().enumerate();
        let flags: Map<String, Value> =
            flags.map(|(at, name)| ((*name).to_owned(), rank.is_some_and(|rank| rank >= at).into())).collect();
        merge(&mut user, json!({ "permissions": flags, "role_name": role }));
        json!({ "permission": old_step(role), "role_name": role, "user": user })
    }

    /// An installation.
    pub fn installation(&self, installation: &Installation) -> Value {
        let Installation { id, app, account, .. } = installation;
        let registered = self.state.apps.get(app);
        let kind = self.state.accounts.get(account).map_or("User", |account| &account.kind);
        json!({
            "id": id,
            "account": self.account(*account),
            "repository_selection": if installation.repositories.is_some() { "selected" } else { "all" },
            "access_tokens_url": format!("{}/app/installations/{id}/access_tokens", self.base),
            "repositories_url": format!("{}/installation/repositories", self.base),
            "html_url": format!("{}/settings/installations/{id}", self.base),
            "app_id": app,
            "app_slug": registered.map_or("", |app| &app.slug),
            "target_id": account,
            "target_type": kind,
            "permissions": registered.map(|app| &app.permissions),
            "events": [],
            "created_at": stamp(installation.created_at),
            "updated_at": stamp(installation.created_at),
            "single_file_name": null,
            "suspended_by": null,
            "suspended_at": null,
        })
    }

    /// An installation token.
    pub fn token(&self, text: &str, token: &Token) -> Value {
        let mut value = json!({
            "token": text,
            "expires_at": super::stamp_or_null(token.expires_at),
            "permissions": token.permissions,
            "repository_selection": if token.repositories.is_some() { "selected" } else { "all" },
        });
        if let Some(ids) = &token.repositories {
            let list = ids.iter().filter_map(|id| self.state.repositories.get(id));
            let list: Vec<Value> = list.map(|repository| self.whole_repository(repository)).collect();
            merge(&mut value, json!({ "repositories": list }));
        }
        value
    }
}
