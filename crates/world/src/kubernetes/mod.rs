//! Kubernetes' API: its shapes, and the ports over any wire.

mod cluster;
mod objects;
mod types;

pub use types::*;
