//! GitHub through octocrab: raw requests with our own headers, redirects followed by hand.

use std::sync::Arc;

use http::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, LOCATION};
use reqwest::Url;
use world::wire::{Method, Request, WireError};
use world::{GithubCredential, Settings};

use crate::body::{self, Opened};
use crate::cause;
use crate::github_access::Access;
use crate::http_services::HttpServices;
use crate::per_runtime::PerRuntime;
use crate::redirect::{self, Target};
use crate::secrets::Environment;

/// A renamed repository is one, a log another.
const HOPS: usize = 3;
const JSON: &str = "application/vnd.github+json";
/// The API's version that `facts/` and the recorded worlds describe.
const VERSION: (&str, &str) = ("x-github-api-version", "2022-11-28");

/// GitHub.
pub(crate) struct Github {
    base: String,
    given: Option<GithubCredential>,
    environment: Environment,
    access: PerRuntime<Access>,
    /// For what GitHub redirects to.
    elsewhere: Arc<HttpServices>,
}

impl Github {
    pub(crate) fn new(settings: &Settings, environment: Environment, elsewhere: Arc<HttpServices>) -> Self {
        let given = settings.secrets.github.clone();
        Self { base: settings.github_url.clone(), given, environment, access: PerRuntime::new(), elsewhere }
    }

    /// Sends a request; redirects of a read are followed, those of a write are answers.
    ///
    /// A link to another host gets no credentials. It may have expired on the way (403): that is no matter of our rights
    /// but a reason to ask for a new one, which the retries do.
    pub(crate) async fn open(&self, request: &Request) -> Result<Opened, WireError> {
        let access = self.access.get(async { Access::new(&self.base, self.given.as_ref(), &self.environment) }).await?;
        let client = access.client(&request.path).await?;
        let mut path = format!("{}{}", request.path, query(&request.query));
        for _ in 0..=HOPS {
            let message = message(request, &path)?;
            let response = client.execute(message).await.map_err(|error| cause::unreachable(&error))?;
            let location = response.headers().get(LOCATION).and_then(|location| location.to_str().ok());
            let (Method::Get, true, Some(location)) = (request.method, response.status().is_redirection(), location)
            else {
                return Ok(body::opened(response));
            };
            match redirect::target(&self.here(&path)?, location)? {
                Target::Same(next) => path = next,
                Target::Elsewhere(link) => return self.linked(link).await,
            }
        }
        Err(WireError::Unreachable(format!("GitHub redirects more than {HOPS} times")))
    }

    async fn linked(&self, link: Url) -> Result<Opened, WireError> {
        let host = link.host_str().unwrap_or_default().to_owned();
        let opened = self.elsewhere.get(link).await?;
        match opened.status().as_u16() {
            200..=299 | 404 | 410 => Ok(opened),
            status => Err(WireError::Unreachable(format!("GitHub's link to {host} answers {status}"))),
        }
    }

    fn here(&self, path: &str) -> Result<Url, WireError> {
        let here = format!("{}{path}", self.base.trim_end_matches('/'));
        Url::parse(&here).map_err(|error| cause::unreachable(&error))
    }
}

/// octocrab adds the base address and the credential, the latter only where the address is relative.
fn message(request: &Request, path: &str) -> Result<http::Request<Vec<u8>>, WireError> {
    let accept = if request.accept.is_empty() { JSON } else { request.accept };
    let mut message = http::Request::builder().method(request.method.as_str()).uri(path);
    message = message.header(ACCEPT, accept).header(VERSION.0, VERSION.1);
    let body = match &request.body {
        Some(body) => {
            message = message.header(CONTENT_TYPE, "application/json");
            body.clone()
        }
        None => {
            if request.method != Method::Get {
                message = message.header(CONTENT_LENGTH, "0");
            }
            Vec::new()
        }
    };
    message.body(body).map_err(|error| cause::unreachable(&error))
}

/// A query as a form encodes it, with its `?`; empty for none.
pub(crate) fn query(pairs: &[(String, String)]) -> String {
    // A base is needed to have the encoder that every other address of ours goes through.
    let Ok(mut url) = Url::parse("http://localhost/") else { return String::new() };
    if !pairs.is_empty() {
        url.query_pairs_mut().extend_pairs(pairs);
    }
    url.query().map(|query| format!("?{query}")).unwrap_or_default()
}
