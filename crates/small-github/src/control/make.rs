//! Commands that set things up.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};

use super::{Done, account, need, need_number, repository as repository_of, shaped, wrong};
use crate::ACTIONS;
use crate::api;
use crate::http::Answer;
use crate::misbehave::Misbehave;
use crate::model::{Account, App, Installation, Repository, State, Token};
use crate::push::{self, Commit};
use crate::server::{Server, text};
use crate::webhooks::Hook;
use crate::when::Rule;

/// The rights of an App that says nothing: what Healer asks for at most.
const RIGHTS: [(&str, &str); 12] = [
    ("actions", "write"),
    ("checks", "write"),
    ("contents", "write"),
    ("issues", "write"),
    ("metadata", "read"),
    ("pull_requests", "write"),
    ("secret_scanning_alerts", "read"),
    ("security_events", "read"),
    ("statuses", "read"),
    ("vulnerability_alerts", "read"),
    ("members", "read"),
    ("administration", "read"),
];

fn id_or_new(state: &mut State, body: &Value) -> u64 {
    body.get("id").and_then(Value::as_u64).unwrap_or_else(|| state.id())
}

fn new_account(state: &mut State, id: u64, login: &str, kind: &str, email: Option<&str>) {
    let email = email.map_or_else(|| format!("{id}+{login}@users.noreply.github.com"), str::to_owned);
    state.accounts.insert(id, Account { id, login: login.to_owned(), kind: kind.to_owned(), email });
}

/// `user`: `login`, and perhaps `id`, `email`, `kind` (`Organization`), `token`.
pub(super) fn user(server: &Arc<Server>, body: &Value) -> Done {
    let login = need(body, "login")?;
    let token = text(body, "token").map_or_else(|| format!("ghp_{login}"), str::to_owned);
    server.store.write(|state| {
        if state.account(login).is_some() {
            return Err(wrong(&format!("there is a user `{login}` already")));
        }
        let id = id_or_new(state, body);
        new_account(state, id, login, text(body, "kind").unwrap_or("User"), text(body, "email"));
        let account = Token {
            account: id,
            installation: None,
            repositories: None,
            permissions: BTreeMap::new(),
            expires_at: None,
        };
        state.tokens.insert(token.clone(), account);
        Ok(json!({ "id": id, "login": login, "token": token }))
    })
}

fn register(state: &mut State, id: u64, slug: &str, rights: BTreeMap<String, String>, now: jiff::Timestamp) -> u64 {
    let bot = state.id();
    new_account(state, bot, &format!("{slug}[bot]"), "Bot", None);
    state.apps.insert(id, App { id, slug: slug.to_owned(), bot, permissions: rights, created_at: now });
    bot
}

/// `app`: `slug`, and perhaps `id`, `permissions`.
pub(super) fn app(server: &Arc<Server>, body: &Value) -> Done {
    let slug = need(body, "slug")?;
    let mut rights: BTreeMap<String, String> = shaped(body, "permissions")?;
    if rights.is_empty() {
        rights = RIGHTS.iter().map(|(name, level)| ((*name).to_owned(), (*level).to_owned())).collect();
    }
    let now = server.store.now();
    Ok(server.store.write(|state| {
        let id = id_or_new(state, body);
        let bot = register(state, id, slug, rights, now);
        let email = state.accounts.get(&bot).map(|bot| bot.email.clone());
        json!({ "id": id, "slug": slug, "bot": { "id": bot, "login": format!("{slug}[bot]"), "email": email } })
    }))
}

fn app_of(state: &State, body: &Value) -> Result<u64, Answer> {
    let slug = need(body, "app")?;
    let found = state.apps.values().find(|app| app.slug == slug);
    found.map(|app| app.id).ok_or_else(|| wrong(&format!("no App `{slug}`")))
}

/// `install`: `app` on `owner`, and perhaps `repositories` (names), `id`.
pub(super) fn install(server: &Arc<Server>, body: &Value) -> Done {
    let owner = account(server, need(body, "owner")?)?;
    let names: Vec<String> = shaped(body, "repositories")?;
    let now = server.store.now();
    server.store.write(|state| {
        let app = app_of(state, body)?;
        let found = state.repositories.values().filter(|found| found.owner == owner && names.contains(&found.name));
        let ids: BTreeSet<u64> = found.map(|found| found.id).collect();
        if ids.len() != names.len() {
            return Err(wrong("`repositories`: not all of them are the owner's"));
        }
        let id = id_or_new(state, body);
        let repositories = (!names.is_empty()).then_some(ids);
        state.installations.insert(id, Installation { id, app, account: owner, repositories, created_at: now });
        Ok(json!({ "id": id }))
    })
}

/// `token`: an installation's, of `app` for `repository`, and perhaps `permissions`.
pub(super) fn token(server: &Arc<Server>, body: &Value) -> Done {
    let repository = repository_of(server, body)?;
    let state = server.store.now_state();
    let app = app_of(&state, body)?;
    let mut all = state.installations.values().filter(|one| one.app == app && one.account == repository.owner);
    let installation = all.next().ok_or_else(|| wrong("the App is not installed there"))?;
    let asked = json!({ "repository_ids": [repository.id], "permissions": body.get("permissions") });
    let (text, token) = api::grant(server, installation, &asked)?;
    Ok(server.view(&server.store.now_state()).token(&text, &token))
}

/// `repository`: `owner`, `name`, and perhaps `id`, `files`, `folder`, `default_branch`, `private`.
pub(super) fn repository(server: &Arc<Server>, body: &Value) -> Done {
    let (owner, name) = (account(server, need(body, "owner")?)?, need(body, "name")?);
    let branch = text(body, "default_branch").unwrap_or("main").to_owned();
    let mut files: BTreeMap<String, Option<String>> = shaped(body, "files")?;
    if let Some(folder) = text(body, "folder") {
        add_folder(Path::new(folder), Path::new(folder), &mut files)
            .map_err(|error| wrong(&format!("{folder}: {error}")))?;
    }
    let id = server.store.write(|state| id_or_new(state, body));
    add_repository(server, body, id, owner, name, &branch, None)?;
    server.git.create(id, &branch)?;
    let mut answer = json!({ "id": id, "full_name": format!("{}/{name}", need(body, "owner")?) });
    if !files.is_empty() {
        let first = Commit { branch: &branch, onto: None, files, message: "Begin", by: owner };
        let sha = push::commit(server, id, &first)?;
        crate::render::merge(&mut answer, json!({ "sha": sha }));
    }
    let html = format!("{}/{}/{name}", server.base, need(body, "owner")?);
    crate::render::merge(&mut answer, json!({ "clone_url": format!("{html}.git"), "html_url": html }));
    Ok(answer)
}

fn add_repository(
    server: &Server,
    body: &Value,
    id: u64,
    owner: u64,
    name: &str,
    branch: &str,
    fork_of: Option<u64>,
) -> Result<(), Answer> {
    let now = server.store.now();
    server.store.write(|state| {
        if state.repositories.values().any(|have| have.id == id || have.owner == owner && have.name == name) {
            return Err(wrong(&format!("there is a repository {name} or {id} already")));
        }
        // Actions is an App like every other; it comes with the first repository.
        if !state.apps.contains_key(&ACTIONS) {
            let rights = [("checks", "write"), ("contents", "read"), ("metadata", "read")];
            let rights = rights.iter().map(|(name, level)| ((*name).to_owned(), (*level).to_owned())).collect();
            register(state, ACTIONS, "github-actions", rights, now);
        }
        let repository = Repository {
            id,
            owner,
            name: name.to_owned(),
            private: body.get("private").and_then(Value::as_bool).unwrap_or(false),
            archived: false,
            default_branch: branch.to_owned(),
            fork_of,
            branches: BTreeMap::new(),
            protected: BTreeSet::new(),
            permissions: BTreeMap::new(),
            last_number: 0,
            issues: BTreeMap::new(),
            comments: BTreeMap::new(),
            workflows: BTreeMap::new(),
            runs: BTreeMap::new(),
            suites: BTreeMap::new(),
            checks: BTreeMap::new(),
            statuses: Vec::new(),
            alerts: Vec::new(),
            created_at: now,
            pushed_at: now,
        };
        state.repositories.insert(id, repository);
        Ok(())
    })
}

fn add_folder(root: &Path, folder: &Path, files: &mut BTreeMap<String, Option<String>>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            if path.file_name().is_some_and(|name| name != ".git" && name != "target" && name != "node_modules") {
                add_folder(root, &path, files)?;
            }
        } else if let Ok(name) = path.strip_prefix(root) {
            files.insert(name.to_string_lossy().into_owned(), Some(fs::read_to_string(&path)?));
        }
    }
    Ok(())
}

/// `fork`: `repository` to `owner`, and perhaps `name`, `id`.
pub(super) fn fork(server: &Arc<Server>, body: &Value) -> Done {
    let from = repository_of(server, body)?;
    let owner = account(server, need(body, "owner")?)?;
    let name = text(body, "name").unwrap_or(&from.name);
    let id = server.store.write(|state| id_or_new(state, body));
    add_repository(server, body, id, owner, name, &from.default_branch, Some(from.id))?;
    server.git.fork(from.id, id)?;
    let branches = server.git.branches(id)?;
    server.store.write(|state| {
        if let Some(fork) = state.repositories.get_mut(&id) {
            fork.branches = branches;
        }
    });
    let html = format!("{}/{}/{name}", server.base, need(body, "owner")?);
    Ok(json!({ "id": id, "clone_url": format!("{html}.git"), "html_url": html }))
}

fn change(server: &Server, body: &Value, change: impl FnOnce(&mut Repository)) -> Done {
    let id = repository_of(server, body)?.id;
    server.store.write(|state| state.repositories.get_mut(&id).map(change));
    Ok(json!({}))
}

/// `permission`: `repository`, `user`, `permission` (`none` takes it away).
pub(super) fn permission(server: &Arc<Server>, body: &Value) -> Done {
    let (user, role) = (account(server, need(body, "user")?)?, need(body, "permission")?.to_owned());
    change(server, body, |repository| {
        if role == "none" {
            repository.permissions.remove(&user);
        } else {
            repository.permissions.insert(user, role);
        }
    })
}

/// `protect`: `repository`, `branch`, and perhaps `protected` (true).
pub(super) fn protect(server: &Arc<Server>, body: &Value) -> Done {
    let branch = need(body, "branch")?.to_owned();
    let protected = body.get("protected").and_then(Value::as_bool).unwrap_or(true);
    change(server, body, |repository| {
        if protected {
            repository.protected.insert(branch);
        } else {
            repository.protected.remove(&branch);
        }
    })?;
    let repository = repository_of(server, body)?;
    server.git.protect(repository.id, &repository.protected)?;
    Ok(json!({}))
}

/// `archive`: `repository`, and perhaps `archived` (true).
pub(super) fn archive(server: &Arc<Server>, body: &Value) -> Done {
    let archived = body.get("archived").and_then(Value::as_bool).unwrap_or(true);
    change(server, body, |repository| repository.archived = archived)
}

/// `webhook`: `url` and `secret`, perhaps `app`; none of them: no webhook.
pub(super) fn webhook(server: &Arc<Server>, body: &Value) -> Done {
    let hook: Option<Hook> = if body.as_object().is_none_or(serde_json::Map::is_empty) {
        None
    } else {
        Some(serde_json::from_value(body.clone()).map_err(|error| wrong(&error.to_string()))?)
    };
    server.deliveries.set_hook(hook);
    Ok(json!({}))
}

/// `misbehave`: the shares of what goes wrong; `{"seed": 7, "all": true}` is some of everything, `{}` nothing.
pub(super) fn misbehave(server: &Arc<Server>, body: &Value) -> Done {
    let old = server.misbehave();
    let mut asked = body.as_object().cloned().unwrap_or_default();
    let all = asked.remove("all").and_then(|all| all.as_bool()).unwrap_or(false);
    asked.entry("minute_ms").or_insert(old.minute_ms.into());
    let mut misbehave: Misbehave =
        serde_json::from_value(Value::Object(asked)).map_err(|error| wrong(&error.to_string()))?;
    if all {
        misbehave =
            Misbehave::some_of_everything(misbehave.seed, std::time::Duration::from_millis(misbehave.minute_ms));
    }
    server.set_misbehave(misbehave.clone());
    Ok(json!(misbehave))
}

/// `clock`: how many `seconds` the server is ahead of the machine.
pub(super) fn clock(server: &Arc<Server>, body: &Value) -> Done {
    let seconds = i64::try_from(need_number(body, "seconds")?).map_err(|error| wrong(&error.to_string()))?;
    server.store.set_offset(seconds);
    Ok(json!({ "now": crate::render::stamp(server.store.now()) }))
}

/// `when`: a rule; without one, the rules that are left.
pub(super) fn when(server: &Arc<Server>, body: &Value) -> Done {
    if body.get("on").is_some() {
        let rule: Rule = serde_json::from_value(body.clone()).map_err(|error| wrong(&error.to_string()))?;
        server.rules.add(rule);
    }
    Ok(json!(server.rules.list()))
}
