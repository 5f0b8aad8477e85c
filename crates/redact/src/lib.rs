//! Secrets out of text, line by line, before it reaches a disk, a prompt, a comment or a log.
//!
//! What is a secret is knowledge, kept in tables: `providers` (tokens known by their shape),
//! `names` (words that make the value behind them a secret). Around them small code for what a table cannot
//! say: URLs, headers, JWTs, PEM blocks, Kubernetes Secrets, encoded text. Keyword beats shape: forty hex digits behind
//! `SONAR_TOKEN=` go, a commit SHA, an image digest or a lockfile hash stays.
//!
//! A match becomes `[redacted:<rule>]`. Nothing else changes, the same text gives the same bytes however it was cut into
//! chunks, and redacting twice changes nothing more. Time is linear; memory is one line and a few held lines.

mod assign;
mod aws;
mod declared;
mod encoded;
mod escapes;
mod foreign;
mod keywords;
mod kubernetes;
mod line;
mod names;
mod pem;
mod providers;
mod runs;
mod scan;
mod shapes;
mod special;
mod stream;
mod value;
mod vendors;
mod words;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

pub use foreign::{Foreign, first_line};
pub use stream::Stream;

/// How often each rule matched. Never a value.
pub type Counts = BTreeMap<&'static str, u32>;

/// What redaction gives back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redacted<'a> {
    /// The text; borrowed if there was nothing to take out.
    pub text: Cow<'a, str>,
    /// Matches by rule.
    pub counts: Counts,
}

/// Takes secrets out of text. Making one costs nothing: what the rules need is built at first use and shared.
#[derive(Clone, Debug, Default)]
pub struct Redactor {
    known: Arc<[String]>,
}

impl Redactor {
    /// A redactor with all built-in rules.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same, and these exact values (say, our own credentials) go as well wherever they stand within a line.
    ///
    /// Values shorter than eight bytes are ignored: they would take ordinary words with them.
    #[must_use]
    pub fn with_known_values(self, values: impl IntoIterator<Item = String>) -> Self {
        let mut known: Vec<String> = values.into_iter().filter(|value| value.len() >= 8).collect();
        known.sort_by_key(|value| std::cmp::Reverse(value.len()));
        Self { known: known.into() }
    }

    /// Redacts a whole text.
    pub fn redact<'a>(&self, text: &'a str) -> Redacted<'a> {
        let mut out = String::new();
        let mut stream = self.stream();
        stream.push(text, &mut out);
        let counts = stream.finish(&mut out);
        let text = if counts.is_empty() { Cow::Borrowed(text) } else { Cow::Owned(out) };
        Redacted { text, counts }
    }

    /// Redacts a text that arrives in pieces of any size.
    pub fn stream(&self) -> Stream {
        Stream::new(self.known.clone())
    }
}
