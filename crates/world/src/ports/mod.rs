//! The ports: what a step may ask of the world.
//!
//! A step names exactly its powers: `async fn run(needs: Needs, ports: &(impl ReadGithub + Leases + Clock))`.
//! [`crate::World`] has them all, over whatever wire it was opened with. Static dispatch, no `Send` bound: steps run on one
//! thread ([`crate::block_on`]) and ask several sources at once with `tokio::join!` or [`Clock::within`].

mod github;
mod kubernetes;
mod sources;

pub use github::*;
pub use kubernetes::*;
pub use sources::*;
