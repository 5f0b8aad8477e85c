//! The world outside: ports, what they answer, and recorded worlds that play both.
//!
//! Three layers. *Ports* ([`ports`]) are what a step may ask, one trait per power. *Wires* ([`wire`]) carry requests to
//! services. In between [`World`] implements every port once, over any wire: it knows paths, paging, the services' JSON
//! and what their statuses mean. With `--world DIR` the wire is a recorded folder that also keeps what was written to it;
//! without, it is the live one, if the binary was built with it. How to write such a folder: see [`recorded`].

mod call;
mod clock;
mod errors;
mod settings;
mod sources;
mod status;
mod world;

pub mod github;
pub mod kubernetes;
pub mod ports;
pub mod recorded;
pub mod wire;

pub use clock::{LiveTime, TimeSource};
pub use errors::{Call, PortError, PortResult, WorldError};
pub use ports::*;
pub use settings::{GithubCredential, SecretRef, Secrets, Settings, Timeouts};
pub use world::{Args, LiveFactory, World, block_on, register_live};
