//! One wire over all services: deadlines, bounds and retries.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout_at};
use world::Settings;
use world::wire::{Answer, BoxFuture, Request, Service, Wire, WireError};

use crate::body::{self, MAX_BYTES, Opened};
use crate::github::Github;
use crate::http_services::HttpServices;
use crate::kubernetes::Kubernetes;
use crate::retry;
use crate::secrets::Environment;

/// The real services.
pub struct LiveWire {
    github: Github,
    kubernetes: Kubernetes,
    http: Arc<HttpServices>,
    max_bytes: usize,
}

impl LiveWire {
    /// Prepares everything and connects to nothing.
    pub fn new(settings: Settings, environment: Environment) -> Self {
        crate::install_crypto();
        let http = Arc::new(HttpServices::new(settings.clone(), environment.clone()));
        let github = Github::new(&settings, environment.clone(), http.clone());
        Self { github, kubernetes: Kubernetes::new(environment), http, max_bytes: MAX_BYTES }
    }

    /// Keeps at most this many bytes of an answer instead of 32 MiB.
    #[must_use]
    pub const fn with_max_bytes(mut self, max_bytes: usize) -> Self {
        self.max_bytes = max_bytes;
        self
    }

    async fn open(&self, request: &Request) -> Result<Opened, WireError> {
        match request.service {
            Service::Github => self.github.open(request).await,
            Service::Kubernetes => self.kubernetes.open(request).await,
            Service::Loki
            | Service::Prometheus
            | Service::Openmemory
            | Service::Discord
            | Service::Slack
            | Service::Pagerduty => self.http.open(request).await,
        }
    }
}

impl Wire for LiveWire {
    fn call<'a>(&'a self, request: Request) -> BoxFuture<'a, Result<Answer, WireError>> {
        Box::pin(async move {
            let end = Instant::now() + request.deadline;
            for sent in 1.. {
                let once = async { body::whole(self.open(&request).await?, self.max_bytes).await };
                let result = within(end, request.deadline, once).await;
                let Some(pause) = retry::pause(&request, sent, &result, left(end)) else { return result };
                sleep(pause).await;
            }
            Err(WireError::Timeout(request.deadline))
        })
    }

    fn stream<'a>(
        &'a self,
        request: Request,
        chunk: &'a mut (dyn FnMut(&[u8]) + Send),
    ) -> BoxFuture<'a, Result<Answer, WireError>> {
        Box::pin(async move {
            let end = Instant::now() + request.deadline;
            for sent in 1.. {
                let mut begun = false;
                let mut piece = |bytes: &[u8]| {
                    begun = true;
                    chunk(bytes);
                };
                let once = async { body::handed_on(self.open(&request).await?, self.max_bytes, &mut piece).await };
                let result = within(end, request.deadline, once).await;
                if begun {
                    // What was handed on cannot be taken back.
                    return result;
                }
                let Some(pause) = retry::pause(&request, sent, &result, left(end)) else { return result };
                sleep(pause).await;
            }
            Err(WireError::Timeout(request.deadline))
        })
    }
}

async fn within(
    end: Instant,
    deadline: Duration,
    work: impl Future<Output = Result<Answer, WireError>>,
) -> Result<Answer, WireError> {
    timeout_at(end, work).await.unwrap_or(Err(WireError::Timeout(deadline)))
}

fn left(end: Instant) -> Duration {
    end.saturating_duration_since(Instant::now())
}
