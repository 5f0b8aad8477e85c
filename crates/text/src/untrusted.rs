//! The type, and what it deliberately does not do.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

/// Text from outside: never an instruction, never a decision by itself.
///
/// It is serialised as a plain JSON string. It is read through the sinks ([`code_span`](Self::code_span),
/// [`fence`](Self::fence), [`label_value`](Self::label_value), [`logql`](Self::logql), [`promql`](Self::promql),
/// [`url_segment`](Self::url_segment), [`discord`](Self::discord), [`slack`](Self::slack),
/// [`terminal`](Self::terminal)) or, for decisions only, through [`expose`](Self::expose).
///
/// It cannot be formatted:
/// ```compile_fail,E0277
/// let branch = text::Untrusted::new("main");
/// let sentence = format!("pushed to {branch}");
/// ```
/// nor turned into text by `to_string`:
/// ```compile_fail,E0599
/// let text = text::Untrusted::new("main").to_string();
/// ```
/// nor used as a `str`:
/// ```compile_fail,E0308
/// let branch = text::Untrusted::new("main");
/// let text: &str = &branch;
/// ```
/// ```compile_fail,E0277
/// let branch = text::Untrusted::new("main");
/// let text: &str = AsRef::<str>::as_ref(&branch);
/// ```
/// nor converted:
/// ```compile_fail,E0277
/// let text: String = text::Untrusted::new("main").into();
/// ```
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Untrusted(String);

impl Untrusted {
    /// Takes text as it is; the sinks encode it.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Takes bytes; what is not UTF-8 becomes U+FFFD, one per maximal subpart (Unicode 15, section 3.9).
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self(String::from_utf8_lossy(bytes).into_owned())
    }

    /// The raw text, **for decisions only**: matching a rule, comparing with a known value, counting.
    ///
    /// Whatever is written, sent or shown goes through a sink instead. The name is there to be searched for in review.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Length in bytes.
    pub fn len_bytes(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no text at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The same text after [`clean`](crate::clean): no terminal controls, invisible characters shown, long lines cut.
    #[must_use]
    pub fn cleaned(self) -> Self {
        match crate::clean(&self.0) {
            Cow::Borrowed(_) => self,
            Cow::Owned(text) => Self(text),
        }
    }

    /// The first `max` bytes at most, cut between characters. The caller says that something was left out.
    #[must_use]
    pub fn cut(&self, max: usize) -> Self {
        Self(self.0[..self.0.floor_char_boundary_at(max)].to_owned())
    }
}

/// Cutting a string between characters.
pub(crate) trait CharBoundary {
    /// The largest character boundary that is at most `at`.
    fn floor_char_boundary_at(&self, at: usize) -> usize;
}

impl CharBoundary for str {
    fn floor_char_boundary_at(&self, at: usize) -> usize {
        let mut at = at.min(self.len());
        while !self.is_char_boundary(at) {
            at -= 1;
        }
        at
    }
}

impl From<String> for Untrusted {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Untrusted {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

/// Only the length, so that a `{:?}` in a log line gives nothing away.
impl fmt::Debug for Untrusted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Untrusted({} bytes)", self.0.len())
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Untrusted {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Untrusted".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string" })
    }
}
