//! A small GitHub for tests: real git, real CI, real state, signed webhooks, and misbehaviour on demand. `README.md`
//! says how it is used.

mod api;
mod auth;
mod ci;
mod control;
mod events;
mod git;
mod http;
mod misbehave;
mod model;
mod push;
mod render;
mod server;
mod store;
mod threads;
mod webhooks;
mod when;

pub use api::{ROUTES, Route};
pub use misbehave::Misbehave;
pub use server::{Options, Running, Server};
pub use webhooks::Hook;

/// The App that GitHub Actions is.
pub(crate) const ACTIONS: u64 = 15368;
