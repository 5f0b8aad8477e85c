//! The sections of the document. Every list has a cap ([`caps`]) and a sibling `<list>_omitted` that says how many were
//! left out; instants are RFC 3339 UTC and end in `_at`; text that a stranger may have written is [`Untrusted`].

/// How long each list may be. The schema states it as `maxItems`, so every golden document is held to it.
pub mod caps {
    /// Entries of any `because`.
    pub const BECAUSE: usize = 12;
    /// Failed jobs of one failure.
    pub const JOBS: usize = 20;
    /// Changed files.
    pub const FILES: usize = 60;
    /// Attempts, over all rounds.
    pub const ATTEMPTS: usize = 20;
    /// Commits of one attempt.
    pub const COMMITS: usize = 20;
    /// Line ranges of an excerpt.
    pub const RANGES: usize = 12;
    /// Lines, events, pods and memories of a source of context.
    pub const CONTEXT: usize = 20;
    /// Workflows that one event makes, and remediations that one command changes.
    pub const WORKFLOWS: usize = 20;
    /// Entries of the trail.
    pub const TRAIL: usize = 120;
    /// Characters of one line of foreign text in the document.
    pub const TEXT: usize = 400;
}

/// The first `cap` items, and how many were left out.
pub fn cap<T>(mut list: Vec<T>, cap: usize) -> (Vec<T>, u64) {
    let omitted = list.len().saturating_sub(cap) as u64;
    list.truncate(cap);
    (list, omitted)
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}

macro_rules! sections {
    ($($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident: $type:ty,)* })+) => { $(
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub struct $name { $($(#[$field_meta])* pub $field: $type,)* }
    )+ };
}

mod attempt;
mod context;
mod failure;
mod opened;
mod shell;

pub use attempt::*;
pub use context::*;
pub use failure::*;
pub use opened::*;
pub use shell::*;
