//! The GitHub App itself, and accounts, over any wire.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use text::Untrusted;

use super::{Account, Slug, segment};
use crate::call::malformed;
use crate::errors::{Call, PortResult};
use crate::ports::{Accounts, ActAsApp, NarrowToken};
use crate::wire::{Method, Service};
use crate::world::World;

#[derive(Deserialize)]
struct App {
    slug: Untrusted,
}

#[derive(Deserialize)]
struct Installation {
    id: u64,
}

#[derive(Deserialize)]
struct Given {
    token: Untrusted,
    expires_at: Timestamp,
    #[serde(default)]
    permissions: Map<String, Value>,
}

impl ActAsApp for World {
    async fn app_slug(&self) -> PortResult<Untrusted> {
        let app: App = self.fetch(self.request(Service::Github, Method::Get, "/app")).await?;
        Ok(app.slug)
    }

    async fn narrow_token(&self, of: &Slug, rights: &[(&str, &str)]) -> PortResult<NarrowToken> {
        let request = self.request(Service::Github, Method::Get, of.path("/installation"));
        let Installation { id } = self.fetch(request).await?;
        let wanted: Map<String, Value> = rights.iter().map(|(on, what)| ((*on).into(), (*what).into())).collect();
        let body = json!({ "repositories": [of.name()], "permissions": wanted });
        let path = format!("/app/installations/{id}/access_tokens");
        let request = self.request(Service::Github, Method::Post, path).json(&body)?;
        let call = Call::from(&request);
        let given: Given = self.fetch(request).await?;
        // `metadata: read` comes with every token.
        let more = given.permissions.iter().find(|(on, what)| {
            let asked = wanted.get(*on) == Some(*what) || wanted.get(*on).is_some_and(|_| **what == "read");
            !asked && (on.as_str(), what.as_str()) != ("metadata", Some("read"))
        });
        match more {
            Some((on, _)) => {
                let on = Untrusted::new(on.clone()).label_value();
                Err(malformed(&call, format!("the token may more than was asked for: {on}")))
            }
            None => Ok(NarrowToken { token: given.token, expires_at: given.expires_at }),
        }
    }
}

impl Accounts for World {
    async fn account(&self, of: &Slug, login: &Untrusted) -> PortResult<Account> {
        // What belongs to no repository is asked with the token of the one that we have been to.
        self.fetch::<Value>(self.request(Service::Github, Method::Get, of.path(""))).await?;
        let path = format!("/users/{}", segment(login.expose()));
        self.fetch(self.request(Service::Github, Method::Get, path)).await
    }

    async fn whoami(&self) -> PortResult<Account> {
        self.fetch(self.request(Service::Github, Method::Get, "/user")).await
    }
}
