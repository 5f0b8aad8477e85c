//! Where the world is: namespaces, base addresses, time-outs. The crate `config` fills it; defaults are the platform's.

use std::path::PathBuf;
use std::time::Duration;

use crate::wire::Service;

/// Where the services are and how long to wait for them. Holds no secret, only where the live wire finds each.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Our own objects: records, Leases, counters, `healer-switch`.
    pub namespace: String,
    /// CodeRuns.
    pub coderun_namespace: String,
    /// ArgoCD Applications.
    pub argocd_namespace: String,
    /// GitHub's API.
    pub github_url: String,
    /// Loki's gateway.
    pub loki_url: String,
    /// Prometheus.
    pub prometheus_url: String,
    /// OpenMemory.
    pub openmemory_url: String,
    /// OpenMemory's namespace for what Healer remembers.
    pub openmemory_namespace: String,
    /// PagerDuty's Events API.
    pub pagerduty_url: String,
    /// How long one answer of a service may take.
    pub timeouts: Timeouts,
    /// Where the secrets are.
    pub secrets: Secrets,
}

/// Where one secret is; its value is read when it is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretRef {
    /// In this file, such as a mounted Kubernetes Secret.
    File(PathBuf),
    /// In the environment variable of this name.
    Env(String),
}

/// Where the secrets of the services are, as far as the configuration names them. The cluster's come from the environment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Secrets {
    /// OpenMemory's key, if it wants one.
    pub openmemory_key: Option<SecretRef>,
    /// Discord's webhook address.
    pub discord_webhook: Option<SecretRef>,
    /// Slack's webhook address.
    pub slack_webhook: Option<SecretRef>,
    /// PagerDuty's routing key.
    pub pagerduty_key: Option<SecretRef>,
    /// GitHub's, for a tool that finds it in a folder; absent: the environment's.
    pub github: Option<GithubCredential>,
}

/// Who we are for GitHub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GithubCredential {
    /// A GitHub App: its id and its private key.
    App {
        /// Where the number is.
        id: SecretRef,
        /// Where the RSA key in PEM form is.
        key: SecretRef,
    },
    /// One token for everything.
    Token(SecretRef),
}

/// How long one answer may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// GitHub; ten times that for a job's log.
    pub github: Duration,
    /// The API server.
    pub kubernetes: Duration,
    /// Loki and Prometheus.
    pub observability: Duration,
    /// OpenMemory, which is never worth a wait.
    pub openmemory: Duration,
    /// Discord, Slack, PagerDuty.
    pub channels: Duration,
}

impl Default for Timeouts {
    /// `facts/cto.md` 4.8 and 4.10, `facts/safety.md` 4.1 and 4.4.
    fn default() -> Self {
        Self {
            github: Duration::from_secs(30),
            kubernetes: Duration::from_secs(30),
            observability: Duration::from_secs(30),
            openmemory: Duration::from_secs(5),
            channels: Duration::from_secs(30),
        }
    }
}

impl Default for Settings {
    /// The platform's own (`facts/cto.md` 1.1, 4.8 to 4.10).
    fn default() -> Self {
        Self {
            namespace: "cto".into(),
            coderun_namespace: "cto".into(),
            argocd_namespace: "argocd".into(),
            github_url: "https://api.github.com".into(),
            loki_url: "http://loki-gateway.observability.svc.cluster.local:80".into(),
            prometheus_url: "http://prometheus-server.observability.svc.cluster.local:80".into(),
            openmemory_url: "http://openmemory.cto.svc.cluster.local:8080".into(),
            openmemory_namespace: "agent/healer".into(),
            pagerduty_url: "https://events.pagerduty.com".into(),
            timeouts: Timeouts::default(),
            secrets: Secrets::default(),
        }
    }
}

impl Settings {
    /// How long an answer of this service may take.
    pub const fn timeout(&self, service: Service) -> Duration {
        match service {
            Service::Github => self.timeouts.github,
            Service::Kubernetes => self.timeouts.kubernetes,
            Service::Loki | Service::Prometheus => self.timeouts.observability,
            Service::Openmemory => self.timeouts.openmemory,
            Service::Discord | Service::Slack | Service::Pagerduty => self.timeouts.channels,
        }
    }
}
