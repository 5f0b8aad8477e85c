//! GitHub's REST API, version 2022-11-28: its shapes, and the ports over any wire.

mod alerts;
mod app;
mod read;
mod threads;
mod types;
mod words;
mod write;

pub use alerts::*;
pub use threads::*;
pub use types::*;
pub use words::*;

use text::Untrusted;

/// A repository's owner and name, for the paths of calls.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Slug {
    owner: String,
    name: String,
}

impl Slug {
    /// Owner and name as GitHub gives them; whatever they hold, they stay one path segment each.
    pub fn new(owner: impl Into<String>, name: impl Into<String>) -> Self {
        Self { owner: owner.into(), name: name.into() }
    }

    /// Reads `owner/name`; `None` unless both parts are there and hold only what GitHub allows in them.
    pub fn parse(text: &str) -> Option<Self> {
        let (owner, name) = text.split_once('/')?;
        let legal =
            |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b));
        (legal(owner) && legal(name)).then(|| Self::new(owner, name))
    }

    /// The owner, as given.
    pub fn owner(&self) -> &str {
        &self.owner
    }

    /// The name, as given.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// `/repos/<owner>/<name>` and the rest, which begins with `/` or is empty.
    pub(crate) fn path(&self, rest: impl AsRef<str>) -> String {
        format!("/repos/{}/{}{}", segment(&self.owner), segment(&self.name), rest.as_ref())
    }
}

/// `owner/name`, percent-encoded where somebody made it up.
impl std::fmt::Display for Slug {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", segment(&self.owner), segment(&self.name))
    }
}

/// One path segment, whatever the text holds.
pub(crate) fn segment(text: &str) -> String {
    Untrusted::new(text).url_segment()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_never_climbs() {
        assert_eq!(Slug::parse("acme/widgets").unwrap().path("/pulls"), "/repos/acme/widgets/pulls");
        assert_eq!(Slug::parse("acme/../x"), None);
        assert_eq!(Slug::parse("acme"), None);
        assert_eq!(Slug::new("..", "a/b").path(""), "/repos/%252E%252E/a%2Fb");
    }
}
