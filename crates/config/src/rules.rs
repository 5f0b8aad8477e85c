//! `rules:`: what a log says that Healer does not know by itself.

use std::collections::BTreeSet;

use regex::bytes::{Regex, RegexBuilder};
use remediation::{Kind, vocabulary, words};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::tree::Path;

/// Most rules of a configuration; each is asked about every line of a log.
pub const MAX_RULES: usize = 64;
/// Longest pattern, in bytes.
const MAX_PATTERN_BYTES: usize = 500;
/// What a pattern may need when compiled, in bytes.
const MAX_COMPILED_BYTES: usize = 256 * 1024;

/// One rule of `rules:`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserRule {
    /// What `because` says, after `rules.`: lower-case letters, digits and `_`.
    pub name: String,
    /// The kind that a matching line speaks for. A security kind counts only where the log may choose one at all.
    #[serde(with = "kind")]
    pub kind: Kind,
    /// Regular expression (crate `regex`, ASCII classes) on a line without colours, time stamps and prefixes.
    pub pattern: String,
    /// How sure such a line makes us, 1 to 100, on the built-in rules' scale: those have 90 and more for a tool's
    /// unmistakable words, so that the default loses against them and wins against weaker ones.
    #[serde(default = "weight")]
    pub weight: u8,
    /// What a matching line is.
    #[serde(default)]
    pub role: UserRole,
    /// Look-alikes: a line that this matches too is left alone.
    #[serde(default)]
    pub not: Option<String>,
}

vocabulary! {
    /// What a line is that a rule of `rules:` matches.
    UserRole, "role of a rule":
    Cause = "cause", "it states the cause";
    Hint = "hint", "a weak sign, shown only when nothing better is there";
}

// `vocabulary!` makes the enum, so nothing can be derived on it.
#[allow(clippy::derivable_impls)]
impl Default for UserRole {
    fn default() -> Self {
        Self::Cause
    }
}

impl Serialize for UserRole {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(remediation::Vocabulary::as_str(*self))
    }
}

impl<'de> Deserialize<'de> for UserRole {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        words::parse_strict(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

impl UserRule {
    /// The compiled pattern and the compiled `not`; what a configuration that was read holds does compile.
    #[must_use]
    pub fn compiled(&self) -> Option<(Regex, Option<Regex>)> {
        let not = self.not.as_deref().map(compile).transpose();
        Some((compile(&self.pattern).ok()?, not.ok()?))
    }
}

fn weight() -> u8 {
    80
}

fn compile(pattern: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(pattern).unicode(false).size_limit(MAX_COMPILED_BYTES).dfa_size_limit(MAX_COMPILED_BYTES).build()
}

/// What is wrong with the rules, with the path of the key.
pub(crate) fn check(rules: &[UserRule]) -> Vec<(Path, String)> {
    let mut wrong = Vec::new();
    let mut say = |keys: &[&str], message: String| {
        wrong.push((keys.iter().map(|key| (*key).to_owned()).collect(), format!("`{}` {message}", keys.join("."))));
    };
    if rules.len() > MAX_RULES {
        say(&["rules"], format!("has {} rules; at most {MAX_RULES} are possible", rules.len()));
        return wrong;
    }
    let mut names = BTreeSet::new();
    for (at, rule) in rules.iter().enumerate() {
        let at = at.to_string();
        let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        if !(1..=64).contains(&rule.name.len()) || !rule.name.bytes().all(letter) {
            say(&["rules", &at, "name"], "must be 1 to 64 lower-case letters, digits and `_`".into());
        } else if !names.insert(rule.name.as_str()) {
            say(&["rules", &at, "name"], "is there twice; each rule has a name of its own".into());
        }
        if !(1..=100).contains(&rule.weight) {
            say(&["rules", &at, "weight"], format!("must be from 1 to 100, not {}", rule.weight));
        }
        for (key, pattern) in [("pattern", Some(&rule.pattern)), ("not", rule.not.as_ref())] {
            if let Some(fault) = pattern.and_then(|pattern| fault(pattern)) {
                say(&["rules", &at, key], fault);
            }
        }
    }
    wrong
}

fn fault(pattern: &str) -> Option<String> {
    if pattern.len() > MAX_PATTERN_BYTES {
        return Some(format!("has {} bytes; at most {MAX_PATTERN_BYTES} are possible", pattern.len()));
    }
    match compile(pattern) {
        Ok(regex) if regex.is_match(b"") => Some("matches every line; name words that only this failure prints".into()),
        Ok(_) => None,
        Err(regex::Error::CompiledTooBig(_)) => {
            Some("is too large when compiled; repeat less, such as `.*` for `.{1,9999}`".into())
        }
        Err(error) => {
            let sentence = error.to_string();
            let last = sentence.lines().last().unwrap_or_default().trim_start_matches("error: ");
            Some(format!("is no regular expression: {last}; write a literal `(`, `[` or `.` as `\\(`, `\\[`, `\\.`"))
        }
    }
}

/// A kind, strictly spelled.
mod kind {
    use remediation::{Kind, Vocabulary, words};
    use serde::{Deserialize, Deserializer, Serializer, de};

    pub(super) fn serialize<S: Serializer>(kind: &Kind, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(kind.as_str())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Kind, D::Error> {
        words::parse_strict(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}
