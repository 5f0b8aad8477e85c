//! GitHub Apps and their tokens.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::{Call, Handled};
use crate::auth::Who;
use crate::http::Answer;
use crate::model::{Installation, Token};
use crate::server::Server;

/// How long a token is good.
const LIFE: SignedDuration = SignedDuration::from_hours(1);

/// The App that asks as itself.
fn app_of(call: &Call) -> Result<u64, Answer> {
    match call.who {
        Who::App(id) => Ok(id),
        _ => Err(Answer::refusal(401, "A JSON web token could not be decoded")),
    }
}

fn own<'a>(call: &'a Call) -> Result<&'a Installation, Answer> {
    let (app, id) = (app_of(call)?, call.number("installation_id")?);
    call.state.installations.get(&id).filter(|found| found.app == app).ok_or_else(Answer::not_found)
}

/// `GET /app`
pub(super) fn app(call: &Call) -> Handled {
    Ok(Answer::json(200, &call.view().app(app_of(call)?)))
}

/// `GET /app/installations/{installation_id}`
pub(super) fn installation(call: &Call) -> Handled {
    Ok(Answer::json(200, &call.view().installation(own(call)?)))
}

/// `GET /repos/{owner}/{repo}/installation`
pub(super) fn installation_of(call: &Call) -> Handled {
    let (app, repository) = (app_of(call)?, call.repository()?);
    let mut installations = call.state.installations.values().filter(|found| found.app == app);
    let found = installations.find(|found| match &found.repositories {
        Some(repositories) => repositories.contains(&repository.id),
        None => found.account == repository.owner,
    });
    Ok(Answer::json(200, &call.view().installation(found.ok_or_else(Answer::not_found)?)))
}

/// `POST /app/installations/{installation_id}/access_tokens`
pub(super) fn token(call: &Call) -> Handled {
    let installation = own(call)?;
    let body = call.request.json()?;
    let (text, token) = grant(call.server, installation, &body)?;
    let state = call.server.store.now_state();
    Ok(Answer::json(201, &call.server.view(&state).token(&text, &token)))
}

/// Makes a token of an installation, narrowed as asked: `repositories` (names), `repository_ids`, `permissions`.
pub(crate) fn grant(server: &Server, installation: &Installation, body: &Value) -> Result<(String, Token), Answer> {
    let misbehave = server.misbehave();
    let now = server.store.now();
    let unprocessable = |what: &str| Answer::refusal(422, what);
    server.store.write(|state| {
        let app = state.apps.get(&installation.app).ok_or_else(Answer::not_found)?;
        let (bot, granted, app_id) = (app.bot, app.permissions.clone(), app.id);
        let mut wanted: Option<BTreeSet<u64>> = None;
        let reach = |id: &u64| match &installation.repositories {
            Some(repositories) => repositories.contains(id),
            None => state.repositories.get(id).is_some_and(|found| found.owner == installation.account),
        };
        let no_access = || {
            unprocessable(
                "There is at least one repository that does not exist or is not accessible to the parent installation.",
            )
        };
        for name in body.get("repositories").and_then(Value::as_array).into_iter().flatten() {
            let mut found = state.repositories.values().filter(|found| name.as_str() == Some(&found.name));
            let id = found.find(|found| reach(&found.id)).map(|found| found.id).ok_or_else(no_access)?;
            wanted.get_or_insert_default().insert(id);
        }
        for id in body.get("repository_ids").and_then(Value::as_array).into_iter().flatten() {
            let id = id.as_u64().filter(reach).ok_or_else(no_access)?;
            wanted.get_or_insert_default().insert(id);
        }
        let permissions = match body.get("permissions").filter(|asked| asked.is_object()) {
            Some(asked) => narrowed(&granted, asked)
                .ok_or_else(|| unprocessable("The permissions requested are not granted to this installation."))?,
            None => granted,
        };
        let number = state.id();
        let key = format!("token {number}");
        // The App's id and a JWT's length and alphabet, as since 2026; there is nothing to read in it.
        let random: String = Sha256::digest(&key).iter().map(|byte| format!("{byte:02x}")).collect();
        let text = format!("ghs_{app_id}_{random}.{random}.{random}-{number}");
        let life = if misbehave.hits(misbehave.short_tokens, "short", &key) {
            let seconds = misbehave.seconds(misbehave.pick(2.0, 20.0, "life", &key)).as_secs().max(2);
            SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(1))
        } else {
            LIFE
        };
        let token = Token {
            account: bot,
            installation: Some(installation.id),
            repositories: wanted,
            permissions,
            expires_at: now.checked_add(life).ok(),
        };
        state.tokens.insert(text.clone(), token.clone());
        Ok((text, token))
    })
}

/// What was asked for, if all of it was granted.
fn narrowed(granted: &BTreeMap<String, String>, asked: &Value) -> Option<BTreeMap<String, String>> {
    let mut narrowed = BTreeMap::new();
    for (name, level) in asked.as_object()? {
        let level = level.as_str()?;
        let have = granted.get(name)?;
        if level == "write" && have != "write" && have != "admin" {
            return None;
        }
        narrowed.insert(name.clone(), level.to_owned());
    }
    narrowed.entry("metadata".to_owned()).or_insert_with(|| "read".to_owned());
    Some(narrowed)
}
