//! A rule's expression: compiled when it is first asked, and cheaply at first.
//!
//! Most logs are short and ask a rule once or twice; then compiling is what takes the time, and `regex-lite` compiles
//! twenty times faster than `regex`, which in turn matches many times faster and has its turn after [`FEW`] questions.
//! On ASCII text the two agree: without Unicode classes the one reads bytes and the other characters, and there these
//! are the same. So a line that is not ASCII is always asked of `regex`.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use regex::bytes::{Regex, RegexBuilder};

use crate::plain::{Way, told, ways};

/// Questions that are not worth the better engine.
const FEW: u8 = 32;
/// What the better engine may remember of its states: hundreds of rules may be asked.
const MEMORY: usize = 64 * 1024;

/// An expression over bytes.
pub struct Expression {
    like: &'static str,
    // Boxed: there are hundreds, and few are ever asked.
    asked: OnceLock<Box<Asked>>,
}

/// What there is of an expression once it is asked.
struct Asked {
    ways: Box<[Way<'static>]>,
    /// Each way by itself, so that the ones that a line rules out are not compiled; nothing beside the better engine.
    light: Mutex<Vec<Option<regex_lite::Regex>>>,
    times: AtomicU8,
    full: OnceLock<Option<Regex>>,
}

impl Expression {
    /// For this expression, which must be valid (a test compiles all that are built in).
    pub const fn new(like: &'static str) -> Self {
        Self { like, asked: OnceLock::new() }
    }

    /// Whether it matches somewhere in the line.
    pub fn is_match(&self, line: &[u8]) -> bool {
        let asked = self.asked.get_or_init(|| Box::new(Asked::new(ways(self.like))));
        if let Some(told) = told(&asked.ways, line) {
            return told;
        }
        let times = asked.times.load(Ordering::Relaxed);
        if times < FEW
            && asked.full.get().is_none()
            && line.is_ascii()
            && let Ok(line) = std::str::from_utf8(line)
        {
            asked.times.store(times + 1, Ordering::Relaxed);
            return asked.is_match(line);
        }
        let compile = || {
            *asked.light() = Vec::new();
            RegexBuilder::new(&without_captures(self.like)).unicode(false).dfa_size_limit(MEMORY).build().ok()
        };
        asked.full.get_or_init(compile).as_ref().is_some_and(|full| full.is_match(line))
    }
}

impl Asked {
    fn new(ways: Box<[Way<'static>]>) -> Self {
        Self { ways, light: Mutex::default(), times: AtomicU8::new(0), full: OnceLock::new() }
    }

    fn light(&self) -> MutexGuard<'_, Vec<Option<regex_lite::Regex>>> {
        self.light.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// By the cheap engine.
    fn is_match(&self, line: &str) -> bool {
        let mut light = self.light();
        light.resize_with(self.ways.len(), || None);
        self.ways.iter().zip(light.iter_mut()).filter(|(way, _)| way.may_match(line.as_bytes())).any(|(way, light)| {
            if light.is_none() {
                *light = regex_lite::Regex::new(&without_captures(way.like)).ok();
            }
            light.as_ref().is_some_and(|light| light.is_match(line))
        })
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
        let asked = Asked { full: OnceLock::from(Some(full)), ..Asked::new(Box::new([Way::untold("")])) };
        Self { like: "", asked: OnceLock::from(Box::new(asked)) }
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
            let asked = Asked::new(ways(rule.like));
            for way in &asked.ways {
                assert!(regex_lite::Regex::new(&without_captures(way.like)).is_ok(), "{}: {}", rule.name, way.like);
            }
            for line in &lines {
                let matches = full.is_match(line.as_bytes());
                match told(&asked.ways, line.as_bytes()) {
                    Some(told) => assert_eq!(matches, told, "{}: {line}", rule.name),
                    None if line.is_ascii() => assert_eq!(matches, asked.is_match(line), "{}: {line}", rule.name),
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
