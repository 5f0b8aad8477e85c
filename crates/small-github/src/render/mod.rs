//! Answers and payloads in GitHub's shapes (its OpenAPI description; `tests/small-github/openapi-check` compares).

mod actions;
mod alerts;
mod checks;
mod commits;
mod issues;
mod repository;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::git::Git;
use crate::model::{App, Repository, State};

/// What an answer is made from.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// The state.
    pub state: &'a State,
    /// The commits.
    pub git: &'a Git,
    /// The server's address, without a slash at the end.
    pub base: &'a str,
}

/// An instant as GitHub writes it.
pub fn stamp(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// An instant that may not have come.
pub fn stamp_or_null(at: Option<Timestamp>) -> Value {
    at.map_or(Value::Null, |at| stamp(at).into())
}

/// GitHub's opaque id.
pub fn node_id(kind: &str, id: u64) -> String {
    STANDARD.encode(format!("{kind}:{id}"))
}

/// Puts the fields of one object into another.
pub fn merge(into: &mut Value, more: Value) {
    if let (Value::Object(into), Value::Object(more)) = (into, more) {
        into.extend(more);
    }
}

/// Addresses of an account below `/users/<login>`.
const ACCOUNT_URLS: [(&str, &str); 9] = [
    ("followers_url", "/followers"),
    ("following_url", "/following{/other_user}"),
    ("gists_url", "/gists{/gist_id}"),
    ("starred_url", "/starred{/owner}{/repo}"),
    ("subscriptions_url", "/subscriptions"),
    ("organizations_url", "/orgs"),
    ("repos_url", "/repos"),
    ("events_url", "/events{/privacy}"),
    ("received_events_url", "/received_events"),
];

impl View<'_> {
    /// An account, or null if nobody has this id.
    pub fn account(&self, id: u64) -> Value {
        let Some(account) = self.state.accounts.get(&id) else { return Value::Null };
        // A bot's brackets are no characters of an address.
        let name = account.login.replace('[', "%5B").replace(']', "%5D");
        let page = account.login.strip_suffix("[bot]").map_or_else(|| name.clone(), |slug| format!("apps/{slug}"));
        let api = format!("{}/users/{name}", self.base);
        let mut fields = Map::new();
        fields.insert("login".into(), account.login.clone().into());
        fields.insert("id".into(), id.into());
        fields.insert("node_id".into(), node_id(&account.kind, id).into());
        fields.insert("avatar_url".into(), format!("{}/u/{id}.png", self.base).into());
        fields.insert("gravatar_id".into(), "".into());
        fields.insert("url".into(), api.clone().into());
        fields.insert("html_url".into(), format!("{}/{page}", self.base).into());
        for (name, rest) in ACCOUNT_URLS {
            fields.insert(name.into(), format!("{api}{rest}").into());
        }
        fields.insert("type".into(), account.kind.clone().into());
        fields.insert("user_view_type".into(), "public".into());
        fields.insert("site_admin".into(), false.into());
        Value::Object(fields)
    }

    /// An organisation as it stands in a payload; `None` for a user.
    pub fn organization(&self, id: u64) -> Option<Value> {
        let account = self.state.accounts.get(&id).filter(|account| account.kind == "Organization")?;
        let api = format!("{}/orgs/{}", self.base, account.login);
        Some(json!({
            "login": account.login, "id": id, "node_id": node_id("Organization", id), "url": api,
            "repos_url": format!("{api}/repos"), "events_url": format!("{api}/events"),
            "hooks_url": format!("{api}/hooks"), "issues_url": format!("{api}/issues"),
            "members_url": format!("{api}/members{{/member}}"),
            "public_members_url": format!("{api}/public_members{{/member}}"),
            "avatar_url": format!("{}/u/{id}.png", self.base), "description": null,
        }))
    }

    /// An account that may be unknown.
    pub fn account_or_null(&self, id: Option<u64>) -> Value {
        id.map_or(Value::Null, |id| self.account(id))
    }

    /// The login of an account.
    pub fn login(&self, id: u64) -> &str {
        self.state.accounts.get(&id).map_or("ghost", |account| &account.login)
    }

    /// The account of an address in a commit, or null as GitHub says of an unknown one.
    pub fn account_of_email(&self, email: &str) -> Value {
        let mut accounts = self.state.accounts.values();
        let found = accounts.find(|account| account.email.eq_ignore_ascii_case(email));
        found.map_or(Value::Null, |account| self.account(account.id))
    }

    /// An App.
    pub fn app(&self, id: u64) -> Value {
        let Some(App { slug, permissions, created_at, .. }) = self.state.apps.get(&id) else { return Value::Null };
        json!({
            "id": id,
            "client_id": format!("Iv1.{id:016x}"),
            "slug": slug,
            "node_id": node_id("App", id),
            "owner": self.account(self.owner_of_apps()),
            "name": slug,
            "description": null,
            "external_url": format!("{}/apps/{slug}", self.base),
            "html_url": format!("{}/apps/{slug}", self.base),
            "created_at": stamp(*created_at),
            "updated_at": stamp(*created_at),
            "permissions": permissions,
            "events": [],
        })
    }

    fn owner_of_apps(&self) -> u64 {
        self.state.accounts.keys().next().copied().unwrap_or_default()
    }

    /// The API address of a repository.
    pub fn api(&self, repository: &Repository) -> String {
        format!("{}/repos/{}", self.base, self.full_name(repository))
    }

    /// Its address for people, which git takes too.
    pub fn html(&self, repository: &Repository) -> String {
        format!("{}/{}", self.base, self.full_name(repository))
    }

    /// `owner/name`.
    pub fn full_name(&self, repository: &Repository) -> String {
        format!("{}/{}", self.login(repository.owner), repository.name)
    }
}
