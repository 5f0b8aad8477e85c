//! One strict `healer.yaml`, one type (design section 8).
//!
//! Every key has a default that is the platform's own (cto.md 4.5, 4.8-4.10, 6); a file says only what differs. An
//! unknown key, a key twice, a wrong value is an error with line, column and what is possible. No repository is allowed
//! until it is listed. Secrets are named by file or environment variable, never written. Configuration is never read
//! from the branch under repair. Pure crate: it reads the file it is told to, and nothing else.

mod agents;
mod check;
mod checks;
mod decode;
mod defaults;
mod file;
mod platform;
mod problem;
mod rules;
mod secret;
mod tree;
mod types;

pub use agents::{AgentConfig, Agents};
pub use check::{Report, check};
pub use file::{Args, MAX_BYTES};
pub use problem::{ConfigError, Problem};
pub use rules::{MAX_RULES, UserRole, UserRule};
pub use secret::{Secret, SecretError};
pub use types::{Approve, Channels, CodeRunDefaults, Config, Deadlines, Limits, Repository, Sources};
