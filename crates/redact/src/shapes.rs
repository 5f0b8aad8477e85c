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
    /// At the beginning of the run of letters, digits, `+`, `/`, `~`, `.`, `_`, `-` around the keyword.
    Base64,
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
        Start::Token => at - run_before(bytes, at, b"_-.:"),
        Start::Base64 => at - run_before(bytes, at, b"_-.+/~"),
    };
    let window = &bytes[start..bytes.len().min(start + REACH)];
    let regex = regex(index, shape)?;
    // Groups cost several times what the end of the match costs.
    let (secret, group) = match regex.captures_len() {
        1 => (regex.find(window)?, false),
        _ => regex
            .captures(window)
            .and_then(|found| Some((found.get(1).or_else(|| found.get(0))?, found.get(1).is_some())))?,
    };
    let body = secret.as_bytes().get(shape.keyword.len()..).filter(|_| !group).unwrap_or(secret.as_bytes());
    let dummy = distinct(body) < 5 || memchr::memmem::find(secret.as_bytes(), b"EXAMPLE").is_some();
    let end = start + secret.end();
    let more = if secret.end() == REACH {
        bytes[end..].iter().take_while(|b| token(b) || b"+/=".contains(b)).count()
    } else {
        0
    };
    Some(Match { start: start + secret.start(), end: end + more, dummy })
}

/// Length of the run of letters, digits and `others` before `at`.
fn run_before(bytes: &[u8], at: usize, others: &[u8]) -> usize {
    let before = bytes[at.saturating_sub(128)..at].iter().rev();
    before.take_while(|b| b.is_ascii_alphanumeric() || others.contains(b)).count()
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
#[allow(clippy::expect_used)]
mod tests {
    use proptest::strategy::{Strategy, ValueTree};
    use proptest::string::string_regex;
    use proptest::test_runner::TestRunner;

    use super::*;
    use crate::providers::shapes;

    /// Classes spelled out and boundaries left out, for the generator.
    fn spelled_out(pattern: &str) -> String {
        let mut out = String::new();
        let mut chars = pattern.chars();
        let mut in_class = false;
        while let Some(c) = chars.next() {
            in_class = (in_class || c == '[') && c != ']';
            let class = match c {
                '\\' => chars.next(),
                c => {
                    out.push(c);
                    continue;
                }
            };
            let letters = match class {
                Some('w') => "A-Za-z0-9_",
                Some('d') => "0-9",
                Some('b') | None => continue,
                Some(c) => {
                    out.extend(['\\', c]);
                    continue;
                }
            };
            out.push_str(&if in_class { letters.to_owned() } else { format!("[{letters}]") });
        }
        out.replace("(?i:", "(?:").replace("[^ /]", "[a-z]")
    }

    /// Every rule finds what its own pattern describes, wherever a token may stand.
    #[test]
    fn every_shape_is_found() {
        let mut missed = Vec::new();
        let mut runner = TestRunner::deterministic();
        for shape in shapes() {
            let strategy = string_regex(&spelled_out(shape.pattern)).expect(shape.pattern);
            let token = (0..200)
                .map(|_| strategy.new_tree(&mut runner).expect(shape.pattern).current())
                .find(|token| distinct(token.as_bytes()) > 12)
                .unwrap_or_else(|| panic!("{}: no token", shape.rule));
            for text in [format!("using {token} now"), format!("(\"{token}\")"), format!("x: '{token}'"), token.clone()]
            {
                let redacted = crate::Redactor::new().redact(&text);
                if redacted.text.contains(&token) {
                    missed.push(format!("{} in {text:?}: {:?}", shape.rule, redacted.text));
                }
            }
        }
        assert!(missed.is_empty(), "{}", missed.join("\n"));
    }

    #[test]
    fn every_pattern_compiles_and_is_found_by_its_keyword() {
        for shape in shapes() {
            assert!(compile(shape.pattern).is_some(), "{}: {}", shape.rule, shape.pattern);
            assert!(shape.keyword.len() >= 3, "{}: the keyword is too common", shape.rule);
        }
    }
}
