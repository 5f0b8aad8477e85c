//! A rule's expression: compiled when it is first asked, and cheaply at first.
//!
//! Most logs are short and ask a rule once or twice; then compiling is what takes the time, and `regex-lite` compiles
//! twenty times faster than `regex`, which in turn matches many times faster and has its turn after [`FEW`] questions.
//! On ASCII text the two agree: without Unicode classes the one reads bytes and the other characters, and there these
//! are the same. So a line that is not ASCII is always asked of `regex`.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU8, Ordering};

use regex::bytes::{Regex, RegexBuilder};

use crate::plain::Plain;

/// Questions that are not worth the better engine.
const FEW: u8 = 32;
/// What the better engine may remember of its states: hundreds of rules may be asked.
const MEMORY: usize = 64 * 1024;

/// An expression over bytes.
pub struct Expression {
    like: &'static str,
    plain: OnceLock<Option<Plain>>,
    asked: AtomicU8,
    // Boxed: there are hundreds, and few are ever compiled.
    light: OnceLock<Option<Box<regex_lite::Regex>>>,
    full: OnceLock<Option<Box<Regex>>>,
}

impl Expression {
    /// For this expression, which must be valid (a test compiles all that are built in).
    pub const fn new(like: &'static str) -> Self {
        Self { like, plain: OnceLock::new(), asked: AtomicU8::new(0), light: OnceLock::new(), full: OnceLock::new() }
    }

    /// Whether it matches somewhere in the line.
    pub fn is_match(&self, line: &[u8]) -> bool {
        // One that came compiled has no text.
        if !self.like.is_empty()
            && let Some(plain) = self.plain.get_or_init(|| Plain::new(self.like))
            && let Some(told) = plain.matches(line)
        {
            return told;
        }
        let asked = self.asked.load(Ordering::Relaxed);
        if asked < FEW && line.is_ascii() && self.full.get().is_none() {
            self.asked.store(asked + 1, Ordering::Relaxed);
            let light =
                self.light.get_or_init(|| regex_lite::Regex::new(&without_captures(self.like)).ok().map(Box::new));
            if let (Some(light), Ok(line)) = (light, std::str::from_utf8(line)) {
                return light.is_match(line);
            }
        }
        self.full().is_some_and(|full| full.is_match(line))
    }

    /// The full engine.
    pub fn full(&self) -> Option<&Regex> {
        let compile = || RegexBuilder::new(&without_captures(self.like)).unicode(false).dfa_size_limit(MEMORY).build();
        self.full.get_or_init(|| compile().ok().map(Box::new)).as_deref()
    }
}

/// The same expression whose groups capture nothing: what is kept for each group of each state would be megabytes.
fn without_captures(like: &str) -> String {
    let mut out = String::with_capacity(like.len() + 64);
    let (mut escaped, mut class, mut letters) = (false, false, like.chars().peekable());
    while let Some(letter) = letters.next() {
        out.push(letter);
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '[' if !class => {
                class = true;
                // A bracket that comes first is a letter.
                out.extend(letters.next_if_eq(&'^'));
                out.extend(letters.next_if_eq(&']'));
            }
            ']' => class = false,
            '(' if !class && letters.peek() != Some(&'?') => out.push_str("?:"),
            _ => {}
        }
    }
    out
}

impl From<Regex> for Expression {
    fn from(full: Regex) -> Self {
        Self { full: OnceLock::from(Some(Box::new(full))), ..Self::new("") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::TOOLS;

    #[test]
    fn both_engines_agree_about_every_line_that_a_rule_knows() {
        let rules: Vec<_> = TOOLS.iter().flat_map(|tool| tool.rules).collect();
        let lines: Vec<&str> = rules.iter().flat_map(|rule| rule.yes.iter().chain(rule.no)).copied().collect();
        for rule in rules {
            let full = RegexBuilder::new(&without_captures(rule.like)).unicode(false).build().unwrap();
            let light = regex_lite::Regex::new(&without_captures(rule.like)).unwrap();
            for line in &lines {
                let matches = full.is_match(line.as_bytes());
                match Plain::new(rule.like).and_then(|plain| plain.matches(line.as_bytes())) {
                    Some(told) => assert_eq!(matches, told, "{}: {line}", rule.name),
                    None if line.is_ascii() => assert_eq!(matches, light.is_match(line), "{}: {line}", rule.name),
                    None => {}
                }
            }
        }
    }

    #[test]
    fn groups_capture_nothing_and_letters_stay() {
        assert_eq!(without_captures(r"^(a|\(b\))[(]x[^](](?:y)(?i)"), r"^(?:a|\(b\))[(]x[^](](?:y)(?i)");
        for rule in TOOLS.iter().flat_map(|tool| tool.rules) {
            let full = RegexBuilder::new(&without_captures(rule.like)).unicode(false).build().unwrap();
            assert_eq!(full.captures_len(), 1, "{}", rule.name);
        }
    }

    #[test]
    fn an_expression_answers_the_same_however_often_it_is_asked() {
        let expression = Expression::new(r"^error\[E\d{4}\]: .* `");
        for _ in 0..100 {
            assert!(expression.is_match(b"error[E0425]: cannot find `x`"));
            assert!(expression.is_match("error[E0425]: größer `x`".as_bytes()));
            assert!(!expression.is_match(b"error[E042]: cannot find `x`"));
        }
    }
}
