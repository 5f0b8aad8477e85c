//! Matching a token by its shape at the place where its keyword was found.

use std::sync::OnceLock;

use regex::bytes::{Regex, RegexBuilder};

use crate::value::distinct;

/// A token known by its shape: one row of [`providers`](crate::providers).
#[derive(Debug)]
pub(crate) struct Shape {
    /// Name in the marker and in the counts.
    pub rule: &'static str,
    /// What every match contains, found by one pass over the line (in any case).
    pub keyword: &'static str,
    /// The whole token (ASCII, bytes). Where a capture group is present, only the group is taken out.
    pub pattern: &'static str,
    /// Where the pattern begins.
    pub start: Start,
}

/// Where a shape begins, seen from its keyword.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// At the keyword; no letter or digit may stand before it.
    Keyword,
    /// At the keyword, whatever stands before it.
    Anywhere,
    /// At the beginning of the run of letters, digits, `_`, `-`, `.`, `:` around the keyword.
    Token,
}

/// The longest piece of a line that one shape looks at, in bytes. The rest of a longer token goes with it.
const REACH: usize = 768;

/// A match of a shape.
pub(crate) struct Match {
    pub start: usize,
    pub end: usize,
    /// Nobody's token: `xxxx`, `…EXAMPLE`.
    pub dummy: bool,
}

/// The place of the secret if the shape matches at `at`, where its keyword stands.
pub(crate) fn find(index: usize, shape: &Shape, line: &str, at: usize) -> Option<Match> {
    let bytes = line.as_bytes();
    let token = |b: &u8| b.is_ascii_alphanumeric() || b"_-.:".contains(b);
    let start = match shape.start {
        Start::Keyword if at > 0 && bytes[at - 1].is_ascii_alphanumeric() && !escaped(bytes, at) => return None,
        Start::Keyword | Start::Anywhere => at,
        Start::Token => at - bytes[at.saturating_sub(128)..at].iter().rev().take_while(|b| token(b)).count(),
    };
    let window = &bytes[start..bytes.len().min(start + REACH)];
    let found = regex(index, shape)?.captures(window)?;
    let secret = found.get(1).or_else(|| found.get(0))?;
    let body =
        secret.as_bytes().get(shape.keyword.len()..).filter(|_| found.get(1).is_none()).unwrap_or(secret.as_bytes());
    let dummy = distinct(body) < 5 || memchr::memmem::find(secret.as_bytes(), b"EXAMPLE").is_some();
    let end = start + secret.end();
    let more = if secret.end() == REACH {
        bytes[end..].iter().take_while(|b| token(b) || b"+/=".contains(b)).count()
    } else {
        0
    };
    Some(Match { start: start + secret.start(), end: end + more, dummy })
}

/// `\nghp_…`: the letter before belongs to an escape.
fn escaped(bytes: &[u8], at: usize) -> bool {
    at > 1 && bytes[at - 2] == b'\\' && b"nrt".contains(&bytes[at - 1])
}

/// Compiled at first use. A pattern that does not compile never matches; a test compiles them all.
fn regex(index: usize, shape: &Shape) -> Option<&'static Regex> {
    static COMPILED: [OnceLock<Option<Regex>>; crate::providers::COUNT] =
        [const { OnceLock::new() }; crate::providers::COUNT];
    COMPILED.get(index)?.get_or_init(|| compile(shape.pattern)).as_ref()
}

/// Anchored, ASCII, no Unicode classes.
fn compile(pattern: &str) -> Option<Regex> {
    RegexBuilder::new(&format!("^(?:{pattern})")).unicode(false).build().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::providers::shapes;

    #[test]
    fn every_pattern_compiles_and_is_found_by_its_keyword() {
        for shape in shapes() {
            assert!(compile(shape.pattern).is_some(), "{}: {}", shape.rule, shape.pattern);
            assert!(shape.keyword.len() >= 3, "{}: the keyword is too common", shape.rule);
        }
    }
}
