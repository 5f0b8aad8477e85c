//! Text that somebody else wrote, and the only ways out of it.
//!
//! CI logs, branch names, titles, file names and an agent's own output are hostile (design, section 7).
//! [`Untrusted`] holds such text. It has no `Display`, no `Deref` and no `Into<String>`, so it cannot slip into a
//! sentence, a prompt or a query by accident: every way out is a named *sink* that encodes for its destination.
//!
//! [`clean`] takes what a terminal would have done out of log text and makes invisible characters visible.

mod chat;
mod clean;
mod markdown;
mod packed;
mod query;
mod terminal;
mod untrusted;

pub use clean::{Cleaned, Cleaner, LINE_BYTES, clean, clean_line};
pub use packed::{PACKED_BYTES, is_packed};
pub use terminal::TERMINAL_CHARS;
pub use untrusted::Untrusted;
