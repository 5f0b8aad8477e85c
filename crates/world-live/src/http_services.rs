//! Loki, Prometheus, OpenMemory and the channels through one HTTP client, and what GitHub links to.

use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Client, Url};
use serde_json::{Map, Value};
use world::wire::{Request, Service, WireError};
use world::{SecretRef, Settings};

use crate::body::{self, Opened};
use crate::cause;
use crate::per_runtime::PerRuntime;
use crate::secrets::Environment;

const CONNECT: Duration = Duration::from_secs(10);
const AGENT: &str = concat!("healer/", env!("CARGO_PKG_VERSION"));
/// What the ports write for a webhook's address.
const WEBHOOK: &str = "/webhook";

/// The services without a client of their own.
pub(crate) struct HttpServices {
    settings: Settings,
    environment: Environment,
    client: PerRuntime<Client>,
}

/// Where a request goes and what it carries, secrets included.
struct Outgoing {
    url: Url,
    headers: HeaderMap,
    body: Option<Vec<u8>>,
}

impl HttpServices {
    pub(crate) fn new(settings: Settings, environment: Environment) -> Self {
        Self { settings, environment, client: PerRuntime::new() }
    }

    /// Sends a request to its service.
    pub(crate) async fn open(&self, request: &Request) -> Result<Opened, WireError> {
        let Outgoing { mut url, mut headers, body } = self.outgoing(request)?;
        if !request.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&request.query);
        }
        let accept = if request.accept.is_empty() { "application/json" } else { request.accept };
        headers.insert(ACCEPT, HeaderValue::from_static(accept));
        if body.is_some() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        let method = request.method.as_str().parse().map_err(|error| cause::unreachable(&error))?;
        let mut message = reqwest::Request::new(method, url);
        *message.headers_mut() = headers;
        *message.body_mut() = body.map(Into::into);
        self.execute(message).await
    }

    /// Fetches a link, with no credentials at all.
    pub(crate) async fn get(&self, link: Url) -> Result<Opened, WireError> {
        self.execute(reqwest::Request::new(reqwest::Method::GET, link)).await
    }

    async fn execute(&self, message: reqwest::Request) -> Result<Opened, WireError> {
        let client = self.client.get(async { client() }).await?;
        let response = client.execute(message).await.map_err(|error| cause::unreachable(&error.without_url()))?;
        Ok(body::opened(http::Response::from(response)))
    }

    fn outgoing(&self, request: &Request) -> Result<Outgoing, WireError> {
        let (settings, secrets) = (&self.settings, &self.settings.secrets);
        let mut headers = HeaderMap::new();
        let mut body = request.body.clone();
        let url = match request.service {
            Service::Loki => base("sources.loki_url", &settings.loki_url, &request.path)?,
            Service::Prometheus => base("sources.prometheus_url", &settings.prometheus_url, &request.path)?,
            Service::Openmemory => {
                if let Some(place) = &secrets.openmemory_key {
                    headers.insert(AUTHORIZATION, self.bearer("OpenMemory's key", place)?);
                }
                base("sources.openmemory_url", &settings.openmemory_url, &request.path)?
            }
            Service::Discord => self.webhook("Discord", "channels.discord", &secrets.discord_webhook, request)?,
            Service::Slack => self.webhook("Slack", "channels.slack", &secrets.slack_webhook, request)?,
            Service::Pagerduty => {
                let place = secrets
                    .pagerduty_key
                    .as_ref()
                    .ok_or_else(|| unset("PagerDuty's routing key", "channels.pagerduty"))?;
                let key = self.environment.secret("PagerDuty's routing key", place)?;
                body = Some(with_key(body.as_deref(), key.expose())?);
                base("sources.pagerduty_url", &settings.pagerduty_url, &request.path)?
            }
            Service::Github | Service::Kubernetes => {
                return Err(WireError::Unreachable(format!("{} has a client of its own", request.service)));
            }
        };
        Ok(Outgoing { url, headers, body })
    }

    fn bearer(&self, what: &str, place: &SecretRef) -> Result<HeaderValue, WireError> {
        let secret = self.environment.secret(what, place)?;
        let value = HeaderValue::from_str(&format!("Bearer {}", secret.expose()));
        let mut value = value
            .ok()
            .filter(|_| secret.is_header_safe())
            .ok_or_else(|| WireError::Credential(format!("{what} holds something else than one key: set it again")))?;
        value.set_sensitive(true);
        Ok(value)
    }

    /// The secret address, with what the path has behind `/webhook`.
    fn webhook(&self, name: &str, key: &str, place: &Option<SecretRef>, request: &Request) -> Result<Url, WireError> {
        let what = format!("{name}'s webhook");
        let place = place.as_ref().ok_or_else(|| unset(&what, key))?;
        let secret = self.environment.secret(&what, place)?;
        let rest = request.path.strip_prefix(WEBHOOK).unwrap_or(&request.path);
        extend(secret.expose(), rest).ok_or_else(|| {
            WireError::Credential(format!("{what} is no http address: correct what `{key}` in healer.yaml names"))
        })
    }
}

fn client() -> Result<Client, WireError> {
    crate::install_crypto();
    // No redirects: an address here is configured or a secret, and a redirect would carry it on.
    let builder =
        Client::builder().user_agent(AGENT).connect_timeout(CONNECT).redirect(reqwest::redirect::Policy::none());
    builder.build().map_err(|error| {
        WireError::Credential(format!("no HTTP client: {}; is SSL_CERT_FILE set and readable?", cause::root(&error)))
    })
}

fn base(key: &str, base: &str, path: &str) -> Result<Url, WireError> {
    extend(base, path)
        .ok_or_else(|| WireError::Credential(format!("`{base}` is no http address: correct `{key}` in healer.yaml")))
}

/// Puts a path behind an address' own; its query stays.
fn extend(address: &str, path: &str) -> Option<Url> {
    let mut url = Url::parse(address).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let whole = format!("{}{path}", url.path().trim_end_matches('/'));
    url.set_path(&whole);
    Some(url)
}

fn unset(what: &str, key: &str) -> WireError {
    WireError::Credential(format!("{what} is not configured: set `{key}` in healer.yaml"))
}

/// The event with its routing key.
fn with_key(event: Option<&[u8]>, key: &str) -> Result<Vec<u8>, WireError> {
    let mut event: Map<String, Value> = serde_json::from_slice(event.unwrap_or(b"{}"))
        .map_err(|_| WireError::Unreachable("the event is no JSON object".to_owned()))?;
    event.insert("routing_key".to_owned(), Value::String(key.to_owned()));
    serde_json::to_vec(&event).map_err(|error| cause::unreachable(&error))
}
