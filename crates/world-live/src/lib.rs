//! The live world: real services behind [`world::wire::Wire`].
//!
//! GitHub goes through octocrab, the cluster through kube, everything else through one reqwest client. Each client is
//! built when the first request needs it, so a step that never calls GitHub needs no token. Where a secret is comes from
//! [`world::Settings`] or the environment; its value is read when a client is built and appears in no error.
//!
//! | service | credential |
//! |---|---|
//! | GitHub | `HEALER_GITHUB_APP_ID`, `HEALER_GITHUB_APP_PRIVATE_KEY_FILE` and, if wanted, `HEALER_GITHUB_APP_INSTALLATION_ID`; else `GITHUB_TOKEN` |
//! | Kubernetes | `KUBECONFIG`, else `~/.kube/config`, else the pod's service account |
//! | Discord, Slack | the webhook's address, `channels.discord` and `channels.slack` in healer.yaml |
//! | PagerDuty | the routing key, `channels.pagerduty` |
//! | OpenMemory | the key, if it wants one, `sources.openmemory_key` |
//! | Loki, Prometheus | none |

mod body;
mod cause;
mod github;
mod github_access;
mod http_services;
mod kubernetes;
mod per_runtime;
mod redirect;
mod retry;
mod secrets;
mod wire;

pub use secrets::Environment;
pub use wire::LiveWire;

use std::sync::Arc;

use world::{Settings, World, WorldError};

/// Makes every [`World::open`] without a recorded folder a live one. Call it first thing in `main`.
pub fn register() {
    install_crypto();
    world::register_live(open);
}

/// A live world with the process' environment. Opens no connection and reads no secret.
///
/// # Errors
/// None today; the signature is [`world::LiveFactory`]'s.
pub fn open(settings: &Settings) -> Result<World, WorldError> {
    let wire = LiveWire::new(settings.clone(), Environment::process());
    Ok(World::live(Arc::new(wire), settings.clone()))
}

/// One crypto provider for every TLS connection, whatever other crates' features say; one that is there stays.
pub(crate) fn install_crypto() {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
}
