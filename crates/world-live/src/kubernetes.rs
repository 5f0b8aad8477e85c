//! The cluster through kube's client: raw requests, so that every status comes back as an answer.

use std::path::{Path, PathBuf};
use std::time::Duration;

use http::header::{ACCEPT, CONTENT_TYPE};
use kube::config::{KubeConfigOptions, Kubeconfig, KubeconfigError};
use kube::{Client, Config};
use world::wire::{Method, Request, WireError};

use crate::body::{self, Opened};
use crate::cause;
use crate::github::query;
use crate::per_runtime::PerRuntime;
use crate::secrets::Environment;

const CONNECT: Duration = Duration::from_secs(10);

/// The API server.
pub(crate) struct Kubernetes {
    environment: Environment,
    client: PerRuntime<Client>,
}

impl Kubernetes {
    pub(crate) fn new(environment: Environment) -> Self {
        Self { environment, client: PerRuntime::new() }
    }

    /// Sends a request.
    pub(crate) async fn open(&self, request: &Request) -> Result<Opened, WireError> {
        let client = self.client.get(client(&self.environment)).await?;
        let content = match request.method {
            Method::Patch => "application/merge-patch+json",
            _ => "application/json",
        };
        let accept = if request.accept.is_empty() { "application/json" } else { request.accept };
        let mut message = http::Request::builder().method(request.method.as_str());
        message = message.uri(format!("{}{}", request.path, query(&request.query))).header(ACCEPT, accept);
        if request.body.is_some() {
            message = message.header(CONTENT_TYPE, content);
        }
        let message = message.body(request.body.clone().unwrap_or_default().into());
        let message = message.map_err(|error| cause::unreachable(&error))?;
        client.send(message).await.map(body::opened).map_err(|error| failed(&error))
    }
}

async fn client(environment: &Environment) -> Result<Client, WireError> {
    crate::install_crypto();
    let mut config = config(environment).await?;
    config.connect_timeout = Some(CONNECT);
    // kube would send writes again after 503 and 504, when they may have happened.
    config.default_retry = false;
    Client::try_from(config).map_err(|error| failed(&error))
}

/// `KUBECONFIG`, else `~/.kube/config` if there is one, else the pod's service account.
async fn config(environment: &Environment) -> Result<Config, WireError> {
    let home =
        || environment.get("HOME").map(|home| Path::new(&home).join(".kube/config")).filter(|path| path.exists());
    let files: Vec<PathBuf> = match environment.get("KUBECONFIG") {
        Some(list) => std::env::split_paths(&list).filter(|path| !path.as_os_str().is_empty()).collect(),
        None => home().into_iter().collect(),
    };
    if files.is_empty() {
        return Config::incluster().map_err(|error| {
            let why = cause::root(&error);
            WireError::Credential(format!("no cluster: set KUBECONFIG, or run in a pod with a service account ({why})"))
        });
    }
    let mut merged = Kubeconfig::default();
    for file in &files {
        let next = Kubeconfig::read_from(file).map_err(|error| unusable(&files, &error))?;
        merged = merged.merge(next).map_err(|error| unusable(&files, &error))?;
    }
    let config = Config::from_custom_kubeconfig(merged, &KubeConfigOptions::default()).await;
    config.map_err(|error| unusable(&files, &error))
}

/// Every such error names files and contexts, but the parser's quotes the file, which holds tokens.
fn unusable(files: &[PathBuf], error: &KubeconfigError) -> WireError {
    let files = files.iter().map(|file| file.display().to_string()).collect::<Vec<_>>().join(", ");
    let why = match error {
        KubeconfigError::Parse(_) => "it is not the YAML of a kubeconfig".to_owned(),
        KubeconfigError::ParseProxyUrl(_) => "its proxy-url, or HTTPS_PROXY, is no address".to_owned(),
        error => error.to_string(),
    };
    WireError::Credential(format!("cannot use the kubeconfig {files}: {why}"))
}

/// What went wrong in kube. The output of a credential plugin, which kube quotes, may be the credential.
fn failed(error: &kube::Error) -> WireError {
    match error {
        kube::Error::Auth(_) => WireError::Credential(
            "the cluster's credential cannot be had: try the same kubeconfig with `kubectl auth whoami`".to_owned(),
        ),
        kube::Error::ProxyProtocolUnsupported { .. } | kube::Error::ProxyProtocolDisabled { .. } => {
            WireError::Credential("the cluster's proxy is none we can use: give an http:// proxy, or none".to_owned())
        }
        error => cause::unreachable(error),
    }
}
