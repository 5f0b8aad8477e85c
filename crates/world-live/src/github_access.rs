//! Who we are for GitHub: a token, or an App with one installation token for each repository.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::BodyExt;
use octocrab::Octocrab;
use octocrab::models::{AppId, InstallationId};
use serde_json::Value;
use tokio::sync::Mutex;
use world::wire::WireError;
use world::{GithubCredential, SecretRef};

use crate::cause;
use crate::secrets::Environment;

const TOKEN: &str = "GITHUB_TOKEN";
const APP_ID: &str = "HEALER_GITHUB_APP_ID";
const APP_KEY: &str = "HEALER_GITHUB_APP_PRIVATE_KEY_FILE";
const INSTALLATION: &str = "HEALER_GITHUB_APP_INSTALLATION_ID";
const CONNECT: Duration = Duration::from_secs(10);

/// A way in. An App is preferred: its variables are ours, while `GITHUB_TOKEN` lies about in many shells.
pub(crate) enum Access {
    /// One token for everything.
    Token(Arc<Octocrab>),
    /// An App.
    App(Box<App>),
}

/// An App and the tokens it has.
pub(crate) struct App {
    id: u64,
    client: Octocrab,
    installation: Option<u64>,
    /// One client for each `owner/name`, so that a token reaches one repository and no other.
    repositories: Mutex<HashMap<String, Arc<Octocrab>>>,
}

/// A way in, not taken yet.
enum Way {
    Token(SecretRef),
    App { id: u64, installation: Option<u64>, key: SecretRef, said: String },
}

/// What is given, else what the environment says.
fn way(given: Option<&GithubCredential>, environment: &Environment) -> Result<Way, WireError> {
    let wrong = |what: String| Err(WireError::Credential(what));
    let variable = |name: &str| environment.get(name);
    match (given, variable(APP_ID), variable(APP_KEY)) {
        (Some(GithubCredential::Token(place)), _, _) => Ok(Way::Token(place.clone())),
        (Some(GithubCredential::App { id, key }), _, _) => {
            let number = number(&said(id), environment.secret("the id of the GitHub App", id)?.expose())?;
            Ok(Way::App { id: number, installation: None, key: key.clone(), said: said(key) })
        }
        (None, Some(id), Some(file)) => {
            let installation = variable(INSTALLATION).map(|text| number(INSTALLATION, &text)).transpose()?;
            let key = SecretRef::File(PathBuf::from(&file));
            Ok(Way::App { id: number(APP_ID, &id)?, installation, key, said: format!("{file} (from {APP_KEY})") })
        }
        (None, Some(_), None) => wrong(format!("{APP_ID} is set without {APP_KEY}: set both")),
        // A manifest names the key's file in every case; who uses a token has no App.
        (None, None, _) if variable(TOKEN).is_some() => Ok(Way::Token(SecretRef::Env(TOKEN.into()))),
        (None, None, Some(_)) => wrong(format!("{APP_KEY} is set without {APP_ID}: set both, or {TOKEN}")),
        (None, None, None) => wrong(format!("no GitHub credential: set {TOKEN}, or {APP_ID} and {APP_KEY}")),
    }
}

impl Access {
    /// What is given, else from the environment. `base` is GitHub's API.
    pub(crate) fn new(
        base: &str,
        given: Option<&GithubCredential>,
        environment: &Environment,
    ) -> Result<Self, WireError> {
        let wrong = |what: String| WireError::Credential(what);
        let builder = Octocrab::builder().set_connect_timeout(Some(CONNECT)).base_uri(base).map_err(|_| {
            wrong(format!("`{base}` is no address of GitHub's API: correct `sources.github_url` in healer.yaml"))
        })?;
        match way(given, environment)? {
            Way::Token(place) => {
                let token = environment.secret("the GitHub token", &place)?;
                if !token.is_header_safe() {
                    let of = said(&place);
                    return Err(wrong(format!("{of} holds something else than one token: set it again")));
                }
                let client = builder.personal_token(token.expose()).build().map_err(|error| no_client(&error))?;
                Ok(Self::Token(Arc::new(client)))
            }
            Way::App { id, installation, key, said } => {
                let key = environment.secret("the private key of the GitHub App", &key)?;
                let app = builder.app_from_rsa_pem(AppId(id), key.expose()).map_err(|_| {
                    wrong(format!("{said} is no RSA private key in PEM form: download it from the App's settings"))
                })?;
                let client = app.build().map_err(|error| no_client(&error))?;
                Ok(Self::App(Box::new(App { id, client, installation, repositories: Mutex::default() })))
            }
        }
    }

    /// The client for a request to `path`.
    pub(crate) async fn client(&self, path: &str) -> Result<Arc<Octocrab>, WireError> {
        match self {
            Self::Token(client) => Ok(client.clone()),
            Self::App(app) if is_for_the_app(path) => Ok(Arc::new(app.client.clone())),
            Self::App(app) => app.client(path).await,
        }
    }
}

impl App {
    async fn client(&self, path: &str) -> Result<Arc<Octocrab>, WireError> {
        let repository = repository(path);
        let key = repository.map(|(owner, name)| format!("{owner}/{name}").to_ascii_lowercase()).unwrap_or_default();
        let mut repositories = self.repositories.lock().await;
        if let Some(client) = repositories.get(&key) {
            return Ok(client.clone());
        }
        if let (None, None, Some(client)) = (self.installation, repository, repositories.values().next()) {
            // It belongs to no repository, so any token of ours will do.
            return Ok(client.clone());
        }
        let id = match (self.installation, repository) {
            (Some(id), _) => id,
            (None, Some((owner, name))) => self.installation_of(owner, name).await?,
            (None, None) => {
                let what = format!("{path} belongs to no repository: set {INSTALLATION} for the GitHub App");
                return Err(WireError::Credential(what));
            }
        };
        let builder = self.client.installation_builder(InstallationId(id));
        let builder = match repository {
            Some((_, name)) => builder.repositories(vec![name.to_owned()]),
            None => builder,
        };
        let client = builder.build().map_err(|error| cause::unreachable(&error))?;
        // Here and not with the first request, so that a refused token is told from a refused request.
        client.installation_token().await.map_err(|error| self.no_token(id, &error))?;
        let client = Arc::new(client);
        repositories.insert(key, client.clone());
        Ok(client)
    }

    async fn installation_of(&self, owner: &str, name: &str) -> Result<u64, WireError> {
        let request = http::Request::get(format!("/repos/{owner}/{name}/installation"));
        let request = request.body(Vec::new()).map_err(|error| cause::unreachable(&error))?;
        let response = self.client.execute(request).await.map_err(|error| cause::unreachable(&error))?;
        let (app, status) = (self.id, response.status().as_u16());
        match status {
            200 => {
                let body = response.into_body().collect().await.map_err(|error| cause::unreachable(&error))?;
                let body: Option<Value> = serde_json::from_slice(&body.to_bytes()).ok();
                let id = body.as_ref().and_then(|body| body.get("id")?.as_u64());
                id.ok_or_else(|| WireError::Unreachable("GitHub names no installation in its answer".to_owned()))
            }
            401 => Err(WireError::Credential(format!(
                "GitHub does not accept the key of App {app}: does {APP_KEY} belong to {APP_ID}, and is the clock right?"
            ))),
            301 => Err(WireError::Credential(format!("{owner}/{name} was renamed: use its present name"))),
            404 => Err(WireError::Credential(format!(
                "GitHub App {app} is not installed for {owner}/{name}: install it there, or set {INSTALLATION}"
            ))),
            _ => Err(WireError::Unreachable(format!("asked for the installation, GitHub answers {status}"))),
        }
    }

    fn no_token(&self, installation: u64, error: &octocrab::Error) -> WireError {
        let octocrab::Error::GitHub { source, .. } = error else { return cause::unreachable(error) };
        let status = source.status_code.as_u16();
        let limited = source.message.to_ascii_lowercase().contains("rate limit");
        match status {
            401 | 403 | 404 | 422 if !limited => WireError::Credential(format!(
                "GitHub gives App {} no token for installation {installation} (status {status}): check {APP_ID}, {INSTALLATION} and that the repository is among the installation's",
                self.id
            )),
            _ => WireError::Unreachable(format!("asked for a token, GitHub answers {status}")),
        }
    }
}

/// Where a secret is, for a sentence.
fn said(place: &SecretRef) -> String {
    match place {
        SecretRef::File(path) => path.display().to_string(),
        SecretRef::Env(name) => name.clone(),
    }
}

/// What GitHub answers to the App's own key only.
fn is_for_the_app(path: &str) -> bool {
    let installation =
        repository(path).is_some_and(|(owner, name)| path == format!("/repos/{owner}/{name}/installation"));
    installation || path == "/app" || path.starts_with("/app/")
}

/// Owner and name, if the path is below `/repos`.
fn repository(path: &str) -> Option<(&str, &str)> {
    let mut segments = path.strip_prefix("/repos/")?.split('/');
    Some((segments.next()?, segments.next()?))
}

fn number(variable: &str, text: &str) -> Result<u64, WireError> {
    text.trim().parse().map_err(|_| WireError::Credential(format!("{variable} is no number: set it to the id")))
}

fn no_client(error: &octocrab::Error) -> WireError {
    let why = cause::root(error);
    WireError::Credential(format!("no TLS for GitHub: {why}; is SSL_CERT_FILE set and readable?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(set: &'static [(&str, &str)]) -> String {
        let environment = Environment::from_fn(|name| {
            set.iter().find(|(have, _)| *have == name).map(|(_, value)| (*value).to_owned())
        });
        let made = world::block_on(async { Access::new("http://127.0.0.1:9", None, &environment).err() });
        made.unwrap().map_or_else(|| "none".to_owned(), |error| error.to_string())
    }

    #[test]
    fn says_what_to_set_and_no_value() {
        const KEY: &str = "/no/such/key.pem";
        assert_eq!(
            refusal(&[]),
            "no GitHub credential: set GITHUB_TOKEN, or HEALER_GITHUB_APP_ID and HEALER_GITHUB_APP_PRIVATE_KEY_FILE"
        );
        assert!(refusal(&[(APP_ID, "7")]).ends_with("FILE: set both"));
        assert!(refusal(&[(APP_KEY, KEY)]).ends_with("ID: set both, or GITHUB_TOKEN"));
        assert_eq!(refusal(&[(APP_KEY, KEY), (TOKEN, "hunter22")]), "none", "a manifest always names the key's file");
        assert_eq!(
            refusal(&[(APP_ID, "seven"), (APP_KEY, KEY)]),
            "HEALER_GITHUB_APP_ID is no number: set it to the id"
        );
        assert!(refusal(&[(APP_ID, "7"), (APP_KEY, KEY)]).contains("from the file /no/such/key.pem: No such file"));
        let torn = refusal(&[(TOKEN, "hunter22\nhunter23")]);
        assert!(torn.contains("something else than one token") && !torn.contains("hunter"), "{torn}");
        assert_eq!(refusal(&[(TOKEN, "hunter22")]), "none");
        assert!(refusal(&[(TOKEN, "hunter22"), (APP_ID, "7")]).contains("set both"), "half an App is no token");
    }

    #[test]
    fn a_repository_is_in_the_path() {
        assert_eq!(repository("/repos/acme/widgets/pulls"), Some(("acme", "widgets")));
        assert_eq!(repository("/repos/acme/widgets"), Some(("acme", "widgets")));
        assert_eq!(repository("/repos/acme"), None);
        assert_eq!(repository("/rate_limit"), None);
    }
}
