//! What went wrong, sorted by what the caller should do.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use text::Untrusted;

use crate::status;
use crate::wire::{Answer, Method, Request, Service, WireError};

/// Result of every port.
pub type PortResult<T> = Result<T, PortError>;

/// The call that an error is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Whom it was for.
    pub service: Service,
    /// How.
    pub method: Method,
    /// The path, without query.
    pub path: String,
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.service, self.method, Untrusted::new(&*self.path).terminal())
    }
}

impl From<&Request> for Call {
    fn from(request: &Request) -> Self {
        Self { service: request.service, method: request.method, path: request.path.clone() }
    }
}

/// Why a port could not do its work. Every message names service, method and path.
#[derive(Debug, Clone, thiserror::Error)]
pub enum PortError {
    /// There is no such thing (404), or we may not see it: GitHub answers 404 for both.
    #[error("{call}: not found")]
    NotFound {
        /// The call.
        call: Call,
    },
    /// It was there and is not any more (410 for expired logs, a deleted webhook).
    #[error("{call}: gone: {why}")]
    Gone {
        /// The call.
        call: Call,
        /// What the service said.
        why: String,
    },
    /// Not now: 5xx, 429, a rate limit, quota, time-out, cut body, DNS. Run again; a write may or may not have happened.
    #[error("{call}: not now: {why}{}", wait(.retry_after))]
    Later {
        /// The call.
        call: Call,
        /// What happened.
        why: String,
        /// How long the service asks us to wait, if it said.
        retry_after: Option<Duration>,
    },
    /// Credentials or rights (401, 403). Trying again does not help.
    #[error("{call}: denied: {why}")]
    Denied {
        /// The call.
        call: Call,
        /// What the service said.
        why: String,
    },
    /// It exists already, or it changed since it was read (409). Read it again and decide again.
    #[error("{call}: conflict: {why}")]
    Conflict {
        /// The call.
        call: Call,
        /// What the service said.
        why: String,
    },
    /// The service understood and will not do it (400, 406, 422): what we sent is wrong, or too large.
    #[error("{call}: refused: {why}")]
    Refused {
        /// The call.
        call: Call,
        /// What the service said.
        why: String,
    },
    /// The recorded world has no answer for this call.
    #[error("{call}: the recorded world has no {}; record the answer there, or a .fault.yaml beside it", recording.display())]
    Missing {
        /// The call.
        call: Call,
        /// The file it looked for first.
        recording: PathBuf,
    },
    /// The answer is not what this service answers: HTML, another JSON shape, an unknown status, a broken recording.
    #[error("{call}: the answer makes no sense: {what}")]
    Malformed {
        /// The call.
        call: Call,
        /// What is wrong, and where.
        what: String,
    },
}

fn wait(retry_after: &Option<Duration>) -> String {
    retry_after.map(|wait| format!(", try again in {} s", wait.as_secs())).unwrap_or_default()
}

impl PortError {
    /// The call that failed.
    pub fn call(&self) -> &Call {
        match self {
            Self::NotFound { call }
            | Self::Gone { call, .. }
            | Self::Later { call, .. }
            | Self::Denied { call, .. }
            | Self::Conflict { call, .. }
            | Self::Refused { call, .. }
            | Self::Missing { call, .. }
            | Self::Malformed { call, .. } => call,
        }
    }

    /// The exit code (design, section 2) of a step that can do nothing else about it.
    ///
    /// 75 for what may pass by itself (a malformed answer too: a proxy's HTML page passes), 77 for rights, 78 for what is
    /// not there though the configuration says so or nobody recorded it, 1 for a request that we should not have sent.
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::Later { .. } | Self::Conflict { .. } | Self::Malformed { .. } => 75,
            Self::Denied { .. } => 77,
            Self::NotFound { .. } | Self::Gone { .. } | Self::Missing { .. } => 78,
            Self::Refused { .. } => 1,
        }
    }

    /// One closed word for a `gap` or a log line.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "not_found",
            Self::Gone { .. } => "gone",
            Self::Later { .. } => "later",
            Self::Denied { .. } => "denied",
            Self::Conflict { .. } => "conflict",
            Self::Refused { .. } => "refused",
            Self::Missing { .. } => "missing_recording",
            Self::Malformed { .. } => "malformed",
        }
    }

    /// Whether running again may help.
    pub const fn is_later(&self) -> bool {
        self.exit_code() == 75
    }

    /// There is no answer: what that means.
    pub(crate) fn from_wire(call: Call, error: WireError) -> Self {
        match error {
            WireError::Missing { recording } => Self::Missing { call, recording },
            WireError::Recording(what) => Self::Malformed { call, what },
            WireError::Credential(why) => Self::Denied { call, why },
            WireError::TooLarge(_) => Self::Malformed { call, what: error.to_string() },
            WireError::Timeout(_) | WireError::Unreachable(_) | WireError::Cut { .. } => {
                Self::Later { call, why: error.to_string(), retry_after: None }
            }
        }
    }

    /// The answer is no success: what that means, by the table in [`status`].
    pub(crate) fn from_answer(call: Call, answer: &Answer, now: jiff::Timestamp) -> Self {
        let why = status::message(answer);
        match status::meaning(call.service, answer) {
            status::Means::NotFound => Self::NotFound { call },
            status::Means::Gone => Self::Gone { call, why },
            status::Means::Later => Self::Later { call, why, retry_after: status::retry_after(answer, now) },
            status::Means::LaterInAMinute => {
                let asked = status::retry_after(answer, now);
                Self::Later { call, why, retry_after: Some(asked.unwrap_or(Duration::from_secs(60))) }
            }
            status::Means::Denied => Self::Denied { call, why },
            status::Means::Conflict => Self::Conflict { call, why },
            status::Means::Refused => Self::Refused { call, why },
            status::Means::Malformed => Self::Malformed { call, what: why },
        }
    }
}

/// Turns "not there" into `None`.
pub(crate) fn found<T>(result: PortResult<T>) -> PortResult<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(PortError::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Why there is no world to work with. All of them are exit code 78.
#[derive(Debug, thiserror::Error)]
pub enum WorldError {
    /// No `--world`, and this binary was built without live clients.
    #[error(
        "this binary has no live clients: give --world DIR (or HEALER_WORLD) with a recorded world, or build `healer` with the feature `live`"
    )]
    NotLive,
    /// The folder, or a file in it, is not a recorded world.
    #[error("{file}: {what}")]
    Recording {
        /// The file or folder.
        file: String,
        /// What is wrong and what to do.
        what: String,
    },
    /// The live factory could not start.
    #[error("{0}")]
    Live(String),
}

impl WorldError {
    /// Always 78, misconfigured.
    pub const fn exit_code(&self) -> u8 {
        78
    }
}
