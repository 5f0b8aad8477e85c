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

/// Whether the `git` program is not there: a test that needs it says so and does nothing. `.ci/run` installs it.
pub fn without_git() -> bool {
    let missing = std::process::Command::new("git").arg("--version").output().is_err();
    if missing {
        let thread = std::thread::current();
        let test = thread.name().unwrap_or("a test");
        // A line that is lost is no reason to fail.
        let _ = std::io::Write::write_all(
            &mut std::io::stderr(),
            format!("SKIPPED {test}: there is no `git` here\n").as_bytes(),
        );
    }
    missing
}
