//! The layer below the ports: one request, one answer, no meaning.
//!
//! A [`Wire`] carries requests to a service and brings its answers back in the service's own shape. There are two kinds:
//! the recorded one in this crate, and the live one in `world-live`. What a status means is decided above, once, in
//! [`crate::PortError`].

use std::fmt;
use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A future in a box, so that a [`Wire`] can be chosen at run time.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Whom a request is for. The name is also the name of its folder in a recorded world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Service {
    /// GitHub's REST API, version 2022-11-28; paths as in its documentation.
    Github,
    /// The Kubernetes API server.
    Kubernetes,
    /// Loki's HTTP API.
    Loki,
    /// Prometheus' HTTP API.
    Prometheus,
    /// OpenMemory, as `facts/cto.md` 4.10 has it.
    Openmemory,
    /// One Discord webhook. Its secret address never reaches a port: the path is `/webhook` and the wire replaces it.
    Discord,
    /// One Slack webhook, path `/webhook` as for Discord.
    Slack,
    /// PagerDuty's Events API v2; the wire adds the routing key.
    Pagerduty,
}

impl Service {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Github,
        Self::Kubernetes,
        Self::Loki,
        Self::Prometheus,
        Self::Openmemory,
        Self::Discord,
        Self::Slack,
        Self::Pagerduty,
    ];

    /// The name in folders, log lines and files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Github => "github",
            Self::Kubernetes => "kubernetes",
            Self::Loki => "loki",
            Self::Prometheus => "prometheus",
            Self::Openmemory => "openmemory",
            Self::Discord => "discord",
            Self::Slack => "slack",
            Self::Pagerduty => "pagerduty",
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The HTTP method of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// Reads.
    Get,
    /// Creates, or asks a long question.
    Post,
    /// Replaces.
    Put,
    /// Merges (JSON merge patch, RFC 7396).
    Patch,
    /// Removes.
    Delete,
}

impl Method {
    /// The method as HTTP spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What is asked of a service.
#[derive(Debug, Clone)]
pub struct Request {
    /// Whom.
    pub service: Service,
    /// How.
    pub method: Method,
    /// Absolute path, segments percent-encoded, without query: `/repos/acme/widgets/branches/feat%2Fx`.
    pub path: String,
    /// Query, not encoded.
    pub query: Vec<(String, String)>,
    /// The `Accept` header; empty for the service's default (JSON).
    pub accept: &'static str,
    /// JSON body.
    pub body: Option<Vec<u8>>,
    /// How long to wait for the whole answer.
    pub deadline: Duration,
}

/// What a service answered, of any status.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, decompressed.
    pub body: Vec<u8>,
}

impl Answer {
    /// The value of a header, `name` in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(have, _)| have == name).map(|(_, value)| value.as_str())
    }
}

/// Why there is no answer at all.
#[derive(Debug, Clone, thiserror::Error)]
pub enum WireError {
    /// Nothing, or not everything, within the deadline.
    #[error("no answer within {} s", .0.as_secs_f64())]
    Timeout(Duration),
    /// DNS, connect, TLS, reset.
    #[error("not reached: {0}")]
    Unreachable(String),
    /// The answer began and broke off.
    #[error("the answer broke off after {received} bytes")]
    Cut {
        /// How many bytes of the body came.
        received: usize,
        /// Those bytes.
        part: Vec<u8>,
    },
    /// There is no usable credential or address for this service; the sentence says what to set, and no value.
    #[error("{0}")]
    Credential(String),
    /// The answer is larger than this many bytes and was not read to its end.
    #[error("the answer is larger than {0} bytes")]
    TooLarge(usize),
    /// A recorded world has no file for this call.
    #[error("the recorded world has no {}", recording.display())]
    Missing {
        /// The file it looked for first.
        recording: PathBuf,
    },
    /// A recorded world cannot be read or written; the sentence names the file and what to do.
    #[error("{0}")]
    Recording(String),
}

/// Carries requests. Implementors: the recorded world here, the live one in `world-live`.
pub trait Wire: Send + Sync {
    /// Sends one request and waits for the whole answer, whatever its status.
    fn call<'a>(&'a self, request: Request) -> BoxFuture<'a, Result<Answer, WireError>>;

    /// Sends one request and hands the body of a 2xx answer on in pieces, in order; the returned answer has no body then.
    ///
    /// The default collects the body first; a live wire streams, because a job's log may be larger than memory allows.
    fn stream<'a>(
        &'a self,
        request: Request,
        chunk: &'a mut (dyn FnMut(&[u8]) + Send),
    ) -> BoxFuture<'a, Result<Answer, WireError>> {
        Box::pin(async move {
            match self.call(request).await {
                Ok(mut answer) if (200..300).contains(&answer.status) => {
                    std::mem::take(&mut answer.body).chunks(64 * 1024).for_each(chunk);
                    Ok(answer)
                }
                Err(WireError::Cut { received, part }) => {
                    part.chunks(64 * 1024).for_each(chunk);
                    Err(WireError::Cut { received, part: Vec::new() })
                }
                other => other,
            }
        })
    }
}
