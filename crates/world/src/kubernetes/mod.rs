//! Kubernetes' API: its shapes, and the ports over any wire.

mod cluster;
mod objects;
mod reading;
mod types;

pub use reading::*;
pub use types::*;
